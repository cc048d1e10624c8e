"""Drafting bulletins: of a month on its first day after, of a quarter when its months are sealed.

Counting comes first and in no transaction; then one insert of the bulletin with all its rows, which
a constraint lets happen once. Two workers, a worker killed half-way, a run on a later day: there
is one bulletin, whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse

from cases.clocks import local_day
from dispatch.circulars import month_before
from orgs.models import Center, Department, User
from orgs.models.places import Level
from orgs.permissions import Permission
from orgs.services import notify
from reports.bulletins import fill, span_of
from reports.indicators.counting import Dimension, Scope, Span, counted
from reports.indicators.dictionary import BY_KEY
from reports.indicators.sets import RED, YELLOW
from reports.models import Bulletin, BulletinRow, DraftRow, Scheme
from reports.scoring import Line, Rules, quarter_score
from zongzhi.lib import clock

Group = Scheme.Group
_LEVELS = {Group.TOWNS: Level.TOWN, Group.VILLAGES: Level.VILLAGE}
PATIENCE = timedelta(days=15)  # how long a quarter waits for a month nobody has drafted
LOOKS_BACK = timedelta(days=200)


def units_of(center: Center, group: str) -> QuerySet[Department]:
    """The units that are compared with each other, within a centre and all below it."""
    units = Department.objects.filter(is_active=True).order_by("code")
    stem = center.region.stem
    if group == Group.DEPARTMENTS:
        return units.filter(kind=Department.Kind.BUREAU, center=center)
    if group == Group.BODIES:
        inside = {"center__region__code__startswith": stem}
        return units.filter(kind=Department.Kind.BODY, **inside)
    inside = {"runs__region__code__startswith": stem}
    return units.filter(runs__level=_LEVELS[Group(group)], **inside).exclude(runs=center)


def rules_of(scheme: Scheme) -> Rules:
    """A scheme with the words of the dictionary as they are now."""
    return rules_from(
        [(line.indicator, line.kind, line.weight) for line in scheme.lines.all()],
        yellow=scheme.yellow,
        red=scheme.red,
        bonus_cap=scheme.bonus_cap,
        small_sample=scheme.small_sample,
    )


def rules_from(lines: Iterable[tuple[str, str, int]], **limits: Any) -> Rules:
    """From (indicator, kind, weight) and the limits."""
    known = [(BY_KEY[key], kind, weight) for key, kind, weight in lines]
    return Rules(
        lines=tuple(
            Line(one.key, one.name, weight, kind, one.better, one.definition)
            for one, kind, weight in known
        ),
        **limits,
    )


def schemes_in_force(month: date) -> list[Scheme]:
    """The last version of each scheme that holds for a month, where it drafts at all."""
    last = Scheme.objects.filter(effective__lte=month).order_by("center_id", "group", "-version")
    return [scheme for scheme in last.distinct("center_id", "group") if scheme.is_active]


def scheme_for(center_id: int, group: str, month: date) -> Scheme | None:
    """The one that holds there for a month, drafting or not."""
    known = Scheme.objects.filter(center=center_id, group=group, effective__lte=month)
    return known.order_by("-version").first()


def draft_for(*, by: User, now: datetime) -> list[Bulletin]:
    """What is due, of the centres this person supervises, drafted by hand."""
    here = {pk for post in by.posts_giving(Permission.SUPERVISE) for pk in post.reach}
    schemes = Scheme.objects.filter(pk__in=months_due(now), center__in=here)
    made = [draft_month(scheme_id=pk, now=now) for pk in schemes.values_list("pk", flat=True)]
    months = Bulletin.objects.filter(pk__in=quarters_due(now), center__in=here)
    made += [draft_quarter(month_id=pk, now=now) for pk in months.values_list("pk", flat=True)]
    return [bulletin for bulletin in made if bulletin is not None]


# --- a month --------------------------------------------------------------------------------------


def months_due(now: datetime) -> list[int]:
    """The schemes whose bulletin of last month is not there yet."""
    month = month_before(local_day(now))
    made = set(
        Bulletin.objects.filter(period=Bulletin.Period.MONTH, since=month).values_list(
            "center", "group"
        )
    )
    return [s.pk for s in schemes_in_force(month) if (s.center_id, s.group) not in made]


def draft_month(*, scheme_id: int, now: datetime) -> Bulletin | None:
    """Last month's bulletin by a scheme; None where nobody had anything, or it is there already."""
    scheme = Scheme.objects.select_related("center__region").get(pk=scheme_id)
    month = month_before(local_day(now))
    bulletin = Bulletin(
        center=scheme.center,
        scheme=scheme,
        group=scheme.group,
        since=month,
        as_of=now,
        drafted_at=now,
        counted_at=now,
        publicity=scheme.publicity,
    )
    bulletin.as_of = Span.of_days(month, bulletin.last_day).as_of
    rules = rules_of(scheme)
    bulletin.rules = rules.kept()
    rows = counted_rows(bulletin, rules)
    if not any(row.sample for row in rows):
        return None
    return _keep(bulletin, rows)


def counted_rows(
    bulletin: Bulletin,
    rules: Rules,
    *,
    only: Sequence[int] | None = None,
    bonuses: Mapping[int, Decimal] | None = None,
) -> list[DraftRow]:
    """A row for every unit of the group: its numbers, and what they come to.

    With `only`, the numbers of these units alone are counted, and nothing is scored.
    """
    units = units_of(bulletin.center, bulletin.group)
    wanted = list(units.filter(pk__in=only) if only is not None else units)
    sets = [rows for line in rules.lines for rows in BY_KEY[line.key].sets]
    scope, span = Scope(bulletin.center), span_of(bulletin)
    found = counted([*sets, YELLOW, RED], scope, span, Dimension.UNIT, only)
    before = _scores_before(bulletin)
    rows = []
    for unit in wanted:
        numbers = found.get(unit.pk, {})
        rows.append(
            DraftRow(
                unit=unit,
                unit_name=unit.name,
                numbers={line.key: _pair(line, numbers) for line in rules.lines},
                yellow=numbers.get(YELLOW.key, 0),
                red=numbers.get(RED.key, 0),
                bonus=(bonuses or {}).get(unit.pk, Decimal(0)),
                previous=before.get(unit.pk),
            )
        )
    if only is None:
        fill(rows, rules)
    return rows


