"""What the system administrator fills in about days and times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from cases.forms import choice
from cases.models import ClockRule, DisputeType
from cases.reference import LADDERS
from cases.thresholds import STANDARDS, Threshold
from cases.vocabulary import Clock, Complexity
from orgs.models.places import Level

DAY = {"invalid": "日期写成 2026-11-30 这样"}


def _date(label: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={**DAY, "required": f"还没填“{label}”"},
    )


class DayForm(forms.Form):
    """Days on which this centre differs from the country."""

    first = _date("从")
    last = _date("到", required=False)
    is_workday = choice([("no", "放假"), ("yes", "上班")], label="怎么办")
    name = forms.CharField(
        label="因为什么",
        max_length=20,
        error_messages={"required": "还没写因为什么", "max_length": "最多 20 个字"},
    )

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "first": data["first"],
            "last": data["last"] or data["first"],
            "is_workday": data["is_workday"] == "yes",
            "name": data["name"],
        }


class RuleForm(forms.Form):
    """How long something may take, from a day on."""

    clock = forms.ChoiceField(label="时限", choices=Clock.choices)
    complexity = forms.ChoiceField(
        label="复杂程度", required=False, choices=[("", "不分"), *Complexity.choices]
    )
    level = forms.ChoiceField(label="层级", required=False, choices=[("", "不分"), *Level.choices])
    type = forms.ModelChoiceField(
        DisputeType.objects.filter(is_active=True), label="类型", required=False, empty_label="不分"
    )
    days = forms.IntegerField(
        label="几天",
        min_value=0,
        max_value=365,
        help_text="0 为当天",
        widget=forms.NumberInput(attrs={"class": "control--short"}),
        error_messages={"required": "还没填“几天”"},
    )
    unit = forms.ChoiceField(label="单位", choices=ClockRule.Unit.choices)
    effective_from = _date("从哪天起")

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["clock_name"] = data.pop("clock")
        return data


class ThresholdForm(forms.Form):
    """How far something may go, from a day on."""

    name = forms.ChoiceField(
        label="规则", choices=[(name.value, standard.label) for name, standard in STANDARDS.items()]
    )
    level = forms.ChoiceField(
        label="层级",
        required=False,
        choices=[("", "不分"), *Level.choices],
        help_text="只有写明“可分层级”的才能分",
    )
    value = forms.IntegerField(
        label="数值",
        min_value=0,
        max_value=2000,
        widget=forms.NumberInput(attrs={"class": "control--short"}),
        error_messages={"required": "还没填“数值”", "invalid": "数值要是整数"},
    )
    effective_from = _date("从哪天起")

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["name"] = Threshold(data["name"])
        return data


def in_words(ladder: Mapping[str, int]) -> str:
    """「村 3 次，镇 3 次，县 1 次」"""
    return "，".join(f"{Level(level).label} {times} 次" for level, times in ladder.items())


class LadderForm(forms.Form):
    """预设: a ladder of attempts others have found good; each says what it sets."""

    name = choice(
        [(name, f"{name}：{in_words(ladder)}") for name, ladder in LADDERS.items()],
        label="用哪一套",
    )
    effective_from = _date("从哪天起")


class TryLadderForm(forms.Form):
    """试算: when each step of the ladder would be taken."""

    start = forms.DateTimeField(
        label="派出时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={
            "required": "还没填“派出时间”",
            "invalid": "时间写成 2026-11-30 10:44 这样",
        },
    )
    days = forms.IntegerField(
        label="期限几天",
        min_value=0,
        max_value=365,
        initial=7,
        widget=forms.NumberInput(attrs={"class": "control--short"}),
        error_messages={"required": "还没填“期限几天”"},
    )
    unit = forms.ChoiceField(label="单位", choices=ClockRule.Unit.choices)


class TryForm(forms.Form):
    """试算: when would it be due."""

    start = forms.DateTimeField(
        label="派出时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={
            "required": "还没填“派出时间”",
            "invalid": "时间写成 2026-11-30 10:44 这样",
        },
    )
    complexity = forms.ChoiceField(label="复杂程度", choices=Complexity.choices, initial="ordinary")
    type = forms.ModelChoiceField(
        DisputeType.objects.filter(is_active=True), label="类型", required=False, empty_label="不分"
    )
