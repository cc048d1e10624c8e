from __future__ import annotations

import pytest

from cases.acts import allowed
from cases.vocabulary import Stage
from dispatch.services.assigning import rule_on_return
from dispatch.services.handling import claim_case
from orgs.models import Notice, User
from tests.county import County
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState


def test_upholding_leaves_it_with_the_unit(
    lives: Lives, county: County, triage: User, handler: User
) -> None:
    case = rule_on_return(
        case_id=lives.returned().pk, by=triage, ruling="uphold", text="职责清单写明"
    )
    assert (case.staff_label, case.unit) == ("待签收", county.human_resources)
    assert claim_case(case_id=case.pk, by=handler).stage == Stage.HANDLING


def test_a_ruling_to_another_unit_hands_the_case_on(
    lives: Lives, county: County, triage: User
) -> None:
    ruling = {"ruling": "reassign", "text": "住建局监管", "lead": county.housing}
    case = rule_on_return(case_id=lives.returned().pk, by=triage, **ruling)
    assert (case.staff_label, case.unit) == ("待签收", county.housing)
    assert case.assignments.get(unit=county.human_resources).ending == "ruled"


def test_a_joint_session_has_a_lead_and_others(
    lives: Lives, county: County, triage: User, handler: User
) -> None:
    case = rule_on_return(
        case_id=lives.returned().pk,
        by=triage,
        ruling="joint",
        text="两家一起会商",
        lead=county.human_resources,
        assisting=[county.housing],
    )
    assert {(a.unit, a.role) for a in fresh(case).open_assignments} == {
        (county.human_resources, "lead"),
        (county.housing, "assisting"),
    }
    claim_case(case_id=case.pk, by=handler)
    assert fresh(case).staff_label == "联合会商"


def test_the_ruling_is_kept_with_the_return(lives: Lives, triage: User) -> None:
    case = lives.returned()
    rule_on_return(case_id=case.pk, by=triage, ruling="uphold", text="职责清单写明")
    row = case.returns.get()
    assert (row.ruling, row.ruling_text, row.ruled_by) == ("uphold", "职责清单写明", triage)


def test_the_unit_hears_how_it_was_ruled(lives: Lives, triage: User, handler: User) -> None:
    case = lives.returned()
    Notice.objects.all().delete()
    rule_on_return(case_id=case.pk, by=triage, ruling="uphold", text="职责清单写明")
    assert handler.notices.get().text == f"{case.short_number} 裁定维持，由人社局办"


@pytest.mark.parametrize(
    ("ruling", "words"),
    [
        ({"ruling": "reassign"}, "还没选由谁主办"),
        ({"ruling": "joint"}, "还没选由谁主办"),
        ({"ruling": "joint", "lead": "housing"}, "会商至少要有一个参加的单位"),
        ({"ruling": "reassign", "lead": "human_resources"}, "选“维持原派”"),
    ],
)
def test_a_ruling_names_who_is_to_act(
    lives: Lives, county: County, triage: User, ruling: dict[str, str], words: str
) -> None:
    case = lives.returned()
    lead = getattr(county, ruling["lead"]) if "lead" in ruling else None
    with refused(case, Invalid, words):
        rule_on_return(case_id=case.pk, by=triage, ruling=ruling["ruling"], text="理由", lead=lead)


def test_a_ruling_is_final(lives: Lives, triage: User, second_triage: User) -> None:
    case = lives.returned()
    rule_on_return(case_id=case.pk, by=triage, ruling="uphold", text="职责清单写明")
    with refused(case, AlreadyDone, "已经裁定"):
        rule_on_return(case_id=case.pk, by=second_triage, ruling="uphold", text="再看看")


def test_after_the_ruling_no_button_asks_for_one(lives: Lives, triage: User) -> None:
    case = lives.returned()
    rule_on_return(case_id=case.pk, by=triage, ruling="uphold", text="职责清单写明")
    assert "rule" not in {act.verb for act in allowed(triage, fresh(case))}


def test_without_a_return_there_is_nothing_to_rule(lives: Lives, triage: User) -> None:
    case = lives.dispatched()
    with refused(case, WrongState, "没有退回，不用裁定"):
        rule_on_return(case_id=case.pk, by=triage, ruling="uphold", text="维持")


def test_the_unit_does_not_rule_for_itself(lives: Lives, handler: User) -> None:
    case = lives.returned()
    with refused(case, NotAllowed):
        rule_on_return(case_id=case.pk, by=handler, ruling="uphold", text="维持")


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.returned()
    with refused(case, NotFound):
        rule_on_return(case_id=case.pk, by=outsider, ruling="uphold", text="维持")
