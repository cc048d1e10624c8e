"""What may be typed about a dossier: 立卷, 检查, 调查记录, where a file lies."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.forms import ActForm, choice, sentence
from mediation.dossier import KEPT_FOR
from mediation.models import DossierFile, Mediation
from mediation.proceedings import ended_mediations
from zongzhi.lib import clock


def to_file(row: Mediation) -> bool:
    return row.filed_on is None


def to_check(row: Mediation) -> bool:
    return row.filed_on is not None and row.checked_on is None


class OfDossier(ActForm):
    """An act on one of the case's dossiers; which, only where there are several."""

    mediation = forms.IntegerField(label="哪一卷", required=False, widget=forms.RadioSelect)

    def rows(self) -> list[Mediation]:
        return []

    def fit(self) -> None:
        rows, field = self.rows(), self.fields["mediation"]
        if len(rows) == 1:
            field.widget = forms.HiddenInput()
            field.initial = rows[0].pk
        elif isinstance(widget := field.widget, forms.RadioSelect):
            widget.choices = [(str(row.pk), f"第 {row.round} 次办理的一卷") for row in rows]

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        given["mediation_id"] = given.pop("mediation")
        return given


HARD = [("no", "一般"), ("yes", "疑难复杂")]
MOST_PEOPLE = 9999


def _people(label: str) -> Any:
    """How many people, as the official statistics count them; nothing typed leaves it as it is."""
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        help_text="没有就填 0",
        error_messages={
            "invalid": f"{label}填整数",
            "min_value": f"{label}填 0 或者更大的数",
            "max_value": f"{label}最多 {MOST_PEOPLE}，核对一下",
        },
    )


class FileDossierForm(OfDossier):
    intro = "一案一卷。缺材料又补不上的，在卷宗情况说明里写明。"
    submit = "立卷"
    kept_for = choice([(text, text) for text in KEPT_FOR], label="保管期限")
    is_hard = choice(HARD, label="疑难", required=False)
    no_crime_people = _people("防止民转刑（人）")
    no_petition_people = _people("防止群体性上访（人）")
    note = sentence(label="卷宗情况说明", required=False, rows=3)

    def fit(self) -> None:
        """What is known of the only one that can be filed."""
        super().fit()
        rows = self.rows()
        if len(rows) != 1:
            return
        self.fields["is_hard"].initial = "yes" if rows[0].is_hard else "no"
        for name in ("no_crime_people", "no_petition_people"):
            self.fields[name].initial = getattr(rows[0], name)

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        said = given["is_hard"]
        given["is_hard"] = said == "yes" if said else None
        return given

    def rows(self) -> list[Mediation]:
        return [row for row in ended_mediations(self.case) if to_file(row)]


class CheckDossierForm(OfDossier):
    submit = "记下检查结果"
    passed = choice([("yes", "合格"), ("no", "不合格，退回补正")], label="结果")
    defects = sentence(label="哪里不合格", required=False, hint="不合格的要写，一行一条")

    def rows(self) -> list[Mediation]:
        return [row for row in ended_mediations(self.case) if to_check(row)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("passed") == "no" and len(data.get("defects", "").strip()) < 4:
            self.add_error("defects", "还没写哪里不合格，至少 4 个字")
        return data

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        given["passed"] = given["passed"] == "yes"
        return given


class InquiryForm(forms.Form):
    """调查记录."""

    at = forms.DateTimeField(
        label="时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "还没填“时间”", "invalid": "时间写成 2026-11-30 09:30 这样"},
    )
    place = forms.CharField(
        label="地点", max_length=60, error_messages={"required": "还没填“地点”"}
    )
    subject = forms.CharField(
        label="事由", max_length=100, error_messages={"required": "还没填“事由”"}
    )
    asked = forms.CharField(
        label="被调查人", max_length=60, error_messages={"required": "还没填“被调查人”"}
    )
    asked_by = forms.CharField(
        label="调查人", max_length=60, error_messages={"required": "还没填“调查人”"}
    )
    recorder = forms.CharField(label="记录人", max_length=30, required=False)
    text = forms.CharField(
        label="内容",
        min_length=10,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={
            "required": "还没填“内容”",
            "min_length": "内容写得太短，至少 10 个字",
            "max_length": "内容最多 4000 个字",
        },
    )

    def clean_at(self) -> Any:
        at = self.cleaned_data["at"]
        if at > clock.now():
            raise forms.ValidationError("时间还没到，核对后再填")
        return at


class PlaceForm(forms.Form):
    """Where a file lies."""

    file = forms.IntegerField()
    part = forms.ChoiceField(choices=DossierFile.Part.choices)
