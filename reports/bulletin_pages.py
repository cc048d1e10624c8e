"""What the pages of a bulletin draw: the table for whoever reads it, and one unit's arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from orgs.models import Department, User
from reports.bulletins import AnyRow, reckoned, rows_for, rows_of, sees_all, span_of
from reports.indicators.counting import Span
from reports.indicators.dictionary import BY_KEY, SMALL, percent_of
from reports.indicators.links import behind_url
from reports.indicators.sets import RED, YELLOW
from reports.models import Bonus, Bulletin
from reports.scoring import Rules, Step, median, quarter_score, ranked


@dataclass(frozen=True)
class Cell:
    """One number of a unit: 「90.0%」 9 out of 10, each a link to its list."""

    part: int
    whole: int
    percent: str = ""
    part_url: str = ""
    whole_url: str = ""

    @property
    def words(self) -> str:
        """「90.0%（9/10）」, 「3/4」, 「–」."""
        if not self.whole:
            return "–"
        counts = f"{self.part}/{self.whole}"
        return f"{self.percent}（{counts}）" if self.percent else counts


@dataclass(frozen=True)
class Shown:
    """A row as the table draws it; `place` is 0 for who is not compared or not told."""

    row: AnyRow
    place: int
    cells: list[Cell]
    yellow_url: str = ""
    red_url: str = ""


@dataclass(frozen=True)
class Table:
    """Everything one reader sees of a bulletin."""

    rules: Rules
    rows: list[Shown]
    small: list[Shown]
    median: Decimal | None
    compared: int
    sees_all: bool
    bonuses: list[Bonus] = field(default_factory=list)

    @property
    def few(self) -> list[Shown]:
        """Those with a sample, but too small a one."""
        return [one for one in self.small if one.row.sample]

    @property
    def nothing(self) -> list[Shown]:
        """Those who had nothing at all."""
        return [one for one in self.small if not one.row.sample]

    @property
    def all_rows(self) -> list[Shown]:
        return [*self.rows, *self.small]


def table_of(user: User, bulletin: Bulletin) -> Table:
    """The rows for this reader, in order where they may know it."""
    everything: list[AnyRow] = list(rows_of(bulletin))
    mine = {row.pk for row in rows_for(user, bulletin)}
    all_of_it = sees_all(user, bulletin)
    rules, span = Rules.of(bulletin.rules), span_of(bulletin)
    places, small = ranked(everything)
    return Table(
        rules=rules,
        rows=[
            shown(bulletin, rules, span, row, place if all_of_it else 0)
            for place, row in places
            if row.pk in mine
        ],
        small=[shown(bulletin, rules, span, row, 0) for row in small if row.pk in mine],
        median=median(everything),
        compared=len(places),
        sees_all=all_of_it,
        bonuses=list(bulletin.bonuses.select_related("unit", "by")),
    )


def shown(bulletin: Bulletin, rules: Rules, span: Span, row: AnyRow, place: int) -> Shown:
    if bulletin.is_quarter:
        return Shown(row, place, [])
    center, code = bulletin.center, row.unit.code
    return Shown(
        row,
        place,
        [cell_of(bulletin, span, row, line.key) for line in rules.lines],
        yellow_url=behind_url(YELLOW, span, scope=center, unit=code) if row.yellow else "",
        red_url=behind_url(RED, span, scope=center, unit=code) if row.red else "",
    )


def cell_of(bulletin: Bulletin, span: Span, row: AnyRow, key: str) -> Cell:
    """One indicator of a row; an indicator that the dictionary has lost has no list any more."""
    pair = row.numbers[key]
    part, whole = pair["part"], pair["whole"]
    percent = percent_of(Fraction(part, whole)) if whole >= SMALL else ""
    one = BY_KEY.get(key)
    if one is None or one.out_of is None:
        return Cell(part, whole, percent)
    code, center = row.unit.code, bulletin.center
    return Cell(
        part,
        whole,
        percent,
        behind_url(one.top, span, scope=center, unit=code),
        behind_url(one.out_of, span, scope=center, unit=code),
    )


@dataclass(frozen=True)
class Arithmetic:
    """算式 of one unit: every line, the marks, the bonus, the sum."""

    shown: Shown
    steps: Sequence[tuple[Step, Cell]]
    cards: str
    total: str
    median: Decimal | None
    compared: int


def arithmetic_of(user: User, bulletin: Bulletin, unit: Department) -> Arithmetic | None:
    """None where this reader has no such row."""
    table = table_of(user, bulletin)
    mine = next((one for one in table.all_rows if one.row.unit_id == unit.pk), None)
    if mine is None:
        return None
    if bulletin.is_quarter:
        _, total = quarter_score(mine.row.months)
        return Arithmetic(mine, [], "", total, table.median, table.compared)
    came = reckoned(table.rules, rows_of(bulletin))[unit.pk]
    return Arithmetic(
        mine,
        list(zip(came.steps, mine.cells, strict=True)),
        came.deduction_words,
        came.words,
        table.median,
        table.compared,
    )
