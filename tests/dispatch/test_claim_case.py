from __future__ import annotations

import pytest

from cases.acts import allowed
from cases.vocabulary import Stage
from dispatch.services.handling import claim_case
from orgs.models import User
from tests.county import County
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound, WrongState


def test_claiming_moves_the_case_to_handling(lives: Lives, handler: User) -> None:
    case = claim_case(case_id=lives.dispatched().pk, by=handler)
    assert (case.stage, case.staff_label) == (Stage.HANDLING, "办理中")


def test_whoever_claims_handles(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    part = case.assignments.get()
    assert (part.claimed_by, part.handler) == (handler, handler)
    assert part.claimed_at == case.claimed_at


def test_a_colleague_reads_who_claimed_and_when(lives: Lives, colleague: User) -> None:
    case = lives.claimed()
    with refused(case, AlreadyDone, r"李强 .* 已经签收了"):
        claim_case(case_id=case.pk, by=colleague)


def test_so_does_whoever_claimed_it(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    with refused(case, AlreadyDone, r"李强 .* 已经签收了"):
        claim_case(case_id=case.pk, by=handler)


def test_what_is_claimed_is_not_offered_again(lives: Lives, handler: User) -> None:
    assert "claim" not in {act.verb for act in allowed(handler, fresh(lives.claimed()))}


def test_what_was_returned_waits_for_its_ruling(lives: Lives, handler: User) -> None:
    case = lives.returned()
    with refused(case, WrongState, "已经退回，等分流员裁定"):
        claim_case(case_id=case.pk, by=handler)


def test_another_unit_does_not_see_the_case(lives: Lives, outsider: User) -> None:
    case = lives.dispatched()
    with refused(case, NotFound):
        claim_case(case_id=case.pk, by=outsider)


def test_the_centre_sees_the_case_but_cannot_claim_it(lives: Lives, clerk: User) -> None:
    case = lives.dispatched()
    with refused(case, NotAllowed, "只有人社局能“签收”"):
        claim_case(case_id=case.pk, by=clerk)


# 协办


def test_an_assisting_unit_claims_its_part_and_moves_nothing(
    lives: Lives, county: County, other_handler: User
) -> None:
    case = lives.dispatched(assisting=(county.housing,))
    claim_case(case_id=case.pk, by=other_handler)
    assert (fresh(case).stage, fresh(case).staff_label) == (Stage.TRIAGE, "待签收")
    assert case.assignments.get(role="assisting").claimed_by == other_handler


@pytest.mark.parametrize("first", ["handler", "other_handler"])
def test_lead_and_assisting_unit_claim_in_any_order(
    lives: Lives, county: County, handler: User, other_handler: User, first: str
) -> None:
    case = lives.dispatched(assisting=(county.housing,))
    order = [handler, other_handler]
    for user in order if first == "handler" else reversed(order):
        claim_case(case_id=case.pk, by=user)
    assert fresh(case).stage == Stage.HANDLING
    assert all(part.claimed_at for part in fresh(case).open_assignments)


def test_the_citizen_hears_of_the_leads_claim_only(
    lives: Lives, county: County, handler: User, other_handler: User
) -> None:
    case = lives.dispatched(assisting=(county.housing,))
    claim_case(case_id=case.pk, by=other_handler)
    claim_case(case_id=case.pk, by=handler)
    claims = case.events.filter(verb="claim").order_by("seq")
    assert [event.is_public for event in claims] == [False, True]