def tried_rows(*, center: Center, group: str, rules: Rules, month: date) -> list[DraftRow]:
    """What a month would come to by rules that nobody has kept; nothing is written."""
    now = clock.now()
    bulletin = Bulletin(center=center, group=group, since=month, as_of=now)
    bulletin.as_of = Span.of_days(month, bulletin.last_day).as_of
    return counted_rows(bulletin, rules)


def _pair(line: Line, numbers: Mapping[str, int]) -> dict[str, int]:
    part, whole = (numbers.get(rows.key, 0) for rows in BY_KEY[line.key].sets)
    return {"part": part, "whole": whole}


def _scores_before(bulletin: Bulletin) -> dict[int, Decimal | None]:
    """Each unit's score in the sealed bulletin of the month or quarter before."""
    since = month_before(bulletin.since)
    if bulletin.is_quarter:
        since = month_before(month_before(since))
    rows = BulletinRow.objects.filter(
        bulletin__center=bulletin.center_id,
        bulletin__group=bulletin.group,
        bulletin__period=bulletin.period,
        bulletin__since=since,
        is_small=False,
    )
    return dict(rows.values_list("unit", "score"))


def _keep(bulletin: Bulletin, rows: Sequence[DraftRow]) -> Bulletin | None:
    try:
        with transaction.atomic():
            bulletin.save(force_insert=True)
            for row in rows:
                row.bulletin = bulletin
            DraftRow.objects.bulk_create(rows, batch_size=1000)
            people = User.objects.holding(Permission.SUPERVISE, center=bulletin.center)
            text = f"{bulletin.title}已起草，核对后发给各单位"
            notify(people, text=text, url=url_of(bulletin))
    except IntegrityError:  # another worker has made it since we looked
        return None
    return bulletin


def url_of(bulletin: Bulletin) -> str:
    return reverse("reports:bulletin", args=[bulletin.pk])


# --- a quarter ------------------------------------------------------------------------------------


def quarter_of(day: date) -> date:
    """The first day of its quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def months_of(quarter: date) -> list[date]:
    return [date(quarter.year, quarter.month + n, 1) for n in range(3)]


def _monthly(center_id: int, group: str, quarter: date) -> QuerySet[Bulletin]:
    return Bulletin.objects.filter(
        center=center_id,
        group=group,
        period=Bulletin.Period.MONTH,
        since__in=months_of(quarter),
    )


def quarters_due(now: datetime) -> list[int]:
    """Of each quarter that is over and whose months are done with: its last sealed month."""
    today = local_day(now)
    this = quarter_of(today)
    found: dict[tuple[int, str, date], list[Bulletin]] = {}
    months = Bulletin.objects.filter(
        period=Bulletin.Period.MONTH, since__gte=today - LOOKS_BACK, since__lt=this
    )
    for month in months.order_by("since", "pk"):
        key = (month.center_id, month.group, quarter_of(month.since))
        found.setdefault(key, []).append(month)
    made = set(
        Bulletin.objects.filter(period=Bulletin.Period.QUARTER).values_list(
            "center", "group", "since"
        )
    )
    return [
        bulletins[-1].pk
        for key, bulletins in found.items()
        if key not in made
        and all(month.is_sealed for month in bulletins)
        and (len(bulletins) == 3 or today > bulletins[-1].last_day + PATIENCE)
    ]


def draft_quarter(*, month_id: int, now: datetime) -> Bulletin | None:
    """季排名 of the quarter that a sealed month belongs to."""
    month = Bulletin.objects.select_related("center__region", "scheme").get(pk=month_id)
    bulletin = Bulletin(
        center=month.center,
        scheme=month.scheme,
        group=month.group,
        period=Bulletin.Period.QUARTER,
        since=quarter_of(month.since),
        as_of=now,
        drafted_at=now,
        counted_at=now,
        publicity=month.scheme.publicity,
    )
    rows = quarter_rows(bulletin)
    return _keep(bulletin, rows)


def quarter_rows(bulletin: Bulletin) -> list[DraftRow]:
    """The mean of each unit's months, over those in which it was compared."""
    sealed = _monthly(bulletin.center_id, bulletin.group, bulletin.since)
    by_month = {month.since: month for month in sealed if month.is_sealed}
    names = {day: f"{day:%Y-%m}" for day in months_of(bulletin.since)}
    bulletin.rules = Rules(
        lines=(),
        months=tuple(name for day, name in names.items() if day in by_month),
        missing=tuple(name for day, name in names.items() if day not in by_month),
    ).kept()
    units: dict[int, DraftRow] = {}
    before = _scores_before(bulletin)
    of_months = BulletinRow.objects.filter(bulletin__in=by_month.values())
    for row in of_months.select_related("unit", "bulletin").order_by("bulletin__since", "pk"):
        mine = units.setdefault(
            row.unit_id, DraftRow(unit=row.unit, previous=before.get(row.unit_id))
        )
        mine.unit_name = row.unit_name
        if not row.is_small:
            mine.months[names[row.bulletin.since]] = str(row.score)
    for mine in units.values():
        mine.score, _ = quarter_score(mine.months)
        mine.sample, mine.is_small = len(mine.months), not mine.months
    return list(units.values())
