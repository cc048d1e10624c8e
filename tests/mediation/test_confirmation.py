"""司法确认: within thirty days, by both together, and not what the law excludes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from cases.acts import allowed
from cases.models import Case, StatutoryTerm
from mediation.confirming import EXCLUSIONS, unclear
from mediation.models import Agreement, Confirmation
from mediation.services import confirming
from mediation.services.agreements import void_agreement
from mediation.services.confirming import apply_for_confirmation, court_decides, court_takes
from mediation.services.performing import perform
from mediation.tasks import sweep_mediations
from orgs.models import Notice, User
from tests.concurrency import at_once, hold
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from tests.refusals import refused
from tests.settlements import in_force, mediated, signed, term, written
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, WrongState

TODAY = DISPATCHED.date()
LAST = date(2025, 5, 6)  # 3 May and the two days after it are holidays
READY = ["application", "agreement", "identity", "addresses"]


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


@pytest.fixture
def agreement(lives: Lives, handler: User) -> Agreement:
    found = in_force(lives)
    Notice.objects.all().delete()
    return found


@pytest.fixture
def case(agreement: Agreement) -> Case:
    return agreement.mediation.case


def apply(case: Case, by: User, **more: Any) -> Case:
    given = {"court": "示范县人民法院", "applied_on": clock.today(), "materials": READY}
    return apply_for_confirmation(case_id=case.pk, by=by, **{**given, "jointly": True, **more})


def test_the_last_day_may_move_but_the_warning_does_not(agreement: Agreement) -> None:
    period = StatutoryTerm.objects.get(about=agreement.pk)
    assert (period.last_day, period.near_on) == (LAST, date(2025, 4, 27))


def test_on_the_moved_last_day_it_is_still_taken(case: Case, handler: User) -> None:
    clock.freeze(moment(5, 6, 16, 0))
    apply(case, handler)
    assert Confirmation.objects.get().applied_on == LAST
    assert StatutoryTerm.objects.get(case=case).met_on == LAST


def test_the_day_after_it_is_too_late(case: Case, handler: User) -> None:
    clock.freeze(moment(5, 7, 9, 0))
    sentence = "30 日内申请司法确认，最后一天是5月6日，已经过了"
    with refused(case, WrongState, sentence):
        apply(case, handler)


def test_an_application_made_in_time_may_be_written_down_later(case: Case, handler: User) -> None:
    clock.freeze(moment(5, 7, 9, 0))
    apply(case, handler, applied_on=LAST)
    assert Confirmation.objects.exists()


def test_one_party_alone_does_not_apply(case: Case, handler: User) -> None:
    with refused(case, Invalid, "双方共同申请"):
        apply(case, handler, jointly=False)


@pytest.mark.parametrize("code", [exclusion.code for exclusion in EXCLUSIONS])
def test_what_the_law_excludes_is_refused_with_its_reason(
    case: Case, handler: User, code: str
) -> None:
    exclusion = next(e for e in EXCLUSIONS if e.code == code)
    with refused(case, Invalid, exclusion.label) as _:
        apply(case, handler, exclusions=[code])
    assert "民诉解释第三百五十" in exclusion.sentence


def test_what_has_to_be_brought_is_named(case: Case, handler: User) -> None:
    with refused(case, Invalid, "材料还缺：司法确认申请书、双方送达地址和电话"):
        apply(case, handler, materials=["agreement", "identity"])


def test_a_clause_without_who_or_when_may_be_called_unclear(lives: Lives, handler: User) -> None:
    case = mediated(lives)
    due = TODAY + timedelta(days=9)
    found = written(case, handler, term(case, due=due), term(case, by=None, due=None))
    assert unclear(found.terms.all()) == ["第 2 条没有写由谁履行、什么时候以前"]


def test_the_court_takes_it_and_confirms_it(case: Case, handler: User) -> None:
    apply(case, handler)
    court_takes(case_id=case.pk, by=handler, on=TODAY, number="（2025）990101民特12号")
    court_decides(case_id=case.pk, by=handler, outcome="confirmed", on=TODAY)
    row = Confirmation.objects.get()
    assert (row.outcome, row.number) == ("confirmed", "（2025）990101民特12号")
    with refused(case, WrongState, "法院已经裁定协议有效，不能作废"):
        void_agreement(case_id=case.pk, by=handler, text="反悔", both=True)


def test_it_is_not_decided_before_it_is_taken(case: Case, handler: User) -> None:
    apply(case, handler)
    with refused(case, Invalid, "法院还没有受理"):
        court_decides(case_id=case.pk, by=handler, outcome="confirmed", on=TODAY)


def test_not_taken_it_may_be_mended_within_the_thirty_days(case: Case, handler: User) -> None:
    apply(case, handler)
    court_decides(case_id=case.pk, by=handler, outcome="not_taken", on=TODAY, text="缺送达地址")
    assert "apply-confirmation" in {act.verb for act in allowed(handler, fresh(case))}
    apply(case, handler)
    row = Confirmation.objects.get()
    assert row.outcome == ""
    assert row.earlier == ["示范县人民法院 2025年4月3日申请，2025年4月3日法院不受理，缺送达地址"], (
        "the first answer is kept"
    )


def test_withdrawn_the_thirty_days_run_on_and_remind(
    client: Client, agreement: Agreement, case: Case, handler: User
) -> None:
    apply(case, handler)
    court_decides(case_id=case.pk, by=handler, outcome="withdrawn", on=TODAY)
    client.force_login(handler)
    assert (
        "最晚 5月3日申请" in client.get(f"/mediation/agreements/{agreement.pk}/").content.decode()
    )
    clock.freeze(moment(4, 27, 9, 0))
    sweep_mediations()
    assert told() == [f"{case.short_number} 司法确认最晚 5月3日申请，问双方要不要申请"]


def test_the_page_says_what_was_brought_to_the_court_and_by_whom(
    client: Client, agreement: Agreement, case: Case, handler: User
) -> None:
    apply(case, handler)
    client.force_login(handler)
    page = client.get(f"/mediation/agreements/{agreement.pk}/").content.decode()
    assert f"{handler.name}记，已备材料：司法确认申请书、调解协议" in page


# The sweep


def told() -> list[str]:
    return list(Notice.objects.filter(text__contains="司法确认").values_list("text", flat=True))


def test_running_out_is_said_once_with_the_unextended_day(case: Case, handler: User) -> None:
    clock.freeze(moment(4, 26, 9, 0))
    sweep_mediations()
    assert told() == []
    clock.freeze(moment(4, 27, 9, 0))
    sweep_mediations()
    sweep_mediations()
    assert told() == [f"{case.short_number} 司法确认最晚 5月3日申请，问双方要不要申请"]


def test_what_is_performed_in_full_needs_no_court(
    agreement: Agreement, case: Case, handler: User
) -> None:
    clause = agreement.terms.get()
    perform(case_id=case.pk, by=handler, on=TODAY, term=clause.pk, amount=clause.amount)
    clock.freeze(moment(4, 28, 9, 0))
    sweep_mediations()
    clock.freeze(moment(5, 7, 9, 0))
    sweep_mediations()
    assert told() == []
    assert not StatutoryTerm.objects.get(case=case).is_running


def test_on_the_last_day_nothing_has_lapsed(case: Case, handler: User) -> None:
    clock.freeze(moment(5, 6, 20, 0))
    sweep_mediations()
    assert StatutoryTerm.objects.get(case=case).is_running


@pytest.mark.django_db(transaction=True)
def test_the_lapse_is_said_once_by_two_sweeps_at_once(
    case: Case, handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.freeze(moment(5, 7, 9, 0))
    hold(monkeypatch, confirming, "tell_who_follows")
    at_once(sweep_mediations, times=2)
    sweep_mediations()
    assert told() == [f"{case.short_number} 申请司法确认的 30 日已过，对方不履行只能起诉"]
    assert not StatutoryTerm.objects.get(case=case).is_running


def test_applied_for_it_neither_runs_out_nor_lapses(case: Case, handler: User) -> None:
    apply(case, handler)
    clock.freeze(moment(5, 20, 9, 0))
    sweep_mediations()
    assert told() == []


def test_signed_in_parts_the_thirty_days_run_from_the_last(lives: Lives, handler: User) -> None:
    case = mediated(lives)
    written(case, handler)
    clock.freeze(DISPATCHED + timedelta(days=5))
    signed(case, handler)
    assert StatutoryTerm.objects.get(case=case).started_on == TODAY + timedelta(days=5)
