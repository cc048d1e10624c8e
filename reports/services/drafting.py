"""Drafting bulletins: of a month on its first day after, of a quarter when its months are sealed.

Counting comes first and in no transaction; then one insert of the bulletin with all its rows, which
a constraint lets happen once. Two workers, a worker killed half-way, a run on a later day: there
is one bulletin, whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse

from cases.clocks import local_day
from dispatch.circulars import month_before
from orgs.models import Center, User
from orgs.permissions import Permission
from orgs.services import notify
from reports.bulletin_lists import Tallies, Tally, Tallying, lists_of, part_of, tallied, whole_of
from reports.bulletin_slips import PREVIOUS, scores_after
from reports.bulletins import fill, reckoned, span_of
from reports.compared import Compared, compared_in, dimension_of, of_several
from reports.indicators.counting import Scope, Span
from reports.indicators.dictionary import BY_KEY
from reports.indicators.sets import RED, YELLOW
from reports.models import Bulletin, CountedList, DraftRow, Scheme
from reports.scoring import LEAST_WEIGHT, Line, Rules, Scored, quarter_score, ranked
from zongzhi.lib import clock

PATIENCE = timedelta(days=15)  # how long a quarter waits for a month nobody has drafted
LOOKS_BACK = timedelta(days=200)


def rules_of(scheme: Scheme) -> Rules:
    """A scheme with the words of the dictionary as they are now."""
    return rules_from(
        [(line.indicator, line.kind, line.weight) for line in scheme.lines.all()],
        yellow=scheme.yellow,
        red=scheme.red,
        bonus_cap=scheme.bonus_cap,
        small_sample=scheme.small_sample,
    )


def rules_from(lines: Iterable[tuple[str, str, int]], *, small_sample: int, **limits: Any) -> Rules:
    """From (indicator, kind, weight) and the limits; too small a sample is one in each line."""
    known = [(BY_KEY[key], kind, weight) for key, kind, weight in lines]
    return Rules(
        lines=tuple(
            Line(one.key, one.name, weight, kind, one.better, one.definition)
            for one, kind, weight in known
        ),
        small_sample=small_sample,
        line_sample=small_sample,
        least_weight=LEAST_WEIGHT,
        **limits,
    )


def schemes_in_force(month: date) -> list[Scheme]:
    """The last version of each scheme that holds for a month, where it drafts at all."""
    last = Scheme.objects.filter(effective__lte=month).order_by("center_id", "group", "-version")
    return [scheme for scheme in last.distinct("center_id", "group") if scheme.is_active]


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
    found = count_again(bulletin)
    if not any(row.sample for row in found.rows):
        return None
    return _keep(bulletin, found)


def count_again(bulletin: Bulletin, bonuses: Mapping[int, Decimal] | None = None) -> Count:
    """Count it by its scheme, in the words the dictionary has now, which it keeps."""
    rules = rules_of(bulletin.scheme)
    found = count(bulletin, rules, bonuses=bonuses)
    bulletin.rules = replace(rules, left_out=found.left_out).kept()
    return found


@dataclass(frozen=True)
class Count:
    """What counting came to: rows, and the list behind each of their numbers. Nothing is saved."""

    rows: list[DraftRow]
    lists: list[CountedList]
    left_out: int = 0  # of the group, without a row


def count(
    bulletin: Bulletin,
    rules: Rules,
    *,
    only: Sequence[int] | None = None,
    bonuses: Mapping[int, Decimal] | None = None,
) -> Count:
    """A row for everyone of the group: its numbers, and what they come to.

    With `only` (see `compared_id`), the numbers of these alone are counted, and nothing is scored.
    """
    everyone = compared_in(bulletin.center, bulletin.group)
    wanted = everyone if only is None else [one for one in everyone if one.id in only]
    counting = Tallying(
        Scope(bulletin.center),
        span_of(bulletin),
        dimension_of(bulletin.group),
        [one.id for one in wanted],
    )
    found = tallied([line.key for line in rules.lines], counting)
    if only is None and bulletin.group == Scheme.Group.GRIDS:
        wanted = _nobodys_own(wanted, found)
    before = scores_after(_before(bulletin))
    rows, lists = [], []
    for one in wanted:
        tallies = found.get(one.id, {})
        lists += lists_of(one, tallies)
        row = DraftRow(
            **one.of,
            unit_name=one.name,
            numbers={line.key: _pair(line, tallies) for line in rules.lines},
            yellow=_number(tallies, YELLOW.key),
            red=_number(tallies, RED.key),
            bonus=(bonuses or {}).get(one.id, Decimal(0)),
        )
        _say_before(row, before)
        rows.append(row)
    if only is None:
        fill(rows, rules)
    return Count(rows, lists, len(everyone) - len(wanted))


def _nobodys_own(grids: Iterable[Compared], found: Tallies) -> list[Compared]:
    """The grids whose row would not be a person's."""
    several = of_several(tally.ids for tallies in found.values() for tally in tallies.values())
    return [one for one in grids if one.id in several]


