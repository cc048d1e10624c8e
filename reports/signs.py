"""苗头: what begins to look like more than single cases. Each is a sentence with its arithmetic.

Nothing here is about a person: the same opponent is a unit by its name or 「同一个人」, and the
cases behind it are those the reader may see anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.urls import reverse

from cases.clocks import thresholds_on
from cases.models import Case, DisputeType, Party
from cases.querysets import CaseQuerySet, visible_cases
from cases.thresholds import Threshold
from orgs.models import User
from reports.indicators.counting import ALL, Dimension, Scope, Span, counted
from reports.indicators.links import behind_url
from reports.indicators.sets import IN_HAND, REGISTERED
from reports.indicators.standing import CAME_OFTEN
from reports.opponents import complained_of, crowds, identity
from zongzhi.lib import clock

SHOWN = 5
Limits = Callable[[Threshold], int]
WAGES = "10"  # 拖欠农民工工资
# 农历正月初一. A year that is not here has no sign of its own; the rising types still show it.
SPRING_FESTIVALS = (
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 3),
    date(2031, 1, 23),
    date(2032, 2, 11),
    date(2033, 1, 31),
    date(2034, 2, 19),
    date(2035, 2, 8),
)


@dataclass(frozen=True)
class Linked:
    """A number in a sentence, with its list."""

    before: str
    number: int
    after: str
    url: str


@dataclass(frozen=True)
class Sign:
    title: str
    parts: tuple[Linked, ...]
    arithmetic: str = ""


@dataclass(frozen=True)
class Signs:
    """What there was when it was counted last."""

    at: datetime
    found: tuple[Sign, ...]


def count(user: User, now: datetime) -> tuple[Sign, ...]:
    """What this person should look at twice."""
    return (
        *same_opponent(user, now),
        *rising(user, now),
        *wages(user, now),
        *came_often(user, now),
    )


# --- the same opponent ----------------------------------------------------------------------------


def _complained_of(user: User, now: datetime) -> QuerySet[Any]:
    """The other parties of what was registered in those days, that can be told apart."""
    since = now - timedelta(days=limits(now)(Threshold.SIGN_DAYS))
    until = now + timedelta(microseconds=1)
    return complained_of(since, until).filter(visible_cases(user, "case__"))


def same_opponent(user: User, now: datetime) -> list[Sign]:
    """At least so many different people against one in so many days."""
    limit = limits(now)
    groups = crowds(_complained_of(user, now), limit(Threshold.SIGN_PERSONS)).annotate(
        one=Max("pk")
    )
    found = list(groups.order_by("-persons", "-cases", "-one")[:SHOWN])
    names = Party.objects.in_bulk([group["one"] for group in found])
    return [_against(group, names[group["one"]], now, limit) for group in found]


def limits(now: datetime) -> Limits:
    """How many, how long: what somebody has said on 督办和层级规则, as it holds that day."""
    return thresholds_on(clock.local(now).date())


def _against(group: dict[str, Any], party: Party, now: datetime, limit: Limits) -> Sign:
    name = party.name if party.is_organization else "同一个人"
    url = f"{reverse('reports:opponent', args=[party.pk])}?as_of={_moment(now)}"
    said = f"“{name}”近 {limit(Threshold.SIGN_DAYS)} 天被 {group['persons']} 人反映，共 "
    part = Linked(said, group["cases"], " 件", url)
    return Sign("同一对方", (part,), f"{limit(Threshold.SIGN_PERSONS)} 人起提示")


def _moment(now: datetime) -> str:
    return clock.local(now).isoformat().replace("+", "%2B")


def cases_against(user: User, party: Party, now: datetime) -> CaseQuerySet:
    """The list behind it: what was registered against the same one in those days."""
    named: Any = Party.objects.filter(pk=party.pk).annotate(who=identity())
    same = _complained_of(user, now).filter(who=named.values_list("who", flat=True).get())
    found: CaseQuerySet = Case.objects.visible_to(user).filter(pk__in=same.values("case"))
    return found


# --- types that rise ------------------------------------------------------------------------------


def rising(user: User, now: datetime) -> list[Sign]:
    """The last days against as many of those before them, on average."""
    today, scope, limit = now.date(), Scope(user), limits(now)
    days, before_days = limit(Threshold.SIGN_RECENT_DAYS), limit(Threshold.SIGN_BEFORE_DAYS)
    recent = Span.of_days(today - timedelta(days=days - 1), today, now)
    earlier = Span.of_days(
        recent.first_day - timedelta(days=before_days), recent.first_day - timedelta(days=1), now
    )
    lately, once = (
        counted([REGISTERED], scope, span, Dimension.TYPE) for span in (recent, earlier)
    )
    types = DisputeType.objects.in_bulk([key for key in lately if key is not None])
    signs = []
    for key, numbers in lately.items():
        number, before = numbers[REGISTERED.key], once.get(key, {}).get(REGISTERED.key, 0)
        if key not in types or not _has_risen(number, before, limit):
            continue
        code, name = types[key].code, types[key].name
        recently, formerly = (behind_url(REGISTERED, span, type=code) for span in (recent, earlier))
        parts = (
            Linked(f"{name}近 {days} 天登记 ", number, " 件", recently),
            Linked(f"，此前 {before_days} 天 ", before, " 件", formerly),
        )
        said = Sign("上升的类型", parts, _arithmetic(number, before, limit))
        signs.append((number * before_days - before * days, said))
    return [sign for _, sign in sorted(signs, key=lambda pair: -pair[0])[:SHOWN]]


def _has_risen(number: int, before: int, limit: Limits) -> bool:
    """In whole numbers: nobody has to guess how an average was rounded."""
    days, before_days = limit(Threshold.SIGN_RECENT_DAYS), limit(Threshold.SIGN_BEFORE_DAYS)
    enough = number >= limit(Threshold.SIGN_FEWEST)
    return enough and number * before_days * 100 >= before * days * limit(Threshold.SIGN_PERCENT)


def _arithmetic(number: int, before: int, limit: Limits) -> str:
    days, before_days = limit(Threshold.SIGN_RECENT_DAYS), limit(Threshold.SIGN_BEFORE_DAYS)
    if before:
        times = number * before_days / (before * days)
        said = f"{number} ÷（{before} × {days} ÷ {before_days}）= 平均的 {times:.1f} 倍"
    else:
        said = f"此前平均 {days} 天 0 件"
    fewest, percent = limit(Threshold.SIGN_FEWEST), limit(Threshold.SIGN_PERCENT)
    return f"{said}；{fewest} 件、{percent / 100:g} 倍起提示"


# --- wages before the Spring Festival -------------------------------------------------------------


def wages(user: User, now: datetime) -> list[Sign]:
    """欠薪 stands on its own in the weeks before people go home."""
    today, limit = now.date(), limits(now)
    season = timedelta(days=limit(Threshold.SIGN_SEASON_DAYS))
    coming = next((day for day in SPRING_FESTIVALS if today <= day <= today + season), None)
    kind = DisputeType.objects.filter(code=WAGES).first()
    if coming is None or kind is None:
        return []
    scope = Scope(user)
    days = limit(Threshold.SIGN_RECENT_DAYS)
    recent = Span.of_days(today - timedelta(days=days - 1), today, now)
    open_now = Span.of_days(today, today, now)
    came, open_ = (
        counted([rows], scope, span, Dimension.TYPE).get(kind.pk, {}).get(rows.key, 0)
        for rows, span in ((REGISTERED, recent), (IN_HAND, open_now))
    )
    if not came and not open_:
        return []
    said = f"离春节（{coming.month}月{coming.day}日）还有 {(coming - today).days} 天，{kind.name}"
    parts = (
        Linked(f"{said}在办 ", open_, " 件", behind_url(IN_HAND, open_now, type=WAGES)),
        Linked(f"，近 {days} 天登记 ", came, " 件", behind_url(REGISTERED, recent, type=WAGES)),
    )
    return [Sign("春节前欠薪", parts, f"春节前 {season.days} 天起提示")]


# --- people who keep coming -----------------------------------------------------------------------


def came_often(user: User, now: datetime) -> list[Sign]:
    span = Span.of_days(now.date(), now.date(), now)
    number = counted([CAME_OFTEN], Scope(user), span)[ALL][CAME_OFTEN.key]
    if not number:
        return []
    times = limits(now)(Threshold.SIGN_VISITS)
    part = Linked(f"来访 {times} 次以上还没结案的 ", number, " 件", behind_url(CAME_OFTEN, span))
    return [Sign("反复来访", (part,), f"{times} 次起提示")]
