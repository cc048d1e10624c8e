"""How numbers become a score, and the same in words. Pure: nothing here asks the database.

- A line gives at most its weight. More is better: share × weight. Less is better: weight − share ×
  weight. In bands: weight − the deduction, not below 0.
- A line with too small a sample (`Rules.line_sample`) counts as without one and gives its weight
  back: the sum of the others is multiplied by 100 ÷ the weights that have one, so that nobody
  loses or wins by what did not happen, or hardly did.
- Where less than half of the weights have a sample (`Rules.least_weight`), a unit is not compared.
- Every line is reckoned exactly and rounded once, half up, to the cent, and so is the sum of what
  is printed where it is multiplied; it is never above 100. Then yellow and red marks are taken
  off, which may go below 0, and the bonus is added.
- A unit's sample is the largest whole among its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol, TypeVar

FULL = 100
SHARE, BANDED = "share", "banded"
LEAST_WEIGHT = FULL // 2
MEDIAN_OF = 3  # of fewer, the median would tell a unit what the other one has


@dataclass(frozen=True)
class Line:
    """One line of a scheme, with what it counts in words."""

    key: str
    name: str
    weight: int
    kind: str = SHARE
    better: int = 1
    definition: str = ""


@dataclass(frozen=True)
class Rules:
    """What a bulletin is reckoned by; kept with it, whatever becomes of scheme and dictionary."""

    lines: tuple[Line, ...]
    yellow: Decimal = Decimal(5)
    red: Decimal = Decimal(10)
    bonus_cap: Decimal = Decimal(5)
    small_sample: int = 5
    months: tuple[str, ...] = ()  # of a quarter: those with a sealed bulletin
    missing: tuple[str, ...] = ()  # and those without
    left_out: int = 0  # grids without a row: it would have been a person's, or of nothing
    # Bulletins from before these two were rules keep none, and are reckoned as they were.
    line_sample: int = 1  # of fewer, a line counts as without a sample
    least_weight: int = 0  # of less, a unit is not compared

    def counts(self, whole: int) -> bool:
        """Whether so many are a sample."""
        return whole >= self.line_sample

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        said = asdict(self)
        return {k: str(v) if isinstance(v, Decimal) else v for k, v in said.items()}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Rules:
        return cls(
            lines=tuple(Line(**line) for line in kept["lines"]),
            yellow=short(Decimal(kept["yellow"])),
            red=short(Decimal(kept["red"])),
            bonus_cap=short(Decimal(kept["bonus_cap"])),
            small_sample=kept["small_sample"],
            months=tuple(kept["months"]),
            missing=tuple(kept["missing"]),
            left_out=kept.get("left_out", 0),
            line_sample=kept.get("line_sample", 1),
            least_weight=kept.get("least_weight", 0),
        )


Pair = tuple[int, int]  # part and whole


@dataclass(frozen=True)
class Given:
    """What one unit is scored by."""

    numbers: Mapping[str, Pair]
    yellow: int = 0
    red: int = 0
    bonus: Decimal = Decimal(0)

    def pair(self, line: Line) -> Pair:
        return self.numbers.get(line.key, (0, 0))


@dataclass(frozen=True)
class Step:
    """One line of the arithmetic: 「9÷10×20=18.00」."""

    line: Line
    part: int
    whole: int
    sum: str  # what is reckoned, in figures
    points: Decimal | None  # None without a sample
    is_exact: bool = True
    below: bool = False  # would have been below 0
    least: int = 1  # what is a sample

    @property
    def words(self) -> str:
        if self.points is None and self.whole:
            return f"只有 {self.whole} 件，不足 {self.least} 件，按没有样本，权重摊给其他项"
        if self.points is None:
            return "没有样本，权重摊给其他项"
        below = "（低于 0，按 0 计）" if self.below else ""
        return f"{self.sum}{'=' if self.is_exact else '≈'}{self.points}{below}"


@dataclass(frozen=True)
class Scored:
    """A score with its arithmetic."""

    steps: tuple[Step, ...]
    deduction: Decimal
    bonus: Decimal
    sample: int
    score: Decimal | None
    is_small: bool
    weighed: int = 0  # the weights that have a sample
    words: str = ""
    deduction_words: str = ""
    points: dict[str, str] = field(default_factory=dict)


def cents(value: Fraction) -> Decimal:
    """To the cent, half up; below 0 the half goes up too."""
    return Decimal((value * 200 + 1) // 2).scaleb(-2)


def short(value: Decimal) -> Decimal:
    """5 for 5.0, as people write it."""
    whole = value.to_integral_value()
    return whole if whole == value else value


def money(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


def scored(rules: Rules, given: Given, bands: Mapping[str, int] | None = None) -> Scored:
    """One unit's score; `bands` are its coefficients for the banded lines, see `coefficients`."""
    weighed = sum(line.weight for line in rules.lines if rules.counts(given.pair(line)[1]))
    steps = tuple(_step(rules, line, given, bands or {}) for line in rules.lines)
    deduction = money(rules.yellow * given.yellow + rules.red * given.red)
    bonus = money(min(given.bonus, rules.bonus_cap))
    sample = max((step.whole for step in steps), default=0)
    earned = [step.points for step in steps if step.points is not None]
    base, said = _base(earned, weighed)
    score = None if base is None else base - deduction + bonus
    return Scored(
        steps=steps,
        deduction=deduction,
        bonus=bonus,
        sample=sample,
        score=score,
        is_small=score is None or sample < rules.small_sample or weighed < rules.least_weight,
        weighed=weighed,
        words=_sum_words(base, said, deduction, bonus),
        deduction_words=_cards(rules, given),
        points={s.line.key: str(s.points) for s in steps if s.points is not None},
    )


