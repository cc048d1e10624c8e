"""What the papers of a mediation say, and how they stand on the page."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from docx import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Mm

from cases.composing import Paper
from cases.models import Case, Document
from cases.paper_kinds import kind_of
from cases.services.papers import make_document
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole, Special
from cases.wording import word_file
from mediation.models import Agreement, Inquiry, Mediation, Referral, Session
from tests.lives import PHONE, Lives
from tests.mediation_rows import a_body, a_mediation, a_mediator, a_session, an_agreement
from zongzhi.lib import clock
from zongzhi.lib.errors import NotAllowed, WrongState

KIND = Document.Kind
RARE = "䶮某某"


@pytest.fixture
def mediated(lives: Lives, triage) -> Mediation:
    case = lives.claimed(
        parties=[
            PartyInput(PartyRole.APPLICANT, RARE, phone=PHONE, address="青石镇柳湾村 3 组"),
            PartyInput(PartyRole.RESPONDENT, "鑫源劳务公司", is_organization=True),
        ]
    )
    center = lives.county.county
    host = a_mediator(center)
    row = a_mediation(
        case, by=triage, ending="agreed", host=host, body=a_body(center), informed_on=clock.today()
    )
    a_session(row, host=host, by=triage)
    an_agreement(row, by=triage, amounts=("38600", "1400"))
    return row


def make(row: Mediation, kind: Document.Kind, by, about: int | None = None) -> Document:
    subject = row.pk if about is None else about
    return make_document(case_id=row.case_id, kind=kind, about=subject, by=by, address=None)[0]


def words(document: Document) -> str:
    paper = Paper.thawed(document.content)
    rows = [f"{label}{text}" for row in paper.rows for label, text in row]
    table = [cell for line in paper.table for cell in line]
    return "\n".join([paper.to, *paper.paragraphs, *rows, *table, *paper.signatures])


def test_a_case_never_mediated_has_none_of_these_papers(lives: Lives) -> None:
    case = Case.objects.for_detail().get(pk=lives.claimed().pk)
    kinds = [kind_of(kind) for kind in KIND if kind.value.startswith("med_")]
    assert [kind.abouts(case) for kind in kinds if kind and kind.abouts(case)] == []


def test_every_form_of_the_ministry_can_be_made(mediated, triage, lives: Lives) -> None:
    agreement, session = mediated.agreements.get(), mediated.sessions.get()
    abouts = {KIND.MED_RECORD: session.pk, KIND.MED_AGREEMENT: agreement.pk}
    abouts[KIND.MED_CONFIRM] = agreement.pk
    kinds = [
        KIND.MED_APPLICATION, KIND.MED_INTAKE, KIND.MED_RIGHTS, KIND.MED_RECORD,
        KIND.MED_AGREEMENT, KIND.MED_VISIT, KIND.MED_CONFIRM, KIND.MED_COVER, KIND.MED_CONTENTS,
        KIND.MED_NOTE, KIND.MED_BACK,
    ]  # fmt: skip
    for kind in kinds:
        made = make(mediated, kind, triage, abouts.get(kind))
        assert made.number == mediated.number
        assert word_file(Paper.thawed(made.content), foot="")


def test_the_application_says_who_wants_what_of_their_own_will(mediated, triage) -> None:
    said = words(make(mediated, KIND.MED_APPLICATION, triage))
    for part in (RARE, PHONE, "鑫源劳务公司", "付清三个月工资", "自愿申请", "按指印"):
        assert part in said


def test_the_parties_are_told_their_rights_and_duties(mediated, triage) -> None:
    said = words(make(mediated, KIND.MED_RIGHTS, triage))
    for part in ("不收取任何费用", "接受调解、拒绝调解或者要求终止调解", "如实陈述", "三十日内"):
        assert part in said


def test_an_agreement_holds_what_the_law_lists(mediated, triage) -> None:
    agreement = mediated.agreements.get()
    made = make(mediated, KIND.MED_AGREEMENT, triage, agreement.pk)
    said = words(made)
    for part in ("38,600 元", "1,400 元", "银行转账", "示范县", "一式 3 份", RARE, "赵英"):
        assert part in said
    assert Paper.thawed(made.content).signed_by == "示范县人民调解委员会"


def test_a_record_says_who_was_there_and_what_came_of_it(mediated, triage) -> None:
    said = words(make(mediated, KIND.MED_RECORD, triage, mediated.sessions.get().pk))
    for part in ("09:00–10:30", "一号调解室", "赵英", "到场", "核对工资表", "达成协议"):
        assert part in said


def test_an_oral_agreement_has_a_form_of_its_own(lives: Lives, triage) -> None:
    row = a_mediation(lives.claimed(), by=triage, ending="agreed")
    agreement = an_agreement(row, by=triage, form=Agreement.Form.ORAL)
    assert "自达成之日起生效" in words(make(row, KIND.MED_ORAL, triage, agreement.pk))
    with pytest.raises(WrongState, match="没有书面协议"):
        make(row, KIND.MED_AGREEMENT, triage, agreement.pk)


def test_a_mediation_that_failed_tells_where_to_turn(lives: Lives, triage) -> None:
    row = a_mediation(lives.claimed(), by=triage, ending="failed", route="arbitration")
    said = words(make(row, KIND.MED_ENDED, triage))
    assert "调解不成" in said
    assert "申请仲裁" in said


def test_the_notice_of_a_silent_case_says_nothing_of_what_it_is(lives: Lives, triage) -> None:
    case = lives.claimed(special=[Special.VIOLENCE])
    row = a_mediation(case, by=triage, ending="failed", ended_why="男方打人")
    said = words(make(row, KIND.MED_ENDED, triage))
    assert "打人" not in said
    assert case.type.name not in said


def test_an_inquiry_is_written_for_whoever_was_asked_to_sign(mediated, triage) -> None:
    row = Inquiry.objects.create(
        mediation=mediated, at=clock.now(), place="工地", subject="工资", asked="王工头",
        asked_by="赵英", text="工人一共三个月没领到钱", by=triage, written_at=clock.now(),
    )  # fmt: skip
    said = words(make(mediated, KIND.MED_INQUIRY, triage, row.pk))
    for part in ("王工头", "工地", "三个月没领到钱", "被调查人（签名）"):
        assert part in said


def test_the_organ_that_handed_it_over_is_answered(mediated, triage) -> None:
    row = Referral.objects.create(
        case=mediated.case, kind="commissioned", organ="示范县人民法院", number="委派 7 号",
        received_on=date(2026, 4, 1), received_by=triage, outcome="agreed",
        returned_on=date(2026, 4, 20),
    )  # fmt: skip
    Case.objects.filter(pk=mediated.case_id).update(statutory_since=clock.now())
    made = make(mediated, KIND.MED_REPLY, triage, row.pk)
    assert Paper.thawed(made.content).to == "示范县人民法院"
    assert "委派 7 号" in words(made)
    assert made.number.startswith("综调函〔")


def test_papers_with_whole_numbers_are_for_whoever_mediates(mediated, clerk) -> None:
    with pytest.raises(NotAllowed):
        make(mediated, KIND.MED_AGREEMENT, clerk, mediated.agreements.get().pk)


# --- On the page ----------------------------------------------------------------------------------


def a_long_agreement(mediated: Mediation, triage) -> Document:
    agreement = mediated.agreements.get()
    agreement.facts = "\n".join(["鑫源劳务公司承包和谐家园二期木工，拖欠工资。" * 4] * 6)
    agreement.save()
    return make(mediated, KIND.MED_AGREEMENT, triage, agreement.pk)


def test_a_word_file_has_the_page_of_an_official_paper(mediated, triage) -> None:
    made = a_long_agreement(mediated, triage)
    word = WordDocument(io.BytesIO(word_file(Paper.thawed(made.content), foot="")))
    section = word.sections[0]
    for found, wanted in (
        (section.page_width, 210),
        (section.page_height, 297),
        (section.left_margin, 28),
        (section.right_margin, 26),
        (section.top_margin, 37),
    ):
        assert found == pytest.approx(Mm(wanted), abs=1000)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")


def test_nothing_tears_the_signature_block(mediated, triage) -> None:
    made = a_long_agreement(mediated, triage)
    paper = Paper.thawed(made.content)
    word = WordDocument(io.BytesIO(word_file(paper, foot="")))
    texts = [p.text for p in word.paragraphs]
    first = texts.index(paper.paragraphs[-1])
    block = word.paragraphs[first:]
    assert block[-1].text == paper.signed_on
    assert all(p.paragraph_format.keep_with_next for p in block[:-1])
    assert not block[-1].paragraph_format.keep_with_next


@pytest.mark.skipif(
    shutil.which("soffice") is None or shutil.which("pdftotext") is None,
    reason="LibreOffice or pdftotext is not installed: the pages were not laid out",
)
def test_libre_office_lays_out_22_lines_of_28_characters(mediated, triage, tmp_path: Path) -> None:
    made = a_long_agreement(mediated, triage)
    (tmp_path / "a.docx").write_bytes(word_file(Paper.thawed(made.content), foot=""))
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.docx")], check=True, capture_output=True)
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "a.pdf"), "-"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    pages = [[line for line in page.splitlines() if line.strip()] for page in text.split("\f")]
    full = [line for line in pages[0] if re.fullmatch(r"\s*[一-鿿，。（）、]{26,}\s*", line)]
    assert max(len(line.strip()) for line in full) == 28
    assert any(RARE in line for page in pages for line in page)
    last = [page for page in pages if page][-1]
    assert any("当事人（" in line for line in last), "the block went to the next page as a whole"
    assert any("印章" in line for line in last)


def test_a_session_that_was_called_off_has_no_record(mediated, triage) -> None:
    Session.objects.update(state=Session.State.CALLED_OFF)
    with pytest.raises(WrongState, match="没有开过调解"):
        make(mediated, KIND.MED_RECORD, triage, mediated.sessions.get().pk)
