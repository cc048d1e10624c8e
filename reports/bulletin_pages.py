"""What the pages of a bulletin draw: the table for whoever reads it, and one unit's arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.db.models import QuerySet
from django.urls import reverse

from orgs.models import Department, User
from reports.bulletin_lists import kept_cells, list_url, part_of, whole_of
from reports.bulletin_slips import PREVIOUS, After, after_slips, corrected, slips_of
from reports.bulletins import AnyRow, leads, reckoned, rows_for, rows_of, sees_all
from reports.indicators.dictionary import SMALL, percent_of
from reports.indicators.sets import RED, YELLOW
from reports.models import Bonus, Bulletin, Correction
from reports.models.bulletins import own_units
from reports.scoring import Rules, Step, left_out_said, median, month_words, quarter_score, ranked


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
class Month:
    """One month of a quarter: what a unit came to in it."""

    name: str
    score: str  # "" where it was not compared
    is_corrected: bool
    url: str = ""  # its arithmetic, where this reader may open it


@dataclass(frozen=True)
class Shown:
    """A row as the table draws it; `place` is 0 for who is not compared or not told."""

    row: AnyRow
    place: int
    cells: list[Cell]
    months: list[Month] = field(default_factory=list)
    yellow_url: str = ""
    red_url: str = ""
    after: After | None = None  # where slips have moved it

    @property
    def is_previous_corrected(self) -> bool:
        return PREVIOUS in self.row.corrected


# What was drafted before a bulletin kept its lists, or by a set that is no longer counted.
NO_LISTS = "点不开的数，当时没有随数留下清单；数是定稿时的数，没有变。"
NOT_YET = "点不开的数没有留下清单，按“重新数”就有。"
OTHERS = "其他单位的数不能点开：清单只有本单位和综治中心看得到。"


def counted_in(row: AnyRow) -> Iterator[tuple[tuple[int, str], int]]:
    """Every number of a row of a month: the key of its list, and what it is."""
    for key, pair in row.numbers.items():
        yield (row.compared_id, part_of(key)), pair["part"]
        yield (row.compared_id, whole_of(key)), pair["whole"]
    yield (row.compared_id, YELLOW.key), row.yellow
    yield (row.compared_id, RED.key), row.red


@dataclass(frozen=True)
class GivenBonus:
    """A bonus with its unit as the bulletin calls it."""

    bonus: Bonus
    unit_name: str


@dataclass(frozen=True)
class Table:
    """Everything one reader sees of a bulletin."""

    rules: Rules
    rows: list[Shown]
    small: list[Shown]
    median: Decimal | None
    compared: int
    sees_all: bool
    bonuses: list[GivenBonus] = field(default_factory=list)
    slips: list[Correction] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)  # of all, as it calls them
    unlisted: str = ""  # why there are numbers that lead nowhere, in a sentence

    @property
    def few(self) -> list[Shown]:
        """Those with a sample, but too small a one."""
        return [one for one in self.small if one.row.sample]

    @property
    def nothing(self) -> list[Shown]:
        """Those who had nothing at all."""
        return [one for one in self.small if not one.row.sample]

    @property
    def left_out_said(self) -> str:
        """Of grids without a row, for those who read all rows."""
        return left_out_said(self.rules.left_out) if self.sees_all else ""

    @property
    def all_rows(self) -> list[Shown]:
        return [*self.rows, *self.small]

    @property
    def months(self) -> list[str]:
        """Of a quarter, in words."""
        return [month_words(name) for name in self.rules.months]

    @property
    def missing(self) -> list[str]:
        return [month_words(name) for name in self.rules.missing]

    @property
    def moved(self) -> list[After]:
        """The rows that slips have moved, as they are right, in their order."""
        found = [one.after for one in self.all_rows if one.after is not None]
        return sorted(found, key=lambda after: (not after.place, after.place))


def table_of(user: User, bulletin: Bulletin) -> Table:
    """The rows for this reader, in order where they may know it."""
    everything: list[AnyRow] = list(rows_of(bulletin))
    readable = rows_for(user, bulletin)
    mine = {row.pk for row in readable}
    all_of_it = sees_all(user, bulletin)
    places, small = ranked(everything)
    drawing = _Drawing(user, bulletin, readable, after_slips(bulletin, everything), all_of_it)
    names = {row.compared_id: row.unit_name for row in everything}
    return Table(
        rules=drawing.rules,
        rows=[drawing.shown(row, place) for place, row in places if row.pk in mine],
        small=[drawing.shown(row, 0) for row in small if row.pk in mine],
        median=bulletin.median if bulletin.center_name else median(everything),
        compared=len(places),
        sees_all=all_of_it,
        bonuses=[
            GivenBonus(one, names.get(one.compared_id) or one.called)
            for one in bulletin.bonuses.select_related("unit", "grid", "by", "revoked_by")
        ],
        slips=list(slips_for(user, bulletin)),
        names=names,
        unlisted=drawing.unlisted,
    )


def slips_for(user: User, bulletin: Bulletin) -> QuerySet[Correction]:
    """The slips this reader may read: of the rows they see."""
    slips = slips_of(bulletin)
    if sees_all(user, bulletin):
        return slips
    return slips.filter(row__unit__in=Department.objects.filter(own_units(user)))


def months_behind(quarter: Bulletin) -> Iterator[tuple[str, int]]:
    """The months of a quarter that have been sealed, and their bulletins."""
    sealed = Bulletin.objects.filter(
        center=quarter.center_id,
        group=quarter.group,
        period=Bulletin.Period.MONTH,
        since__range=(quarter.since, quarter.last_day),
        sealed_at__isnull=False,
    )
    for pk, since in sealed.values_list("pk", "since"):
        yield f"{since:%Y-%m}", pk


class _Drawing:
    """Draws the rows of one bulletin for one reader.

    A list is offered to those who lead the centre and to the unit itself: others see the order,
    where it is for all, and not whose cases those are.
    """

    def __init__(
        self,
        user: User,
        bulletin: Bulletin,
        rows: list[AnyRow],
        after: dict[int, After],
        sees_places: bool,
    ) -> None:
        self.bulletin, self.rules = bulletin, Rules.of(bulletin.rules)
        self.after, self.sees_places = after, sees_places
        led = leads(user, bulletin)
        if not led:
            own = set(Department.objects.filter(own_units(user)).values_list("pk", flat=True))
            rows = [row for row in rows if row.unit_id in own]
        self.lists = set() if bulletin.is_quarter else kept_cells(bulletin, rows)
        self.unlisted = self._unlisted(rows, of_all=led or not self.sees_places)
        self.opened = {row.compared_id for row in rows}
        self.months = dict(months_behind(bulletin)) if bulletin.is_quarter else {}

    def _unlisted(self, rows: list[AnyRow], *, of_all: bool) -> str:
        """Why numbers of this page cannot be opened, where there are such."""
        if self.bulletin.is_quarter:
            return ""
        if any(n and cell not in self.lists for row in rows for cell, n in counted_in(row)):
            return NO_LISTS if self.bulletin.is_sealed else NOT_YET
        return "" if of_all else OTHERS

    def shown(self, row: AnyRow, place: int) -> Shown:
        kept = getattr(row, "place", None) or place
        after = self.after.get(row.compared_id)
        if after is not None and not self.sees_places:
            after = After(after.row, 0) if after.row.score != row.score else None
        return Shown(
            row,
            kept if self.sees_places else 0,
            [self.cell(row, line.key) for line in self.rules.lines],
            [
                Month(
                    month_words(name),
                    row.months.get(name, ""),
                    name in row.corrected,
                    self.month_url(row, name),
                )
                for name in self.rules.months
            ],
            yellow_url=self.url(row, YELLOW.key),
            red_url=self.url(row, RED.key),
            after=after,
        )

    def cell(self, row: AnyRow, key: str) -> Cell:
        """One line of a row; without links where no list was kept, or not for this reader."""
        pair = row.numbers[key]
        part, whole = pair["part"], pair["whole"]
        percent = percent_of(Fraction(part, whole)) if whole >= SMALL else ""
        urls = (self.url(row, part_of(key)), self.url(row, whole_of(key)))
        return Cell(part, whole, percent, *urls)

    def month_url(self, row: AnyRow, name: str) -> str:
        """How a month of a quarter was reckoned."""
        if (
            row.compared_id not in self.opened
            or not row.months.get(name)
            or name not in self.months
        ):
            return ""
        return reverse("reports:bulletin_unit", args=[self.months[name], row.code])

    def url(self, row: AnyRow, cell: str) -> str:
        there = (row.compared_id, cell) in self.lists
        return list_url(self.bulletin, row.code, cell) if there else ""


@dataclass(frozen=True)
class Arithmetic:
    """算式 of one unit or grid: every line, the marks, the bonus, the sum."""

    shown: Shown
    steps: Sequence[tuple[Step, Cell]]
    cards: str
    total: str
    median: Decimal | None
    compared: int
    after_total: str = ""  # the sum as the slips put it right
    unlisted: str = ""  # why its numbers lead nowhere, where they do


def arithmetic_of(user: User, bulletin: Bulletin, code: str) -> Arithmetic | None:
    """Of the unit or grid with this code; None where this reader has no such row."""
    table = table_of(user, bulletin)
    mine = next((one for one in table.all_rows if one.row.code == code), None)
    if mine is None:
        return None
    if bulletin.is_quarter:
        _, total = quarter_score(mine.row.months)
        after = quarter_score(mine.after.row.months)[1] if mine.after else ""
        return Arithmetic(mine, [], "", total, table.median, table.compared, after)
    key = mine.row.compared_id
    came = reckoned(table.rules, rows_of(bulletin))[key]
    return Arithmetic(
        mine,
        list(zip(came.steps, mine.cells, strict=True)),
        came.deduction_words,
        came.words,
        table.median,
        table.compared,
        reckoned(table.rules, corrected(bulletin))[key].words if mine.after else "",
        "" if any(cell.part_url for cell in mine.cells) else table.unlisted,
    )
