"""苗头: what begins to look like more than single cases. Each is a sentence with its arithmetic.

Nothing here is about a person: the same opponent is a unit by its name or 「同一个人」, and the
cases behind it are those the reader may see anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case as Switch
from django.db.models import CharField, Count, Max, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.urls import reverse

from cases.models import Case, DisputeType, Party
from cases.querysets import CaseQuerySet, visible_cases
from cases.vocabulary import PartyRole
from orgs.models import User
from reports.indicators.counting import ALL, Dimension, Scope, Span, counted
from reports.indicators.links import behind_url
from reports.indicators.sets import IN_HAND, REGISTERED
from reports.indicators.standing import CAME_OFTEN, OFTEN
from reports.remembered import remembered
from zongzhi.lib import clock

KEPT = 600  # seconds
PERSONS = 3  # ux.md §2.15: the same opponent, so many persons, in so many days
DAYS = 90
RECENT, BEFORE = 30, 90  # days that are compared, and days before them
FEWEST = 5  # recent cases below which nothing is called rising
TIMES = 1.5  # the average before, from which it is
SHOWN = 5
WAGES = "10"  # 拖欠农民工工资
SEASON = timedelta(days=90)  # before the Spring Festival
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
    at: datetime
    found: tuple[Sign, ...]


def signs_of(user: User) -> Signs:
    """What this person should look at twice."""
    posts = ",".join(map(str, sorted(post.pk for post in user.posts_today)))
    at, found = remembered(
        f"signs:{user.pk}:{posts}", seconds=KEPT, make=lambda now: _signs(user, now)
    )
    return Signs(at, found)


def _signs(user: User, now: datetime) -> tuple[Sign, ...]:
    return (
        *same_opponent(user, now),
        *rising(user, now),
        *wages(user, now),
        *came_often(user, now),
    )


# --- the same opponent ----------------------------------------------------------------------------


def _identity(prefix: str = "") -> Coalesce:
    """One and the same by identity number, else by phone, else (a unit) by its name."""
    unit = Switch(
        When(**{f"{prefix}is_organization": True}, then=f"{prefix}name"), default=Value(None)
    )
    return Coalesce(
        NullIf(f"{prefix}id_number_key", Value("")),
        NullIf(f"{prefix}phone_key", Value("")),
        unit,
        output_field=CharField(),
    )


def _complained_of(user: User, now: datetime) -> QuerySet[Any]:
    """The other parties of what was registered in those days, that can be told apart."""
    recent = Q(case__registered_at__gt=now - timedelta(days=DAYS), case__registered_at__lte=now)
    rows = Party.objects.filter(visible_cases(user, "case__"), recent, role=PartyRole.RESPONDENT)
    named: QuerySet[Any] = rows.annotate(who=_identity())
    return named.exclude(who=None).order_by()


def same_opponent(user: User, now: datetime) -> list[Sign]:
    """At least so many different people against one in so many days."""
    person = Coalesce(
        _identity("case__parties__"),
        Concat(Value("party "), Cast("case__parties__pk", CharField())),
        output_field=CharField(),
    )
    groups = (
        _complained_of(user, now)
        .values("who")
        .annotate(
            persons=Count(person, filter=Q(case__parties__role=PartyRole.APPLICANT), distinct=True),
            cases=Count("case", distinct=True),
            one=Max("pk"),
        )
        .filter(persons__gte=PERSONS)
        .order_by("-persons", "-cases", "-one")[:SHOWN]
    )
    found = list(groups)
    names = Party.objects.in_bulk([group["one"] for group in found])
    return [_against(group, names[group["one"]], now) for group in found]


def _against(group: dict[str, Any], party: Party, now: datetime) -> Sign:
    name = party.name if party.is_organization else "同一个人"
    url = f"{reverse('reports:opponent', args=[party.pk])}?as_of={_moment(now)}"
    part = Linked(
        f"“{name}”近 {DAYS} 天被 {group['persons']} 人反映，共 ", group["cases"], " 件", url
    )
    return Sign("同一对方", (part,), f"{PERSONS} 人起提示")


def _moment(now: datetime) -> str:
    return clock.local(now).isoformat().replace("+", "%2B")


def cases_against(user: User, party: Party, now: datetime) -> CaseQuerySet:
    """The list behind it: what was registered against the same one in those days."""
    named: Any = Party.objects.filter(pk=party.pk).annotate(who=_identity())
    same = _complained_of(user, now).filter(who=named.values_list("who", flat=True).get())
    found: CaseQuerySet = Case.objects.visible_to(user).filter(pk__in=same.values("case"))
    return found


# --- types that rise ------------------------------------------------------------------------------


def rising(user: User, now: datetime) -> list[Sign]:
    """The last 30 days against the average of 30 days in the 90 before."""
    today, scope = now.date(), Scope(user)
    recent = Span.of_days(today - timedelta(days=RECENT - 1), today, now)
    earlier = Span.of_days(
        recent.first_day - timedelta(days=BEFORE), recent.first_day - timedelta(days=1), now
    )
    lately, once = (
        counted([REGISTERED], scope, span, Dimension.TYPE) for span in (recent, earlier)
    )
    types = DisputeType.objects.in_bulk([key for key in lately if key is not None])
    signs = []
    for key, numbers in lately.items():
        number, before = numbers[REGISTERED.key], once.get(key, {}).get(REGISTERED.key, 0)
        average = before * RECENT / BEFORE
        if number < FEWEST or number < average * TIMES or key not in types:
            continue
        code, name = types[key].code, types[key].name
        parts = (
            Linked(
                f"{name}近 {RECENT} 天登记 ",
                number,
                " 件",
                behind_url(REGISTERED, recent, type=code),
            ),
            Linked(
                f"，此前 {BEFORE} 天 ", before, " 件", behind_url(REGISTERED, earlier, type=code)
            ),
        )
        signs.append((number - average, Sign("上升的类型", parts, _arithmetic(number, before))))
    return [sign for _, sign in sorted(signs, key=lambda pair: -pair[0])[:SHOWN]]


def _arithmetic(number: int, before: int) -> str:
    parts = BEFORE // RECENT
    if before:
        said = f"{number} ÷（{before} ÷ {parts}）= 平均的 {number * parts / before:.1f} 倍"
    else:
        said = f"此前平均 {RECENT} 天 0 件"
    return f"{said}；{FEWEST} 件、{TIMES:g} 倍起提示"


# --- wages before the Spring Festival -------------------------------------------------------------


def wages(user: User, now: datetime) -> list[Sign]:
    """欠薪 stands on its own in the weeks before people go home."""
    today = now.date()
    coming = next((day for day in SPRING_FESTIVALS if today <= day <= today + SEASON), None)
    kind = DisputeType.objects.filter(code=WAGES).first()
    if coming is None or kind is None:
        return []
    scope = Scope(user)
    recent = Span.of_days(today - timedelta(days=RECENT - 1), today, now)
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
        Linked(f"，近 {RECENT} 天登记 ", came, " 件", behind_url(REGISTERED, recent, type=WAGES)),
    )
    return [Sign("春节前欠薪", parts, f"春节前 {SEASON.days} 天起提示")]


# --- people who keep coming -----------------------------------------------------------------------


def came_often(user: User, now: datetime) -> list[Sign]:
    span = Span.of_days(now.date(), now.date(), now)
    number = counted([CAME_OFTEN], Scope(user), span)[ALL][CAME_OFTEN.key]
    if not number:
        return []
    part = Linked(f"来访 {OFTEN} 次以上还没结案的 ", number, " 件", behind_url(CAME_OFTEN, span))
    return [Sign("反复来访", (part,), f"{OFTEN} 次起提示")]
