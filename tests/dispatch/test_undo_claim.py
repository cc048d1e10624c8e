from __future__ import annotations

from datetime import timedelta

from cases.services.course import note_case
from cases.vocabulary import Stage
from dispatch.services.handling import claim_case, undo_claim
from orgs.models import User
from tests.county import County
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import NotAllowed, NotFound, WrongState


def test_undoing_gives_the_case_back_unclaimed(lives: Lives, handler: User) -> None:
    case = fresh(undo_claim(case_id=lives.claimed().pk, by=handler))
    assert (case.stage, case.staff_label, case.claimed_at) == (Stage.TRIAGE, "待签收", None)
    assert case.lead is not None
    assert (case.lead.claimed_by, case.lead.handler) == (None, None)


def test_the_clocks_did_not_stop_for_it(lives: Lives, handler: User) -> None:
    case = lives.dispatched()
    claim_case(case_id=case.pk, by=handler)
    undo_claim(case_id=case.pk, by=handler)
    assert fresh(case).due_at == fresh(case).claim_due_at == case.claim_due_at


def test_a_colleague_may_claim_it_then(lives: Lives, handler: User, colleague: User) -> None:
    case = undo_claim(case_id=lives.claimed().pk, by=handler)
    assert claim_case(case_id=case.pk, by=colleague).stage == Stage.HANDLING


def test_after_ten_minutes_a_claim_stands(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    clock.freeze(clock.now() + timedelta(minutes=10, seconds=1))
    with refused(case, WrongState, "签收超过 10 分钟，不能撤销。要换单位点“申请改派”"):
        undo_claim(case_id=case.pk, by=handler)


def test_what_has_been_worked_on_stands(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    note_case(case_id=case.pk, by=handler, text="约了周三")
    with refused(case, WrongState, "签收以后已经有了进展，不能撤销"):
        undo_claim(case_id=case.pk, by=handler)


def test_only_the_claimer_undoes(lives: Lives, colleague: User) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed):
        undo_claim(case_id=case.pk, by=colleague)


def test_an_assisting_unit_undoes_its_own_part_only(
    lives: Lives, county: County, other_handler: User
) -> None:
    case = lives.claimed(assisting=(county.housing,))
    claim_case(case_id=case.pk, by=other_handler)
    undo_claim(case_id=case.pk, by=other_handler)
    claimed = {part.role: bool(part.claimed_at) for part in fresh(case).open_assignments}
    assert claimed == {"lead": True, "assisting": False}


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.claimed()
    with refused(case, NotFound):
        undo_claim(case_id=case.pk, by=outsider)
