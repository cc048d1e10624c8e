from __future__ import annotations

from cases.services.course import accept_case
from cases.vocabulary import Source, Stage
from orgs.models import User
from tests.lives import Lives
from tests.refusals import refused
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound


def test_accepting_takes_the_matter_on(lives: Lives, triage: User) -> None:
    case = accept_case(case_id=lives.registered(source=Source.ONLINE).pk, by=triage)
    assert (case.stage, case.staff_label) == (Stage.TRIAGE, "待分流")
    assert case.accepted_at is not None


def test_the_citizen_may_be_told(lives: Lives, triage: User) -> None:
    case = accept_case(case_id=lives.registered(source=Source.ONLINE).pk, by=triage)
    assert case.events.get(verb="accept").is_public


def test_a_clerk_does_not_accept(lives: Lives, clerk: User) -> None:
    case = lives.registered(source=Source.ONLINE)
    with refused(case, NotAllowed, "“受理”由示范县综治中心的有关岗位办"):
        accept_case(case_id=case.pk, by=clerk)


def test_what_a_window_took_in_is_accepted_already(lives: Lives, triage: User) -> None:
    case = lives.registered()
    with refused(case, AlreadyDone, "已经受理"):
        accept_case(case_id=case.pk, by=triage)


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.registered(source=Source.ONLINE)
    with refused(case, NotFound):
        accept_case(case_id=case.pk, by=outsider)
