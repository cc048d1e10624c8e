from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cases.models import Transcription, UpperField, UpperPlatform
from cases.services.transcribing import mark_transcribed
from orgs.models import AccessLog, User
from orgs.permissions import RoleCode
from tests.county import PASSWORD, County, person
from tests.lives import ID_NUMBER, PHONE, Lives
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone

LIST = reverse("cases:transcriptions")


@pytest.fixture
def platform(county: County) -> UpperPlatform:
    return UpperPlatform.objects.get()


def panel(case) -> str:
    return reverse("cases:transcription", args=[case.number])


def mark(
    case, platform: UpperPlatform, by: User, number: str = "530000123", **more
) -> Transcription:
    return mark_transcribed(
        case_id=case.pk, platform=platform, their_number=number, by=by, address=None, **more
    )


def test_the_fields_stand_in_the_order_of_their_page(
    client: Client, triage, platform, lives: Lives
) -> None:
    case = lives.dispatched()
    platform.fields.all().delete()
    for position, (label, value) in enumerate(
        (("纠纷类别", "category"), ("成没成", "settled"), ("纠纷名称", "title"))
    ):
        UpperField.objects.create(platform=platform, position=position, label=label, value=value)
    client.force_login(triage)
    page = client.get(panel(case)).content.decode()
    assert page.index("纠纷类别") < page.index("成没成") < page.index("纠纷名称")


def test_their_code_is_copied_where_they_have_one(
    client: Client, triage, platform, lives: Lives
) -> None:
    case = lives.approved()
    case.type.upper_code = "0107"
    case.type.save()
    client.force_login(triage)
    page = client.get(panel(case)).content.decode()
    assert "拖欠农民工工资（代码 0107）" in page
    assert 'data-copy="0107"' in page
    assert "是（代码 1）" in page


def test_people_stay_masked_until_somebody_says_they_are_copying(
    client: Client, triage, lives: Lives
) -> None:
    case = lives.dispatched()
    client.force_login(triage)
    page = client.get(panel(case)).content.decode()
    for private in (PHONE, ID_NUMBER, "张三丰"):
        assert private not in page
    page = client.post(panel(case), {"what": "show"}).content.decode()
    for needed in (PHONE, ID_NUMBER, "张三丰"):
        assert f'data-copy="{needed}"' in page
    assert "全部复制为一行" in page
    logged = AccessLog.objects.get(action=AccessLog.Action.REVEAL)
    assert (logged.user, logged.purpose) == (triage, "转录上级平台")


def test_a_copied_case_is_marked_once_with_its_number_there(
    client: Client, triage, platform, lives: Lives
) -> None:
    case = lives.dispatched()
    client.force_login(triage)
    client.post(panel(case), {"what": "mark", "their_number": "ZX 530000 123"})
    made = Transcription.objects.get()
    assert (made.case, made.their_number, made.by) == (case, "ZX530000123", triage)
    response = client.post(panel(case), {"what": "mark", "their_number": "999"})
    assert response.status_code == 409
    assert "已经转录，对方编号 ZX530000123" in response.content.decode()
    assert AccessLog.objects.filter(action=AccessLog.Action.TRANSCRIBE).count() == 1


def test_a_mistyped_number_is_corrected_and_the_old_one_stays_on_record(
    triage, platform, lives: Lives
) -> None:
    case = lives.dispatched()
    mark(case, platform, triage, "530000124")
    mark(case, platform, triage, "530000123", corrects=True)
    assert [row.their_number for row in case.transcriptions.all()] == ["530000123", "530000124"]
    with pytest.raises(AlreadyDone):
        mark(case, platform, triage, "530000123", corrects=True)


def test_marking_without_a_number_keeps_nothing(client: Client, triage, lives: Lives) -> None:
    case = lives.dispatched()
    client.force_login(triage)
    response = client.post(panel(case), {"what": "mark", "their_number": " "})
    assert (response.status_code, "还没填对方编号" in response.content.decode()) == (422, True)
    assert not Transcription.objects.exists()


def test_what_is_left_to_copy_is_counted_and_listed(
    client: Client, triage, platform, lives: Lives
) -> None:
    with clock.at(clock.now() - timedelta(days=3)):
        earlier = lives.dispatched()
    today, done = lives.dispatched(), lives.dispatched()
    mark(done, platform, triage)
    client.force_login(triage)
    page = client.get(LIST).content.decode()
    assert "今天未转录 1 件" in page
    for case, tab in ((today, "today"), (earlier, "earlier"), (done, "done")):
        page = client.get(LIST, {"tab": tab}).content.decode()
        shown = page[page.index("<tbody>") : page.index("</tbody>")]
        assert case.short_number in shown
        assert shown.count("<tr>") == 1


def test_the_batch_is_a_sheet_in_their_order_masked_unless_two_agree(
    client: Client, county: County, triage, platform, lives: Lives
) -> None:
    case = lives.dispatched()
    person("second", "何静", county.county, RoleCode.TRIAGE, password=PASSWORD)
    client.force_login(triage)
    url = reverse("cases:transcription_export")

    def rows(**said: str):
        response = client.post(url, said)
        book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
        return [list(row) for row in book.active.iter_rows(values_only=True)]

    masked = rows(content="masked")
    assert masked[1] == [field.label for field in platform.fields.all()]
    assert case.title in masked[2]
    assert ID_NUMBER not in str(masked)
    agreed = {"reason": "导入省平台", "colleague": "second", "password": PASSWORD}
    assert ID_NUMBER in rows(content="full", **agreed)[2]


def test_only_the_triage_desk_of_the_centre_copies(
    client: Client, clerk, handler, town_officer, lives: Lives
) -> None:
    case = lives.claimed()
    for user, status in ((clerk, 403), (handler, 403), (town_officer, 404)):
        client.force_login(user)
        assert client.get(panel(case)).status_code == status
        assert client.post(panel(case), {"what": "show"}).status_code == status
