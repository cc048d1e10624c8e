"""得分: exact, rounded once, and the sum in words is the score."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from fractions import Fraction

import pytest

from reports.scoring import (
    BANDED,
    SHARE,
    Given,
    Line,
    Rules,
    all_coefficients,
    banded,
    cents,
    coefficients,
    median,
    quarter_score,
    ranked,
    scored,
)

NAMES = ("a", "b", "c", "d")


def worth(words: str) -> Fraction:
    """What a sum in words comes to, reckoned by somebody who only reads it."""
    plain = re.sub(r"\d+(\.\d+)?", lambda found: f"Fraction('{found.group()}')", words)
    plain = plain.replace("×", "*").replace("÷", "/").replace("−", "-")
    return eval(plain, {"Fraction": Fraction})


def some_rules(dice: random.Random) -> Rules:
    cuts = sorted(dice.sample(range(1, 100), 3))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    lines = []
    for name, weight in zip(NAMES, weights, strict=True):
        kind = dice.choice([SHARE, SHARE, BANDED])
        better = 1 if kind == BANDED else dice.choice([1, -1])
        lines.append(Line(name, name, weight, kind, better))
    least = dice.choice([1, 5])
    return Rules(tuple(lines), yellow=Decimal("2.5"), red=Decimal(10), line_sample=least)


def some_unit(dice: random.Random) -> Given:
    numbers = {}
    for name in NAMES:
        whole = dice.choice([0, 0, dice.randint(1, 9), dice.randint(1, 900)])
        numbers[name] = (dice.randint(0, whole), whole)
    bonus = Decimal(dice.randint(0, 14)) / 2
    return Given(numbers, dice.randint(0, 3), dice.randint(0, 2), bonus)


@pytest.mark.parametrize("seed", range(200))
def test_the_arithmetic_in_words_comes_to_the_score(seed: int) -> None:
    dice = random.Random(seed)
    rules = some_rules(dice)
    units = {n: some_unit(dice) for n in range(7)}
    bands = all_coefficients(rules, units)
    for n, given in units.items():
        came = scored(rules, given, bands[n])
        for step in came.steps:
            if step.points is None:
                continue
            assert cents(max(worth(step.sum), Fraction(0))) == step.points
            assert ("=" in step.words) == (worth(step.sum) == step.points or step.below)
        if came.score is None:
            assert came.is_small
            continue
        last = ""
        for sentence in came.words.split("；"):
            said, sign, last = re.split("([=≈])", sentence)
            assert cents(worth(said)) == Decimal(last)
            assert (sign == "=") == (worth(said) == Fraction(last))
        assert Decimal(last) == came.score <= 100 + rules.bonus_cap
        if given.yellow or given.red:
            assert worth(came.deduction_words.split("=")[0]) == came.deduction
        assert came.bonus <= rules.bonus_cap


def test_a_line_without_a_sample_gives_its_weight_to_the_others() -> None:
    rules = Rules((Line("a", "甲", 60), Line("b", "乙", 40)))
    came = scored(rules, Given({"a": (9, 10), "b": (0, 0)}))
    assert came.score == Decimal("90.00")
    assert came.steps[0].words == "9÷10×60=54.00"
    assert came.words == "(54.00)×100÷60=90.00"
    assert came.steps[1].words == "没有样本，权重摊给其他项"


def test_a_line_of_too_few_counts_as_without_a_sample() -> None:
    lines = (Line("a", "甲", 50), Line("b", "乙", 30), Line("c", "丙", 20))
    rules = Rules(lines, small_sample=5, line_sample=5, least_weight=50)
    came = scored(rules, Given({"a": (9, 10), "b": (0, 4), "c": (5, 5)}))
    assert came.steps[1].words == "只有 4 件，不足 5 件，按没有样本，权重摊给其他项"
    assert "b" not in came.points
    assert came.words == "(45.00+20.00)×100÷70≈92.86"
    assert not came.is_small


def test_with_less_than_half_of_the_weights_a_unit_stands_apart() -> None:
    lines = (Line("a", "甲", 50), Line("b", "乙", 50))
    rules = Rules(lines, small_sample=5, line_sample=5, least_weight=50)
    assert not scored(rules, Given({"a": (5, 5), "b": (4, 4)})).is_small
    uneven = Rules(
        (Line("a", "甲", 49), Line("b", "乙", 51)), small_sample=5, line_sample=5, least_weight=50
    )
    came = scored(uneven, Given({"a": (80, 80), "b": (4, 4)}))
    assert (came.is_small, came.sample, came.weighed) == (True, 80, 49)


def test_a_bulletin_from_before_the_rule_is_reckoned_as_it_was() -> None:
    kept = Rules((Line("a", "甲", 60), Line("b", "乙", 40))).kept()
    del kept["line_sample"], kept["least_weight"]
    came = scored(Rules.of(kept), Given({"a": (9, 10), "b": (0, 1)}))
    assert (came.score, came.is_small) == (Decimal("54.00"), False)


def test_of_few_no_band_is_made() -> None:
    rules = Rules((Line("a", "甲", 100, BANDED),), line_sample=5)
    units = {n: Given({"a": (9, 10)}) for n in range(4)}
    bands = all_coefficients(rules, {**units, 4: Given({"a": (4, 4)})})
    assert (bands[0], bands[4]) == ({"a": 1}, {})


def test_less_is_better_starts_from_full() -> None:
    rules = Rules((Line("a", "甲", 100, better=-1),))
    came = scored(rules, Given({"a": (1, 3)}))
    assert (came.score, came.steps[0].words) == (Decimal("66.67"), "100−1÷3×100≈66.67")


def test_marks_are_taken_off_and_the_bonus_is_capped() -> None:
    rules = Rules((Line("a", "甲", 100),))
    came = scored(rules, Given({"a": (8, 10)}, yellow=1, red=1, bonus=Decimal(7)))
    assert came.words == "80.00=80.00；80.00−15.00+5.00=70.00"


def test_the_hand_example_of_20_is_2() -> None:
    """domain.md §6.2: a province's comment works (500-450)×2×10/500 out to 20.000."""
    assert banded(450, 500, 2) == Fraction(2)
    assert banded(500, 900, 5) == Fraction(200, 9)
    assert f"{float(banded(500, 900, 5)):.3f}" == "22.222"
    rules = Rules((Line("a", "甲", 100, BANDED),))
    came = scored(rules, Given({"a": (450, 500)}), {"a": 2})
    assert came.steps[0].words == "100−(500−450)÷500×2×10=98.00"


