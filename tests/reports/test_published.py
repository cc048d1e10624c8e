"""The centres' published figures, each by the rule of the indicator that says the same here.

`domain.md` §0 names the centres (S0 酒泉, S2 达拉特旗, S3 秦安, S4 通山, and 东至县). Every
figure is reproduced twice: its rule, on a few real cases; its own numbers, through the one
rounding.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from cases.vocabulary import Result
from mediation.services.referrals import receive_referral
from orgs.models import Department, User
from orgs.permissions import RoleCode
from reports.indicators.counting import ALL, Scope, Span, counted
from reports.indicators.dictionary import BY_KEY, INDICATORS, Value, percent_of, value_of
from reports.services.entered import enter_court_intake
from tests.county import County, person
from tests.grids.field import build_field
from tests.lives import Lives
from tests.settlements import in_force, mediated
from zongzhi.lib import clock


def said(key: str, county: County) -> Value:
    """What an indicator comes to this month, of the whole county."""
    today = clock.today()
    span = Span.of_days(today.replace(day=1), today)
    numbers = counted(BY_KEY[key].every_set, Scope(county.county), span)
    return value_of(BY_KEY[key], numbers[ALL])


def lives_of(county: County, unit: Department) -> Lives:
    """Everybody an ordinary case needs, of a town or a village."""
    name, center = unit.code.lower(), unit.runs
    desk = person(f"{name}_desk", "吴桂英", center, RoleCode.TRIAGE)
    hand = person(f"{name}_hand", "刘建国", center, RoleCode.HANDLER, department=unit)
    return Lives(county, clerk=desk, triage=desk, handler=hand)


# --- each rule, on real cases ---------------------------------------------------------------------


def test_s0_done_of_what_was_dispatched(lives: Lives, county: County) -> None:
    """酒泉: 办结率 98.6 %. Left open, a case stays in the whole."""
    for _ in range(3):
        lives.approved()
    lives.claimed()
    assert said("done_rate", county).shown == "3/4"


def test_s3_done_of_the_events_that_came_in(county: County) -> None:
    """秦安: 17.6 of 18.2 ten thousand entries of grid workers were 办结."""
    field = build_field(county)
    field.at("done")
    field.report(settled_on_spot=True, result="换了灯泡")
    field.at("with_unit")
    assert said("events_done_rate", county).shown == "2/3"


def test_s3_handed_out_before_filing_of_what_the_court_received(
    lives: Lives, county: County, triage: User
) -> None:
    """秦安: 诉前分流率 39.5 %. The court's own number is entered; without it there is no share."""
    clock.freeze(clock.now().replace(day=20))
    month = clock.today().replace(day=1)
    for _ in range(4):
        receive_referral(
            case_id=lives.claimed().pk,
            by=triage,
            kind="commissioned",
            organ="示范县人民法院",
            received_on=clock.today(),
        )
    clock.freeze(clock.now() + timedelta(days=20))
    last = clock.today().replace(day=1) - timedelta(days=1)
    span = Span.of_days(month, last)

    def rate() -> Value:
        numbers = counted(BY_KEY["court_rate"].every_set, Scope(county.county), span)
        return value_of(BY_KEY["court_rate"], numbers[ALL])

    assert rate().shown == "–（4 件，没有录入法院收案数）"
    enter_court_intake(month=month, number=10, source="立案庭月报", by=triage)
    assert rate().shown == "40.0%（4/10）"


def test_s3_agreed_of_the_mediations_that_ended(lives: Lives, county: County) -> None:
    """秦安: of 105 the court handed over, 91 were settled."""
    in_force(lives)
    in_force(lives)
    case = mediated(lives)
    case.mediations.update(ended_on=clock.today(), ending="failed")
    mediated(lives)  # still running: in neither number
    assert said("mediation_rate", county).shown == "2/3"


@pytest.mark.parametrize("centre", ["S2 达拉特旗：743/824", "S4 通山：519/529"])
def test_settled_of_what_was_closed(centre: str, lives: Lives, county: County) -> None:
    """化解率: only what was really settled; the rest of what was closed stays in the whole."""
    lives.closed()
    lives.closed()
    lives.closed(result=Result.GUIDED)
    lives.claimed()
    assert said("substantive_rate", county).shown == "2/3"


def test_shares_of_towns_and_villages_among_what_was_settled(lives: Lives, county: County) -> None:
    """东至: 镇 67.12 %, 村 18.13 %; the rest was settled in the county."""
    for unit, times in ((county.town_unit, 3), (county.village_unit, 1)):
        there = lives_of(county, unit)
        for _ in range(times):
            there.closed(lead=unit)
    lives.closed()
    assert said("town_share", county).shown == "3/5"
    assert said("village_share", county).shown == "1/5"
    assert said("local_share", county).shown == "4/5"


# --- each number, through the rounding ------------------------------------------------------------

# Whose, by which indicator, its own two numbers, what was printed, what they come to here.
PUBLISHED = [
    ("S2 达拉特旗", "substantive_rate", 743, 824, "90.2%", "90.2%"),
    ("S3 秦安", "events_done_rate", 176_000, 182_000, "96.05%", "96.7%"),  # does not compute
    ("S3 秦安", "mediation_rate", 91, 105, "86.6%", "86.7%"),  # 86.67 %, cut off
    ("S4 通山", "substantive_rate", 519, 529, "98.1%", "98.1%"),
]
# Published without their numbers: only how such a share would be said can be shown.
WITHOUT_NUMBERS = [
    ("S0 酒泉", "done_rate", "98.6", "98.6%"),
    ("S3 秦安", "court_rate", "39.5", "39.5%"),
    ("东至", "town_share", "67.12", "67.1%"),
    ("东至", "village_share", "18.13", "18.1%"),
]


@pytest.mark.parametrize(("centre", "key", "part", "whole", "printed", "ours"), PUBLISHED)
def test_published_numbers_are_said_as_they_compute(
    centre: str, key: str, part: int, whole: int, printed: str, ours: str
) -> None:
    """With both numbers beside the share, so that whoever printed another can see why."""
    value = Value(BY_KEY[key], part, whole)
    assert value.shown == f"{ours}（{part}/{whole}）"
    assert abs(Fraction(ours[:-1]) - Fraction(100 * part, whole)) <= Fraction(1, 20)
    computes = abs(Fraction(printed[:-1]) - Fraction(100 * part, whole)) <= Fraction(1, 20)
    assert computes is (printed == ours)
    assert "四舍五入" in BY_KEY[key].rounding


@pytest.mark.parametrize(("centre", "key", "printed", "ours"), WITHOUT_NUMBERS)
def test_published_shares_without_numbers_are_rounded_alike(
    centre: str, key: str, printed: str, ours: str
) -> None:
    assert BY_KEY[key].out_of is not None
    assert percent_of(Fraction(printed) / 100) == ours


def test_what_a_published_average_comes_to() -> None:
    """秦安 printed 360 entries a head: 182,000 by 517 are 352. No page here counts by head."""
    assert 182_000 // 517 == 352
    assert not [one for one in INDICATORS if "人均" in one.name]
