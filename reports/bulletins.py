"""Reading bulletins: whose rows one sees, over what span they were counted, how a row adds up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from django.db.models import QuerySet

from orgs.models import Department, User
from orgs.permissions import Permission
from reports.indicators.counting import Span
from reports.models import Bulletin, BulletinRow, DraftRow, Scheme
from reports.models.bulletins import own_units
from reports.scoring import Given, Rules, Scored, all_coefficients, scored

AnyRow: TypeAlias = BulletinRow | DraftRow


def span_of(bulletin: Bulletin) -> Span:
    """What was counted: its days, as of its moment."""
    return Span.of_days(bulletin.since, bulletin.last_day, bulletin.as_of)


def leads(user: User, bulletin: Bulletin) -> bool:
    """Whether this person supervises or leads the centre, and so sees every row."""
    wanted = (Permission.SUPERVISE, Permission.DECIDE)
    return any(
        bulletin.center_id in post.reach for name in wanted for post in user.posts_giving(name)
    )


def sees_all(user: User, bulletin: Bulletin) -> bool:
    """Every row and the order: leaders; everybody once it is published to all."""
    to_all = bulletin.publicity == Scheme.Publicity.ALL
    published = bulletin.state == Bulletin.State.PUBLISHED
    return leads(user, bulletin) or (published and to_all)


def rows_of(bulletin: Bulletin) -> QuerySet[BulletinRow] | QuerySet[DraftRow]:
    """All rows: sealed ones, or those of the draft."""
    rows = bulletin.rows if bulletin.is_sealed else bulletin.draft_rows
    return rows.select_related("unit", "grid").order_by("pk")


def rows_for(user: User, bulletin: Bulletin) -> list[AnyRow]:
    """The rows this person may read: all, or those of their own units."""
    rows = rows_of(bulletin)
    if not sees_all(user, bulletin):
        rows = rows.filter(unit__in=Department.objects.filter(own_units(user)))
    return list(rows)


def row_with(rows: Iterable[AnyRow], code: str | None) -> AnyRow | None:
    """The row of the unit or grid with this code."""
    return next((row for row in rows if row.code == code), None)


def given_of(row: AnyRow) -> Given:
    """What a row was scored by, from what it keeps."""
    numbers = {key: (pair["part"], pair["whole"]) for key, pair in row.numbers.items()}
    return Given(numbers, row.yellow, row.red, row.bonus)


def reckoned(rules: Rules, rows: Iterable[AnyRow]) -> dict[int, Scored]:
    """The arithmetic of rows of a month, by `compared_id`; the banded lines need all of them."""
    units = {row.compared_id: given_of(row) for row in rows}
    bands = all_coefficients(rules, units)
    return {unit: scored(rules, given, bands[unit]) for unit, given in units.items()}


def fill(rows: Sequence[AnyRow], rules: Rules) -> None:
    """Put into the rows of a month what their numbers come to."""
    found: Mapping[int, Scored] = reckoned(rules, rows)
    for row in rows:
        came = found[row.compared_id]
        row.points, row.deduction, row.bonus = came.points, came.deduction, came.bonus
        row.sample, row.score, row.is_small = came.sample, came.score, came.is_small
