"""直派: only by the rule that wins, only to a unit that is there, never half."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from cases.acts import allowed
from cases.models import Case
from cases.services.registration import PartyInput, register_case
from cases.vocabulary import Complexity, PartyRole, Risk, Special
from dispatch.models import Residency, RuleHit
from dispatch.services.assigning import dispatch_case, recall_dispatch
from orgs.models import Notice, User, Window
from tests.county import County
from tests.lives import Lives, fresh
from tests.rulebook import in_force, rule
from zongzhi.lib import clock
from zongzhi.lib.clock import SHANGHAI
from zongzhi.lib.errors import NotAllowed

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _on_a_working_morning(county: County, handler: User) -> None:
    """R-07 allows it, and 人社局 sits at window 5."""
    clock.freeze(TUESDAY)
    window = Window.objects.create(center=county.county, number=5)
    unit = county.human_resources
    Residency.objects.create(department=unit, center=county.county, kind="resident", window=window)
    in_force(county.county, rule("R-07", unit, words=("工资",), direct=True, complexity="simple"))


def register(lives: Lives, *, code: str = "R-07", **changed: object) -> Case:
    given = {"suggested_unit": lives.county.human_resources, **changed}
    case, _ = register_case(lives.registration(direct_rule=code, **given), by=lives.clerk)
    return case


def test_the_case_is_registered_and_sent_in_one(lives: Lives, clerk) -> None:
    case = register(lives)
    assert (case.label, case.unit, case.complexity) == (
        "to_claim",
        lives.county.human_resources,
        "simple",
    )
    verbs = list(case.events.order_by("seq").values_list("verb", "by"))
    assert verbs == [("register", clerk.pk), ("dispatch", clerk.pk)]
    hit = RuleHit.objects.get()
    assert (hit.direct, hit.followed, hit.rule.code) == (True, True, "R-07")
    assert fresh(case).lead.dispatched_by == clerk


def test_the_history_says_by_which_rule(lives: Lives, client: Client, clerk) -> None:
    case = register(lives)
    client.force_login(clerk)
    page = client.get(reverse("cases:timeline", args=[case.number])).content.decode()
    assert "派人社局主办，按规则 R-07 直派" in page


def test_the_unit_is_told(lives: Lives, handler) -> None:
    case = register(lives)
    assert Notice.objects.filter(user=handler, text__startswith=case.short_number).exists()


REFUSALS = [
    ({"suggested_unit": None}, "去向不是规则写的单位"),
    ({"special": [Special.IN_COURT]}, "有特别情况"),
    ({"special": [Special.THREAT]}, "有特别情况"),
    ({"code": "R-99"}, "规则和登记的内容对不上"),
    ({"narrative": "楼上漏水好几个月，要求把我家的墙修好"}, "规则和登记的内容对不上"),
]


@pytest.mark.parametrize(("changed", "why"), REFUSALS)
def test_otherwise_it_waits_for_the_desk_and_says_why(lives: Lives, changed, why: str) -> None:
    case = register(lives, **changed)
    assert (case.label, case.not_sent) == ("to_dispatch", f"没有直派：{why}，已交分流台")
    assert fresh(case).lead is None
    assert not RuleHit.objects.exists()


def test_another_destination_is_the_desks(lives: Lives) -> None:
    assert "去向不是" in register(lives, suggested_unit=lives.county.housing).not_sent


def test_a_group_may_be_sent(lives: Lives) -> None:
    assert register(lives, special=[Special.GROUP], visitors=6).label == "to_claim"


def test_a_unit_complained_of_is_never_sent_to(lives: Lives) -> None:
    parties = [
        PartyInput(PartyRole.APPLICANT, "张三丰"),
        PartyInput(PartyRole.RESPONDENT, "示范县人社局", is_organization=True),
    ]
    assert register(lives, parties=parties).label == "to_dispatch"


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (TUESDAY.replace(hour=12, minute=30), "人社局现在不在岗"),
        (TUESDAY.replace(day=22), "人社局今天休息"),  # a Sunday
    ],
)
def test_nobody_is_sent_to_an_empty_window(lives: Lives, at: datetime, why: str) -> None:
    clock.freeze(at)
    assert why in register(lives).not_sent


@pytest.mark.parametrize("kind", ["rotating", "on_call"])
def test_only_a_resident_unit_is_sent_to(lives: Lives, kind: str) -> None:
    Residency.objects.update(kind=kind)
    assert "人社局不是常驻单位" in register(lives).not_sent


def test_a_rule_that_does_not_allow_it_only_suggests(lives: Lives, county: County) -> None:
    in_force(county.county, rule("R-07", county.human_resources, words=("工资",)))
    assert "规则没写可直派" in register(lives).not_sent


def test_what_concerns_several_units_is_the_desks(lives: Lives, county: County) -> None:
    both = rule(
        "R-07", county.human_resources, words=("工资",), direct=True, assisting=(county.housing,)
    )
    in_force(county.county, both)
    assert "涉及几个单位" in register(lives).not_sent


def test_a_clerk_has_no_right_to_dispatch_beyond_that(lives: Lives, clerk) -> None:
    waiting = fresh(lives.registered())
    assert "dispatch" not in {act.verb for act in allowed(clerk, waiting)}
    with pytest.raises(NotAllowed):
        dispatch_case(
            case_id=waiting.pk,
            by=clerk,
            lead=lives.county.human_resources,
            complexity=Complexity.SIMPLE,
            risk=Risk.LOW,
        )


def test_what_the_window_sent_it_may_recall(lives: Lives, clerk) -> None:
    case = register(lives)
    assert recall_dispatch(case_id=case.pk, by=clerk).label == "to_dispatch"


def test_what_the_desk_sent_the_window_may_not_recall(lives: Lives, clerk) -> None:
    with pytest.raises(NotAllowed):
        recall_dispatch(case_id=lives.dispatched().pk, by=clerk)


def test_the_same_form_twice_is_sent_once(lives: Lives) -> None:
    wanted = lives.registration(direct_rule="R-07", suggested_unit=lives.county.human_resources)
    first, is_new = register_case(wanted, by=lives.clerk)
    again, is_new_again = register_case(wanted, by=lives.clerk)
    assert (first, is_new, is_new_again) == (again, True, False)
    assert first.assignments.count() == 1
