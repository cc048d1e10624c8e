"""What people fill in about bulletins and schemes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from dispatch.circulars import month_before
from reports.indicators.dictionary import Indicator
from reports.models import Scheme, SchemeLine
from reports.scoring import Rules, short
from reports.services.schemes import Weighed, scorable
from zongzhi.lib import clock


def _text(label: str, *, rows: int = 3, most: int = 500) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": f"还没写“{label}”",
            "max_length": f"“{label}”最多 {most} 个字",
        },
    )


def _points(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"class": "control--short", "step": "0.5"}),
        error_messages={
            "required": f"还没填“{label}”",
            "invalid": f"“{label}”要是数字",
            "max_decimal_places": f"“{label}”最多一位小数",
        },
    )


class BonusForm(forms.Form):
    """人工加分."""

    unit = forms.ChoiceField(
        label="单位",
        error_messages={"required": "还没选“单位”", "invalid_choice": "通报里没有这个单位"},
    )
    points = _points("加几分")
    reason = _text("理由", rows=2, most=200)
    file = forms.FileField(label="材料", required=False, help_text="可以不传；所有单位都看得到理由")

    def __init__(self, *args: Any, units: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choosing: Any = self.fields["unit"]
        choosing.choices = [("", "选一个单位"), *units]

    def clean_points(self) -> Decimal:
        points: Decimal = self.cleaned_data["points"]
        if points <= 0:
            raise forms.ValidationError("加几分要大于 0")
        return points


class ObjectionForm(forms.Form):
    """提意见."""

    indicator = forms.ChoiceField(label="哪一项", required=False)
    text = _text("哪里不对，依据是什么")

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choosing: Any = self.fields["indicator"]
        choosing.choices = [("", "整行"), *((line.key, line.name) for line in rules.lines)]


class AnswerForm(forms.Form):
    """答复意见."""

    upheld = forms.ChoiceField(
        label="结论",
        choices=[("yes", "采纳，重新数这个单位"), ("no", "不采纳")],
        widget=forms.RadioSelect,
        error_messages={"required": "还没选“结论”"},
    )
    text = _text("答复")


class PublishForm(forms.Form):
    """给谁看."""

    publicity = forms.ChoiceField(
        label="发布范围",
        choices=Scheme.Publicity.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "还没选“发布范围”"},
    )


class CorrectionForm(forms.Form):
    """更正单."""

    what = forms.ChoiceField(label="哪一项", error_messages={"required": "还没选“哪一项”"})
    now = forms.CharField(
        label="应当是",
        max_length=50,
        error_messages={"required": "还没填“应当是”", "max_length": "最多 50 个字"},
    )
    why = _text("为什么")

    def __init__(self, *args: Any, said: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choosing: Any = self.fields["what"]
        choosing.choices = [(name, f"{name}（通报上是 {was}）") for name, was in said.items()]


# --- 评分方案 -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LineFields:
    """The two boxes of one indicator."""

    indicator: Indicator
    weight: BoundField
    kind: BoundField | None  # less is better has only one way


class SchemeForm(forms.Form):
    """A new version of a scheme: a weight for each indicator that is to count."""

    name = forms.CharField(label="名称", max_length=40, error_messages={"required": "还没填“名称”"})
    effective = forms.ChoiceField(
        label="从哪个月的通报起",
        error_messages={"required": "还没选月份", "invalid_choice": "以前的月份不能再改"},
    )
    small_sample = forms.IntegerField(
        label="样本不足几件不排名",
        min_value=1,
        max_value=100,
        widget=forms.NumberInput(attrs={"class": "control--short"}),
        error_messages={"required": "还没填“样本不足几件不排名”", "min_value": "至少 1 件"},
    )
    bonus_cap = _points("人工加分最多")
    yellow = _points("黄牌一张扣")
    red = _points("红牌一张扣")
    publicity = forms.ChoiceField(
        label="发布范围", choices=Scheme.Publicity.choices, widget=forms.RadioSelect
    )
    is_active = forms.BooleanField(label="每月自动起草通报", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months: Any = self.fields["effective"]
        months.choices = _months()
        for one in scorable():
            self.fields[f"weight_{one.key}"] = forms.IntegerField(
                label=f"{one.name}的权重",
                required=False,
                min_value=0,
                max_value=100,
                widget=forms.NumberInput(attrs={"class": "control--short"}),
                error_messages={
                    "invalid": f"“{one.name}”的权重要是整数",
                    "max_value": f"“{one.name}”的权重最多 100",
                    "min_value": f"“{one.name}”的权重不能小于 0",
                },
            )
            if one.better > 0:
                self.fields[f"kind_{one.key}"] = forms.ChoiceField(
                    label=f"{one.name}的算法",
                    choices=SchemeLine.Kind.choices,
                    required=False,
                    widget=forms.Select(attrs={"aria-label": f"{one.name}的算法"}),
                )

    @property
    def lines(self) -> list[LineFields]:
        return [
            LineFields(
                one,
                self[f"weight_{one.key}"],
                self[f"kind_{one.key}"] if one.better > 0 else None,
            )
            for one in scorable()
        ]

    @property
    def weighed(self) -> list[Weighed]:
        """The lines that count, in the order of the dictionary."""
        said = self.cleaned_data
        return [
            Weighed(
                one.key,
                said[f"weight_{one.key}"],
                said.get(f"kind_{one.key}") or SchemeLine.Kind.SHARE,
            )
            for one in scorable()
            if said.get(f"weight_{one.key}")
        ]

    def arguments(self) -> dict[str, Any]:
        names = (
            "name",
            "small_sample",
            "bonus_cap",
            "yellow",
            "red",
            "publicity",
            "is_active",
        )
        said = {name: self.cleaned_data[name] for name in names}
        year, month = self.cleaned_data["effective"].split("-")
        return {**said, "effective": date(int(year), int(month), 1)}


def _months() -> list[tuple[str, str]]:
    """Last month, whose bulletin may still be a draft, and the next few."""
    months = [month_before(clock.today())]
    for _ in range(4):
        last = months[-1]
        months.append(date(last.year + last.month // 12, last.month % 12 + 1, 1))
    return [(f"{day:%Y-%m}", f"{day.year}年{day.month}月") for day in months]


def initial_of(scheme: Scheme | None, lines: Sequence[SchemeLine]) -> dict[str, Any]:
    """What the form begins with: the version before."""
    effective = f"{clock.today():%Y-%m}"
    if scheme is None:
        return {
            "effective": effective,
            "small_sample": 5,
            "bonus_cap": 5,
            "yellow": 5,
            "red": 10,
            "publicity": Scheme.Publicity.OWN,
            "is_active": True,
        }
    said = {name: getattr(scheme, name) for name in SchemeForm.base_fields if name != "effective"}
    said |= {name: short(said[name]) for name in ("bonus_cap", "yellow", "red")}
    said["effective"] = effective
    for line in lines:
        said[f"weight_{line.indicator}"] = line.weight
        said[f"kind_{line.indicator}"] = line.kind
    return said
