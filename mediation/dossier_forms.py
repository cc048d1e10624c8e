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


class FileDossierForm(OfDossier):
    intro = "一案一卷。缺材料又补不上的，在卷宗情况说明里写明。"
    submit = "立卷"
    kept_for = choice([(text, text) for text in KEPT_FOR], label="保管期限")
    note = sentence(label="卷宗情况说明", required=False, rows=3)

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
