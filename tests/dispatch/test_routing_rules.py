"""What the rules say of a matter: pure, in order, with a sentence for everyone who lost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dispatch.routing import Facts, Named, Rule, match
from tests.rulebook import WAGES, rule

WORDS = {"words": ("工资", "拖欠")}
R07 = rule("R-07", "人社局", **WORDS)


def lost(rules: list[Rule], facts: Facts) -> dict[str, str]:
    return {one.rule.code: one.why for one in match(rules, facts).lost}


def test_the_first_rule_that_holds_wins_however_many_words_another_has() -> None:
    other = rule("R-99", "住建局", words=("工资", "拖欠", "工地", "木工"))
    verdict = match([R07, other], Facts(text=WAGES))
    assert (verdict.winner, verdict.words) == (R07, ("工资", "拖欠"))
    assert lost([R07, other], Facts(text=WAGES)) == {"R-99": "排在 R-07 后面"}


def test_the_verdict_says_what_it_goes_by() -> None:
    assert match([R07], Facts(text=WAGES)).because == "“工资”“拖欠”"
    by_type = Rule(code="R-13", lead=Named("ZJ", "住建局"), types=(Named("17", "物业"),))
    assert match([by_type], Facts(type="17")).because == "类型：物业"


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        ({"words": ("物业", "电梯")}, "没有出现词“物业”“电梯”"),
        ({"words": ("物业", "电梯", "车位", "漏水")}, "没有出现词“物业”“电梯”“车位”等"),
        ({**WORDS, "without": ("木工",)}, "出现了“木工”"),
        ({"types": ("17",)}, "类型不是17"),
        ({**WORDS, "party": "物业"}, "对方不含“物业”"),
        ({**WORDS, "amount_from": Decimal(50_000)}, "金额不到 5 万元"),
        ({**WORDS, "amount_to": Decimal(3800)}, "金额超过 3,800 元"),
        ({**WORDS, "special": ("violence",)}, "特别情况不是家暴/受伤"),
        ({**WORDS, "is_active": False}, "已停用"),
        ({**WORDS, "closed": frozenset({"人社局"})}, "人社局已停用"),
        (
            {**WORDS, "place": Named("990101100000", "青石镇"), "stem": "990101100"},
            "发生地不在青石镇",
        ),
    ],
)
def test_a_rule_that_does_not_hold_says_which_condition(conditions, why: str) -> None:
    facts = Facts(
        text=WAGES,
        type="10",
        place="990101101000",
        opponents=("鑫源劳务公司",),
        amount=Decimal(38_000),
        special=frozenset({"none"}),
    )
    assert lost([rule("R-50", "人社局", **conditions)], facts) == {"R-50": why}


def test_without_a_sum_no_rule_about_sums_holds() -> None:
    dear = rule("R-50", "法院", **WORDS, amount_from=Decimal(1))
    assert lost([dear], Facts(text=WAGES)) == {"R-50": "没写金额"}


@pytest.mark.parametrize("place", ["990101100000", "990101100201"])
def test_a_place_is_everything_inside_it(place: str) -> None:
    here = rule("R-20", "镇", place=Named("990101100000", "青石镇"), stem="990101100")
    assert match([here], Facts(place=place)).winner == here
    assert match([here], Facts()).winner is None


def test_every_condition_must_hold() -> None:
    both = rule("R-30", "人社局", words=("工资",), types=("10",))
    assert match([both], Facts(text=WAGES, type="10")).winner == both
    assert match([both], Facts(text=WAGES, type="17")).winner is None


def test_a_unit_complained_of_gives_way_to_the_next_rule() -> None:
    next_one = rule("R-08", "住建局", **WORDS)
    facts = Facts(text=WAGES, units=("示范县人社局",))
    assert match([R07, next_one], facts).winner == next_one
    assert lost([R07], facts) == {"R-07": "人社局是被反映的单位"}


def test_a_silent_case_is_matched_by_its_situation_and_never_by_its_words() -> None:
    at_home = rule("R-12", "公安局", special=("violence",), words=("工资",))
    facts = Facts(text=WAGES, special=frozenset({"violence"}))
    verdict = match([R07, at_home], facts)
    assert (verdict.winner, verdict.words, verdict.because) == (at_home, (), "家暴/受伤")
    assert lost([R07], facts) == {"R-07": "没写明这种特别情况，内容不拿来比"}


def test_a_rule_for_large_groups_does_not_open_a_silent_case() -> None:
    groups = rule("R-60", "信访局", special=("group",))
    both = Facts(special=frozenset({"group", "minor"}))
    assert match([groups], both).winner is None


def test_a_rule_reads_as_people_say_it() -> None:
    whole = Rule(
        code="R-40",
        lead=Named("FY", "法院"),
        words=("借条",),
        without=("赌",),
        types=(Named("04", "合同"),),
        place=Named("990101100000", "青石镇"),
        party="公司",
        amount_from=Decimal(50_000),
        amount_to=Decimal(100_000),
        special=("group",),
        assisting=(Named("SF", "司法局"),),
        complexity="complex",
        risk="high",
        direct=True,
    )
    assert "；".join(whole.conditions) == (
        "特别情况：5人以上；类型：合同；出现“借条”；没出现“赌”；发生地：青石镇；"
        "对方含“公司”；金额 5 万元到 10 万元"
    )
    assert whole.leads_to == "法院主办、司法局协办"
    assert whole.extras == ["复杂", "风险高", "可直派"]
