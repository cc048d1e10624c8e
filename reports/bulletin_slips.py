"""更正单: which numbers of a sealed row a slip may put right, and what they then come to.

The rows themselves never change: what is right is reckoned from them and the slips, each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from reports.bulletins import AnyRow, fill, rows_of
from reports.indicators.sets import RED, YELLOW
from reports.models import Bulletin, Correction
from reports.scoring import Rules, month_words, quarter_score, ranked, short

BONUS = "bonus"
MARKS = {YELLOW.key: "黄牌", RED.key: "红牌"}
NOTHING = "–"
PREVIOUS = "previous"  # in `corrected` of a row, beside months


@dataclass(frozen=True)
class Item:
    """One number of a row, in words as it stands there."""

    key: str
    name: str
    words: str


def items_of(bulletin: Bulletin, row: AnyRow) -> list[Item]:
    """What can be wrong in a row: the lines, marks and bonus of a month, the months of a quarter.

    The score is not among them: it follows from these.
    """
    rules = Rules.of(bulletin.rules)
    if bulletin.is_quarter:
        return [
            Item(name, month_words(name), row.months.get(name, NOTHING)) for name in rules.months
        ]
    pairs = [(line, row.numbers[line.key]) for line in rules.lines]
    lines = [Item(line.key, line.name, f"{n['part']}/{n['whole']}") for line, n in pairs]
    marks = [Item(YELLOW.key, "黄牌", str(row.yellow)), Item(RED.key, "红牌", str(row.red))]
    if bulletin.is_of_grids:
        marks = []
    return [*lines, *marks, Item(BONUS, "人工加分", str(short(row.bonus)))]


def slips_of(bulletin: Bulletin) -> QuerySet[Correction]:
    """All slips of a bulletin, the first one first."""
    slips = Correction.objects.filter(row__bulletin=bulletin).order_by("pk")
    return slips.select_related("row__unit", "row__grid", "by")


def corrected(bulletin: Bulletin, more: Sequence[Correction] = ()) -> list[AnyRow]:
    """The rows as the slips, and `more` of them, put them right; nothing is saved."""
    rows: list[AnyRow] = list(rows_of(bulletin))
    slips = [*slips_of(bulletin).exclude(key=""), *more]
    if not slips:
        return rows
    by_pk = {row.pk: row for row in rows}
    for slip in slips:
        _put(by_pk[slip.row_id], slip)
    if not bulletin.is_quarter:
        fill(rows, Rules.of(bulletin.rules))
        return rows
    for row in rows:
        row.score, _ = quarter_score(row.months)
        row.sample, row.is_small = len(row.months), not row.months
    return rows


def _put(row: AnyRow, slip: Correction) -> None:
    worth = slip.worth if slip.worth is not None else Decimal(0)
    if slip.key == YELLOW.key:
        row.yellow = int(worth)
    elif slip.key == RED.key:
        row.red = int(worth)
    elif slip.key == BONUS:
        row.bonus = worth
    elif slip.part is not None:
        row.numbers[slip.key] = {"part": slip.part, "whole": slip.whole}
    elif slip.worth is None:
        row.months.pop(slip.key, None)
    else:
        row.months[slip.key] = str(slip.worth)


@dataclass(frozen=True)
class After:
    """A row as the slips put it right; `place` is 0 for who is not compared."""

    row: AnyRow
    place: int


def after_slips(bulletin: Bulletin, rows: Iterable[AnyRow]) -> dict[int, After]:
    """The rows that came out otherwise than they stand there, by `compared_id`.

    Another unit's slip may move a row: down a place, or in a line by bands by some points.
    """
    if not bulletin.is_sealed or not slips_of(bulletin).exclude(key="").exists():
        return {}
    right = corrected(bulletin)
    stood, now = (_places(some) for some in (rows, right))
    before = {row.compared_id: row for row in rows}
    return {
        one: After(row, now.get(one, 0))
        for one, row in ((row.compared_id, row) for row in right)
        if _differs(before[one], row) or stood.get(one) != now.get(one)
    }


def _places(rows: Iterable[AnyRow]) -> dict[int, int]:
    places, _ = ranked(rows)
    return {row.compared_id: place for place, row in places}


def _differs(before: AnyRow, after: AnyRow) -> bool:
    return (before.score, before.is_small) != (after.score, after.is_small)


def scores_after(bulletin: Bulletin | None) -> dict[int, tuple[Decimal, bool]]:
    """By `compared_id`: its score after slips, and whether they made it what it is."""
    if bulletin is None:
        return {}
    stood = {row.compared_id: row for row in rows_of(bulletin)}
    return {
        row.compared_id: (row.score, _differs(stood[row.compared_id], row))
        for row in corrected(bulletin)
        if not row.is_small and row.score is not None
    }


def number_of(bulletin: Bulletin, slip: Correction) -> str:
    """「示范县综评〔2025〕1号更正2」: slips are only ever added, so this never moves."""
    n = slips_of(bulletin).filter(pk__lte=slip.pk).count()
    return f"{bulletin.number}更正{n}"


def said(slip: Correction, name: str) -> str:
    """One slip in a sentence, as papers carry it."""
    text = f"{name}{slip.what}，通报上是 {slip.was}，应当是 {slip.now}"
    if slip.key and slip.score_was != slip.score_now:
        text += f"，得分由 {_score(slip.score_was)} 更正为 {_score(slip.score_now)}"
    return f"{text}；原因：{slip.why.rstrip('。')}。"


def _score(score: Decimal | None) -> str:
    return NOTHING if score is None else str(score)
