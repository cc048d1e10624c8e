"""以案定补: what is paid for, once, by the amount of that day, and by four different people."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cases.models import Case
from mediation.models import AgreementTerm, Mediation, Mediator, Subsidy
from mediation.services.subsidies import add_grade, decide_subsidy, propose_subsidy, set_rule
from mediation.subsidies import grades_on, why_no_subsidy
from orgs.permissions import RoleCode
from tests.concurrency import at_once
from tests.county import person
from tests.lives import Lives
from tests.mediation_rows import a_body, a_grade, a_mediation, a_mediator, an_agreement
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, WrongState

ENDED = date(2026, 4, 10)


@pytest.fixture
def payable(lives: Lives, triage) -> Mediation:
    center = lives.county.county
    a_grade(center, "一般", "100")
    row = a_mediation(
        lives.claimed(), by=triage, started_on=date(2026, 4, 1), ended_on=ENDED,
        host=a_mediator(center), body=a_body(center), checked_on=ENDED, checked_by=triage,
    )  # fmt: skip
    an_agreement(row, by=triage, done_on=ENDED)
    return row


def propose(row: Mediation, by, grade: str = "一般") -> Subsidy:
    return propose_subsidy(mediation_id=row.pk, by=by, grade=grade)


def test_a_case_is_paid_for_when_agreed_performed_and_its_dossier_passed(payable) -> None:
    assert why_no_subsidy(payable) == []


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda row: AgreementTerm.objects.update(done_on=None), "没履行完"),
        (lambda row: Mediation.objects.update(checked_on=None), "卷宗还没检查合格"),
        (lambda row: Mediation.objects.update(ending="failed"), "没有调解成功"),
        (lambda row: Mediation.objects.update(host=None), "没有主持的调解员"),
    ],
)
def test_what_stands_against_it_is_said(payable, handler, spoil, sentence: str) -> None:
    spoil(payable)
    with pytest.raises(WrongState, match=sentence):
        propose(payable, handler)


def test_the_amount_is_that_of_the_day_the_mediation_ended(payable, handler, triage) -> None:
    center = payable.center
    for day, amount in ((date(2026, 4, 10), "150"), (date(2026, 4, 11), "999")):
        a_grade(center, "一般", amount, effective_from=day)
    assert propose(payable, handler).amount == Decimal(150)


def test_a_later_amount_leaves_what_was_proposed_as_it_was(payable, handler, sysadmin) -> None:
    row = propose(payable, handler)
    add_grade(
        center=payable.center, by=sysadmin, address=None, name="一般", rank=2,
        amount=Decimal(900), criteria="都算", effective_from=date(2020, 1, 2),
    )  # fmt: skip
    row.refresh_from_db()
    assert row.amount == Decimal(100)


def test_a_centre_without_grades_goes_by_those_above_it(lives: Lives) -> None:
    a_grade(lives.county.county, "一般", "100")
    assert [g.name for g in grades_on(lives.county.village, ENDED)] == ["一般"]


def test_a_dispute_is_paid_for_once(payable, handler) -> None:
    propose(payable, handler)
    with pytest.raises(WrongState, match="只补一次"):
        propose(payable, handler)


def test_a_dispute_is_paid_for_once_also_under_a_merged_number(
    payable, lives: Lives, handler, triage
) -> None:
    other = lives.claimed()
    Case.objects.filter(pk=other.pk).update(merged_into=payable.case)
    twin = a_mediation(
        other, by=triage, started_on=ENDED, ended_on=ENDED, host=payable.host, checked_on=ENDED
    )
    an_agreement(twin, by=triage, done_on=ENDED)
    propose(payable, handler)
    with pytest.raises(WrongState, match=payable.case.short_number):
        propose(twin, handler)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_are_paid_once(payable, handler) -> None:
    results = at_once(lambda: propose(payable, handler))
    assert sorted(results)[-1] == "ok"
    assert results.count("ok") == 1
    assert Subsidy.objects.get().steps.count() == 1


def test_four_people_take_the_four_steps(payable, handler, triage, leader, sysadmin) -> None:
    row = propose(payable, handler)
    for by, state in ((triage, "checked"), (leader, "approved"), (sysadmin, "paid")):
        decide_subsidy(subsidy_id=row.pk, by=by, state=state)
    states = list(row.steps.values_list("state", flat=True))
    assert states == ["proposed", "checked", "approved", "paid"]


def test_whoever_asks_for_the_money_does_not_grant_it(payable, triage, handler) -> None:
    row = propose(payable, triage)
    with pytest.raises(NotAllowed, match="不同的人"):
        decide_subsidy(subsidy_id=row.pk, by=triage, state="checked")


def test_a_mediator_does_not_decide_about_their_own_money(payable, handler, triage) -> None:
    Mediator.objects.update(user=triage)
    row = propose(payable, handler)
    with pytest.raises(NotAllowed):
        decide_subsidy(subsidy_id=row.pk, by=triage, state="checked")


def test_a_step_that_was_taken_says_by_whom(payable, handler, triage, sysadmin) -> None:
    row = propose(payable, handler)
    decide_subsidy(subsidy_id=row.pk, by=triage, state="checked")
    with pytest.raises(AlreadyDone, match="周敏"):
        decide_subsidy(subsidy_id=row.pk, by=sysadmin, state="checked")
    with pytest.raises(WrongState):
        decide_subsidy(subsidy_id=row.pk, by=sysadmin, state="paid")


def test_a_refusal_gives_its_reason_and_may_be_asked_again(payable, handler, triage) -> None:
    row = propose(payable, handler)
    with pytest.raises(Invalid, match="理由"):
        decide_subsidy(subsidy_id=row.pk, by=triage, state="refused")
    decide_subsidy(subsidy_id=row.pk, by=triage, state="refused", text="档次报高了")
    assert propose(payable, handler).state == "proposed"


def test_full_time_mediators_are_paid_unless_the_centre_says_otherwise(
    payable, handler, sysadmin
) -> None:
    Mediator.objects.update(is_full_time=True)
    payable.host.refresh_from_db()
    assert why_no_subsidy(payable) == []
    set_rule(center=payable.center, by=sysadmin, address=None, pays_full_time=False)
    assert "专职" in "".join(why_no_subsidy(payable))


# --- Pages ----------------------------------------------------------------------------------------


def test_the_months_list_is_paid_by_its_formulas(client: Client, payable, handler, triage) -> None:
    propose(payable, handler)
    client.force_login(triage)
    month = f"{clock.today():%Y-%m}"
    page = client.get(reverse("mediation:subsidies"), {"month": month}).content.decode()
    assert "1 件 100.00 元" in page
    answer = client.get(reverse("mediation:export_subsidies"), {"month": month})
    content = b"".join(answer.streaming_content)
    cells = [c.value for row in load_workbook(io.BytesIO(content)).active for c in row]
    assert "=SUBTOTAL(9,H3:H3)" in cells
    values = load_workbook(io.BytesIO(content), data_only=True).active
    assert [c.value for c in values["H"]][-1] == 100


def test_a_subsidy_is_granted_on_its_page(client: Client, payable, handler, triage) -> None:
    row = propose(payable, handler)
    client.force_login(triage)
    address = reverse("mediation:subsidy", args=[row.pk])
    refused = client.post(address, {"state": "refused", "text": ""})
    assert refused.status_code == 422
    assert "不通过要写明理由" in refused.content.decode()
    assert client.post(address, {"state": "checked", "text": ""}).status_code == 302
    row.refresh_from_db()
    assert row.state == "checked"


def test_a_grade_is_added_from_a_day_on(client: Client, lives: Lives, sysadmin) -> None:
    client.force_login(sysadmin)
    address = reverse("mediation:grades")
    typed = {"name": "重大", "rank": 3, "amount": "400", "criteria": "群体性的"}
    bad = client.post(address, typed)
    assert bad.status_code == 422
    assert "还没填“从哪天起”" in bad.content.decode()
    assert client.post(address, {**typed, "effective_from": "2026-01-01"}).status_code == 302
    assert client.post(address, {**typed, "effective_from": "2026-01-01"}).status_code == 422


def test_others_do_not_see_what_mediators_are_paid(
    client: Client, payable, handler, triage, lives: Lives
) -> None:
    row = propose(payable, handler)
    elsewhere = person("town_keeper", "吴管", lives.county.town, RoleCode.TRIAGE)
    month = {"month": f"{clock.today():%Y-%m}"}

    def read(user, name: str) -> str:
        client.force_login(user)
        answer = client.get(reverse(f"mediation:{name}"), month)
        assert answer.status_code == 200
        if not answer.streaming:
            return answer.content.decode()
        book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        return "".join(str(cell.value) for line in book.active for cell in line)

    number = payable.case.short_number
    for name in ("subsidies", "export_subsidies"):
        assert number in read(triage, name)
        assert number not in read(elsewhere, name)
    client.force_login(elsewhere)
    assert client.get(reverse("mediation:subsidy", args=[row.pk])).status_code == 404


@pytest.mark.parametrize("asked", ["2026", "2026-Q2", "2026-13"])
def test_a_list_for_payment_is_of_one_month(client: Client, triage, asked: str) -> None:
    client.force_login(triage)
    page = client.get(reverse("mediation:subsidies"), {"month": asked}).content.decode()
    today = clock.today()
    assert f"{today.year}年{today.month}月" in page.split("</h1>")[0] + page
    assert "2026年第" not in page


def test_what_has_changed_since_is_looked_at_before_money_is_granted(
    payable, handler, triage, leader
) -> None:
    row = propose(payable, handler)
    decide_subsidy(subsidy_id=row.pk, by=triage, state="checked")
    AgreementTerm.objects.update(done_on=None)
    with pytest.raises(WrongState, match="协议还没履行完"):
        decide_subsidy(subsidy_id=row.pk, by=leader, state="approved")


def test_what_no_body_has_mediated_is_not_paid_for(payable, handler) -> None:
    Mediation.objects.update(body=None)
    with pytest.raises(WrongState, match="行政调解、司法调解"):
        propose(payable, handler)


def test_whoever_refused_it_may_decide_when_it_is_proposed_again(payable, handler, triage) -> None:
    row = propose(payable, handler)
    decide_subsidy(subsidy_id=row.pk, by=triage, state="refused", text="档次报高了")
    propose(payable, handler)
    assert decide_subsidy(subsidy_id=row.pk, by=triage, state="checked").state == "checked"
