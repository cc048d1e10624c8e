"""What a grid worker fills in on the phone. The same forms take what a queue sends later."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.dateparse import parse_datetime

from grids.models import Duty, Grid
from grids.phone_lists import duties_for, grids_of, last_used
from grids.services.patrols import BACK, LONGEST, NOTHING_FOUND
from grids.services.reporting import LONGEST_PLACE, LONGEST_TEXT, Report
from grids.vocabulary import Category
from orgs.models import User
from zongzhi.lib import clock, dates

if TYPE_CHECKING:
    GridChoice = forms.ModelChoiceField[Grid]
    DutyChoice = forms.ModelChoiceField[Duty]
else:
    GridChoice = DutyChoice = forms.ModelChoiceField

SELF, CENTER = "self", "center"
_WEEKDAYS = "一二三四五六日"


class _WithGrid(forms.Form):
    """A form about one of the worker's grids; who has only one is not asked which."""

    client_id = forms.UUIDField(
        widget=forms.HiddenInput, required=False, error_messages={"invalid": "重新打开这一页再提交"}
    )
    grid = GridChoice(
        Grid.objects.none(),
        to_field_name="code",
        label="哪个网格",
        empty_label=None,
        error_messages={
            "required": "还没选网格",
            "invalid_choice": "这个网格不归这个账号，重选一次",
        },
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, user: User, **more: Any) -> None:
        self.user = user
        more["initial"] = {"client_id": uuid.uuid4(), **(more.get("initial") or {})}
        super().__init__(data, **more)
        grids = list(grids_of(user))
        field = self.fields["grid"]
        if isinstance(field, forms.ModelChoiceField):
            # What was seen while one served may still come in: the service looks at the day.
            field.queryset = Grid.objects.filter(roles__user=user).distinct()
            field.choices = [(grid.code, grid.name) for grid in grids]
        if len(grids) == 1:
            field.initial = grids[0].code
            field.widget = forms.HiddenInput()
        self.grids = grids

    def clean_client_id(self) -> uuid.UUID:
        return self.cleaned_data["client_id"] or uuid.uuid4()


class ReportForm(_WithGrid):
    """上报一件事, and 自己办了，记一笔: one page."""

    category = forms.ChoiceField(
        label="类别",
        choices=Category.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "还没选类别，点一个"},
    )
    duty = DutyChoice(
        Duty.objects.all(),
        label="清单里的事项",
        required=False,
        empty_label="不选也可以",
        error_messages={"invalid_choice": "清单里没有这一项，重选一次"},
    )
    text = forms.CharField(
        label="说一句",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        error_messages={
            "required": "还没写看到了什么，说一句",
            "max_length": f"写得太长，最多 {LONGEST_TEXT} 字",
        },
    )
    place = forms.CharField(
        label="在哪",
        max_length=LONGEST_PLACE,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": f"地点太长，最多 {LONGEST_PLACE} 字"},
    )
    longitude = forms.CharField(required=False, widget=forms.HiddenInput)
    latitude = forms.CharField(required=False, widget=forms.HiddenInput)
    is_urgent = forms.BooleanField(label="要马上处理", required=False)
    who = forms.ChoiceField(
        label="谁来办",
        choices=[(CENTER, "报给社区、镇"), (SELF, "我能办好")],
        initial=CENTER,
        widget=forms.RadioSelect,
        error_messages={"required": "还没选谁来办", "invalid_choice": "重选谁来办"},
    )
    reported_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        listed = duties_for(self.grids)
        field = self.fields["duty"]
        if isinstance(field, forms.ModelChoiceField):
            field.choices = [("", "不选也可以"), *_grouped(listed)]
        by_pk = {duty.pk: duty for duty in listed}
        self.used = [by_pk[pk] for pk in last_used(self.user, by_pk)]

    def clean_reported_at(self) -> datetime | None:
        """A phone's word for it; nonsense is as good as none."""
        try:
            said = parse_datetime(self.cleaned_data["reported_at"])
            return clock.local(said) if said else None
        except (ValueError, OverflowError):
            return None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        duty = data.get("duty")
        if duty is not None:
            data["category"] = duty.category
        elif not data.get("category") and "category" not in self.errors:
            self.add_error("category", "还没选类别，点一个")
        return data

    def clean_longitude(self) -> float | None:
        return _degrees(self.cleaned_data["longitude"])

    def clean_latitude(self) -> float | None:
        return _degrees(self.cleaned_data["latitude"])

    @property
    def report(self) -> Report:
        said = {name: value for name, value in self.cleaned_data.items() if name != "who"}
        said["category"] = Category(said["category"])
        return Report(**said, settled_on_spot=self.cleaned_data["who"] == SELF)


class WhereForm(forms.Form):
    """用现在的位置: a point somebody has just tapped for."""

    longitude = forms.FloatField(min_value=-180, max_value=180)
    latitude = forms.FloatField(min_value=-90, max_value=90)


def _degrees(said: str) -> float | None:
    """A phone's word for where it is; nonsense is as good as none, and loses no report."""
    try:
        value = float(said)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _grouped(duties: list[Duty]) -> list[tuple[str, list[tuple[int, str]]]]:
    return [
        (str(category.label), [(d.pk, d.name) for d in duties if d.category == category])
        for category in Category
        if any(d.category == category for d in duties)
    ]


class PatrolForm(_WithGrid):
    """巡查记录: a day of this week, and one line."""

    day = forms.TypedChoiceField(
        label="哪一天",
        coerce=date.fromisoformat,
        error_messages={
            "required": "还没选哪一天",
            "invalid_choice": f"只能补最近 {BACK + 1} 天的",
        },
    )
    text = forms.CharField(
        label="记一句",
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": NOTHING_FOUND}),
        error_messages={"max_length": f"写得太长，最多 {LONGEST} 字"},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        today = clock.today()
        days = [today - timedelta(days=back) for back in range(BACK + 1)]
        field = self.fields["day"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(day.isoformat(), _day_words(day, today)) for day in days]
        field.initial = today.isoformat()


def _day_words(day: date, today: date) -> str:
    name = {0: "今天", 1: "昨天", 2: "前天"}.get(
        (today - day).days, f"周{_WEEKDAYS[day.weekday()]}"
    )
    return f"{name}（{dates.day(day, today)}）"
