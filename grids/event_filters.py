"""What a list of grid events can be narrowed by. The page and the API read the same parameters."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django_filters import BooleanFilter, CharFilter, ChoiceFilter, DateFilter, FilterSet
from django_filters.widgets import BooleanWidget

from grids.event_searching import LEAST, search
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
    "own": "本中心在办",
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
_WHOLE = 12
_STEMS = (4, 6, 9)  # city, county, town
NEWEST = Order("received_at", descending=True)
OLDEST = Order("received_at")
_DAY = {"invalid": "日期写成 2026-11-30 这样"}


def _choice(choices: Any, label: str, **more: Any) -> ChoiceFilter:
    said = {"invalid_choice": f"{label}里没有“%(value)s”"}
    return ChoiceFilter(choices=choices, label=label, error_messages=said, **more)


class EventFilter(FilterSet):
    """The filters of a list of events. The queryset must be the visible ones already."""

    view = _choice(list(VIEWS.items()), "视图", method="by_view")
    q = CharFilter(
        label="查找",
        method="by_text",
        min_length=LEAST,
        max_length=60,
        error_messages={
            "min_length": f"查找至少写 {LEAST} 个字，或者写编号",
            "max_length": "查找最多 60 个字",
        },
    )
    stage = _choice(EventStage.choices, "环节")
    category = _choice(Category.choices, "类别")
    area = CharFilter(label="镇街、村社区", method="by_area")
    grid = CharFilter(label="网格", field_name="grid__code")
    unit = CharFilter(label="单位", field_name="unit__code")
    open = BooleanFilter(label="没办结的", method="by_open", widget=BooleanWidget)
    valid = BooleanFilter(label="说清了吗", field_name="is_valid", widget=BooleanWidget)
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
            if self.form.cleaned_data.get("view") in {*_STAGES, "mine", "own", "overdue"}
            else NEWEST
        )

    def by_view(self, qs: EventQuerySet, name: str, value: str) -> EventQuerySet:
        if value == "mine":
            return qs.awaiting(self.user)
        if value == "own":
            return qs.done_by_centers_of(self.user)
        if value == "overdue":
            return qs.overdue(clock.now())
        return qs.filter(stage=_STAGES[value]) if value in _STAGES else qs

    def by_open(self, qs: EventQuerySet, name: str, value: bool) -> EventQuerySet:
        return qs.open() if value else qs.filter(stage=EventStage.DONE)

    def by_text(self, qs: EventQuerySet, name: str, value: str) -> EventQuerySet:
        return search(qs, value)

    def by_area(self, qs: EventQuerySet, name: str, value: str) -> EventQuerySet:
        """A place by its digits; the zeros behind those of a town, county or city do not count."""
        return qs.filter(area__startswith=stem_of(value.strip()))

    def after(self, qs: EventQuerySet, name: str, value: date) -> EventQuerySet:
        return qs.filter(received_at__gte=_midnight(value))

    def before(self, qs: EventQuerySet, name: str, value: date) -> EventQuerySet:
        return qs.filter(received_at__lt=_midnight(value) + timedelta(days=1))


def stem_of(code: str) -> str:
    """What the codes of everything in a place begin with; see `Region.stem`."""
    for length in _STEMS:
        if len(code) == _WHOLE and not code[length:].strip("0"):
            return code[:length]
    return code


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)
