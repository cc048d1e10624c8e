"""签收回执: a unit signs once for the paper it got, and everybody reads who did."""

from __future__ import annotations

import io

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document as WordDocument

from cases.models import Case, Document, Receipt
from cases.services import papers
from cases.services.course import amend_case
from cases.services.papers import make_document, sign_receipt
from orgs.models import User
from tests.concurrency import at_once, hold
from tests.lives import Lives
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound, WrongState

LIST = reverse("cases:receipts")


def assigned(lives: Lives, triage: User, **changed) -> Document:
    case = lives.dispatched(**changed)
    return make_document(
        case_id=case.pk,
        kind=Document.Kind.ASSIGNMENT,
        about=case.lead.pk,
        by=triage,
        address=None,
    )[0]


def sign(document: Document, by: User, unit=None) -> Receipt:
    unit_id = unit.pk if unit else document.receipts.first().unit_id
    return sign_receipt(document_id=document.pk, unit_id=unit_id, by=by)


def page(document: Document) -> str:
    return reverse("cases:document", args=[document.case.number, document.pk])


def signing(document: Document) -> str:
    return reverse("cases:sign", args=[document.case.number, document.pk])


def test_the_unit_is_told_and_signs_and_the_desk_is_told(lives: Lives, triage, handler) -> None:
    made = assigned(lives, triage)
    assert handler.notices.filter(topic="paper", text__contains=made.number).exists()
    signed = sign(made, handler)
    assert (signed.signed_by, signed.signed_at is not None) == (handler, True)
    assert triage.notices.filter(text__contains="人社局已签收交办单").exists()


def test_signing_leaves_the_words_as_they_are(lives: Lives, triage, handler) -> None:
    made = assigned(lives, triage)
    before = made.content
    sign(made, handler)
    assert Document.objects.get(pk=made.pk).content == before


def test_the_second_to_sign_reads_who_did(lives: Lives, triage, handler, colleague) -> None:
    made = assigned(lives, triage)
    sign(made, handler)
    with pytest.raises(AlreadyDone, match=r"李强 .* 已经签收了 综交办"):
        sign(made, colleague)


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_at_once_sign_once(
    lives: Lives, triage, handler, colleague, monkeypatch
) -> None:
    made = assigned(lives, triage)
    hold(monkeypatch, papers, "lock")
    signed = at_once(lambda: sign(made, handler), lambda: sign(made, colleague))
    assert signed == ["AlreadyDone", "ok"]


def test_nobody_signs_for_another_unit(lives: Lives, triage, handler, outsider, county) -> None:
    made = assigned(lives, triage, assisting=(county.housing,))
    with pytest.raises(NotAllowed, match="由住建局签收回执"):
        sign(made, handler, county.housing)
    with pytest.raises(NotAllowed):
        sign(made, triage)
    with pytest.raises(NotFound):
        sign(made, outsider)


def test_a_paper_made_anew_is_signed_for_anew(
    lives: Lives, triage, handler, other_handler, county
) -> None:
    old = assigned(lives, triage, assisting=(county.housing,))
    sign(old, handler, county.human_resources)
    amend_case(case_id=old.case_id, by=triage, text="写清数额", fields={"narrative": "欠薪三万元"})
    case = Case.objects.for_detail().get(pk=old.case_id)
    new, _ = make_document(case_id=case.pk, kind=old.kind, about=old.about, by=triage, address=None)
    assert new.version == 2
    assert old.receipts.get(unit=county.human_resources).signed_by == handler
    assert set(Receipt.objects.waiting().values_list("document", flat=True)) == {new.pk}
    with pytest.raises(WrongState, match="已经有新的一版"):
        sign(old, other_handler, county.housing)


def test_a_signature_cannot_be_taken_back(lives: Lives, triage, handler) -> None:
    signed = sign(assigned(lives, triage), handler)
    with pytest.raises(InternalError), transaction.atomic():
        Receipt.objects.filter(pk=signed.pk).update(signed_by=None, signed_at=None)
    with pytest.raises(InternalError), transaction.atomic():
        Receipt.objects.filter(pk=signed.pk).delete()


