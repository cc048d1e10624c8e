from __future__ import annotations

import io

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from docx import Document as WordDocument
from docx.oxml.ns import qn

from cases.composing import Paper
from cases.models import Document
from cases.services.course import amend_case, decline_case
from cases.services.papers import make_document
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole, Special
from orgs.models import AccessLog
from tests.lives import ID_NUMBER, PHONE, Lives
from zongzhi.lib.errors import NotAllowed, WrongState

RARE = ("䶮", "𬍛", "㼆", "热比古丽·买买提", "欧阳" * 10)
REGISTRATION = Document.Kind.REGISTRATION
ACCEPTED, DECLINED = Document.Kind.ACCEPTED, Document.Kind.DECLINED


def make(case, kind: Document.Kind, by) -> Document:
    return make_document(case_id=case.pk, kind=kind, by=by, address=None)[0]


def paper(document: Document) -> Paper:
    return Paper.thawed(document.content)


def declined(lives: Lives, triage, **changed):
    case = lives.registered(**changed)
    said = {"reason": "litigation", "route": "lawsuit", "text": "法院已经立案，正在审理"}
    return decline_case(case_id=case.pk, by=triage, **said)


def test_the_registration_form_holds_what_the_visitor_signs(clerk, lives: Lives) -> None:
    said = dict(
        pair for row in paper(make(lives.registered(), REGISTRATION, clerk)).rows for pair in row
    )
    assert said["来访人"] == "张三丰"
    assert (said["身份证号"], said["联系电话"]) == (ID_NUMBER, PHONE)
    assert (said["性别"], said["出生日期"]) == ("女", "1949年12月31日")
    assert said["对方"] == "鑫源劳务公司"
    assert "三个月工资没给" in said["事情和要求"]
    assert "签名按指印" in said["来访人签名"]


def test_a_threat_is_not_written_on_the_paper_its_maker_signs(clerk, lives: Lives) -> None:
    form = make(lives.registered(special=[Special.THREAT]), REGISTRATION, clerk)
    assert "扬言" not in form.content


def test_the_notice_of_acceptance_says_who_until_when_and_what_else_is_open(
    clerk, lives: Lives
) -> None:
    case = lives.dispatched()
    notice = paper(make(case, ACCEPTED, clerk))
    text = "".join(notice.paragraphs)
    assert notice.to == "张三丰"
    spoken = case.short_number.replace("-", "\u2011")
    for said in ("决定受理", "人社局", "给您答复", "自愿", "仲裁", spoken):
        assert said in text
    assert ID_NUMBER not in text
    assert notice.signed_by == "示范县综治中心"


def test_the_notice_of_a_silent_case_says_nothing_of_what_it_is(clerk, lives: Lives) -> None:
    case = lives.dispatched(special=[Special.VIOLENCE])
    text = make(case, ACCEPTED, clerk).content
    for told in ("拖欠", "人社局", "工资"):
        assert told not in text


def test_the_notice_of_refusal_gives_the_reason_and_the_way(triage, lives: Lives) -> None:
    text = "".join(paper(make(declined(lives, triage), DECLINED, triage)).paragraphs)
    for said in ("已进入诉讼、仲裁、复议", "不予受理", "法院已经立案", "人民法院提起诉讼"):
        assert said in text


def test_a_notice_comes_only_after_its_decision(clerk, triage, lives: Lives) -> None:
    with pytest.raises(WrongState, match="没有不予受理"):
        make(lives.registered(), DECLINED, triage)
    with pytest.raises(WrongState, match="还没有受理"):
        make(declined(lives, triage), ACCEPTED, triage)


def test_notices_are_numbered_through_the_year(clerk, lives: Lives) -> None:
    first, second = (make(lives.registered(), ACCEPTED, clerk) for _ in range(2))
    assert first.number.endswith("1号")
    assert second.number.endswith("2号")
    assert first.number.startswith("综受告〔20")


def test_pressing_twice_makes_one_version(clerk, lives: Lives) -> None:
    case = lives.registered()
    assert make(case, REGISTRATION, clerk) == make(case, REGISTRATION, clerk)
    assert case.documents.count() == 1


def test_a_change_makes_a_new_version_and_leaves_the_old_one_as_it_was(clerk, lives: Lives) -> None:
    case = lives.registered()
    old = make(case, REGISTRATION, clerk)
    fields = {"narrative": "还要求支付误工的损失，一共四万元"}
    amend_case(case_id=case.pk, by=clerk, text="补充", fields=fields)
    new = make(case, REGISTRATION, clerk)
    assert (old.version, new.version) == (1, 2)
    assert "三个月工资没给" in Document.objects.get(pk=old.pk).content
    assert "误工的损失" in new.content


