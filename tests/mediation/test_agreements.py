"""写协议, 改协议, 记签名盖章, 作废: when an agreement is in force, and what follows from it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from cases import statutory
from cases.acts import allowed
from cases.door import changing
from cases.models import Admission, Case, Party, StatutoryTerm
from cases.vocabulary import Clock, PartyRole
from mediation import agreed
from mediation.agreed import sums_of
from mediation.agreement_views import ACTS
from mediation.composing import settling
from mediation.models import Agreement, AgreementTerm, Mediation, Performance, Session, Subsidy
from mediation.services import agreements
from mediation.services.agreements import (
    Signed,
    Term,
    agree,
    amend_agreement,
    sign_agreement,
    void_agreement,
)
from mediation.services.confirming import apply_for_confirmation
from mediation.services.proceedings import stop_mediation
from orgs.models import User
from tests.concurrency import at_once, hold
from tests.county import County
from tests.files import jpeg
from tests.lib.days import DISPATCHED
from tests.lives import Lives, fresh
from tests.mediation_rows import a_grade, a_mediator
from tests.refusals import refused
from tests.settlements import (
    FACTS,
    in_force,
    mediated,
    party,
    put_into_mediation,
    signed,
    term,
    written,
)
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, WrongState

TODAY = DISPATCHED.date()


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def verbs(user: User, case: Case) -> set[str]:
    return {act.verb for act in allowed(user, fresh(case))}


# Writing


def test_a_written_agreement_is_not_in_force_until_it_is_signed(
    lives: Lives, handler: User
) -> None:
    case = mediated(lives)
    assert written(case, handler).in_force_on is None
    assert case.mediations.get().is_open


def test_an_oral_agreement_is_in_force_from_the_day_it_was_reached(
    lives: Lives, handler: User
) -> None:
    case = mediated(lives)
    clock.freeze(DISPATCHED + timedelta(days=2))
    found = written(case, handler, form="oral", reached_on=TODAY)
    assert found.in_force_on == TODAY
    mediation = case.mediations.get()
    assert (mediation.ending, mediation.ended_on) == (Mediation.Ending.AGREED, TODAY)


def test_the_clauses_are_kept_in_their_order(lives: Lives, handler: User) -> None:
    case = mediated(lives)
    due = TODAY + timedelta(days=10)
    found = written(case, handler, term(case, due=due), term(case, None, text="赔礼道歉"))
    rows = [(t.n, t.amount, t.due_on, t.by_party) for t in found.terms.all()]
    assert rows == [(1, Decimal(20000), due, party(case)), (2, None, None, party(case))]


def test_what_was_agreed_stands_encrypted_and_not_in_the_history(
    lives: Lives, handler: User
) -> None:
    case = mediated(lives)
    written(case, handler)
    event = case.events.get(verb="agree")
    assert event.words.text == "书面协议，1 条，共 20,000 元"
    with connection.cursor() as cursor:
        for table, column in (("agreement", "facts"), ("agreementterm", "text")):
            cursor.execute(f"SELECT {column}::text FROM mediation_{table}")
            kept = cursor.fetchone()[0]
            assert kept
            assert not {FACTS, "付清拖欠的工资"} & {kept}
            assert "工资" not in kept


@pytest.mark.parametrize("days", [-1, 1])
def test_it_was_reached_between_the_start_of_the_mediation_and_today(
    lives: Lives, handler: User, days: int
) -> None:
    case = mediated(lives)
    with refused(case, Invalid, "达成日期要在"):
        written(case, handler, reached_on=TODAY + timedelta(days=days))


def test_it_has_at_least_one_clause(lives: Lives, handler: User) -> None:
    case = mediated(lives)
    with refused(case, Invalid, "至少写一条"):
        agree(case_id=case.pk, by=handler, form="oral", reached_on=TODAY, facts=FACTS, terms=[])


def test_no_clause_is_due_before_it_was_agreed(lives: Lives, handler: User) -> None:
    case = mediated(lives)
    with refused(case, Invalid, "第 1 条：期限 4月2日早于达成日期"):
        written(case, handler, term(case, due=TODAY - timedelta(days=1)))


def test_only_a_party_of_the_case_can_be_bound(lives: Lives, handler: User) -> None:
    case, other = mediated(lives), lives.claimed()
    with refused(case, Invalid, "要选这件事的当事人"):
        written(case, handler, term(case, by=party(other)))


def test_without_a_mediation_there_is_no_agreement(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    with refused(case, WrongState, "没有在进行的调解，先启动调解"):
        written(case, handler, term(case))


def test_a_second_agreement_waits_until_the_first_is_void(lives: Lives, handler: User) -> None:
    case = mediated(lives)
    written(case, handler)
    with refused(case, WrongState, "已经有一份协议；要重写，先作废"):
        written(case, handler)


def test_whoever_has_no_part_in_the_case_writes_none(lives: Lives, clerk: User) -> None:
    case = mediated(lives)
    with refused(case, NotAllowed):
        written(case, clerk)


def test_it_belongs_to_the_meeting_that_led_to_it(lives: Lives, handler: User) -> None:
    case = mediated(lives)
    mediator = mediator_of(lives.county)
    meeting = Session.objects.create(
        mediation=case.mediations.get(),
        host=mediator,
        level="county",
        place="窗口",
        starts_at=clock.now(),
        ends_at=clock.now() + timedelta(hours=1),
        state="held",
        outcome="written",
        planned_by=handler,
        planned_at=clock.now(),
    )
    assert written(case, handler).session == meeting


def mediator_of(county: County) -> Any:
    from mediation.models import Mediator  # noqa: PLC0415

    return Mediator.objects.create(center=county.county, name="赵英", kind="people")


# Changing


def test_while_nobody_has_signed_it_may_be_changed(lives: Lives, handler: User) -> None:
    case = mediated(lives)
    found = written(case, handler)
    change = {"form": "written", "reached_on": TODAY, "facts": FACTS}
    amend_agreement(case_id=case.pk, by=handler, terms=[term(case, "18000")], **change)
    assert [t.amount for t in found.terms.all()] == [Decimal(18000)]


def test_once_somebody_has_signed_it_may_not_be_changed(lives: Lives, handler: User) -> None:
    case = mediated(lives)
    written(case, handler)
    one = [Signed(party(case).pk, "seal", TODAY)]
    sign_agreement(case_id=case.pk, by=handler, signatures=one)
    change = {"form": "written", "reached_on": TODAY, "facts": FACTS}
    with refused(case, WrongState, "已经有人签了名，不能再改"):
        amend_agreement(case_id=case.pk, by=handler, terms=[term(case)], **change)


# Signing


def test_it_is_in_force_from_the_day_of_the_last_signature_or_the_seal(
    lives: Lives, handler: User
) -> None:
    case = mediated(lives)
    found = written(case, handler)
    clock.freeze(DISPATCHED + timedelta(days=10))
    pks = [p.pk for p in case.parties.order_by("pk")]
    first = [Signed(pks[0], "name", TODAY)]
    sign_agreement(case_id=case.pk, by=handler, signatures=first, mediator_on=TODAY)
    last = [Signed(pks[1], "seal", TODAY + timedelta(days=5), agent="李文")]
    sign_agreement(case_id=case.pk, by=handler, signatures=last)
    found.refresh_from_db()
    assert found.in_force_on is None, "the seal is missing"
    sign_agreement(case_id=case.pk, by=handler, sealed_on=TODAY + timedelta(days=3))
    found.refresh_from_db()
    assert found.in_force_on == TODAY + timedelta(days=5)


def test_in_force_ends_the_mediation_meets_its_period_and_starts_the_thirty_days(
    lives: Lives, handler: User
) -> None:
    case = mediated(lives)
    mediation = case.mediations.get()
    statutory.begin(case, Clock.MEDIATION, TODAY)
    found = written(case, handler)
    signed(case, handler)
    mediation.refresh_from_db()
    assert (mediation.ending, mediation.ended_on) == ("agreed", TODAY)
    terms = {t.clock: t for t in StatutoryTerm.objects.filter(case=case)}
    assert terms[Clock.MEDIATION].met_on == TODAY
    days = terms[Clock.CONFIRMATION]
    assert (days.about, days.started_on, days.is_running) == (found.pk, TODAY, True)


def test_nobody_signs_before_it_was_agreed_or_tomorrow(lives: Lives, handler: User) -> None:
    case = mediated(lives)
    written(case, handler)
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with refused(case, Invalid, "要在 4月3日（达成协议）到 4月3日 之间"):
            sign_agreement(case_id=case.pk, by=handler, sealed_on=day)


def test_a_signature_is_written_down_once(lives: Lives, handler: User) -> None:
    case = mediated(lives)
    written(case, handler)
    one = [Signed(party(case).pk, "seal", TODAY)]
    sign_agreement(case_id=case.pk, by=handler, signatures=one)
    with refused(case, AlreadyDone, "鑫源劳务公司 4月3日已经签了"):
        sign_agreement(case_id=case.pk, by=handler, signatures=one)


@pytest.mark.django_db(transaction=True)
def test_two_who_write_down_the_last_signature_at_once_put_it_into_force_once(
    lives: Lives, handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = mediated(lives)
    found = written(case, handler)
    hold(monkeypatch, agreements, "signers")
    assert at_once(lambda: signed(case, handler), times=2) == ["WrongState", "ok"]
    found.refresh_from_db()
    assert (found.in_force_on, found.signatures.count()) == (TODAY, 2)
    assert case.events.filter(verb="sign").count() == 1


# Void


def test_unsigned_it_is_void_on_a_word_and_a_new_one_is_written(
    lives: Lives, handler: User
) -> None:
    case = mediated(lives)
    first = written(case, handler)
    void_agreement(case_id=case.pk, by=handler, text="金额写错了")
    assert written(case, handler).serial == first.serial + 1


def test_signed_it_is_void_only_if_both_parties_wish_it(lives: Lives, handler: User) -> None:
    case = in_force(lives).mediation.case
    with refused(case, Invalid, "双方都要求才能作废"):
        void_agreement(case_id=case.pk, by=handler, text="不想付了")
    void_agreement(case_id=case.pk, by=handler, text="改成一次付清", both=True)
    assert case.mediations.get().is_open, "a new one may be reached"
    running = StatutoryTerm.objects.filter(case=case, dropped_at=None, met_on=None)
    assert [(t.clock, t.started_on) for t in running] == [(Clock.MEDIATION, TODAY)]
    assert "agree" in verbs(handler, case)


def test_void_the_mediation_goes_on_with_its_mediators_and_an_open_dossier(
    lives: Lives, handler: User, triage: User, colleague: User
) -> None:
    found = in_force(lives)
    case, mediation = found.mediation.case, case_mediation(found)
    mediation.host = a_mediator(case.center, user=colleague)
    mediation.filed_on = mediation.checked_on = TODAY
    mediation.filed_by, mediation.checked_by, mediation.kept_for = handler, triage, "长期"
    mediation.save()
    void_agreement(case_id=case.pk, by=handler, text="改成一次付清", both=True)
    mediation.refresh_from_db()
    columns = ("filed_on", "filed_by", "checked_on", "checked_by", "kept_for")
    assert [getattr(mediation, name) for name in columns] == [None, None, None, None, ""]
    assert Admission.objects.filter(case=case, user=colleague, until=None).exists()


def case_mediation(agreement: Agreement) -> Mediation:
    found: Mediation = Mediation.objects.get(agreements=agreement)
    return found


@pytest.mark.parametrize("state", ["approved", "paid"])
def test_what_is_paid_for_is_not_made_void(lives: Lives, handler: User, state: str) -> None:
    found = in_force(lives)
    case, asked = found.mediation.case, subsidy(found, state)
    with refused(case, WrongState, "以案定补已"):
        void_agreement(case_id=case.pk, by=handler, text="改成一次付清", both=True)
    assert not asked.steps.exists()


def test_what_was_only_asked_for_falls_with_the_agreement(lives: Lives, handler: User) -> None:
    found = in_force(lives)
    asked = subsidy(found, "checked")
    void_agreement(case_id=found.mediation.case_id, by=handler, text="改成一次付清", both=True)
    asked.refresh_from_db()
    assert asked.state == "refused"
    assert [(s.state, s.by, s.text) for s in asked.steps.all()] == [
        ("refused", handler, "协议作废")
    ]


def subsidy(agreement: Agreement, state: str) -> Subsidy:
    center = agreement.mediation.center
    return Subsidy.objects.create(
        mediation=agreement.mediation,
        center=center,
        mediator=a_mediator(center),
        grade=a_grade(center),
        amount=Decimal(100),
        month=TODAY.replace(day=1),
        state=state,
    )


# What is left behind


def test_a_draft_is_void_when_its_mediation_fails(lives: Lives, handler: User) -> None:
    case = mediated(lives)
    found = written(case, handler)
    stop_mediation(case_id=case.pk, by=handler, ending="failed", route="lawsuit", text="谈不拢")
    found.refresh_from_db()
    assert (found.voided_at, found.void_why) == (clock.now(), "没签完，调解已经结束")
    with refused(case, WrongState, "没有等着签的协议"):
        signed(case, handler)
    assert case.mediations.get().ending == "failed"


def test_a_draft_left_by_an_ended_mediation_is_no_draft_of_the_next(
    lives: Lives, handler: User
) -> None:
    case = mediated(lives)
    written(case, handler)
    case.mediations.update(ending="failed", ended_on=TODAY, ended_by=handler)
    put_into_mediation(case, handler)
    found = agreed.settlement_of(fresh(case))
    assert found.open is not None
    assert (found.draft, found.current) == (None, None)
    assert "agree" in verbs(handler, case)


def test_an_agreement_of_an_ended_mediation_does_not_come_into_force(
    lives: Lives, handler: User
) -> None:
    case = mediated(lives)
    found = written(case, handler)
    case.mediations.update(ending="failed", ended_on=TODAY, ended_by=handler)
    late = Agreement.objects.select_related("mediation").get(pk=found.pk)
    with (
        pytest.raises(WrongState, match="这次调解已经结束"),
        changing(case.pk, "note", by=handler) as change,
    ):
        agreements.come_into_force(change, late, TODAY)


def test_an_older_agreement_keeps_its_way_to_the_court_beside_a_new_draft(
    client: Client, lives: Lives, handler: User
) -> None:
    older = in_force(lives)
    case = older.mediation.case
    put_into_mediation(case, handler)
    draft = written(case, handler)
    client.force_login(handler)

    def offered(row: Agreement) -> set[str]:
        page = client.get(f"/mediation/agreements/{row.pk}/").content.decode()
        every = {*ACTS, "perform"}
        return {verb for verb in every if f"/cases/{case.number}/{verb}/" in page}

    assert offered(older) == {"apply-confirmation", "perform"}
    assert offered(draft) == {"sign", "amend-agreement", "void-agreement"}
    apply_for_confirmation(
        case_id=case.pk,
        by=handler,
        court="示范县人民法院",
        applied_on=TODAY,
        materials=["application", "agreement", "identity", "addresses"],
        jointly=True,
    )
    assert older.confirmation.court == "示范县人民法院"
    assert offered(older) == {"court-takes", "court-decides", "perform"}


# What the law knows as three sums


def test_what_is_left_is_what_open_clauses_lack(lives: Lives, handler: User) -> None:
    found = in_force(lives)
    rows = [
        AgreementTerm(agreement=found, n=n, text="付款", amount=amount, done_on=done)
        for n, (amount, done) in enumerate(
            [(Decimal(8000), TODAY), (Decimal(3000), None), (None, None)], start=2
        )
    ]
    AgreementTerm.objects.bulk_create(rows)
    first = found.terms.get(n=1)
    for term_, amount in ((first, 5000), (rows[0], 6000), (rows[2], 700)):
        Performance.objects.create(
            term=term_, on=TODAY, amount=Decimal(amount), by=handler, at=clock.now()
        )
    sums = sums_of(found)
    assert sums.left == (20000 - 5000) + 3000, "2000 were let off, 700 paid for what had no sum"
    assert sums.paid == 11700


def test_claimed_agreed_and_paid_are_three_sums(lives: Lives, handler: User) -> None:
    case = put_into_mediation(lives.claimed(), handler, claimed=Decimal(30000))
    found = written(case, handler, term(case, "12000.50"), term(case, "8000"))
    sums = sums_of(found)
    assert (sums.claimed, sums.agreed, sums.paid) == (
        Decimal(30000),
        Decimal("20000.50"),
        Decimal(0),
    )


def test_there_is_a_copy_for_each_party_and_one_for_the_body(lives: Lives) -> None:
    assert agreed.copies(lives.claimed()) == 3


def test_whoever_speaks_for_a_group_stands_in_it_signs_it_and_gets_a_copy(
    lives: Lives, handler: User
) -> None:
    case = mediated(lives)
    Party.objects.create(case=case, role=PartyRole.DELEGATE, name="周代表")
    found = written(case, handler)
    paper = settling.agreement(case, found, "1", TODAY)
    assert [line for line in paper.signatures if "周代表" in line]
    assert [text for text in paper.paragraphs if text.startswith("当事人：周代表")]
    assert not [text for text in paper.paragraphs if text.startswith("代理人：")]
    assert f"一式 {agreed.copies(case)} 份" in "".join(paper.paragraphs)
    assert agreed.copies(case) == 4


# The pages


def typed(case: Case, **more: Any) -> dict[str, Any]:
    return {
        "form": "written",
        "reached_on": "2025-04-03",
        "facts": FACTS,
        "terms_1_by": party(case).pk,
        "terms_1_text": "付清拖欠的工资",
        "terms_1_amount": "20000",
        "terms_1_due_on": "2025-04-30",
        "terms_2_text": "",
        "seen": case.history_length,
        **more,
    }


def test_the_page_begins_with_the_facts_and_the_parties(
    client: Client, lives: Lives, handler: User
) -> None:
    case = mediated(lives)
    client.force_login(handler)
    text = client.get(f"/cases/{case.number}/agree/").content.decode()
    assert case.narrative in text
    assert "鑫源劳务公司" in text
    assert "terms_4_text" in text


def test_more_lines_come_without_a_script_and_keep_what_was_typed(
    client: Client, lives: Lives, handler: User
) -> None:
    case = mediated(lives)
    client.force_login(handler)
    answer = client.post(f"/cases/{case.number}/agree/", typed(case, terms_more="1"))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "terms_6_text" in text
    assert "付清拖欠的工资</textarea>" in text
    assert not Agreement.objects.exists()


def test_a_wrong_line_is_named_and_everything_typed_is_kept(
    client: Client, lives: Lives, handler: User
) -> None:
    case = mediated(lives)
    client.force_login(handler)
    given = typed(case, terms_1_amount="两万", terms_2_text="赔礼道歉", terms_2_amount="0")
    answer = client.post(f"/cases/{case.number}/agree/", given)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "第 1 条：金额（元）写成数字" in text
    assert "第 2 条：金额（元）要大于 0" in text
    assert 'value="两万"' in text


def test_the_page_writes_the_agreement(client: Client, lives: Lives, handler: User) -> None:
    case = mediated(lives)
    client.force_login(handler)
    answer = client.post(f"/cases/{case.number}/agree/", typed(case))
    assert answer.status_code == 302, answer.content.decode()
    assert Agreement.objects.get().terms.get().due_on == date(2025, 4, 30)


def test_the_signed_paper_comes_with_the_page(client: Client, lives: Lives, handler: User) -> None:
    found = in_force(lives)
    case = found.mediation.case
    client.force_login(handler)
    upload = SimpleUploadedFile("签字件.jpg", jpeg())
    answer = client.post(f"/cases/{case.number}/scan-agreement/", {"file": upload})
    assert answer.status_code == 302, answer.content.decode()
    found.refresh_from_db()
    assert found.scan.source == "signed"


def test_nobody_agrees_with_themselves(lives: Lives, handler: User) -> None:
    case = mediated(lives)
    case.parties.filter(role=PartyRole.RESPONDENT).delete()
    terms = [Term(text="付清工资")]
    assert "agree" not in verbs(handler, case)
    with pytest.raises(WrongState, match="还没有对方当事人"):
        agree(case_id=case.pk, by=handler, form="oral", reached_on=TODAY, facts="欠薪", terms=terms)