def _step(rules: Rules, line: Line, given: Given, bands: Mapping[str, int]) -> Step:
    part, whole = given.pair(line)
    if not rules.counts(whole):
        return Step(line, part, whole, "", None, least=rules.line_sample)
    value, said = _reckoned(line, part, whole, bands.get(line.key, 1))
    below = value < 0
    value = max(value, Fraction(0))
    points = cents(value)
    return Step(line, part, whole, said, points, Fraction(points) == value, below)


def _reckoned(line: Line, part: int, whole: int, coefficient: int) -> tuple[Fraction, str]:
    if line.kind == BANDED:
        said = f"{line.weight}−({whole}−{part})÷{whole}×{coefficient}×10"
        return line.weight - banded(part, whole, coefficient), said
    points = Fraction(part, whole) * line.weight
    if line.better < 0:
        return line.weight - points, f"{line.weight}−{part}÷{whole}×{line.weight}"
    return points, f"{part}÷{whole}×{line.weight}"


def _base(earned: Sequence[Decimal], weighed: int) -> tuple[Decimal | None, str]:
    """What the lines come to, of a hundred, and the sum in words; None of nothing."""
    if not earned:
        return None, "各项都没有样本或样本不足，不算分"
    total, said = sum(earned, Decimal(0)), "+".join(str(points) for points in earned)
    if weighed == FULL:
        return total, f"{said}={total}"
    exact = Fraction(total) * FULL / weighed
    base = cents(exact)
    return base, f"({said})×{FULL}÷{weighed}{'=' if exact == base else '≈'}{base}"


def _sum_words(base: Decimal | None, said: str, deduction: Decimal, bonus: Decimal) -> str:
    if base is None or not (deduction or bonus):
        return said
    less = f"−{deduction}" if deduction else ""
    more = f"+{bonus}" if bonus else ""
    return f"{said}；{base}{less}{more}={base - deduction + bonus}"


def _cards(rules: Rules, given: Given) -> str:
    if not given.yellow and not given.red:
        return "没有黄牌、红牌"
    total = money(rules.yellow * given.yellow + rules.red * given.red)
    return f"{given.yellow}×{rules.yellow}+{given.red}×{rules.red}={total}"


