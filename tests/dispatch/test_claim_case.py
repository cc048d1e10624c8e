from __future__ import annotations

import pytest

from cases.vocabulary import Stage
from dispatch.services.handling import claim_case
from tests.lives import Lives, fresh
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound


def test_claiming_moves_the_case_to_handling(lives: Lives, handler) -> None:
    case = claim_case(case_id=lives.dispatched().pk, by=handler)
    assert (case.stage, case.staff_label) == (Stage.HANDLING, "办理中")


def test_a_colleague_reads_who_claimed_and_when(lives: Lives, handler, colleague) -> None:
    case = lives.claimed()
    with pytest.raises(AlreadyDone, match=r"李强 .* 已经签收了"):
        claim_case(case_id=case.pk, by=colleague)
    assert fresh(case).events.filter(verb="claim").count() == 1


def test_another_unit_does_not_see_the_case(lives: Lives, outsider) -> None:
    with pytest.raises(NotFound):
        claim_case(case_id=lives.dispatched().pk, by=outsider)


def test_the_centre_sees_the_case_but_cannot_claim_it(lives: Lives, clerk) -> None:
    case = lives.dispatched()
    with pytest.raises(NotAllowed, match="只有人社局能“签收”"):
        claim_case(case_id=case.pk, by=clerk)
    assert fresh(case).staff_label == "待签收"
