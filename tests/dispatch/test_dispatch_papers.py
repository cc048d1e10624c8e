"""What the papers of this floor say, to whom they go, and who signs for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases.composing import Paper
from cases.models import Case, Document, Party, Receipt
from cases.receipts import waiting_mine
from cases.services.papers import make_document, sign_receipt
from cases.vocabulary import PartyRole, Special
from dispatch.models import Supervision
from dispatch.services.assigning import dispatch_case, reassign_case
from dispatch.services.handling import assign_handler, claim_case, report_result
from dispatch.services.supervising import (
    answer_supervision,
    lift_supervision,
    supervise_case,
)
from orgs.models import Department, User
from orgs.permissions import RoleCode
from tests.concurrency import at_once
from tests.county import County, person
from tests.lives import Lives, later
from tests.watched import Watched
from zongzhi.lib import clock
from zongzhi.lib.errors import NotAllowed, NotFound, WrongState

KIND = Document.Kind


def make(case: Case, kind: Document.Kind, by: User, about: int | None = None) -> Document:
    about = case.lead.pk if about is None else about
    return make_document(case_id=case.pk, kind=kind, about=about, by=by, address=None)[0]


def paper(document: Document) -> Paper:
    return Paper.thawed(document.content)


def fields(document: Document) -> dict[str, str]:
    return {label: text for row in paper(document).rows for label, text in row}


def helped(lives: Lives, **changed) -> Case:
    return lives.dispatched(assisting=(lives.county.housing, lives.county.police), **changed)


@pytest.fixture
def body(county: County) -> Department:
    return Department.objects.create(
        code="TW", name="人民调解委员会", kind="body", center=county.county, phone="0990-2120009"
    )


@pytest.fixture
def mediator(county: County, body: Department) -> User:
    return person("mediator", "高兰", county.county, RoleCode.HANDLER, department=body)


def test_an_assignment_names_who_does_what_until_when(lives: Lives, triage, handler, head) -> None:
    case = helped(lives)
    claim_case(case_id=case.pk, by=handler)
    assign_handler(case_id=case.pk, by=head, handler=handler)
    made = make(case, KIND.ASSIGNMENT, triage)
    said = fields(made)
    assert made.number == f"综交办〔{clock.today().year}〕1号"
    assert said["主要事项"] == case.narrative
    assert said["主办单位"] == "人社局"
    rows = [dict(row) for row in paper(made).rows]
    assert [row["责任人"] for row in rows if "协办单位" in row] == ["由单位指定"] * 2
    assert next(row["责任人"] for row in rows if "主办单位" in row) == "李强"
    assert "一般，7 个工作日" in said["办理时限"]
    assert said["联系人"] == "周敏 0990-2120000"


def test_an_assignment_is_signed_for_by_every_unit_in_it(lives: Lives, triage) -> None:
    made = make(helped(lives), KIND.ASSIGNMENT, triage)
    assert {receipt.unit.name for receipt in made.receipts.all()} == {"人社局", "住建局", "公安局"}


def test_what_was_said_at_the_dispatch_is_asked_for_on_paper(lives: Lives, triage, county) -> None:
    case = dispatch_case(
        case_id=lives.registered().pk,
        by=triage,
        lead=county.human_resources,
        complexity="simple",
        risk="low",
        note="先确认人身安全，今天内回话",
    )
    assert fields(make(case, KIND.ASSIGNMENT, triage))["交办要求"] == "先确认人身安全，今天内回话"


def test_a_transfer_note_has_room_for_leaders_and_then_the_result(lives: Lives, triage) -> None:
    case = lives.dispatched()
    first = make(case, KIND.TRANSFER_NOTE, triage)
    assert (fields(first)["办理结果"], first.version) == ("", 1)
    assert {"分管领导", "主要领导"} <= set(paper(first).tall)
    claim_case(case_id=case.pk, by=lives.handler)
    report_result(
        case_id=case.pk, by=lives.handler, result="resolved", how="当场付清", not_found="不肯留"
    )
    second = make(case, KIND.TRANSFER_NOTE, triage)
    assert (second.version, second.number) == (2, first.number)
    assert fields(second)["办理结果"].endswith("当场付清")


def test_each_assisting_unit_has_a_cooperation_note_of_its_own(lives: Lives, triage) -> None:
    case = helped(lives)
    parts = [part for part in case.open_assignments if not part.is_lead]
    notes = [make(case, KIND.COOPERATION, triage, part.pk) for part in parts]
    assert [note.number[-2:] for note in notes] == ["1号", "2号"]
    assert [fields(note)["协作单位"] for note in notes] == ["住建局", "公安局"]
    assert [note.receipts.get().unit.name for note in notes] == ["住建局", "公安局"]
    assert fields(notes[0])["主办单位"] == "人社局 0990-2120001"


def test_a_matter_with_nobody_assisting_has_no_cooperation_note(lives: Lives, triage) -> None:
    with pytest.raises(WrongState, match="没有协办单位"):
        make(lives.dispatched(), KIND.COOPERATION, triage)


def test_a_mediation_body_is_asked_by_letter_and_answers_by_letter(
    lives: Lives, triage, body, mediator
) -> None:
    case = lives.dispatched(lead=body)
    letter = make(case, KIND.ENTRUSTMENT, triage)
    assert (paper(letter).to, paper(letter).signed_by) == ("人民调解委员会", "示范县综治中心")
    assert "张三丰" in "".join(paper(letter).paragraphs)
    with pytest.raises(WrongState, match="还没反馈"):
        make(case, KIND.MEDIATION_REPLY, mediator)
    claim_case(case_id=case.pk, by=mediator)
    report_result(
        case_id=case.pk, by=mediator, result="partly", how="先付一个月，余下分两次", not_found="无"
    )
    reply = make(case, KIND.MEDIATION_REPLY, mediator)
    words = "".join(paper(reply).paragraphs)
    assert (paper(reply).to, paper(reply).signed_by) == ("示范县综治中心", "人民调解委员会")
    assert letter.number in words
    assert "部分解决" in words
    assert "先付一个月" in words


def test_the_centre_signs_for_the_answer_where_it_is_a_unit(
    lives: Lives, triage, body, mediator, county
) -> None:
    centre = Department.objects.create(
        code="ZX", name="示范县综治中心", kind="center", center=county.county, runs=county.county
    )
    case = lives.dispatched(lead=body)
    claim_case(case_id=case.pk, by=mediator)
    report_result(case_id=case.pk, by=mediator, result="resolved", how="已经付清", not_found="无")
    reply = make(case, KIND.MEDIATION_REPLY, mediator)
    assert reply.receipts.get().unit == centre
    assert triage.notices.filter(topic="paper").exists()


def test_a_bureau_gets_no_letter_for_mediation(lives: Lives, triage) -> None:
    with pytest.raises(WrongState, match="没有派给调解组织"):
        make(lives.dispatched(), KIND.ENTRUSTMENT, triage)


@pytest.mark.parametrize("special", [Special.VIOLENCE, Special.MINOR])
@pytest.mark.parametrize("kind", [KIND.ASSIGNMENT, KIND.TRANSFER_NOTE, KIND.COOPERATION])
def test_nothing_of_a_silent_case_stands_on_paper(
    lives: Lives, triage, special: Special, kind: Document.Kind
) -> None:
    case = helped(lives, special=[special])
    about = case.open_assignments[-1] if kind == KIND.COOPERATION else case.lead
    content = make(case, kind, triage, about.pk).content
    for word in ("张三丰", "鑫源", "工资", case.type.name):
        assert word not in content


def test_a_silent_case_is_entrusted_without_names(lives: Lives, triage, body) -> None:
    content = make(
        lives.dispatched(lead=body, special=[Special.VIOLENCE]), KIND.ENTRUSTMENT, triage
    ).content
    assert "张三丰" not in content
    assert "工资" not in content


def test_a_unit_that_is_complained_of_does_not_learn_by_whom(lives: Lives, triage) -> None:
    """It is refused at the dispatch; here it came to light only afterwards."""
    case = lives.dispatched()
    Party.objects.create(
        case=case, role=PartyRole.RESPONDENT, name="示范县人社局", is_organization=True
    )
    content = make(case, KIND.ASSIGNMENT, triage).content
    assert "张三丰" not in content
    assert case.narrative not in content


def test_a_new_unit_gets_a_paper_of_its_own(lives: Lives, triage, county) -> None:
    case = lives.dispatched()
    first = make(case, KIND.ASSIGNMENT, triage)
    again = reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="属住建")
    second = make(again, KIND.ASSIGNMENT, triage)
    assert (second.version, second.number[-2:]) == (1, "2号")
    assert second.receipts.get().unit == county.housing
    with pytest.raises(WrongState, match="没有要写交办单的内容"):
        make(again, KIND.ASSIGNMENT, triage, first.about)


def test_a_paper_about_another_case_is_not_made(lives: Lives, triage) -> None:
    other = lives.dispatched()
    with pytest.raises(WrongState):
        make(lives.dispatched(), KIND.ASSIGNMENT, triage, other.lead.pk)


def test_only_the_desk_makes_them(lives: Lives, handler, clerk, outsider) -> None:
    case = lives.dispatched()
    for somebody in (handler, clerk):
        with pytest.raises(NotAllowed, match="由示范县综治中心的分流员出具"):
            make(case, KIND.ASSIGNMENT, somebody)
    with pytest.raises(NotFound):
        make(case, KIND.ASSIGNMENT, outsider)


def test_before_the_dispatch_there_is_nothing_to_hand_on(lives: Lives, triage) -> None:
    with pytest.raises(WrongState, match="还没派出"):
        make(lives.registered(), KIND.ASSIGNMENT, triage, 0)


def test_nothing_new_makes_no_new_version(lives: Lives, triage) -> None:
    case = lives.dispatched()
    assert make(case, KIND.ASSIGNMENT, triage) == make(case, KIND.ASSIGNMENT, triage)
    assert Receipt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_makers_at_once_make_one(lives: Lives, triage) -> None:
    case = lives.dispatched()
    assert at_once(lambda: make(case, KIND.ASSIGNMENT, triage), times=4) == ["ok"] * 4
    assert Document.objects.get().version == 1
    assert Receipt.objects.count() == 1


# 督办单, 约谈记录, 预警函, 会议纪要

WATCHING = [KIND.SUPERVISION, KIND.TALK, KIND.WARNING, KIND.MINUTES]


@pytest.mark.parametrize("kind", WATCHING)
def test_what_watches_a_unit_is_signed_for_by_the_unit(
    lives: Lives, triage, leader, handler, kind: Document.Kind
) -> None:
    watched = Watched.of(lives, triage, leader)
    made = make(watched.case, kind, triage, watched.about(kind))
    receipt = made.receipts.get()
    assert receipt.unit == lives.county.human_resources
    assert receipt in waiting_mine(handler)
    assert handler.notices.filter(topic="paper", text__contains=kind.label).exists()
    sign_receipt(document_id=made.pk, unit_id=receipt.unit_id, by=handler)
    assert not waiting_mine(handler).exists()


@pytest.mark.parametrize("kind", WATCHING)
def test_time_alone_makes_no_new_version_of_them(
    lives: Lives, triage, leader, kind: Document.Kind
) -> None:
    watched = Watched.of(lives, triage, leader)
    first = make(watched.case, kind, triage, watched.about(kind))
    later(clock.now() + timedelta(days=9))
    assert make(watched.case, kind, leader, watched.about(kind)) == first
    assert first.version == 1


@pytest.mark.parametrize("kind", WATCHING)
def test_a_unit_is_not_watched_by_itself(
    lives: Lives, triage, leader, handler, kind: Document.Kind
) -> None:
    watched = Watched.of(lives, triage, leader)
    with pytest.raises(NotAllowed, match=f"的{kind.label}由示范县综治中心的"):
        make(watched.case, kind, handler, watched.about(kind))


@pytest.mark.parametrize("kind", WATCHING)
def test_there_is_none_of_what_has_not_happened(lives: Lives, triage, kind: Document.Kind) -> None:
    with pytest.raises(WrongState):
        make(lives.claimed(), kind, triage, 0)


@pytest.mark.parametrize("kind", WATCHING)
def test_nothing_of_a_silent_case_stands_on_what_watches(
    lives: Lives, triage, leader, kind: Document.Kind
) -> None:
    watched = Watched.of(lives, triage, leader, special=[Special.VIOLENCE])
    content = make(watched.case, kind, triage, watched.about(kind)).content
    for word in ("张三丰", "鑫源", "工资", "家庭暴力", watched.case.type.name):
        assert word not in content, word


def test_a_sheet_has_its_own_number_and_an_answer_makes_it_anew(
    lives: Lives, triage, handler
) -> None:
    case = lives.supervised()
    sheet = Supervision.objects.get()
    first = make(case, KIND.SUPERVISION, triage, sheet.pk)
    assert (first.number, fields(first)["答复"]) == (sheet.number, "")
    answer_supervision(case_id=case.pk, by=handler, text="人手不够，本周五办完")
    second = make(case, KIND.SUPERVISION, triage, sheet.pk)
    assert (second.version, second.number) == (2, sheet.number)
    assert fields(second)["答复"].startswith("人手不够")


def test_each_sheet_of_a_case_is_a_paper_of_its_own(lives: Lives, triage, handler) -> None:
    case = lives.supervised()
    answer_supervision(case_id=case.pk, by=handler, text="本周五办完")
    lift_supervision(case_id=case.pk, by=triage, text="同意", promised=clock.today())
    supervise_case(case_id=case.pk, by=triage, reason="又没有动静")
    made = [make(case, KIND.SUPERVISION, triage, row.pk) for row in Supervision.objects.all()]
    assert [one.version for one in made] == [1, 1]
    assert made[0].number != made[1].number


def test_of_other_cases_only_the_numbers_stand_on_a_record(lives: Lives, triage, leader) -> None:
    watched = Watched.of(lives, triage, leader)
    other = watched.other
    for kind in (KIND.TALK, KIND.MINUTES):
        said = paper(make(watched.case, kind, triage, watched.about(kind))).frozen()
        assert f"{watched.case.short_number} {watched.case.title}" in said
        assert other.short_number in said
        assert f"{other.short_number} {other.title}" not in said


def test_minutes_go_to_those_who_came_and_know_the_case(
    lives: Lives, triage, leader, outsider
) -> None:
    """住建局 came as well, but has no part in the matter: it has its task."""
    watched = Watched.of(lives, triage, leader)
    made = make(watched.case, KIND.MINUTES, triage, watched.about(KIND.MINUTES))
    assert made.number == "多长联调 " + watched.session.number
    assert [one.unit.name for one in made.receipts.all()] == ["人社局"]


def test_the_sheet_page_leads_to_the_paper_that_was_made(
    client: Client, lives: Lives, triage, handler
) -> None:
    case = lives.supervised()
    sheet = Supervision.objects.get()
    url = reverse("dispatch:sheet", args=[sheet.pk])
    client.force_login(handler)
    assert "送签收" not in client.get(url).content.decode()
    client.force_login(triage)
    assert f'value="supervision.{sheet.pk}"' in client.get(url).content.decode()
    made = make(case, KIND.SUPERVISION, triage, sheet.pk)
    paper_url = reverse("cases:document", args=[case.number, made.pk])
    for user in (triage, handler):
        client.force_login(user)
        assert client.get(url).headers["Location"] == paper_url
    assert "签收回执（人社局）" in client.get(paper_url).content.decode()


def test_the_talk_page_leads_to_the_paper_that_was_made(
    client: Client, lives: Lives, triage, leader
) -> None:
    watched = Watched.of(lives, triage, leader)
    url = reverse("dispatch:print_talk", args=[watched.talk.pk])
    client.force_login(leader)
    assert "生成约谈记录，送签收" in client.get(url).content.decode()
    made = make(watched.case, KIND.TALK, triage, watched.talk.pk)
    assert client.get(url).headers["Location"].endswith(f"/documents/{made.pk}/")