def test_nobody_changes_a_paper_that_was_made(clerk, lives: Lives) -> None:
    made = make(lives.registered(), REGISTRATION, clerk)
    for spoil in (
        lambda: Document.objects.filter(pk=made.pk).update(number="x"),
        lambda: Document.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(InternalError, match="append-only"), transaction.atomic():
            spoil()


def test_a_paper_lies_encrypted_in_the_database(clerk, lives: Lives) -> None:
    made = make(lives.registered(), REGISTRATION, clerk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM cases_document WHERE id = %s", [made.pk])
        assert ID_NUMBER not in cursor.fetchone()[0]


def test_a_unit_makes_no_papers_of_the_window(handler, lives: Lives) -> None:
    with pytest.raises(NotAllowed):
        make(lives.claimed(), REGISTRATION, handler)


@pytest.mark.parametrize("name", RARE)
def test_rare_and_long_names_stand_on_paper_and_in_word(
    client: Client, clerk, lives: Lives, name: str
) -> None:
    case = lives.registered(parties=[PartyInput(PartyRole.APPLICANT, name)])
    made = make(case, ACCEPTED, clerk)
    client.force_login(clerk)
    url = reverse("cases:document", args=[case.number, made.pk])
    assert name in client.get(url).content.decode()
    word = WordDocument(io.BytesIO(client.post(url, {"as": "word"}).content))
    assert any(name in paragraph.text for paragraph in word.paragraphs)


def test_word_has_the_grid_of_official_papers(client: Client, clerk, lives: Lives) -> None:
    case = lives.dispatched()
    made = make(case, ACCEPTED, clerk)
    client.force_login(clerk)
    response = client.post(reverse("cases:document", args=[case.number, made.pk]), {"as": "word"})
    assert ".docx" in response["Content-Disposition"]
    word = WordDocument(io.BytesIO(response.content))
    section = word.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    signed = next(p for p in word.paragraphs if p.text.startswith("示范县综治中心"))
    assert signed.paragraph_format.keep_with_next
    assert made.number in [p.text for p in word.paragraphs]
    foot = section.footer.paragraphs[0].text
    assert "王芳" in foot
    assert case.number in foot


def test_a_paper_printed_again_says_so_and_every_printing_is_logged(
    client: Client, clerk, lives: Lives
) -> None:
    case = lives.registered()
    made = make(case, REGISTRATION, clerk)
    client.force_login(clerk)
    url = reverse("cases:document", args=[case.number, made.pk])
    assert "is-preview" in client.get(url).content.decode()
    assert "补打 第" not in client.post(url).content.decode()
    assert "补打 第2次" in client.post(url).content.decode()
    logged = AccessLog.objects.filter(action=AccessLog.Action.PRINT).order_by("pk")
    assert [row.purpose for row in logged] == [
        "生成登记表第1版",
        "打印登记表第1版，第1次",
        "打印登记表第1版，第2次",
    ]


def test_the_tab_lists_papers_with_version_maker_and_printings(
    client: Client, clerk, handler, lives: Lives
) -> None:
    case = lives.claimed()
    client.force_login(clerk)
    client.post(reverse("cases:documents", args=[case.number]), {"kind": "registration"})
    client.post(reverse("cases:document", args=[case.number, case.documents.get().pk]))
    tab = f"{case.get_absolute_url()}?tab=papers"
    page = client.get(tab).content.decode()
    for shown in ("登记表 第 1 版", "1 次", "生成受理告知书"):
        assert shown in page
    assert "生成不予受理告知书" not in page
    client.force_login(handler)
    page = client.get(tab).content.decode()
    assert "登记表 第 1 版" in page
    assert "生成登记表" not in page


def test_the_reprint_page_finds_by_phone_and_keeps_it_out_of_the_address(
    client: Client, clerk, lives: Lives
) -> None:
    case = lives.registered()
    client.force_login(clerk)
    page = client.get(reverse("cases:reprint")).content.decode()
    assert case.short_number in page
    response = client.post(reverse("cases:reprint"), {"q": PHONE})
    assert response.status_code == 200
    assert case.short_number in response.content.decode()
    assert "没有找到" in client.post(reverse("cases:reprint"), {"q": "没有这人"}).content.decode()
