"""What people fill in about bulletins and schemes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from reports.bulletin_slips import Item
from reports.indicators.dictionary import Indicator
from reports.models import Bulletin, Scheme, SchemeLine
from reports.scoring import Rules, short
from reports.services.bulletins import Right
from reports.services.schemes import Weighed, month_after, scorable
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

    unit = forms.ChoiceField()
    points = _points("加几分")
    reason = _text("理由", rows=2, most=200)
    file = forms.FileField(
        label="材料",
        help_text="照片（jpg、png）或 pdf，证明加分的理由；所有单位都看得到理由和材料",
        error_messages={"required": "还没选“材料”：没有材料不能加分"},
    )

    def __init__(
        self, *args: Any, units: Iterable[tuple[str, str]], who: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choosing: Any = self.fields["unit"]
        choosing.label = who
        choosing.choices = [("", f"选一个{who}"), *units]
        choosing.error_messages |= {
            "required": f"还没选“{who}”",
            "invalid_choice": f"通报里没有这个{who}",
        }

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
        choices=[("yes", "采纳，重新数这一行"), ("no", "不采纳")],
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


def _count(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=10_000_000,
        widget=forms.NumberInput(attrs={"class": "control--number"}),
        error_messages={
            "invalid": f"“{label}”要是整数",
            "min_value": f"“{label}”不能小于 0",
            "max_value": f"“{label}”太大，核对后再填",
        },
    )


def _worth(label: str, what: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=1000,
        max_digits=5,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"class": "control--number", "step": "0.5"}),
        help_text=f"更正{what}填这里；更正有分子分母的填上面两格。得分由系统重算",
        error_messages={
            "invalid": f"“{label}”要是数字",
            "min_value": f"“{label}”不能小于 0",
            "max_value": f"“{label}”太大，核对后再填",
            "max_digits": f"“{label}”太长，核对后再填",
            "max_decimal_places": f"“{label}”最多一位小数",
        },
    )


class WhyForm(forms.Form):
    """What is taken back, and why."""

    why = _text("为什么", rows=2, most=200)


class CorrectionForm(forms.Form):
    """更正单: numbers, from which the score is reckoned; of a quarter, which month.

    A line has a part and a whole, marks and a bonus one number.
    """

    what = forms.ChoiceField(
        label="哪一项",
        error_messages={"required": "还没选“哪一项”", "invalid_choice": "通报里没有这一项"},
    )
    part = _count("分子应当是")
    whole = _count("分母应当是")
    worth = _worth("牌数、加分应当是", "黄牌、红牌、人工加分")
    why = _text("为什么")

    def __init__(
        self, *args: Any, items: Iterable[Item], bulletin: Bulletin, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choosing: Any = self.fields["what"]
        choosing.choices = [
            ("", "选一项"),
            *((one.key, f"{one.name}（通报上是 {one.words}）") for one in items),
        ]
        if bulletin.is_of_grids:  # they bear no marks
            self.fields["worth"] = _worth("加分应当是", "人工加分")
        if bulletin.is_quarter:  # what a month came to is said by its own slips
            for name in ("part", "whole", "worth"):
                del self.fields[name]

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        typed = {name: said.get(name) for name in ("part", "whole", "worth")}
        return {"key": said["what"], "why": said["why"], "right": Right(**typed)}


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
        error_messages={
            "required": "还没选月份",
            "invalid_choice": "这个月的通报已经起草，或者太早，选后面的月份",
        },
    )
    small_sample = forms.IntegerField(
        label="一项不足几件不算",
        min_value=1,
        max_value=100,
        widget=forms.NumberInput(attrs={"class": "control--short"}),
        error_messages={"required": "还没填“一项不足几件不算”", "min_value": "至少 1 件"},
    )
    bonus_cap = _points("人工加分最多")
    yellow = _points("黄牌一张扣")
    red = _points("红牌一张扣")
    publicity = forms.ChoiceField(
        label="发布范围", choices=Scheme.Publicity.choices, widget=forms.RadioSelect
    )
    is_active = forms.BooleanField(label="每月自动起草通报", required=False)

    def __init__(self, *args: Any, first: date, group: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months: Any = self.fields["effective"]
        months.choices = _months(first)
        if group == Scheme.Group.GRIDS:  # they bear no marks
            for name in ("yellow", "red"):
                del self.fields[name]
        self.indicators = scorable(group)
        for one in self.indicators:
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
            for one in self.indicators
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
            for one in self.indicators
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
        said = {name: self.cleaned_data.get(name, Decimal(0)) for name in names}
        year, month = self.cleaned_data["effective"].split("-")
        return {**said, "effective": date(int(year), int(month), 1)}


def _months(first: date) -> list[tuple[str, str]]:
    """The first month that may still be scored otherwise, and the next few."""
    months = [first]
    for _ in range(4):
        months.append(month_after(months[-1]))
    return [(f"{day:%Y-%m}", f"{day.year}年{day.month}月") for day in months]


def initial_of(scheme: Scheme | None, lines: Sequence[SchemeLine], first: date) -> dict[str, Any]:
    """What the form begins with: the version before, from this month on where that can be."""
    effective = f"{max(clock.today().replace(day=1), first):%Y-%m}"
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
