from __future__ import annotations

from cases.services.course import transfer_case
from cases.vocabulary import Closure, Stage
from orgs.models import User
from tests.lives import Lives
from tests.refusals import refused
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound

WHERE = {"to": "县人民法院", "text": "已经立案"}


def test_transferring_ends_the_case_and_says_where_it_went(lives: Lives, triage: User) -> None:
    case = transfer_case(case_id=lives.claimed().pk, by=triage, **WHERE)
    assert (case.stage, case.closure) == (Stage.CLOSED, Closure.TRANSFERRED)
    assert case.closure_text == "移送县人民法院。已经立案"


def test_where_it_went_is_written_down_for_the_citizen(lives: Lives, triage: User) -> None:
    case = transfer_case(case_id=lives.registered().pk, by=triage, **WHERE)
    event = case.events.get(verb="transfer")
    assert (event.data, event.is_public) == ({"to": "县人民法院"}, True)


def test_the_units_part_ends(lives: Lives, triage: User) -> None:
    case = transfer_case(case_id=lives.claimed().pk, by=triage, **WHERE)
    assert case.assignments.get().ending == "case_ended"


def test_a_clerk_does_not_transfer(lives: Lives, clerk: User) -> None:
    case = lives.registered()
    with refused(case, NotAllowed):
        transfer_case(case_id=case.pk, by=clerk, **WHERE)


def test_a_closed_case_is_not_transferred(lives: Lives, triage: User) -> None:
    case = lives.closed()
    with refused(case, AlreadyDone):
        transfer_case(case_id=case.pk, by=triage, **WHERE)


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.registered()
    with refused(case, NotFound):
        transfer_case(case_id=case.pk, by=outsider, **WHERE)