def test_one_press_on_the_list_signs(client: Client, lives: Lives, triage, handler) -> None:
    made = assigned(lives, triage)
    client.force_login(handler)
    assert made.number in client.get(LIST).content.decode()
    answer = client.post(
        signing(made),
        {"unit": made.receipts.get().unit_id, "back": "list"},
        follow=True,
    )
    assert answer.redirect_chain == [(LIST, 302)]
    assert "没有待签的回执" in answer.content.decode()


def test_the_desk_sees_what_it_sent_and_nobody_has_signed(
    client: Client, lives: Lives, triage, handler
) -> None:
    made = assigned(lives, triage)
    client.force_login(triage)
    assert made.number in client.get(f"{LIST}?of=sent").content.decode()
    sign(made, handler)
    assert "送出的文书都签收了" in client.get(f"{LIST}?of=sent").content.decode()


def test_a_unit_sees_neither_the_desks_list_nor_others_papers(
    client: Client, lives: Lives, triage, outsider
) -> None:
    made = assigned(lives, triage)
    client.force_login(outsider)
    assert made.number not in client.get(f"{LIST}?of=sent").content.decode()
    assert client.get(page(made)).status_code == 404


def test_the_unit_opens_and_prints_its_paper_with_the_stub(
    client: Client, lives: Lives, triage, handler
) -> None:
    made = assigned(lives, triage)
    client.force_login(handler)
    assert "签收回执（人社局）" in client.get(page(made)).content.decode()
    client.post(signing(made), {"unit": made.receipts.get().unit_id, "note": "附件两份"})
    shown = client.post(page(made)).content.decode()
    assert "李强" in shown
    assert "附件两份" in shown
    assert "<button" in shown
    assert "签收回执（人社局）" not in shown
    word = client.post(page(made), {"as": "word"})
    tables = WordDocument(io.BytesIO(word.content)).tables
    assert "李强" in " ".join(cell.text for cell in tables[-1]._cells)


def test_the_tab_offers_the_papers_and_says_who_has_not_signed(
    client: Client, lives: Lives, triage, county
) -> None:
    case = lives.dispatched(assisting=(county.housing,))
    client.force_login(triage)
    tab = f"{case.get_absolute_url()}?tab=papers"
    shown = client.get(tab).content.decode()
    for words in ("生成交办单", "生成转办通知单", "生成协作联系单（住建局）"):
        assert words in shown
    assert "生成委托调处函" not in shown
    made = client.post(
        reverse("cases:documents", args=[case.number]), {"kind": f"assignment.{case.lead.pk}"}
    )
    assert made.status_code == 302
    assert client.get(tab).content.decode().count("▲ 没签") == 2


@pytest.mark.parametrize("code", ["", "nothing", "assignment.x", "nosuch.1", "assignment.-1"])
def test_a_paper_that_is_none_is_not_found(client: Client, lives: Lives, triage, code: str) -> None:
    case = lives.dispatched()
    client.force_login(triage)
    answer = client.post(reverse("cases:documents", args=[case.number]), {"kind": code})
    assert answer.status_code == 404


def test_more_receipts_cost_no_more_queries(client: Client, lives: Lives, triage, handler) -> None:
    client.force_login(handler)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        return len(captured)

    assigned(lives, triage)
    queries()  # what a process keeps is kept from now on
    few = queries()
    for _ in range(5):
        assigned(lives, triage)
    assert queries() == few


def test_more_papers_cost_the_tab_no_more_queries(
    client: Client, lives: Lives, triage, county
) -> None:
    case = lives.dispatched(assisting=(county.housing, county.police))
    client.force_login(triage)
    tab = f"{case.get_absolute_url()}?tab=papers"

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(tab)
        return len(captured)

    def make(kind: str, about: int) -> None:
        make_document(case_id=case.pk, kind=kind, about=about, by=triage, address=None)

    make("assignment", case.lead.pk)
    queries()  # what a process keeps is kept from now on
    few = queries()
    for part in case.open_assignments:
        make("transfer_note" if part.is_lead else "cooperation", part.pk)
    assert queries() == few