def left_out_said(grids: int) -> str:
    """Why so many grids have no row, in a sentence; "" of none."""
    if not grids:
        return ""
    return (
        f"另有 {grids} 个网格没有列入：没有自己处置的事，或者都是一个人报的、"
        "都是一个网格员办的，比它就是比个人。"
    )


# --- 分档 -----------------------------------------------------------------------------------------


def banded(handled: int, received: int, coefficient: int) -> Fraction:
    """扣分 = 没办的 ÷ 接的 × 系数 × 10 (domain.md §6.2)."""
    return Fraction(received - handled, received) * coefficient * 10


def coefficients(pairs: Mapping[int, Pair]) -> dict[int, int]:
    """The coefficient of each unit: by how much it received, in bands of 1:2:2, it is 1, 2 or 3;
    5 whatever its band where less than two thirds have been handled.

    Units that received the same stand in the same band, the better one.
    """
    order = sorted(whole for _, whole in pairs.values() if whole)[::-1]
    places: dict[int, int] = {}
    for place, whole in enumerate(order):
        places.setdefault(whole, place)  # how many received more
    found = {}
    for unit, (part, whole) in pairs.items():
        if not whole:
            continue
        place = places[whole]
        band = 1 if place * 5 < len(order) else 2 if place * 5 < len(order) * 3 else 3
        found[unit] = 5 if part * 3 < whole * 2 else band
    return found


def all_coefficients(rules: Rules, units: Mapping[int, Given]) -> dict[int, dict[str, int]]:
    """Of all units, for every banded line."""
    found: dict[int, dict[str, int]] = {unit: {} for unit in units}
    for line in rules.lines:
        if line.kind == BANDED:
            pairs = {
                unit: given.pair(line)
                for unit, given in units.items()
                if rules.counts(given.pair(line)[1])
            }
            for unit, coefficient in coefficients(pairs).items():
                found[unit][line.key] = coefficient
    return found


# --- order, middle, quarter -----------------------------------------------------------------------


class HasScore(Protocol):
    """A row of a bulletin."""

    unit_name: str
    score: Decimal | None
    is_small: bool


Row = TypeVar("Row", bound=HasScore)


def ranked(rows: Iterable[Row]) -> tuple[list[tuple[int, Row]], list[Row]]:
    """(place, row) of the comparable, the best first; and those with too small a sample.

    Who has the same score has the same place, and the next ones follow as if each had its own.
    """
    rows = list(rows)
    compared = [(row.score, row) for row in rows if not row.is_small and row.score is not None]
    compared.sort(key=lambda pair: (-pair[0], pair[1].unit_name))
    places: list[tuple[int, Row]] = []
    for n, (score, row) in enumerate(compared, start=1):
        same = places and places[-1][1].score == score
        places.append((places[-1][0] if same else n, row))
    small = [row for row in rows if row.is_small or row.score is None]
    return places, sorted(small, key=lambda row: row.unit_name)


def median(rows: Iterable[HasScore]) -> Decimal | None:
    """The middle of the comparable units' scores; None of fewer than three."""
    scores = sorted(row.score for row in rows if not row.is_small and row.score is not None)
    if len(scores) < MEDIAN_OF:
        return None
    low, high = scores[(len(scores) - 1) // 2], scores[len(scores) // 2]
    return cents(Fraction(low + high) / 2)


def month_words(name: str) -> str:
    """「2025年3月」 of 2025-03, as a quarter names its months."""
    year, month = name.split("-")
    return f"{year}年{int(month)}月"


def quarter_score(months: Mapping[str, str]) -> tuple[Decimal | None, str]:
    """The mean of the months in which a unit was compared, and the sum in words."""
    if not months:
        return None, "各月都没有排名，不算分"
    scores = [Decimal(months[month]) for month in sorted(months)]
    exact = Fraction(sum(scores, Decimal(0))) / len(scores)
    score = cents(exact)
    said = "+".join(str(one) if one >= 0 else f"({one})" for one in scores)
    return score, f"({said})÷{len(scores)}{'=' if Fraction(score) == exact else '≈'}{score}"
