"""What a list of grid events can be narrowed by. The page and the API read the same parameters."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django_filters import BooleanFilter, CharFilter, ChoiceFilter, DateFilter, FilterSet
from django_filters.widgets import BooleanWidget

from grids.models import GridEvent
from grids.querysets import EventQuerySet
from grids.vocabulary import Category, EventStage
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.paging import Order

VIEWS = {
    "mine": "待我办",
    "verify": "待核实",
    "assign": "待交办",
    "handling": "处置中",
    "review": "待看反馈",
    "check": "待核查",
    "overdue": "超期",
    "all": "全部",
}
_STAGES = {
    "verify": EventStage.REPORTED,
    "assign": EventStage.VERIFIED,
    "handling": EventStage.HANDLING,
    "review": EventStage.FEEDBACK,
    "check": EventStage.CHECKING,
}
NEWEST = Order("received_at", descending=True)
OLDEST = Order("received_at")
_DAY = {"invalid": "日期写成 2026-11-30 这样"}


def _choice(choices: Any, label: str, **more: Any) -> ChoiceFilter:
    said = {"invalid_choice": f"{label}里没有“%(value)s”"}
    return ChoiceFilter(choices=choices, label=label, error_messages=said, **more)


class EventFilter(FilterSet):
    """The filters of a list of events. The queryset must be the visible ones already."""

    view = _choice(list(VIEWS.items()), "视图", method="by_view")
    stage = _choice(EventStage.choices, "环节")
    category = _choice(Category.choices, "类别")
    area = CharFilter(label="镇街、村社区", method="by_area")
    grid = CharFilter(label="网格", field_name="grid__code")
    unit = CharFilter(label="单位", field_name="unit__code")
    urgent = BooleanFilter(label="要马上处理", field_name="is_urgent", widget=BooleanWidget)
    received_after = DateFilter(label="上报日期从", method="after", error_messages=_DAY)
    received_before = DateFilter(label="上报日期到", method="before", error_messages=_DAY)

    class Meta:
        model = GridEvent
        fields: tuple[str, ...] = ()

    @property
    def user(self) -> User:
        user: User = self.request.user
        return user

    @property
    def order(self) -> Order:
        """What waits: the oldest first. Everything: the newest first."""
        return (
            OLDEST
            if self.form.cleaned_data.get("view") in {*_STAGES, "mine", "overdue"}
            else NEWEST
        )

    def by_view(self, qs: EventQuerySet, name: str, value: str) -> EventQuerySet:
        if value == "mine":
            return qs.awaiting(self.user)
        if value == "overdue":
            return qs.overdue(clock.now())
        return qs.filter(stage=_STAGES[value]) if value in _STAGES else qs

    def by_area(self, qs: EventQuerySet, name: str, value: str) -> EventQuerySet:
        """A town by its nine digits, a village by its twelve; zeros behind do not count."""
        code = value.strip()
        stem = code[:9] if len(code) == 12 and code.endswith("000") else code
        return qs.filter(area__startswith=stem)

    def after(self, qs: EventQuerySet, name: str, value: date) -> EventQuerySet:
        return qs.filter(received_at__gte=_midnight(value))

    def before(self, qs: EventQuerySet, name: str, value: date) -> EventQuerySet:
        return qs.filter(received_at__lt=_midnight(value) + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)
