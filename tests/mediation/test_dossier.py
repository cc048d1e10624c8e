"""卷宗: what belongs into it, what it lacks, who files and checks it, and all of it as one zip."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, Document
from cases.services.papers import make_document
from mediation.dossier import Dossier, dossier_of, guessed
from mediation.dossier_loading import proceeding
from mediation.models import AgreementTerm, Inquiry, Mediation, Performance, Presence
from mediation.periods import period_of
from mediation.services.dossiers import check_dossier, file_dossier, place_file
from mediation.statistics import Scope, values_of
from orgs.models import AccessLog
from tests.lives import Lives
from tests.mediation_rows import a_file, a_mediation, a_mediator, a_session, an_agreement
from zongzhi.lib import clock
from zongzhi.lib.errors import NotAllowed, WrongState

KIND = Document.Kind


@pytest.fixture
def mediated(lives: Lives, triage) -> Mediation:
    host = a_mediator(lives.county.county)
    row = a_mediation(lives.claimed(), by=triage, ending="agreed", host=host)
    a_session(row, host=host, by=triage)
    an_agreement(row, by=triage)
    return row


def dossier(row: Mediation) -> Dossier:
    case = Case.objects.for_detail().get(pk=row.case_id)
    found = proceeding(case, row.pk)
    assert found is not None
    return dossier_of(case, found)


def lacks(row: Mediation) -> str:
    return "\n".join(dossier(row).missing)


def complete(row: Mediation, by) -> None:
    """Bring what every dossier must hold."""
    Mediation.objects.filter(pk=row.pk).update(informed_on=row.started_on)
    for kind, about in (
        (KIND.MED_APPLICATION, row.pk),
        (KIND.MED_RIGHTS, row.pk),
        (KIND.MED_RECORD, row.sessions.get().pk),
        (KIND.MED_AGREEMENT, row.agreements.get().pk),
    ):
        make_document(case_id=row.case_id, kind=kind, about=about, by=by, address=None)
    a_file(row.case, "身份证.pdf", by=by)
    a_file(row.case, "营业执照.pdf", by=by)
    row.agreements.update(scan=a_file(row.case, "签字的协议.pdf", by=by, pages=3))


def test_a_dossier_has_thirteen_parts_in_the_order_of_the_ministry(mediated) -> None:
    sections = dossier(mediated).sections
    assert [s.n for s in sections] == list(range(1, 14))
    assert [s.n for s in sections if s.is_required] == [1, 2, 3, 7, 8, 13]


def test_what_every_dossier_must_hold_is_missed(mediated) -> None:
    for text in ("申请书或受理登记表", "权利义务告知书", "身份证明", "调解记录", "协议书"):
        assert text in lacks(mediated)


def test_nothing_is_missed_once_it_is_there(mediated, triage) -> None:
    complete(mediated, triage)
    assert dossier(mediated).missing == []


def test_a_letter_of_agency_is_missed_only_when_an_agent_appeared(mediated) -> None:
    assert "授权委托书" not in lacks(mediated)
    Presence.objects.filter(session__mediation=mediated).update(agent="钱律师")
    assert "钱律师" in lacks(mediated)


def test_a_receipt_is_missed_only_when_money_was_paid(mediated, triage) -> None:
    term = AgreementTerm.objects.get()
    Performance.objects.create(term=term, on=clock.today(), text="道歉", by=triage, at=clock.now())
    assert "履行凭证" not in lacks(mediated)
    Performance.objects.create(term=term, on=clock.today(), amount=38600, by=triage, at=clock.now())
    assert "履行凭证" in lacks(mediated)
    a_file(mediated.case, "收条.pdf", by=triage)
    assert "履行凭证" not in lacks(mediated)


def test_a_mediation_that_failed_needs_the_notice_instead_of_an_agreement(
    lives: Lives, triage
) -> None:
    row = a_mediation(lives.claimed(), by=triage, ending="failed")
    assert "调解终止告知书" in lacks(row)
    assert "协议" not in lacks(row)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("张三身份证.jpg", "identity"),
        ("授权委托书.pdf", "agency"),
        ("转账截图.png", "performance"),
        ("工资表.xlsx", "evidence"),
        ("民事裁定书.pdf", "confirmation"),
    ],
)
def test_a_file_lies_where_its_name_says(lives: Lives, triage, name: str, part: str) -> None:
    assert guessed(a_file(lives.claimed(), name, by=triage)) == part


def test_somebody_may_say_where_a_file_lies(mediated, triage) -> None:
    file = a_file(mediated.case, "IMG_1.jpg", by=triage)
    place_file(mediation_id=mediated.pk, by=triage, file=file.pk, part="identity")
    assert "1 位当事人的身份证明" in lacks(mediated), "there are two"
    other = a_file(mediated.case, "IMG_2.jpg", by=triage)
    place_file(mediation_id=mediated.pk, by=triage, file=other.pk, part="identity")
    assert "身份证明" not in lacks(mediated)


def test_the_signed_agreement_is_the_one_that_was_brought_as_such(mediated, triage) -> None:
    signed = "签了字、盖了章的调解协议书"
    file = a_file(mediated.case, "协议草稿.pdf", by=triage)
    assert signed in lacks(mediated), "a name says nothing of signatures"
    place_file(mediation_id=mediated.pk, by=triage, file=file.pk, part="agreement")
    assert signed not in lacks(mediated)


def test_the_paper_of_a_void_agreement_is_not_that_of_the_one_that_holds(mediated, triage) -> None:
    scan = a_file(mediated.case, "签字的协议.pdf", by=triage)
    mediated.agreements.update(scan=scan, voided_at=clock.now())
    an_agreement(mediated, by=triage, serial=2)
    found = dossier(mediated)
    assert "签了字、盖了章的调解协议书" in "".join(found.missing)
    assert [item.file for item in found.out] == [scan]


def test_a_paper_whose_words_have_changed_is_wanted_again(mediated, triage) -> None:
    complete(mediated, triage)

    def wanted() -> list[str]:
        return [paper.label for part in dossier(mediated).sections for paper in part.wanted]

    again = "人民调解协议书（有变化，重新生成）"
    assert again not in wanted()
    AgreementTerm.objects.update(amount=12345)
    assert again in wanted()


def test_nobody_told_the_parties_their_rights_is_missed(mediated, triage) -> None:
    complete(mediated, triage)
    Mediation.objects.update(informed_on=None)
    assert "没有记过哪天告知的" in lacks(mediated)


def test_whom_it_kept_from_worse_is_asked_on_filing_and_counted(
    client: Client, mediated, triage
) -> None:
    client.force_login(triage)
    address = f"/cases/{mediated.case.number}/file-dossier/"
    assert "防止群体性上访（人）" in client.get(address).content.decode()
    typed = {"kept_for": "长期", "is_hard": "yes", "no_crime_people": "2", "no_petition_people": ""}
    answer = client.post(address, {**typed, "mediation": mediated.pk})
    assert answer.status_code == 302, answer.content.decode()
    mediated.refresh_from_db()
    kept = (mediated.is_hard, mediated.no_crime_people, mediated.no_petition_people)
    assert kept == (True, 2, 0)
    page = client.get(reverse("mediation:dossier", args=[mediated.pk])).content.decode()
    assert "民转刑 2 人" in page
    scope = Scope(triage, period_of(f"{clock.today():%Y-%m}"))
    values = {value.figure.code: value.value for value in values_of(scope)}
    assert (values["hard"], values["crime"], values["crime-people"]) == (1, 1, 2)


def test_what_nobody_says_on_filing_stays_as_it_was(mediated, triage) -> None:
    Mediation.objects.update(is_hard=True)
    filed(mediated, triage)
    mediated.refresh_from_db()
    assert mediated.is_hard


def test_the_pages_of_files_are_counted(mediated, triage) -> None:
    before = dossier(mediated).pages
    a_file(mediated.case, "工资表.pdf", by=triage, pages=7)
    assert dossier(mediated).pages == before + 7


# --- 立卷, 检查 -----------------------------------------------------------------------------------


def filed(row: Mediation, by, **changed) -> Case:
    return file_dossier(case_id=row.case_id, by=by, kept_for="长期", **changed)


def test_a_dossier_is_filed_after_the_mediation_has_ended(lives: Lives, triage) -> None:
    row = a_mediation(lives.claimed(), by=triage)
    with pytest.raises(WrongState, match="没有结束"):
        filed(row, triage)


def test_whoever_files_a_dossier_does_not_check_it(mediated, triage) -> None:
    complete(mediated, triage)
    filed(mediated, triage)
    with pytest.raises(NotAllowed, match="别人检查"):
        check_dossier(case_id=mediated.case_id, by=triage, passed=True)


def test_a_dossier_with_holes_nobody_explained_does_not_pass(mediated, handler, triage) -> None:
    filed(mediated, handler)
    with pytest.raises(WrongState, match="还缺"):
        check_dossier(case_id=mediated.case_id, by=triage, passed=True)


def test_a_hole_that_is_explained_may_pass(mediated, handler, triage) -> None:
    filed(mediated, handler, note="对方只留了执照号，没有复印件")
    check_dossier(case_id=mediated.case_id, by=triage, passed=True)
    mediated.refresh_from_db()
    assert (mediated.checked_by, mediated.kept_for) == (triage, "长期")


def test_a_dossier_that_fails_goes_back_with_its_defects(mediated, handler, triage) -> None:
    filed(mediated, handler)
    case = check_dossier(case_id=mediated.case_id, by=triage, passed=False, defects="缺身份证明")
    mediated.refresh_from_db()
    assert mediated.filed_on is None
    assert case.events.get(verb="check-dossier").words.text == "不合格：缺身份证明"
    filed(mediated, handler)


def test_filing_and_checking_stand_in_the_history_also_after_the_case(
    lives: Lives, handler, triage
) -> None:
    row = a_mediation(lives.closed(), by=triage, ending="agreed")
    filed(row, handler, note="补不上")
    case = check_dossier(case_id=row.case_id, by=triage, passed=True)
    assert case.stage == "closed"
    verbs = list(case.events.values_list("verb", flat=True))[-2:]
    assert verbs == ["file-dossier", "check-dossier"]


# --- The zip --------------------------------------------------------------------------------------


def zipped(client: Client, row: Mediation, user) -> zipfile.ZipFile:
    client.force_login(user)
    answer = client.post(reverse("mediation:dossier_zip", args=[row.pk]))
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_zip_holds_the_dossier_in_the_order_of_its_contents(
    client: Client, mediated, triage
) -> None:
    complete(mediated, triage)
    a_file(mediated.case, "工资表.pdf", by=triage, content=b"%PDF-1.4 " + b"x" * 600_000)
    names = [name.split("/")[1] for name in zipped(client, mediated, triage).namelist()]
    assert names == [
        "001_封面.docx",
        "002_卷内目录.docx",
        "003_01_人民调解申请书.docx",
        "004_02_当事人权利义务告知书.docx",
        "005_03_身份证.pdf",
        "006_03_营业执照.pdf",
        "007_06_工资表.pdf",
        names[7],
        "009_08_人民调解协议书.docx",
        "010_08_签字的协议.pdf",
        "011_13_封底.docx",
        "校验清单.txt",
    ]
    assert names[7].startswith("008_07_人民调解记录")


def test_the_last_file_lists_the_hash_of_every_other(client: Client, mediated, triage) -> None:
    complete(mediated, triage)
    archive = zipped(client, mediated, triage)
    assert archive.testzip() is None
    *files, last = archive.namelist()
    listed = [line.split("  ") for line in archive.read(last).decode().splitlines()]
    found = [[hashlib.sha256(archive.read(f)).hexdigest(), f.split("/")[1]] for f in files]
    assert listed == found


def test_taking_a_whole_dossier_is_logged(client: Client, mediated, triage) -> None:
    zipped(client, mediated, triage)
    log = AccessLog.objects.get(action="export")
    assert (log.user, log.data["mediation"]) == (triage, mediated.pk)


def test_a_dossier_is_taken_by_whoever_mediates_and_seen_by_nobody_else(
    client: Client, mediated, clerk, outsider
) -> None:
    address = reverse("mediation:dossier_zip", args=[mediated.pk])
    for user, status in ((clerk, 403), (outsider, 404)):
        client.force_login(user)
        assert client.post(address).status_code == status


def test_a_file_that_is_gone_is_said_before_anything_is_sent(
    client: Client, mediated, triage, settings
) -> None:
    a_file(mediated.case, "工资表.pdf", by=triage)
    settings.ATTACHMENT_ROOT = settings.ATTACHMENT_ROOT / "elsewhere"
    client.force_login(triage)
    answer = client.post(reverse("mediation:dossier_zip", args=[mediated.pk]))
    assert answer.status_code == 404


# --- Pages ----------------------------------------------------------------------------------------


def test_the_page_says_what_is_missing_and_offers_to_make_it(
    client: Client, mediated, triage
) -> None:
    client.force_login(triage)
    page = client.get(reverse("mediation:dossier", args=[mediated.pk])).content.decode()
    assert "缺当事人的身份证明" in page
    assert f'value="med_rights.{mediated.pk}"' in page


def test_an_inquiry_is_recorded_on_a_page_and_noted_without_its_words(
    client: Client, mediated, handler
) -> None:
    client.force_login(handler)
    address = reverse("mediation:inquire", args=[mediated.pk])
    typed = {"at": "2026-01-05T09:30", "place": "工地", "subject": "工资", "asked": "王工头"}
    short = client.post(address, {**typed, "asked_by": "李强", "text": "短"})
    assert short.status_code == 422
    assert "王工头" in short.content.decode()
    clock.freeze(clock.now().replace(year=2026, month=6))
    answer = client.post(address, {**typed, "asked_by": "李强", "text": "工人三个月没有领到工资"})
    assert answer.status_code == 302
    assert Inquiry.objects.get().text == "工人三个月没有领到工资"
    event = mediated.case.events.order_by("-seq").first()
    assert event.words.text == "记了一份调查记录"


def test_more_files_and_papers_cost_no_more_queries(
    client: Client, mediated, triage, django_assert_max_num_queries
) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client.force_login(triage)
    address = reverse("mediation:dossier", args=[mediated.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    queries()
    a_file(mediated.case, "0.pdf", by=triage)
    few = queries()
    for n in range(1, 6):
        a_file(mediated.case, f"{n}.pdf", by=triage)
    assert queries() == few