def test_bands_are_one_to_two_to_two_and_less_than_two_thirds_is_five() -> None:
    units = {n: (100 - n, 100 - n) for n in range(10)}
    assert list(coefficients(units).values()) == [1, 1, 2, 2, 2, 2, 3, 3, 3, 3]
    assert coefficients({**units, 10: (500, 900)})[10] == 5
    assert coefficients({1: (2, 3), 2: (0, 0)}) == {1: 1}


class Unit:
    def __init__(self, unit_name: str, score: str | None, is_small: bool = False) -> None:
        self.unit_name, self.is_small = unit_name, is_small
        self.score = None if score is None else Decimal(score)


def test_the_same_score_is_the_same_place_and_small_samples_have_none() -> None:
    rows = [Unit("甲", "80"), Unit("乙", "90"), Unit("丙", "80"), Unit("丁", "99", True)]
    rows += [Unit("戊", "70"), Unit("己", None)]
    places, small = ranked(rows)
    assert [(place, row.unit_name) for place, row in places] == [
        (1, "乙"),
        (2, "丙"),
        (2, "甲"),
        (4, "戊"),
    ]
    assert {row.unit_name for row in small} == {"丁", "己"}


def test_of_two_units_no_median_is_told() -> None:
    assert median([Unit("甲", "80"), Unit("乙", "90")]) is None
    assert median([Unit("甲", "80"), Unit("乙", "90"), Unit("丙", "70")]) == Decimal(80)


def test_a_quarter_is_the_mean_of_the_months_there_are() -> None:
    score, words = quarter_score({"2025-01": "90.00", "2025-03": "80.01"})
    assert (score, words) == (Decimal("85.01"), "(90.00+80.01)÷2≈85.01")
    assert quarter_score({})[0] is None
