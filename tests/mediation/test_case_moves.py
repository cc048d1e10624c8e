"""改派, 提级, 下派, 终止 while a mediation runs: it ends with an honest word, once."""

from __future__ import annotations

import pytest

from cases.models import Case, DisputeType
from cases.services.course import amend_case, withdraw_case
from cases.vocabulary import Clock, Willing
from dispatch.services.asking import decide_request
from dispatch.services.assigning import reassign_case
from dispatch.services.moving import push_down, request_escalation
from dispatch.services.supervising import supervise_case
from mediation.models import Mediation, Mediator, Session
from mediation.services.proceedings import stop_mediation
from mediation.services.sessions import Record, record_session
from orgs.models import Booking, User
from tests import meetings
from tests.county import County
from tests.lib.days import DISPATCHED
from tests.lives import Lives, fresh
from tests.mediation.people import started
from tests.mediation_rows import an_agreement
from tests.meetings import arrange, over
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, WrongState


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


@pytest.fixture
def zhao(county: County) -> Mediator:
    return meetings.mediator(county.county, user=meetings.account(county.county))


@pytest.fixture
def case(lives: Lives, handler: User) -> Case:
    return started(lives.claimed(), handler)


def reassigned(case: Case, triage: User, county: County) -> Mediation:
    reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="住建局监管")
    return case.mediations.get()


def why(row: Mediation) -> tuple[str, str]:
    return row.ending, row.ended_why


def record(case: Case, by: User, outcome: str = "failed") -> Case:
    row = Session.objects.planned().get(mediation__case=case)
    came = list(row.presences.values_list("party", flat=True))
    return record_session(
        case_id=case.pk, by=by, record=Record(outcome=outcome, text="差距太大", came=came)
    )


@pytest.mark.parametrize("supervised", [False, True])
def test_a_reassigned_case_ends_the_former_units_proceeding(
    case: Case, county: County, triage: User, supervised: bool
) -> None:
    if supervised:
        supervise_case(case_id=case.pk, by=triage, reason="来访人说一直没人联系")
    assert why(reassigned(case, triage, county)) == ("moved", f"事项改派给{county.housing.name}")
    term = case.statutory_terms.get(clock=Clock.MEDIATION)
    assert (term.met_on, term.met_how) == (clock.today(), "事项转走")
    assert not fresh(case).is_mediating


def test_what_was_arranged_is_called_off_with_that_word(
    case: Case, zhao: Mediator, county: County, handler: User, triage: User
) -> None:
    session = arrange(case, zhao, handler)
    reassigned(case, triage, county)
    session.refresh_from_db()
    assert (session.state, session.why) == ("called_off", f"事项改派给{county.housing.name}")
    assert zhao.user is not None
    assert zhao.user.notices.filter(text__contains="的调解取消，不用来了").exists()
    assert not Booking.objects.filter(released_at=None).exists()


def test_an_escalated_case_ends_it(case: Case, triage: User, city_officer: User) -> None:
    request_escalation(case_id=case.pk, by=triage, text="跨县，县里协调不动")
    decide_request(case_id=case.pk, by=city_officer, request=case.requests.get().pk, grant=True)
    row = case.mediations.get()
    assert why(row) == ("moved", f"转到上级中心：{fresh(case).center.name}")


def test_a_case_pushed_down_ends_it(lives: Lives, county: County, triage: User) -> None:
    case = lives.registered()
    meetings.start(case, by=triage)
    push_down(case_id=case.pk, by=triage, center=county.town_unit, text="镇里先调")
    assert why(case.mediations.get()) == ("moved", f"转到下级中心：{county.town.name}")


def test_what_has_been_agreed_stands_and_the_new_unit_looks_after_it(
    case: Case, county: County, handler: User, triage: User
) -> None:
    row = case.mediations.get()
    an_agreement(row, by=handler)
    Mediation.objects.filter(pk=row.pk).update(ending="agreed", ended_on=clock.today())
    row = reassigned(case, triage, county)
    assert (row.ending, row.unit) == ("agreed", county.housing)


def test_a_session_that_has_begun_is_not_called_off_and_is_written_down(
    case: Case, zhao: Mediator, handler: User
) -> None:
    session = arrange(case, zhao, handler)
    over(session)
    stop_mediation(case_id=case.pk, by=handler, ending="failed", route="lawsuit", text="差距太大")
    session.refresh_from_db()
    assert session.is_planned
    with refused(case, Invalid, "不能再记达成协议"):
        record(case, handler, "written")
    record(case, handler)
    session.refresh_from_db()
    assert (session.state, session.outcome) == ("held", "failed")


def test_a_session_that_has_begun_is_written_down_after_the_case_has_ended(
    case: Case, zhao: Mediator, handler: User, clerk: User
) -> None:
    session = arrange(case, zhao, handler)
    over(session)
    withdraw_case(case_id=case.pk, by=clerk, text="来访人不办了")
    assert zhao.user is not None
    record(case, zhao.user)
    session.refresh_from_db()
    assert session.state == "held"


def test_unwilling_is_not_written_beside_a_mediation_that_runs(case: Case, clerk: User) -> None:
    unwilling = {"willing_to_mediate": Willing.NO}
    with refused(case, WrongState, "点“一方不愿调解”"):
        amend_case(case_id=case.pk, by=clerk, text="来电说不愿意", fields=unwilling)


@pytest.mark.parametrize(
    ("code", "days", "unit"),
    [("02", 30, "calendar"), ("11", 15, "calendar"), ("15", 30, "working")],
)
def test_the_law_gives_some_matters_another_period(
    lives: Lives, handler: User, code: str, days: int, unit: str
) -> None:
    case = lives.claimed(type=DisputeType.objects.get(code=code))
    term = started(case, handler).statutory_terms.get(clock=Clock.MEDIATION)
    assert (term.days, term.unit) == (days, unit)
