"""The ladder: 提醒, 督办单, 约谈. Twice, late, by two workers or half: no matter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from cases.models import Case, CaseEvent
from cases.services.course import withdraw_case
from cases.vocabulary import Source, Stage
from dispatch.models import Reminder, Supervision
from dispatch.services import asking, sweeping
from dispatch.services.assigning import reassign_case
from dispatch.services.handling import claim_case, report_result
from dispatch.services.supervising import answer_supervision, lift_supervision
from dispatch.tasks import sweep_clocks
from orgs.models import Notice, User
from tests.concurrency import at_once, hold
from tests.county import County
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh, later
from zongzhi.lib import clock

REPORT = {"result": "resolved", "how": "约谈负责人，当场付清工资", "not_found": "不肯留电话"}


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def told(user: User) -> list[str]:
    """What the sweeps have said to this person since yesterday's bustle was read."""
    return [notice.text for notice in user.notices.unread().order_by("pk")]


def quiet() -> None:
    """Everybody has read what there was to read."""
    Notice.objects.update(read_at=clock.now())


def footprint() -> tuple[object, ...]:
    """Everything a sweep could leave behind."""
    counts = [model.objects.count() for model in (CaseEvent, Notice, Reminder, Supervision)]
    return (*counts, *Case.objects.order_by("pk").values_list("version", "stage", "label"))


# 临期提醒


def test_nobody_is_reminded_while_the_light_is_green(lives: Lives) -> None:
    case = lives.claimed()
    quiet()
    clock.freeze(fresh(case).near_at - timedelta(minutes=1))
    sweep_clocks()
    assert not Notice.objects.unread().exists()


def test_the_handler_is_reminded_once_when_the_light_turns(
    lives: Lives, handler: User, colleague: User, head: User
) -> None:
    case = lives.claimed()
    quiet()
    clock.freeze(fresh(case).near_at)
    sweep_clocks()
    sweep_clocks()
    assert told(handler) == [f"{case.short_number} 办理快到期：4月15日 17:30"]
    assert told(colleague) == told(head) == []


def test_the_whole_unit_is_reminded_of_what_nobody_has_claimed(
    lives: Lives, handler: User, colleague: User
) -> None:
    case = lives.dispatched()
    quiet()
    clock.freeze(fresh(case).near_at)
    sweep_clocks()
    assert told(handler) == told(colleague) == [f"{case.short_number} 签收快到期：4月7日 17:30"]


def test_the_triage_desk_is_reminded_of_what_waits_for_it(lives: Lives, triage: User) -> None:
    case = lives.registered()
    quiet()
    clock.freeze(fresh(case).near_at)
    sweep_clocks()
    assert told(triage) == [f"{case.short_number} 分流快到期：4月7日 17:30"]


def test_a_reminder_that_comes_too_late_is_not_sent(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    quiet()
    later(fresh(case).due_at)
    sweep_clocks()
    assert not any("快到期" in text for text in told(handler))


# 到期, 超期: 督办单


def test_the_head_is_told_when_a_clock_has_run_out(lives: Lives, head: User) -> None:
    case = lives.claimed()
    quiet()
    later(fresh(case).due_at)
    sweep_clocks()
    assert f"{case.short_number} 办理已到期" in told(head)


def test_a_unit_that_is_late_is_supervised_with_a_numbered_sheet(lives: Lives) -> None:
    case = lives.claimed()
    later(fresh(case).due_at)
    sweep_clocks()
    sheet = case.supervisions.get()
    assert sheet.number == "示范县综督〔2025〕1号"
    assert (fresh(case).stage, fresh(case).staff_label) == (Stage.SUPERVISION, "督办中 · 办理中")


def test_the_system_signs_what_it_does_by_itself(lives: Lives) -> None:
    case = lives.claimed()
    later(fresh(case).due_at)
    sweep_clocks()
    event = case.events.get(verb="supervise")
    assert (event.by, event.from_stage, event.to_stage) == (None, "handling", "supervision")


def test_a_unit_that_does_not_claim_in_time_is_supervised(lives: Lives) -> None:
    case = lives.dispatched()
    later(fresh(case).claim_due_at)
    sweep_clocks()
    assert case.supervisions.get().reason == "签收时限 4月7日 17:30 已过，没有按时签收"


def test_at_the_very_moment_it_is_due_nobody_is_late(lives: Lives) -> None:
    case = lives.claimed()
    clock.freeze(fresh(case).due_at)
    sweep_clocks()
    assert not Supervision.objects.exists()


def test_one_due_time_makes_one_sheet_even_after_it_was_lifted(
    lives: Lives, triage: User, handler: User
) -> None:
    case = lives.claimed()
    today = later(fresh(case).due_at).date()
    sweep_clocks()
    answer_supervision(case_id=case.pk, by=handler, text="对方外出，下周办完")
    lift_supervision(case_id=case.pk, by=triage, text="同意", promised=today + timedelta(days=7))
    clock.freeze(clock.now() + timedelta(days=1))
    sweep_clocks()
    assert case.supervisions.count() == 1
    assert fresh(case).stage == Stage.HANDLING


def test_a_unit_that_took_over_in_supervision_gets_a_sheet_for_its_own_lateness(
    lives: Lives, county: County, triage: User
) -> None:
    case = lives.supervised()
    reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="应由住建局办")
    later(fresh(case).claim_due_at)
    sweep_clocks()
    sweep_clocks()
    assert [sheet.unit for sheet in case.supervisions.filter(closed_at=None)] == [county.housing]


