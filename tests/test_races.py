"""Two, ten or a hundred people press the same button: one wins, the others read who and when.

Every caller is held after it has read the case and been found to be in time (`door.why_not`), so
that without the lock all of them would go on. Take `.locked()` out of the door and these fail.
"""

from __future__ import annotations

from uuid import uuid4

import pytest

from cases import door
from cases.models import Case, CaseEvent, Party, Rating, Visit
from cases.services import closing, registration
from cases.services.closing import follow_up_case, rate_case, reopen_case
from cases.services.course import merge_case
from cases.services.registration import register_case
from cases.vocabulary import Channel, Complexity, Result, Risk, Satisfaction, Settled, Stage
from dispatch.services import sweeping
from dispatch.services.asking import decide_request, request_extension
from dispatch.services.assigning import dispatch_case, reassign_case, return_case, rule_on_return
from dispatch.services.handling import approve_result, claim_case, report_result
from dispatch.services.supervising import supervise_case
from orgs.models import Counter, Notice, User
from tests.concurrency import at_once, hold
from tests.county import County
from tests.lives import Lives, fresh, later

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch):
    """Call it when the case is ready: from then on the door holds every caller."""
    return lambda parties=2: hold(monkeypatch, door, "why_not", parties)


def count(case: Case, verb: str) -> int:
    return case.events.filter(verb=verb).count()


def test_of_four_colleagues_who_claim_at_once_one_does(
    lives: Lives, handler: User, colleague: User, together
) -> None:
    case = lives.dispatched()
    together()
    outcome = at_once(
        lambda: claim_case(case_id=case.pk, by=handler),
        lambda: claim_case(case_id=case.pk, by=colleague),
        times=2,
    )
    assert outcome == ["AlreadyDone", "AlreadyDone", "AlreadyDone", "ok"]
    assert count(case, "claim") == 1


def test_two_triage_officers_dispatch_one_case_once(
    lives: Lives, county: County, triage: User, second_triage: User, together
) -> None:
    case = lives.registered()
    together()

    def dispatch(by: User, to: object) -> object:
        how = {"complexity": Complexity.ORDINARY, "risk": Risk.LOW}
        return lambda: dispatch_case(case_id=case.pk, by=by, lead=to, **how)

    outcome = at_once(
        dispatch(triage, county.human_resources), dispatch(second_triage, county.housing)
    )
    assert outcome == ["AlreadyDone", "ok"]
    assert (count(case, "dispatch"), case.assignments.count()) == (1, 1)


def test_two_colleagues_return_one_case_once(
    lives: Lives, handler: User, colleague: User, together
) -> None:
    case = lives.dispatched()
    together()
    how = {"reason": "not_ours", "basis": "工程项目的工资专户由住建局监管"}
    outcome = at_once(
        lambda: return_case(case_id=case.pk, by=handler, **how),
        lambda: return_case(case_id=case.pk, by=colleague, **how),
    )
    assert outcome == ["AlreadyDone", "ok"]
    assert (count(case, "return"), case.returns.count()) == (1, 1)


def test_one_return_is_ruled_on_once(
    lives: Lives, triage: User, second_triage: User, together
) -> None:
    case = lives.returned()
    together()
    outcome = at_once(
        lambda: rule_on_return(case_id=case.pk, by=triage, ruling="uphold", text="职责清单写明"),
        lambda: rule_on_return(case_id=case.pk, by=second_triage, ruling="uphold", text="维持"),
    )
    assert outcome == ["AlreadyDone", "ok"]
    assert count(case, "rule") == 1


def test_a_claim_and_a_reassignment_at_once_leave_one_lead(
    lives: Lives, county: County, triage: User, handler: User, together
) -> None:
    case = lives.dispatched()
    together()
    at_once(
        lambda: claim_case(case_id=case.pk, by=handler),
        lambda: reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="住建局管"),
    )
    lead = fresh(case).lead
    assert lead is not None
    assert (lead.unit, lead.claimed_at, fresh(case).stage) == (county.housing, None, Stage.TRIAGE)


def test_one_result_is_reported_once(
    lives: Lives, handler: User, colleague: User, together
) -> None:
    case = lives.claimed()
    together()
    how = {"result": Result.RESOLVED, "how": "约谈负责人，当场付清工资", "not_found": "不肯留"}
    outcome = at_once(
        lambda: report_result(case_id=case.pk, by=handler, **how),
        lambda: report_result(case_id=case.pk, by=colleague, **how),
    )
    assert outcome == ["AlreadyDone", "ok"]
    assert count(case, "report") == 1


def test_one_result_is_approved_once(
    lives: Lives, triage: User, second_triage: User, together
) -> None:
    case = lives.reported()
    together()
    outcome = at_once(
        lambda: approve_result(case_id=case.pk, by=triage),
        lambda: approve_result(case_id=case.pk, by=second_triage),
    )
    assert outcome == ["AlreadyDone", "ok"]
    assert count(case, "approve") == 1


def test_one_case_is_followed_up_to_its_end_once(
    lives: Lives, clerk: User, triage: User, together
) -> None:
    case = lives.approved()
    together()
    how = {"channel": Channel.PHONE, "satisfaction": Satisfaction.SATISFIED}
    outcome = at_once(
        lambda: follow_up_case(case_id=case.pk, by=clerk, **how),
        lambda: follow_up_case(case_id=case.pk, by=triage, **how),
    )
    assert outcome == ["AlreadyDone", "ok"]
    assert (count(case, "follow-up"), case.follow_ups.count()) == (1, 1)


