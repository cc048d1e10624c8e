"""履行: what is paid of what was agreed; the reminder on the due date, exactly once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import Case
from dispatch.services.handling import approve_result, report_result
from mediation.models import Agreement, AgreementTerm
from mediation.services import performing
from mediation.services.agreements import void_agreement
from mediation.services.performing import perform
from mediation.tasks import sweep_mediations
from orgs.models import Notice, User
from tests.concurrency import at_once, hold
from tests.dispatch.together import costs_the_same
from tests.files import jpeg
from tests.lib.days import DISPATCHED
from tests.lives import Lives
from tests.refusals import refused
from tests.settlements import in_force, mediated, signed, term, written
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, WrongState

TODAY = DISPATCHED.date()
DUE = TODAY + timedelta(days=2)  # a Saturday, and 清明


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


@pytest.fixture
def agreement(lives: Lives, handler: User) -> Agreement:
    """Two clauses: 20,000 yuan in two days, and an apology without a day."""
    case = mediated(lives)
    found = written(case, handler, term(case, due=DUE), term(case, None, text="当面赔礼道歉"))
    signed(case, handler)
    Notice.objects.all().delete()
    return found


@pytest.fixture
def case(agreement: Agreement) -> Case:
    return agreement.mediation.case


@pytest.fixture
def clause(agreement: Agreement) -> AgreementTerm:
    found: AgreementTerm = agreement.terms.get(n=1)
    return found


def pay(clause: AgreementTerm, by: User, amount: str | None, **more: Any) -> AgreementTerm:
    money = None if amount is None else Decimal(amount)
    pk = clause.agreement.mediation.case_id
    perform(case_id=pk, by=by, term=clause.pk, on=TODAY, amount=money, **more)
    clause.refresh_from_db()
    return clause


def test_a_part_leaves_the_clause_open(clause: AgreementTerm, handler: User) -> None:
    assert pay(clause, handler, "5000").done_on is None


def test_when_the_parts_add_up_the_clause_is_done(clause: AgreementTerm, handler: User) -> None:
    pay(clause, handler, "5000.50")
    assert pay(clause, handler, "14999.50").done_on == TODAY


def test_nobody_pays_more_than_was_agreed(case: Case, clause: AgreementTerm, handler: User) -> None:
    pay(clause, handler, "5000")
    with refused(case, Invalid, "约定 20,000 元，连这次一共 20,000.01 元，多了 0.01 元"):
        pay(clause, handler, "15000.01")


def test_done_with_less_needs_a_reason(case: Case, clause: AgreementTerm, handler: User) -> None:
    with refused(case, Invalid, "还差 2,000 元，算履行完要写明原因"):
        pay(clause, handler, "18000", complete=True)
    assert pay(clause, handler, "18000", complete=True, text="对方同意少付").done_on == TODAY


def test_what_is_done_is_not_done_again(case: Case, clause: AgreementTerm, handler: User) -> None:
    pay(clause, handler, "20000")
    with refused(case, AlreadyDone, "第 1 条 4月3日已经履行完了"):
        pay(clause, handler, "1")


def test_which_clause_is_asked_where_there_are_several(case: Case, handler: User) -> None:
    with refused(case, Invalid, "先选是哪一条"):
        perform(case_id=case.pk, by=handler, on=TODAY, amount=Decimal(1))


def test_nothing_is_performed_of_an_agreement_that_is_not_in_force(
    lives: Lives, handler: User
) -> None:
    case = mediated(lives)
    written(case, handler)
    with refused(case, WrongState, "没有要履行的条款"):
        perform(case_id=case.pk, by=handler, on=TODAY, amount=Decimal(1))


def test_it_is_followed_up_after_the_case_has_left_the_unit(
    case: Case, clause: AgreementTerm, handler: User, triage: User, clerk: User
) -> None:
    how = {"result": "resolved", "how": "双方达成协议，按期付款", "not_found": "不肯留"}
    report_result(case_id=case.pk, by=handler, **how)
    approve_result(case_id=case.pk, by=triage)
    assert pay(clause, clerk, "20000").done_on == TODAY


def test_a_receipt_is_kept_with_the_case(
    client: Client, case: Case, clause: AgreementTerm, handler: User
) -> None:
    client.force_login(handler)
    given = {"term": clause.pk, "on": "2025-04-03", "amount": "20000"}
    given["proof"] = SimpleUploadedFile("收条.jpg", jpeg())
    answer = client.post(f"/cases/{case.number}/perform/", given)
    assert answer.status_code == 302, answer.content.decode()
    assert clause.performances.get().proof.case == case


# Reminders


def reminders() -> list[str]:
    return list(Notice.objects.filter(topic="near").values_list("text", flat=True))


def test_before_the_day_nobody_is_reminded(clause: AgreementTerm, handler: User) -> None:
    clock.freeze(DISPATCHED + timedelta(days=1))
    sweep_mediations()
    assert reminders() == []


def test_on_the_day_even_a_holiday_the_unit_is_reminded_once(
    clause: AgreementTerm, handler: User
) -> None:
    clock.freeze(DISPATCHED + timedelta(days=2))
    for _ in range(3):
        sweep_mediations()
    number = clause.agreement.mediation.case.short_number
    assert reminders() == [f"{number} 调解协议第 1 条今天到期，问清履行没有"]
    assert handler.notices.get(topic="near").url == f"/mediation/agreements/{clause.agreement_id}/"


def test_what_is_done_is_not_reminded_of(clause: AgreementTerm, handler: User) -> None:
    pay(clause, handler, "20000")
    clock.freeze(DISPATCHED + timedelta(days=2))
    sweep_mediations()
    assert reminders() == []


def test_a_void_agreement_reminds_nobody(case: Case, clause: AgreementTerm, handler: User) -> None:
    void_agreement(case_id=case.pk, by=handler, text="重新约定", both=True)
    clock.freeze(DISPATCHED + timedelta(days=2))
    sweep_mediations()
    assert reminders() == []


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_remind_once(
    clause: AgreementTerm, handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.freeze(DISPATCHED + timedelta(days=2))
    hold(monkeypatch, performing, "tell_who_follows")
    assert at_once(sweep_mediations, times=2) == ["ok", "ok"]
    assert len(reminders()) == 1


class Killed(BaseException):
    """What `kill` is to a worker."""


def test_killed_half_way_it_is_said_by_the_next(
    clause: AgreementTerm, handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.freeze(DISPATCHED + timedelta(days=2))
    real = performing.tell_who_follows

    def die(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(performing, "tell_who_follows", die)
        with pytest.raises(Killed):
            sweep_mediations()
    clause.refresh_from_db()
    assert (reminders(), clause.reminded_at) == ([], None)
    sweep_mediations()
    assert len(reminders()) == 1


# The list


def test_every_number_is_the_length_of_its_list(
    client: Client, clause: AgreementTerm, handler: User, lives: Lives
) -> None:
    clock.freeze(DISPATCHED + timedelta(days=3))
    client.force_login(handler)
    text = client.get("/mediation/agreements/?view=overdue").content.decode()
    for words in ("过期没履行 1", "要履行 1", "全部条款 2", "可申请司法确认 1", "超 1 日"):
        assert words in text, words


def test_another_units_agreements_are_not_there(
    client: Client, clause: AgreementTerm, outsider: User
) -> None:
    client.force_login(outsider)
    assert client.get(f"/mediation/agreements/{clause.agreement_id}/").status_code == 404
    assert "第 1 条" not in client.get("/mediation/agreements/?view=all").content.decode()


@pytest.mark.parametrize("view", ["due", "confirm"])
def test_the_lists_cost_the_same_however_long(
    client: Client, lives: Lives, handler: User, view: str
) -> None:
    url = f"/mediation/agreements/?view={view}"
    costs_the_same(client, handler, url, lambda: in_force(lives))


def test_the_page_of_an_agreement_tells_the_sums_apart(
    client: Client, clause: AgreementTerm, handler: User
) -> None:
    pay(clause, handler, "5000")
    client.force_login(handler)
    text = client.get(f"/mediation/agreements/{clause.agreement_id}/").content.decode()
    for words in ("约定", "20,000 元", "已付", "5,000 元", "还差", "15,000 元", "一式 3 份"):
        assert words in text, words


def test_the_case_page_shows_it(client: Client, case: Case, handler: User) -> None:
    client.force_login(handler)
    text = client.get(f"{case.get_absolute_url()}?tab=mediation").content.decode()
    assert "调解协议" in text
    assert "最晚 5月3日申请（放假，法律上顺延到 5月6日）" in text