# The centre's own lateness


@pytest.mark.parametrize("point", ["registered", "returned", "reported", "approved"])
def test_the_leader_hears_of_the_centres_own_lateness_and_no_sheet_is_made(
    lives: Lives, leader: User, point: str
) -> None:
    case = getattr(lives, point)()
    quiet()
    later(fresh(case).due_at)
    sweep_clocks()
    assert len(told(leader)) == 1
    assert told(leader)[0].endswith("超期，请过问")
    assert not Supervision.objects.exists()


def test_an_overdue_acceptance_tells_the_leader(lives: Lives, leader: User) -> None:
    case = lives.registered(source=Source.ONLINE)
    later(fresh(case).due_at)
    sweep_clocks()
    assert told(leader) == [f"{case.short_number} 受理超期，请过问"]
    assert fresh(case).stage == Stage.ACCEPTANCE


# 约谈


def test_a_sheet_left_unanswered_makes_the_system_propose_a_talk_once(
    lives: Lives, leader: User
) -> None:
    case = lives.supervised()
    quiet()
    later(case.supervisions.get().answer_due_at)
    sweep_clocks()
    sweep_clocks()
    assert told(leader) == [f"{case.short_number} 督办没有按时答复，建议约谈人社局"]


def test_an_answered_sheet_proposes_no_talk(lives: Lives, handler: User) -> None:
    case = lives.supervised()
    answer_supervision(case_id=case.pk, by=handler, text="对方外出，下周办完")
    later(case.supervisions.get().answer_due_at)
    sweep_clocks()
    assert case.supervisions.get().talk_proposed_at is None


def test_a_supervised_case_that_gets_late_as_well_calls_for_a_talk(
    lives: Lives, handler: User
) -> None:
    case = lives.supervised()
    answer_supervision(case_id=case.pk, by=handler, text="对方外出，下周办完")
    later(fresh(case).due_at)
    sweep_clocks()
    assert case.supervisions.get().talk_proposed_at == clock.now()


def test_nobody_is_summoned_about_a_case_that_has_ended(lives: Lives, clerk: User) -> None:
    case = lives.supervised()
    sheet = case.supervisions.get()
    withdraw_case(case_id=case.pk, by=clerk, text="自己和解了")
    later(sheet.answer_due_at)
    sweep_clocks()
    sheet.refresh_from_db()
    assert (sheet.ending, sheet.talk_proposed_at) == ("case_ended", None)


# 恢复计时


@pytest.fixture
def paused(lives: Lives, triage: User, handler: User) -> Case:
    """Paused on Friday 11 April until Wednesday the 16th: three working days."""
    case = lives.claimed()
    clock.freeze(moment(4, 11, 9))
    asking.request_pause(case_id=case.pk, by=handler, until=moment(4, 16).date(), text="等司法鉴定")
    asked = case.requests.get()
    return asking.decide_request(case_id=case.pk, by=triage, request=asked.pk, grant=True)


def test_a_pause_ends_by_itself_on_its_day(paused: Case) -> None:
    clock.freeze(moment(4, 16, 0, 10))
    sweep_clocks()
    assert (fresh(paused).label, paused.events.filter(verb="resume").count()) == ("handling", 1)
    assert localtime(fresh(paused).handling_due_at) == moment(4, 18, 17, 30)


def test_a_pause_does_not_end_before_its_day(paused: Case) -> None:
    clock.freeze(moment(4, 15, 23, 50))
    sweep_clocks()
    assert fresh(paused).label == "paused"


def test_a_paused_case_is_never_late(paused: Case) -> None:
    clock.freeze(moment(4, 15, 23, 50))
    sweep_clocks()
    assert not Reminder.objects.filter(case=paused, clock="handling").exists()


# Twice, at once, half, late