def test_one_redo_makes_one_new_round(lives: Lives, clerk: User, triage: User, together) -> None:
    case = lives.approved()
    together()
    how = {"channel": Channel.PHONE, "satisfaction": Satisfaction.UNSATISFIED, "redo": True}
    outcome = at_once(
        lambda: follow_up_case(case_id=case.pk, by=clerk, **how),
        lambda: follow_up_case(case_id=case.pk, by=triage, **how),
    )
    assert outcome == ["WrongState", "ok"]
    assert (fresh(case).round, case.assignments.filter(ended_at=None).count()) == (2, 1)


def test_the_citizen_who_presses_twice_has_rated_once(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = lives.approved()
    hold(monkeypatch, closing, "_next_rating_is_addition")
    rating = {"settled": Settled.RESOLVED, "satisfaction": Satisfaction.SATISFIED}
    outcome = at_once(lambda: rate_case(token=case.token, **rating), times=2)
    assert outcome == ["AlreadyDone", "ok"]
    assert (Rating.objects.count(), count(case, "rate")) == (1, 1)


def test_one_closed_case_is_reopened_once(
    lives: Lives, triage: User, leader: User, together
) -> None:
    case = lives.closed()
    together()
    outcome = at_once(
        lambda: reopen_case(case_id=case.pk, by=triage, text="又拖欠了"),
        lambda: reopen_case(case_id=case.pk, by=leader, text="又拖欠了"),
    )
    assert outcome == ["AlreadyDone", "ok"]
    assert fresh(case).round == 2


def test_two_supervisors_issue_one_sheet(
    lives: Lives, triage: User, leader: User, together
) -> None:
    case = lives.claimed()
    together()
    outcome = at_once(
        lambda: supervise_case(case_id=case.pk, by=triage, reason="没人联系来访人"),
        lambda: supervise_case(case_id=case.pk, by=leader, reason="没人联系来访人"),
    )
    assert outcome == ["AlreadyDone", "ok"]
    assert case.supervisions.count() == 1


def test_one_request_is_decided_once(
    lives: Lives, handler: User, head: User, leader: User, together
) -> None:
    case = lives.claimed()
    request_extension(case_id=case.pk, by=handler, days=3, text="等对方回来")
    asked = case.requests.get()
    together()
    outcome = at_once(
        lambda: decide_request(case_id=case.pk, by=head, request=asked.pk, grant=True),
        lambda: decide_request(case_id=case.pk, by=leader, request=asked.pk, grant=True),
    )
    assert outcome == ["AlreadyDone", "ok"]
    assert case.assignments.get().extended_days == 3


def test_two_cases_merged_into_each_other_at_once_leave_one_open(
    lives: Lives, triage: User, second_triage: User, together
) -> None:
    one, other = lives.registered(), lives.registered()
    together()
    outcome = at_once(
        lambda: merge_case(case_id=one.pk, by=triage, into=other.number, text="同一件事"),
        lambda: merge_case(case_id=other.pk, by=second_triage, into=one.number, text="同一件事"),
    )
    assert outcome == ["WrongState", "ok"]
    assert Case.objects.open().count() == 1


def test_one_registration_sent_four_times_at_once_is_one_case(
    lives: Lives, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = lives.registration(submission_id=uuid4())
    hold(monkeypatch, registration, "title_of", parties=4)
    answers: list[tuple[str, bool]] = []

    def send() -> None:
        case, new = register_case(sent, by=clerk)
        answers.append((case.number, new))

    assert at_once(send, times=4) == ["ok"] * 4
    assert sorted(new for _, new in answers) == [False, False, False, True]
    assert len({number for number, _ in answers}) == 1


def test_a_registration_sent_twice_leaves_one_of_everything(
    lives: Lives, clerk: User, triage: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = lives.registration(submission_id=uuid4())
    hold(monkeypatch, registration, "title_of")
    at_once(lambda: register_case(sent, by=clerk), times=2)
    left = [model.objects.count() for model in (Case, CaseEvent, Visit, Notice)]
    assert (left, Party.objects.count()) == ([1, 1, 1, 1], 2)


def test_cases_registered_at_once_are_numbered_without_a_gap(
    lives: Lives, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(monkeypatch, registration, "title_of", parties=4)
    at_once(lambda: register_case(lives.registration(), by=clerk), times=4)
    serials = sorted(int(number[-4:]) for number in Case.objects.values_list("number", flat=True))
    assert serials == [1, 2, 3, 4]
    assert Counter.objects.get().last == 4


def test_two_workers_take_each_step_of_the_ladder_once(
    lives: Lives, leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = lives.claimed()
    hold(monkeypatch, sweeping, "_steps_due")
    later(fresh(case).handling_due_at)
    taken: list[list[str]] = []
    at_once(lambda: taken.append(sweeping.climb(case_id=case.pk)), times=2)
    assert sorted(taken) == [[], ["near", "due", "overdue"]]
    assert (case.supervisions.count(), case.reminders.count()) == (1, 3)


def test_a_sweep_and_a_supervisor_at_once_issue_one_sheet(
    lives: Lives, triage: User, monkeypatch: pytest.MonkeyPatch, together
) -> None:
    case = lives.claimed()
    later(fresh(case).handling_due_at)
    together()
    hold(monkeypatch, sweeping, "_steps_due")
    at_once(
        lambda: sweeping.climb(case_id=case.pk),
        lambda: supervise_case(case_id=case.pk, by=triage, reason="超期了还没办"),
    )
    assert case.supervisions.count() == 1
