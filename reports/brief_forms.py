"""What may be typed into a 研判."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django import forms

from cases.vocabulary import Risk
from orgs.models import Center
from orgs.models.places import Level
from reports.briefing import periods_back
from reports.models import Brief, BriefMatter
from reports.services.briefs import CHOICE
from zongzhi.lib import clock


class DraftForm(forms.Form):
    """起草: which centre, and which week, month or quarter that is over."""

    center = forms.ModelChoiceField(
        Center.objects.none(),
        label="中心",
        empty_label=None,
        error_messages={"required": "还没选“中心”", "invalid_choice": "不能替这个中心起草"},
    )
    period = forms.ChoiceField(
        label="时期",
        error_messages={"required": "还没选“时期”", "invalid_choice": "没有这个时期，重新选"},
    )

    def __init__(self, data: Any, *, centers: set[int]) -> None:
        super().__init__(data)
        center, period = self.fields["center"], self.fields["period"]
        if isinstance(center, forms.ModelChoiceField):
            center.queryset = Center.objects.filter(pk__in=centers)
        if isinstance(period, forms.ChoiceField):
            today = clock.today()
            period.choices = [
                (
                    str(kind.label),
                    [(one.code, one.words) for one in periods_back(kind, today, CHOICE[kind])],
                )
                for kind in Brief.Kind
            ]

    @property
    def chosen(self) -> tuple[int, Brief.Kind, date]:
        kind, _, first = self.cleaned_data["period"].partition(":")
        return self.cleaned_data["center"].pk, Brief.Kind(kind), date.fromisoformat(first)


class RhythmForm(forms.Form):
    """Which levels draft which briefs by themselves."""

    def __init__(self, data: Any, *, now: Mapping[Level, Collection[Brief.Kind]]) -> None:
        super().__init__(data)
        for level in Level:
            self.fields[level.value] = forms.MultipleChoiceField(
                label=f"{level.label}级",
                choices=Brief.Kind.choices,
                required=False,
                initial=[kind.value for kind in Brief.Kind if kind in now[level]],
                widget=forms.CheckboxSelectMultiple,
            )

    @property
    def wanted(self) -> dict[Level, set[Brief.Kind]]:
        return {
            level: {Brief.Kind(kind) for kind in self.cleaned_data[level.value]} for level in Level
        }


class EditForm(forms.Form):
    text = forms.CharField(
        label="写成",
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": "这一段太长，最多 3000 字"},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, place: int, text: str = "", seen: int = 0) -> None:
        """`place`: there is one for each paragraph of a page. `seen`: the edit that is shown."""
        super().__init__(data, auto_id=f"id_{place}_%s", initial={"text": text, "seen": seen})


class ReviewForm(forms.Form):
    level = forms.ChoiceField(
        label="风险",
        choices=Risk.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "还没选“风险”"},
    )
    text = forms.CharField(
        label="意见", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class MatterForm(forms.Form):
    number = forms.CharField(
        label="事项编号",
        max_length=16,
        help_text="完整的 16 位",
        error_messages={"required": "还没写“事项编号”"},
    )
    move = forms.ChoiceField(
        label="怎么调",
        choices=BriefMatter.Move.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "还没选“怎么调”"},
    )
    reason = forms.CharField(
        label="理由", max_length=200, error_messages={"required": "还没写“理由”"}
    )