def test_a_second_sweep_changes_nothing(lives: Lives, leader: User, head: User) -> None:
    late = [lives.registered(), lives.dispatched(), lives.claimed(), lives.supervised()]
    later(max(fresh(case).due_at for case in late) + timedelta(days=3))
    sweep_clocks()
    before = footprint()
    sweep_clocks()
    assert footprint() == before


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_do_what_one_would(
    lives: Lives, leader: User, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [lives.claimed() for _ in range(3)]
    quiet()
    later(fresh(cases[0]).due_at)
    hold(monkeypatch, sweeping, "_steps_due")
    assert at_once(sweep_clocks, times=2) == ["ok", "ok"]
    assert (Supervision.objects.count(), Reminder.objects.count(), len(told(head))) == (3, 9, 6)


class Killed(BaseException):
    """What `kill` is to a worker: nothing catches it."""


def break_on(patch: pytest.MonkeyPatch, nth: int, error: BaseException) -> None:
    """Let the nth sheet fail after the reminders of its case have been written."""
    real, calls = sweeping.open_supervision, iter(range(1, 100))

    def fail(*args: object, **kwargs: object) -> None:
        real(*args, **kwargs)
        if next(calls) == nth:
            raise error

    patch.setattr(sweeping, "open_supervision", fail)


def test_a_sweep_that_is_killed_leaves_no_case_half_done(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [lives.claimed() for _ in range(3)]
    later(fresh(cases[0]).due_at)
    break_on(monkeypatch, 2, Killed())
    with pytest.raises(Killed):
        sweep_clocks()
    assert [case.supervisions.count() for case in cases] == [1, 0, 0]
    assert [case.reminders.count() for case in cases] == [3, 0, 0]


def test_the_next_sweep_completes_what_a_killed_one_left(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [lives.claimed() for _ in range(3)]
    later(fresh(cases[0]).due_at)
    break_on(monkeypatch, 2, Killed())
    with pytest.raises(Killed):
        sweep_clocks()
    sweep_clocks()
    assert [case.supervisions.count() for case in cases] == [1, 1, 1]
    assert [case.reminders.count() for case in cases] == [3, 3, 3]


def test_a_row_that_fails_is_logged_and_does_not_stop_the_rest(
    lives: Lives, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cases = [lives.claimed() for _ in range(3)]
    later(fresh(cases[0]).due_at)
    break_on(monkeypatch, 2, RuntimeError("disk"))
    sweep_clocks()
    assert [case.supervisions.count() for case in cases] == [1, 0, 1]
    assert [record.row for record in caplog.records] == [cases[1].pk]


def test_the_longest_overdue_comes_first(lives: Lives) -> None:
    clock.freeze(DISPATCHED + timedelta(days=4))
    younger = lives.claimed()
    clock.freeze(DISPATCHED)
    older = lives.claimed()
    now = later(fresh(younger).due_at)
    assert list(sweeping.cases_on_the_ladder(now=now)) == [older.pk, younger.pk]


def test_reading_in_chunks_neither_skips_nor_repeats(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [lives.claimed() for _ in range(5)]
    monkeypatch.setattr(sweeping, "CHUNK", 2)
    now = later(fresh(cases[0]).due_at)
    walked = []
    for pk in sweeping.cases_on_the_ladder(now=now):
        sweeping.climb(case_id=pk)
        walked.append(pk)
    assert walked == [case.pk for case in cases]


def test_a_case_handled_meanwhile_is_left_alone(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    now = later(fresh(case).due_at)
    waiting = list(sweeping.cases_on_the_ladder(now=now))
    report_result(case_id=case.pk, by=handler, **REPORT)
    assert waiting == [case.pk]
    assert sweeping.climb(case_id=case.pk) == []
    assert not Supervision.objects.exists()


def test_a_case_claimed_meanwhile_is_not_supervised_for_its_claim(
    lives: Lives, handler: User
) -> None:
    case = lives.dispatched()
    later(fresh(case).claim_due_at)
    claim_case(case_id=case.pk, by=handler)
    sweep_clocks()
    assert not Supervision.objects.exists()


def test_a_sweep_that_was_away_for_a_month_catches_up(lives: Lives, leader: User) -> None:
    case = lives.claimed()
    clock.freeze(moment(5, 20, 9))
    sweep_clocks()
    assert fresh(case).stage == Stage.SUPERVISION
    clock.freeze(moment(6, 20, 9))
    sweep_clocks()
    assert case.supervisions.get().talk_proposed_at is not None


def test_a_clock_that_starts_anew_is_reminded_of_anew(
    lives: Lives, county: County, triage: User, other_handler: User
) -> None:
    case = lives.dispatched()
    clock.freeze(fresh(case).near_at)
    sweep_clocks()
    reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="应由住建局办")
    quiet()
    clock.freeze(fresh(case).near_at)
    sweep_clocks()
    assert len(told(other_handler)) == 1
