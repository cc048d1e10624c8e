"""人口、房屋单位场所设施: found narrowly, kept by who keeps the grid, numbers never kept."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from grids.base_searching import number_key
from grids.models import Grid, Resident, Site
from grids.services import base
from grids.site_importing import table_of
from orgs.models import AccessLog, Center, User
from tests.county import County
from tests.grids.placing import NUMBER, OTHER_NUMBER, far_grid, grid_of, serve
from zongzhi.lib import clock
from zongzhi.lib.crypto import blind_index
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound

RESIDENTS, SITES = "/grids/residents/", "/grids/sites/"


@pytest.fixture
def grid(county: County) -> Grid:
    return grid_of(county)


@pytest.fixture
def worker(grid_worker: User, grid: Grid) -> User:
    serve(grid_worker, grid)
    return grid_worker


def resident(grid: Grid, name: str = "王建明", number: str = "") -> Resident:
    key = number_key(number) if number else ""
    return Resident.objects.create(name=name, grid=grid, id_number_key=key)


def add(grid: Grid, by: User, *, pk: int | None = None, number: str = NUMBER) -> Resident:
    return base.save_resident(
        pk=pk, grid=grid, name="王建明", number=number, external_ref="", by=by, address=None
    )


def site_values(grid: Grid, **changed: object) -> dict[str, object]:
    values = {"kind": "venue", "name": "示例超市", "grid": grid, "phone": "19900000001"}
    return {**values, "address": "", "contact": "", **changed}


def look(client: Client, user: User, url: str) -> str:
    client.force_login(user)
    return client.get(url).content.decode()


# 找


def test_nobody_is_listed_without_a_condition(client: Client, triage: User, grid: Grid) -> None:
    resident(grid)
    page = look(client, triage, RESIDENTS)
    assert "王建明" not in page
    assert "青石镇" in page


def test_the_way_leads_down_to_a_grid(client: Client, triage: User, grid: Grid) -> None:
    page = look(client, triage, f"{RESIDENTS}?place={grid.region.code}")
    assert f"{RESIDENTS}?grid={grid.code}" in page


def test_somebody_is_found_by_the_beginning_of_the_name(
    client: Client, triage: User, grid: Grid
) -> None:
    resident(grid)
    resident(grid, "李建明")
    page = look(client, triage, f"{RESIDENTS}?name=王建")
    assert "王建明" in page
    assert "李建明" not in page


def test_one_character_is_not_enough(client: Client, triage: User, grid: Grid) -> None:
    client.force_login(triage)
    answer = client.get(f"{RESIDENTS}?name=王")
    assert (answer.status_code, "至少写 2 个字" in answer.content.decode()) == (422, True)


def test_a_town_does_not_find_another_towns_people(
    client: Client, town_officer: User, county: County, grid: Grid
) -> None:
    resident(far_grid(county), "王建军")
    resident(grid)
    page = look(client, town_officer, f"{RESIDENTS}?name=王建")
    assert "王建军" not in page
    assert "共 1 人" in page


def test_a_moved_worker_sees_his_former_grid_no_more(
    client: Client, grid_worker: User, grid: Grid
) -> None:
    serve(grid_worker, grid, until=clock.today() - timedelta(days=1))
    one = resident(grid)
    assert "王建明" not in look(client, grid_worker, f"{RESIDENTS}?name=王建")
    assert client.get(reverse("grids:resident", args=[one.pk])).status_code == 404


def test_sites_are_narrowed_by_kind(client: Client, triage: User, grid: Grid) -> None:
    Site.objects.create(kind="venue", name="示例超市", grid=grid)
    Site.objects.create(kind="house", name="示例房屋", grid=grid)
    page = look(client, triage, f"{SITES}?grid={grid.code}&kind=house")
    assert "示例房屋" in page
    assert "示例超市" not in page


def test_more_people_cost_no_more_queries(client: Client, triage: User, grid: Grid) -> None:
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            look(client, triage, url)
        return len(captured)

    urls = [f"{RESIDENTS}?grid={grid.code}", f"{RESIDENTS}?name=王建", f"{SITES}?grid={grid.code}"]
    resident(grid)
    Site.objects.create(kind="venue", name="示例超市", grid=grid)
    look(client, triage, urls[0])  # what a process keeps of a person is kept now
    few = [queries(url) for url in urls]
    for n in range(6):
        resident(grid, f"王建{n}")
        Site.objects.create(kind="venue", name=f"示例超市{n}", grid=grid)
    assert [queries(url) for url in urls] == few


# 按身份证号


def test_a_number_is_found_and_never_in_the_address(
    client: Client, triage: User, grid: Grid
) -> None:
    resident(grid, number=NUMBER)
    client.force_login(triage)
    answer = client.post(RESIDENTS, {"number": NUMBER})
    assert answer.status_code == 302
    assert NUMBER not in answer["Location"]
    page = client.get(answer["Location"]).content.decode()
    assert "王建明" in page
    assert NUMBER not in page


def test_who_looked_for_a_number_is_written_down_without_it(
    client: Client, triage: User, grid: Grid
) -> None:
    client.force_login(triage)
    client.post(RESIDENTS, {"number": NUMBER})
    log = AccessLog.objects.get(action="reveal")
    assert (log.user, log.data) == (triage, {"found": 0})
    assert NUMBER not in str(vars(log))
    assert number_key(NUMBER) not in str(vars(log))


def test_a_wrong_number_says_what_is_wrong_and_keeps_it(client: Client, triage: User) -> None:
    client.force_login(triage)
    answer = client.post(RESIDENTS, {"number": NUMBER[:17]})
    assert answer.status_code == 422
    assert "应为 18 位" in answer.content.decode()
    assert NUMBER[:17] in answer.content.decode()


def test_the_word_of_another_session_finds_nobody(
    client: Client, triage: User, leader: User, grid: Grid
) -> None:
    resident(grid, number=NUMBER)
    client.force_login(triage)
    found = client.post(RESIDENTS, {"number": NUMBER})["Location"]
    assert "王建明" not in look(Client(), leader, found)


def test_the_hash_fits_no_other_table(grid: Grid) -> None:
    assert number_key(NUMBER) != blind_index(NUMBER, "party.id_number")


# 加、改、删


def test_the_grids_worker_adds_somebody(worker: User, grid: Grid) -> None:
    one = add(grid, worker)
    assert (one.grid, one.id_number_key) == (grid, number_key(NUMBER))


def test_a_worker_does_not_add_in_anothers_grid(worker: User, county: County) -> None:
    with pytest.raises(NotAllowed):
        add(grid_of(county, "002", "柳湾村第2网格"), worker)


def test_who_only_reads_adds_nobody(leader: User, grid: Grid) -> None:
    with pytest.raises(NotAllowed):
        add(grid, leader)


def test_a_number_stands_once_among_those_one_sees(triage: User, grid: Grid) -> None:
    add(grid, triage)
    with pytest.raises(Invalid, match="已经在柳湾村第1网格"):
        add(grid, triage)


def test_an_empty_number_leaves_the_one_that_is_kept(triage: User, grid: Grid) -> None:
    one = add(grid, triage)
    assert add(grid, triage, pk=one.pk, number="").id_number_key == number_key(NUMBER)


def test_another_number_replaces_it(triage: User, grid: Grid) -> None:
    one = add(grid, triage)
    changed = add(grid, triage, pk=one.pk, number=OTHER_NUMBER)
    assert changed.id_number_key == number_key(OTHER_NUMBER)


def test_a_hidden_person_is_not_changed(town_officer: User, county: County, grid: Grid) -> None:
    one = resident(far_grid(county))
    with pytest.raises(NotFound):
        add(grid, town_officer, pk=one.pk)


def test_somebody_is_removed_by_who_keeps_the_grid(worker: User, leader: User, grid: Grid) -> None:
    one = resident(grid)
    with pytest.raises(NotAllowed):
        base.remove_resident(pk=one.pk, by=leader, address=None)
    base.remove_resident(pk=one.pk, by=worker, address=None)
    assert not Resident.objects.exists()


def test_every_change_is_written_down(triage: User, grid: Grid) -> None:
    one = add(grid, triage)
    base.remove_resident(pk=one.pk, by=triage, address=None)
    subjects = AccessLog.objects.order_by("pk").values_list("subject", flat=True)
    assert list(subjects) == [f"加人口 {one.pk}", f"删人口 {one.pk}"]


def test_what_was_typed_is_kept_when_the_grid_is_unknown(
    client: Client, triage: User, grid: Grid
) -> None:
    client.force_login(triage)
    answer = client.post(f"{RESIDENTS}new/", {"name": "王建明", "grid": "1"})
    assert answer.status_code == 422
    assert "没有编码是“1”的网格" in answer.content.decode()
    assert "王建明" in answer.content.decode()


# 联系电话


def test_a_sites_telephone_is_masked_and_encrypted(
    client: Client, triage: User, grid: Grid
) -> None:
    one = base.save_site(pk=None, values=site_values(grid), by=triage, address=None)
    page = look(client, triage, reverse("grids:site", args=[one.pk]))
    assert "199****0001" in page
    assert "19900000001" not in page
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM grids_site")
        assert cursor.fetchone()[0].startswith("v1:")


def test_it_is_shown_once_with_a_reason(client: Client, triage: User, grid: Grid) -> None:
    one = base.save_site(pk=None, values=site_values(grid), by=triage, address=None)
    client.force_login(triage)
    url = reverse("grids:site_phone", args=[one.pk])
    assert client.post(url).status_code == 422
    answer = client.post(url, {"reason": "安全检查"})
    assert "19900000001" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    log = AccessLog.objects.get(action="reveal")
    assert (log.purpose, log.data) == ("安全检查", {"site": one.pk})


def test_a_leader_does_not_look_behind_the_mask(
    client: Client, triage: User, leader: User, grid: Grid
) -> None:
    one = base.save_site(pk=None, values=site_values(grid), by=triage, address=None)
    client.force_login(leader)
    answer = client.post(reverse("grids:site_phone", args=[one.pk]), {"reason": "安全检查"})
    assert answer.status_code == 403


def test_an_empty_telephone_leaves_the_one_that_is_kept(triage: User, grid: Grid) -> None:
    one = base.save_site(pk=None, values=site_values(grid), by=triage, address=None)
    values = site_values(grid, phone="", is_active=False)
    saved = base.save_site(pk=one.pk, values=values, by=triage, address=None)
    assert (saved.phone, saved.is_active) == ("19900000001", False)


# 导入


SITE = {"name": "示例超市", "kind": "单位", "grid_id": "990101100201001", "phone": "0990-2120001"}


def brought_in(client: Client, *rows: dict[str, str]) -> str:
    """The address where an Excel file of these rows waits to be looked at."""
    book = Workbook()
    columns = table_of(Center.objects.get(level="town")).columns
    book.active.append([column.title for column in columns])
    for row in rows:
        book.active.append([row.get(column.key, "") for column in columns])
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("场所.xlsx", out.getvalue())
    return client.post("/grids/sites/import/", {"file": file}).headers["Location"]


@pytest.mark.usefixtures("grid")
def test_sites_come_from_excel_and_are_taken_back(client: Client, town_officer: User) -> None:
    client.force_login(town_officer)
    waiting = brought_in(client, SITE, {**SITE, "name": "示例诊所", "kind": "场所"})
    assert not Site.objects.exists()
    client.post(f"{waiting}carry-out/")
    assert set(Site.objects.values_list("name", "kind")) == {
        ("示例超市", "organization"),
        ("示例诊所", "venue"),
    }
    client.post(f"{waiting}undo/")
    assert not Site.objects.exists()


@pytest.mark.usefixtures("grid")
def test_a_bad_cell_of_a_site_is_named_and_typed_anew(client: Client, town_officer: User) -> None:
    client.force_login(town_officer)
    waiting = brought_in(client, SITE, {**SITE, "name": "示例诊所", "kind": "诊所"})
    assert "诊所”" in client.get(waiting).content.decode()
    client.post(waiting, {"r3-kind": "场所"})
    client.post(f"{waiting}carry-out/")
    assert Site.objects.count() == 2


@pytest.mark.usefixtures("grid")
def test_the_examples_of_sites_lie_in_no_grid_there_is(client: Client, town_officer: User) -> None:
    """Or they would be sites one day, when the template is sent from elsewhere."""
    client.force_login(town_officer)
    book = load_workbook(io.BytesIO(client.get("/grids/sites/import/template/").getvalue()))
    cells = {str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row}
    assert "000000000000001" in cells
    assert SITE["grid_id"] not in cells


@pytest.mark.usefixtures("grid")
def test_more_sites_covered_cost_no_more_queries(client: Client, town_officer: User) -> None:
    client.force_login(town_officer)

    def covered(many: int) -> int:
        names = [f"示例超市{n}" for n in range(many)]
        client.post(f"{brought_in(client, *({**SITE, 'name': name} for name in names))}carry-out/")
        again = [{**SITE, "name": name, "address": f"文化路 {many} 号"} for name in names]
        waiting = brought_in(client, *again)
        with CaptureQueriesContext(connection) as captured:
            client.get(waiting)
            client.post(f"{waiting}carry-out/", {"cover": "1"})
        assert Site.objects.filter(address=f"文化路 {many} 号").count() == many
        return len(captured)

    covered(2)
    few = covered(3)
    assert covered(9) == few


# 写的不丢


def test_who_may_keep_a_site_no_more_reads_the_reason_and_keeps_the_words(
    client: Client, triage: User, leader: User, grid: Grid
) -> None:
    one = base.save_site(pk=None, values=site_values(grid), by=triage, address=None)
    client.force_login(leader)
    typed = {"name": "改了的名字", "kind": "house", "grid": grid.code, "note": "刚写的备注"}
    answer = client.post(reverse("grids:site", args=[one.pk]), typed)
    told = answer.content.decode()
    assert answer.status_code == 403
    assert "这个账号只能看" in told
    assert "刚写的备注" in told
    gone = client.post(reverse("grids:site", args=[one.pk + 1000]), typed)
    assert gone.status_code == 404
    assert "刚写的备注" in gone.content.decode()
    one.refresh_from_db()
    assert one.name != "改了的名字"


def test_somebody_just_removed_is_said_beside_what_was_typed(
    client: Client, triage: User, grid: Grid
) -> None:
    client.force_login(triage)
    typed = {"name": "示例甲", "grid": grid.code, "external_ref": "A-17"}
    answer = client.post(reverse("grids:resident", args=[999999]), typed)
    assert answer.status_code == 404
    assert "A-17" in answer.content.decode()
