from __future__ import annotations

from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.filters import BY_DUE, NEWEST
from cases.models import Assignment, Case
from cases.querysets import CaseQuerySet, newest_seen
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole
from dispatch.services.assigning import reassign_case
from grids.models import Grid
from tests.county import County
from tests.lives import ID_NUMBER, PHONE, Lives
from zongzhi.lib.paging import Cursor, paginate

LIST = reverse("cases:list")


def test_the_list_shows_one_masked_row_per_case(client: Client, clerk, lives: Lives) -> None:
    case = lives.dispatched()
    client.force_login(clerk)
    page = client.get(LIST).content.decode()
    assert page.count(case.short_number) == 1
    assert "张三丰" not in page
    assert "待签收" in page


def test_an_outsider_sees_no_rows(client: Client, outsider, lives: Lives) -> None:
    case = lives.dispatched()
    client.force_login(outsider)
    assert case.short_number not in client.get(LIST).content.decode()


def test_a_stranger_is_sent_to_sign_in(client: Client, db) -> None:
    response = client.get(LIST)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("orgs:login"))


def test_a_number_a_phone_an_identity_number_open_the_case(
    client: Client, clerk, lives: Lives
) -> None:
    case = lives.registered()
    client.force_login(clerk)
    for text in (case.number, case.short_number, PHONE, ID_NUMBER.lower(), "张三丰"):
        response = client.get(LIST, {"q": text})
        assert response.headers.get("Location") == case.get_absolute_url(), text


def test_a_search_finds_nothing_that_may_not_be_seen(
    client: Client, outsider, lives: Lives
) -> None:
    case = lives.registered()
    client.force_login(outsider)
    for text in (case.number, case.short_number, PHONE, ID_NUMBER, "张三丰"):
        response = client.get(LIST, {"q": text}, follow=True)
        assert response.status_code == 200, text
        assert case.get_absolute_url() not in response.content.decode()


def test_a_label_may_be_given_in_chinese(client: Client, clerk, lives: Lives) -> None:
    waiting, dispatched = lives.registered(), lives.dispatched()
    client.force_login(clerk)
    page = client.get(LIST, {"label": "待签收"}).content.decode()
    assert dispatched.short_number in page
    assert waiting.short_number not in page


def test_a_grid_is_asked_for_by_its_code_or_with_all_of_its_place(
    client: Client, clerk, lives: Lives, county: County
) -> None:
    village = county.village.region
    grids = [
        Grid.objects.create(code=f"{village.code}{n:03d}", name=f"第{n}网格", region=village)
        for n in (1, 2)
    ]
    elsewhere, *here = [lives.registered(grid=grid) for grid in (None, *grids)]
    client.force_login(clerk)

    def shown(code: str) -> list[bool]:
        page = client.get(LIST, {"grid": code}).content.decode()
        return [case.get_absolute_url() in page for case in (elsewhere, *here)]

    assert shown(grids[1].code) == [False, False, True]
    assert shown(village.code) == [False, True, True]
    assert shown(village.code[:6]) == [False, True, True]
    assert shown("990199") == [False, False, False]


def test_an_empty_list_says_what_was_asked_for(client: Client, clerk, lives: Lives) -> None:
    client.force_login(clerk)
    page = client.get(LIST, {"view": "overdue", "risk": "high"}).content.decode()
    assert "没有符合『高＋超期』的事项。" in page
    assert "清除条件" in page


def test_a_date_that_is_none_is_told(client: Client, clerk) -> None:
    client.force_login(clerk)
    response = client.get(LIST, {"registered_after": "11月3日"})
    assert response.status_code == 422
    assert "日期写成 2026-11-30 这样" in response.content.decode()


def test_more_cases_cost_no_more_queries(client: Client, clerk, lives: Lives) -> None:
    client.force_login(clerk)

    def queries() -> int:
        client.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        return len(captured)

    lives.dispatched()
    few = queries()
    for _ in range(4):
        lives.dispatched()
    assert queries() == few
    assert few <= 8


def test_what_waits_for_the_unit_is_not_what_waits_for_the_desk(
    triage, handler, lives: Lives
) -> None:
    waiting, dispatched = lives.registered(), lives.dispatched()
    assert list(Case.objects.awaiting(triage)) == [waiting]
    assert list(Case.objects.awaiting(handler)) == [dispatched]


def test_paging_forth_and_back_meets_every_case_once(lives: Lives) -> None:
    other = PartyInput(PartyRole.APPLICANT, "李四", phone="19900000001")
    for _ in range(7):
        lives.registered(parties=[other])
    for order in (NEWEST, BY_DUE):
        seen, params = [], QueryDict("")
        while True:
            page = paginate(Case.objects.all(), order, params, size=3)
            seen.append([case.pk for case in page.rows])
            if not page.next_url:
                break
            params = QueryDict(page.next_url[1:])
        assert len({pk for screen in seen for pk in screen}) == 7
        back = [seen[-1]]
        while page.prev_url:
            page = paginate(Case.objects.all(), order, QueryDict(page.prev_url[1:]), size=3)
            back.insert(0, [case.pk for case in page.rows])
        assert back == seen


def test_a_unit_pages_through_its_cases_by_a_shorter_way_and_meets_the_same(
    handler, lives: Lives, county: County
) -> None:
    applicant = [PartyInput(PartyRole.APPLICANT, "李四", phone="19900000001")]
    mine = [lives.dispatched(parties=applicant) for _ in range(5)]
    for case in mine[1:3]:  # back and to it again: two parts in one case
        for unit in (county.housing, county.human_resources):
            reassign_case(case_id=case.pk, by=lives.triage, lead=unit, text="改派看看")
    lives.dispatched(parties=applicant, lead=county.housing)
    Case.objects.update(registered_at=mine[0].registered_at)  # as an import writes them
    Assignment.objects.update(case_registered_at=mine[0].registered_at)
    visible = Case.objects.visible_to(handler)

    def window(rows: CaseQuerySet, cursor: Cursor | None, most: int) -> CaseQuerySet:
        until, below = cursor or (None, 0)
        return newest_seen(handler, rows, most, until=until, below=below)

    params, seen = QueryDict(""), []
    while True:
        short = paginate(visible, NEWEST, params, size=2, window=window)
        whole = paginate(visible, NEWEST, params, size=2)
        assert short == whole
        seen += short.rows
        if not short.next_url:
            break
        params = QueryDict(short.next_url[1:])
    assert sorted(case.pk for case in seen) == sorted(case.pk for case in mine)


def test_the_button_in_a_list_claims_in_place(client: Client, handler, lives: Lives) -> None:
    case = lives.dispatched()
    client.force_login(handler)
    url = reverse("cases:act", args=[case.number, "claim"])
    response = client.post(url, {"row": "1"}, headers={"HX-Request": "true"})
    page = response.content.decode()
    assert "由你办理" in page
    assert "撤销" in page
    assert "<html" not in page


def test_the_slower_one_reads_who_was_faster(
    client: Client, handler, colleague, lives: Lives
) -> None:
    case = lives.dispatched()
    url = reverse("cases:act", args=[case.number, "claim"])
    client.force_login(handler)
    client.post(url)
    client.force_login(colleague)
    response = client.post(url, {"row": "1"}, headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert f"{handler.name} " in response.content.decode()
    assert "不用再签" in response.content.decode()
