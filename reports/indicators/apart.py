"""Sets whose rows belong to no case: grid events, consultations, figures that somebody entered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from cases.models import Case, Consultation
from cases.querysets import in_reach
from grids.models import EventLine, GridEvent
from grids.querysets import visible_events
from grids.vocabulary import NOT_SO
from orgs.models import Center, User
from orgs.models.places import STEM_LENGTHS, Level
from reports.indicators.counting import Apart, Dimension, Rows, Scope, Shown, Span
from reports.indicators.series import days_in
from reports.indicators.sets import COMMISSIONED, _within
from reports.models.entered import CourtIntake

NOTHING = Q(pk__in=[])
COUNTY = STEM_LENGTHS[Level.COUNTY]

# --- grid events: by place, never by who reported (domain.md §6.5) --------------------------------


def _events() -> QuerySet[Any]:
    return GridEvent.objects.all()


def _events_of(scope: Scope) -> Q:
    if isinstance(scope.of, Center):
        return Q(area__startswith=scope.of.region.stem)
    return visible_events(scope.of)


def _shown_events(loaded: Sequence[GridEvent], user: User) -> dict[int, Shown]:
    keys = [one.pk for one in loaded]
    seen = set(GridEvent.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    return {
        one.pk: Shown(
            one.short_number,
            one.get_absolute_url() if one.pk in seen else "",
            one.grid.name,
            one.area,
        )
        for one in loaded
    }


_EVENTS = Apart(
    _events_of,
    {Dimension.TOWN: "area", Dimension.CENTER: "center", Dimension.GRID: "grid"},
    _shown_events,
    ("grid",),
)
EVENTS = Rows(
    "events",
    "本期收到的网格事件，自己当场办了的也算",
    _events,
    "received_at",
    facts=(("类别", "category"), ("环节", "stage"), ("办结", "done_at")),
    apart=_EVENTS,
    what="网格事件",
)
EVENTS_DONE = _within(
    EVENTS,
    "events_done",
    "其中到统计期末已经办结的，不管什么结果",
    lambda span: Q(done_at__lt=span.until, done_at__lte=span.as_of),
    facts=(("类别", "category"), ("结果", "outcome"), ("办结", "done_at")),
)


def _late(span: Span) -> Q:
    return Q(overdue_steps__gt=0) | Q(done_at=None, due_at__lt=span.as_of)


EVENTS_JUDGED = _within(
    EVENTS,
    "events_judged",
    "其中已经办结的，和没有办结、有环节超过时限的",
    lambda span: Q(done_at__isnull=False) | _late(span),
    facts=(("办结", "done_at"), ("超期的环节", "overdue_steps"), ("到期", "due_at")),
)
EVENTS_IN_TIME = _within(
    EVENTS_JUDGED,
    "events_in_time",
    "其中办结了、没有一个环节超过时限的",
    lambda span: Q(done_at__isnull=False, overdue_steps=0),
)

# What a grid is compared by: how what came to it was settled there, not how much it reports.
# What was settled on the spot would let it rise by reporting more (domain.md §8.2, 11).


def _own(span: Span) -> Q:
    handled_here = Q(unit=None, case_number="", center__level__in=(Level.TOWN, Level.VILLAGE))
    return handled_here & Q(settled_on_spot=False) & ~Q(outcome__in=NOT_SO)


OWN_EVENTS = _within(
    EVENTS,
    "own_events",
    "本期收到、由网格和镇村自己处置的网格事件（当场办了的、不属实或者重复的、交给单位的、"
    "报到县上的、转成事项的不算）",
    _own,
)
OWN_JUDGED = _within(
    OWN_EVENTS,
    "own_events_judged",
    "其中已经办结的，和没有办结、有环节超过时限的",
    EVENTS_JUDGED.where,
    facts=EVENTS_JUDGED.facts,
)
OWN_IN_TIME = _within(
    OWN_JUDGED,
    "own_events_in_time",
    "其中办结了、没有一个环节超过时限的",
    EVENTS_IN_TIME.where,
)
OWN_DONE = _within(
    OWN_EVENTS,
    "own_events_done",
    "其中到统计期末已经办结的",
    EVENTS_DONE.where,
    facts=EVENTS_DONE.facts,
)


def _never_sent_back(span: Span) -> Q:
    back = Q(verb="send-back") | Q(verb="check", data__passed=False)
    lines = EventLine.objects.filter(back, event=OuterRef("pk"), at__lte=span.as_of)
    return ~Q(Exists(lines))


OWN_AT_ONCE = _within(
    OWN_DONE,
    "own_events_at_once",
    "其中一次办好的：没有退回重办过，核查没有不通过过",
    _never_sent_back,
)

# --- consultations --------------------------------------------------------------------------------


def _consultations() -> QuerySet[Any]:
    return Consultation.objects.filter(became=None)


def _consultations_of(scope: Scope) -> Q:
    if isinstance(scope.of, Center):
        return Q(center__region__code__startswith=scope.of.region.stem)
    return in_reach(scope.of, "center")


def _shown_consultations(loaded: Sequence[Consultation], user: User) -> dict[int, Shown]:
    return {one.pk: Shown(str(one.get_category_display()), title=one.center.name) for one in loaded}


_ASKING = Apart(
    _consultations_of,
    {Dimension.CENTER: "center", Dimension.LEVEL: "center__level"},
    _shown_consultations,
    ("center",),
)
CONSULTATIONS = Rows(
    "consultations",
    "本期只是咨询、没有转成事项的次数",
    _consultations,
    "at",
    facts=(("人数", "visitors"),),
    apart=_ASKING,
    what="咨询",
)
CONSULTED = _within(
    CONSULTATIONS,
    "consulted",
    "本期只是咨询、没有转成事项的各次到场人数相加",
    lambda span: Q(),
    total="visitors",
    total_in="人次",
)

# --- what courts say ------------------------------------------------------------------------------


def _intakes() -> QuerySet[Any]:
    return CourtIntake.objects.in_force()


def _intakes_of(scope: Scope) -> Q:
    if isinstance(scope.of, Center):
        return Q(center__region__code__startswith=scope.of.region.stem)
    return in_reach(scope.of, "center")


def months_of(span: Span) -> int:
    """How many whole months a span is; 0 where it is none, or ends within one."""
    first, last = span.first_day, span.last_day
    if first.day != 1 or last.day != days_in(last):
        return 0
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _knowing(span: Span) -> QuerySet[Any] | None:
    """The centres that have entered every month of it: the rest would make a share too large."""
    months = months_of(span)
    if not months:
        return None
    entered = CourtIntake.objects.filter(month__gte=span.first_day, month__lte=span.last_day)
    each = entered.order_by().values("center").annotate(n=Count("month", distinct=True))
    return each.filter(n=months)


def _whole(span: Span) -> Q:
    knowing = _knowing(span)
    return NOTHING if knowing is None else Q(center__in=knowing.values("center"))


def _of_known(span: Span) -> Q:
    """In one of those counties, at whatever centre in it."""
    knowing = _knowing(span)
    if knowing is None:
        return NOTHING
    codes = Center.objects.filter(pk__in=knowing.values("center"))
    counties = codes.annotate(county=Left("region__code", COUNTY)).values("county")
    here = Case.objects.annotate(county=Left("center__region__code", COUNTY))
    return Q(case__in=here.filter(county__in=counties))


def _shown_intakes(loaded: Sequence[CourtIntake], user: User) -> dict[int, Shown]:
    return {
        one.pk: Shown(f"{one.month:%Y年%m月}", title=f"{one.center.name}　{one.source}")
        for one in loaded
    }


COURT_RECEIVED = Rows(
    "court_received",
    "法院本期收到的民商事案件，诉前委派出来的也在内（中心按月录入；"
    "统计期是整月、每个月都录了才算，以最后一次录的为准）",
    _intakes,
    "month",
    _whole,
    is_date=True,
    total="number",
    total_in="件",
    facts=(("件数", "number"), ("谁录的", "entered_by__name"), ("录入时间", "entered_at")),
    apart=Apart(_intakes_of, {}, _shown_intakes, ("center", "entered_by")),
    what="月份",
)
COMMISSIONED_OF_KNOWN = _within(
    COMMISSIONED,
    "commissioned_of_known",
    "本期法院诉前委派的（只数录了法院收案数的县）",
    _of_known,
)