@dataclass(frozen=True)
class Tried:
    """A month by rules that nobody has kept: the order with its arithmetic, and who has none."""

    places: list[tuple[int, DraftRow, Scored]]
    small: list[str]
    left_out: int


def tried(*, center: Center, group: str, rules: Rules, month: date) -> Tried:
    """What a month would come to by these rules; nothing is written."""
    now = clock.now()
    bulletin = Bulletin(center=center, group=group, since=month, as_of=now)
    bulletin.as_of = Span.of_days(month, bulletin.last_day).as_of
    found = count(bulletin, rules)
    sums = reckoned(rules, found.rows)
    places, small = ranked(found.rows)
    return Tried(
        [(place, row, sums[row.compared_id]) for place, row in places],
        [row.unit_name for row in small],
        found.left_out,
    )


def _pair(line: Line, tallies: Mapping[str, Tally]) -> dict[str, int]:
    return {
        "part": _number(tallies, part_of(line.key)),
        "whole": _number(tallies, whole_of(line.key)),
    }


def _number(tallies: Mapping[str, Tally], cell: str) -> int:
    return len(tallies[cell].ids) if cell in tallies else 0


def _before(bulletin: Bulletin) -> Bulletin | None:
    """The sealed bulletin of the month or quarter before."""
    since = month_before(bulletin.since)
    if bulletin.is_quarter:
        since = month_before(month_before(since))
    known = Bulletin.objects.filter(
        center=bulletin.center_id,
        group=bulletin.group,
        period=bulletin.period,
        since=since,
        sealed_at__isnull=False,
    )
    return known.first()


def _say_before(row: DraftRow, before: Mapping[int, tuple[Decimal, bool]]) -> None:
    """Its score then, after slips; and whether they made it so."""
    row.previous, is_corrected = before.get(row.compared_id, (None, False))
    if is_corrected:
        row.corrected = [*row.corrected, PREVIOUS]


def _keep(bulletin: Bulletin, found: Count) -> Bulletin | None:
    try:
        with transaction.atomic():
            bulletin.save(force_insert=True)
            keep_count(bulletin, found)
            people = User.objects.holding(Permission.SUPERVISE, center=bulletin.center)
            text = f"{bulletin.title}已起草，核对后发给各单位"
            notify(people, text=text, url=url_of(bulletin))
    except IntegrityError:  # another worker has made it since we looked
        return None
    return bulletin


def keep_count(bulletin: Bulletin, found: Count) -> None:
    """Save rows and lists as those of this bulletin."""
    for row in found.rows:
        row.bulletin = bulletin
    for one in found.lists:
        one.bulletin = bulletin
    DraftRow.objects.bulk_create(found.rows, batch_size=1000)
    CountedList.objects.bulk_create(found.lists, batch_size=1000)


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
    """季度排名 of the quarter that a sealed month belongs to."""
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
    return _keep(bulletin, Count(quarter_rows(bulletin), []))


def quarter_rows(bulletin: Bulletin) -> list[DraftRow]:
    """The mean of each unit's months, after slips, over those in which it was compared."""
    sealed = _monthly(bulletin.center_id, bulletin.group, bulletin.since).order_by("since")
    by_month = {f"{month.since:%Y-%m}": month for month in sealed if month.is_sealed}
    names = [f"{day:%Y-%m}" for day in months_of(bulletin.since)]
    bulletin.rules = Rules(
        lines=(),
        months=tuple(name for name in names if name in by_month),
        missing=tuple(name for name in names if name not in by_month),
    ).kept()
    units: dict[int, DraftRow] = {}
    before = scores_after(_before(bulletin))
    for name, month in by_month.items():
        scores = scores_after(month)
        for row in month.rows.select_related("unit", "grid").order_by("pk"):
            mine = units.setdefault(row.compared_id, DraftRow(grid=row.grid))
            mine.unit, mine.unit_name = row.unit, row.unit_name
            if row.compared_id in scores:
                score, is_corrected = scores[row.compared_id]
                mine.months[name] = str(score)
                mine.corrected += [name] if is_corrected else []
    for mine in units.values():
        mine.score, _ = quarter_score(mine.months)
        mine.sample, mine.is_small = len(mine.months), not mine.months
        _say_before(mine, before)
    return list(units.values())


def sealed_quarter_of(month: Bulletin) -> Bulletin | None:
    """The quarter that has been reckoned from a month's bulletin and may not move any more."""
    known = Bulletin.objects.filter(
        center=month.center_id,
        group=month.group,
        period=Bulletin.Period.QUARTER,
        since=quarter_of(month.since),
        sealed_at__isnull=False,
    )
    return None if month.is_quarter else known.first()


def month_in(quarter: Bulletin, name: str) -> Bulletin:
    """The bulletin of one of its months, by its name in the rules."""
    year, month = map(int, name.split("-"))
    return _monthly(quarter.center_id, quarter.group, quarter.since).get(since=date(year, month, 1))
