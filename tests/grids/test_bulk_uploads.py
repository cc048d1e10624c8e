"""大批导入: a file is kept sealed, checked, imported whole, forgotten; no death loses anything."""

from __future__ import annotations

import io
import json
import logging
import re
import zipfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from grids.base_searching import number_key
from grids.bulk_tables import table_of
from grids.models import BulkImport, BulkPart, Grid, Resident, Site
from grids.services import bulk, bulk_uploads
from grids.services.bulk_base import Residents
from grids.services.bulk_uploads import State, begin, carry_out, drop, run, told
from grids.tasks import run_bulk_imports
from orgs import hurrying
from orgs.models import AccessLog, Center, Notice, User
from orgs.sheets import write_template
from tests.concurrency import WAIT, at_once, hold
from tests.county import County
from tests.files import office, pdf, png
from tests.gateway import without_broker
from tests.grids.placing import NUMBER, OTHER_NUMBER, far_grid, grid_of
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, WrongState
from zongzhi.lib.uploads import LARGEST, BoundedUploadHandler

PEOPLE = "姓名,身份证号,网格编码,外部系统编号"
Kind = BulkImport.Kind
Send = Callable[..., BulkImport]


@pytest.fixture
def grid(county: County) -> Grid:
    return grid_of(county)


@pytest.fixture
def send(county: County, town_officer: User) -> Send:
    """send(lines): uploaded by the town."""

    def sending(
        *lines: str, kind: Kind = Kind.RESIDENTS, center: Center | None = None, data: bytes = b""
    ) -> BulkImport:
        content = data or "\n".join(lines).encode()
        return begin(
            kind=kind, center=center or county.town, file=io.BytesIO(content), by=town_officer
        )

    return sending


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of any size wait for a worker, and there is none."""
    monkeypatch.setattr(bulk_uploads, "AT_ONCE", 0)


def again(one: BulkImport) -> BulkImport:
    one.refresh_from_db()
    return one


def ordered(one: BulkImport, by: User) -> BulkImport:
    return carry_out(pk=one.pk, by=by, address="192.0.2.7")


def people(grid: Grid, *, number: str = NUMBER) -> tuple[str, ...]:
    return (PEOPLE, f"王建明,{number},{grid.code},", f"李秀英,,{grid.code},H-2")


# --- checked, imported, forgotten -----------------------------------------------------------------


def test_a_file_is_only_checked_until_somebody_orders_it(
    grid: Grid, send: Send, town_officer: User
) -> None:
    one = send(*people(grid))
    assert (one.state, one.created, Resident.objects.count()) == (State.CHECKED, 2, 0)
    done = ordered(one, town_officer)
    assert (done.state, Resident.objects.count()) == (State.DONE, 2)


def test_after_the_import_nothing_of_the_file_is_left(
    grid: Grid, send: Send, town_officer: User
) -> None:
    one = ordered(send(*people(grid)), town_officer)
    assert not BulkPart.objects.exists()
    assert one.told == ""


def test_numbers_lie_nowhere_in_clear(
    grid: Grid, send: Send, town_officer: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="grids"):
        one = send(*people(grid))
        with connection.cursor() as cursor:
            cursor.execute("SELECT sealed FROM grids_bulkpart")
            kept = str(cursor.fetchall())
        ordered(one, town_officer)
        with connection.cursor() as cursor:
            cursor.execute("SELECT r::text FROM grids_resident r")
            kept += str(cursor.fetchall())
            cursor.execute("SELECT r::text FROM orgs_accesslog r")
            kept += str(cursor.fetchall())
            cursor.execute("SELECT r::text FROM grids_bulkimport r")
            kept += str(cursor.fetchall())
    assert NUMBER not in kept + caplog.text
    assert "v1:" in kept


def test_who_ordered_an_import_is_written_down(grid: Grid, send: Send, town_officer: User) -> None:
    one = ordered(send(*people(grid)), town_officer)
    log = AccessLog.objects.get(action="import")
    assert (log.user, log.address) == (town_officer, "192.0.2.7")
    assert log.subject == f"导入人口（大批第 {one.pk} 次）"
    assert log.data == {"created": 2, "covered": 0, "unchanged": 0}


def test_the_same_file_again_changes_nothing(grid: Grid, send: Send, town_officer: User) -> None:
    first = ordered(send(*people(grid)), town_officer)
    one = send(*people(grid))
    assert (one.created, one.covered, one.unchanged) == (0, 0, 2)
    assert bulk_uploads.earlier(one) == first
    with pytest.raises(WrongState, match="没有要导入的"):
        ordered(one, town_officer)


def test_what_would_change_is_shown_before_it_does(
    county: County, grid: Grid, send: Send, town_officer: User
) -> None:
    ordered(send(*people(grid)), town_officer)
    other = grid_of(county, "002", "柳湾村第2网格")
    one = send(PEOPLE, f"王建民,{NUMBER},{other.code},", f"李秀英,{OTHER_NUMBER},{grid.code},H-2")
    first, second = told(one).changes
    assert first["cells"] == [
        ["姓名", "王建明", "王建民"],
        ["网格", f"{grid.code} {grid.name}", f"{other.code} {other.name}"],
    ]
    assert second["cells"] == [["身份证号", "没有", "已登记"]]
    assert Resident.objects.filter(grid=grid).count() == 2


def test_one_bad_cell_keeps_all_out_and_the_file_goes(grid: Grid, send: Send) -> None:
    one = send(*people(grid), f"赵六,{NUMBER[:17]}0,{grid.code},")
    assert [str(fault) for fault in told(one).faults] == [
        "第 4 行 身份证号：最后一位应为 8（现在是 0）"
    ]
    assert one.state == State.REFUSED
    assert not BulkPart.objects.exists()
    assert not Resident.objects.exists()


def test_sites_go_the_same_way(grid: Grid, send: Send, town_officer: User) -> None:
    head = "名称,类别,网格编码,联系电话,备注"
    ordered(send(head, f"示例超市,单位,{grid.code},19900000001,", kind=Kind.SITES), town_officer)
    one = send(head, f"示例超市,单位,{grid.code},19900000002,二楼", kind=Kind.SITES)
    [change] = told(one).changes
    assert change["cells"] == [["备注", "", "二楼"], ["联系电话", "原来的", "表里的"]]
    ordered(one, town_officer)
    assert Site.objects.get().phone == "19900000002"


def test_a_file_given_up_is_gone_at_once(grid: Grid, send: Send) -> None:
    one = drop(pk=send(*people(grid)).pk)
    assert (one.state, BulkPart.objects.count()) == (State.DROPPED, 0)


def test_a_file_nobody_came_back_for_is_gone_after_a_day(grid: Grid, send: Send) -> None:
    one = send(*people(grid))
    bulk_uploads.forget_old(before=clock.now() + timedelta(seconds=1))
    assert (again(one).state, BulkPart.objects.count()) == (State.DROPPED, 0)


def test_a_file_that_waits_for_a_worker_is_never_forgotten(
    grid: Grid, send: Send, waiting: None
) -> None:
    one = send(*people(grid))
    bulk_uploads.forget_old(before=clock.now() + timedelta(days=9))
    assert (again(one).state, BulkPart.objects.count()) == (State.CHECKING, 1)


# --- whose area -----------------------------------------------------------------------------------


def test_rows_of_another_town_are_refused(county: County, grid: Grid, send: Send) -> None:
    far = far_grid(county)
    one = send(PEOPLE, f"王建明,,{grid.code},", f"赵六,,{far.code},")
    assert [str(fault) for fault in told(one).faults] == [
        "第 3 行 网格编码：青石镇综治中心辖区里没有这个编码的启用的网格；是身份证号的，填错了列"
    ]


WRONG_NUMBER, OLD_NUMBER = f"{NUMBER[:17]}x", "990101000101001"


@pytest.mark.parametrize("number", [NUMBER, WRONG_NUMBER, OLD_NUMBER, f"{NUMBER[:6]} {NUMBER[6:]}"])
def test_a_number_in_the_wrong_column_is_not_said_again(
    grid: Grid, send: Send, number: str
) -> None:
    one = send(PEOPLE, f"王建明,,{number},")
    assert "身份证号" in str(told(one).faults[0])
    assert number not in one.told
    places = send("名称,类别,网格编码", f"王建明,{number},{grid.code}", kind=Kind.SITES)
    assert "可以填：房屋" in str(told(places).faults[0])
    assert number not in places.told


def test_an_endless_cell_is_not_said_again_whole(grid: Grid, send: Send) -> None:
    one = send(f"{PEOPLE},{'备' * 900}", f"王建明,,{'长' * 900},")
    assert f"“{'长' * 30}…”" in str(told(one).faults[0])
    places = send("名称,类别,网格编码", f"甲,{'长' * 900},{grid.code}", kind=Kind.SITES)
    assert f"“{'长' * 30}…”" in str(told(places).faults[0])
    assert len(one.told) + len(places.told) < 600
    assert len(told(send(f"{PEOPLE},{'备' * 900}", f"王建明,,{grid.code},")).unread) < 60


def test_who_is_known_in_another_town_stays_there(
    county: County, grid: Grid, send: Send, town_officer: User
) -> None:
    far = far_grid(county)
    other = Resident.objects.create(name="王建明", id_number_key=number_key(NUMBER), grid=far)
    one = ordered(send(*people(grid)), town_officer)
    assert (one.created, one.covered) == (2, 0)
    other.refresh_from_db()
    assert other.grid == far


def test_who_moved_within_the_area_is_moved(
    county: County, grid: Grid, send: Send, town_officer: User
) -> None:
    far = far_grid(county)
    Resident.objects.create(name="王建明", id_number_key=number_key(NUMBER), grid=far)
    one = ordered(send(*people(grid), center=county.county), town_officer)
    assert (one.created, one.covered) == (1, 1)


# --- presses, workers, deaths ---------------------------------------------------------------------


def test_the_same_file_sent_twice_waits_once(grid: Grid, send: Send, waiting: None) -> None:
    assert send(*people(grid)) == send(*people(grid))
    assert BulkImport.objects.count() == 1


def test_only_a_few_files_of_a_centre_wait(grid: Grid, send: Send) -> None:
    for n in range(bulk_uploads.MOST_WAITING):
        send(PEOPLE, f"王{n},,{grid.code},")
    with pytest.raises(Invalid, match="先导入或者放弃"):
        send(*people(grid))


def test_two_presses_are_one_import(grid: Grid, send: Send, town_officer: User) -> None:
    one = send(*people(grid))
    ordered(one, town_officer)
    ordered(one, town_officer)
    assert (Resident.objects.count(), AccessLog.objects.filter(action="import").count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_twice_at_once_waits_once(
    county: County, town_officer: User, send: Send, waiting: None
) -> None:
    lines = people(grid_of(county))
    with pytest.MonkeyPatch.context() as patch:
        hold(patch, bulk_uploads, "_seal")
        assert at_once(lambda: send(*lines), times=2) == ["ok", "ok"]
    assert (BulkImport.objects.count(), BulkPart.objects.count()) == (1, 1)


def test_whoever_closed_the_page_is_told(
    grid: Grid, send: Send, waiting: None, town_officer: User, triage: User
) -> None:
    one = send(*people(grid))
    run_bulk_imports()
    ordered(one, triage)
    run_bulk_imports()
    here = reverse("grids:bulk_residents_check", args=[one.pk])
    assert list(Notice.objects.order_by("pk").values_list("user", "text", "url")) == [
        (town_officer.pk, "导入人口：核对好了，可以导入", here),
        (triage.pk, "导入人口：导入完了", here),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_import(
    county: County, town_officer: User, send: Send, waiting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has seen that it was only checked, while the first is ordered and carried out."""
    one = send(*people(grid_of(county)))
    run(one.pk)
    real = bulk_uploads._locked
    meanwhile: list[Future[None]] = []

    def other() -> None:
        ordered(one, town_officer)
        run_bulk_imports()
        connection.close()

    def linger(pk: int) -> BulkImport:
        found = real(pk)
        if not meanwhile:
            meanwhile.append(pool.submit(other))
            wait(meanwhile, timeout=WAIT)  # the lock keeps the other out
        return found

    monkeypatch.setattr(bulk_uploads, "_locked", linger)
    with ThreadPoolExecutor(1) as pool:
        ordered(one, town_officer)
    run_bulk_imports()
    assert (again(one).state, Resident.objects.count()) == (State.DONE, 2)
    assert AccessLog.objects.filter(action="import").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_works_is_seen_and_not_disturbed(
    county: County, send: Send, waiting: None
) -> None:
    one = send(*people(grid_of(county)))
    assert not bulk_uploads.is_running(one)
    with transaction.atomic():
        bulk_uploads._lock(one.pk)
        assert bulk_uploads.is_running(one)
        at_once(run_bulk_imports)
        assert again(one).attempts == 0
    run_bulk_imports()
    assert again(one).state == State.CHECKED


def test_without_a_worker_everything_waits_and_the_page_says_so(
    grid: Grid, send: Send, waiting: None, town_officer: User, client: Client
) -> None:
    one = send(*people(grid))
    client.force_login(town_officer)
    page = client.get(reverse("grids:bulk_residents_check", args=[one.pk])).content.decode()
    assert "排队中" in page
    assert "不会丢" not in page
    BulkImport.objects.update(since=clock.now() - timedelta(minutes=12))
    page = client.get(reverse("grids:bulk_residents_check", args=[one.pk])).content.decode()
    assert "等了 12 分钟" in page
    assert "不会丢" in page
    run_bulk_imports()
    assert again(one).state == State.CHECKED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", ["another file", "the command line"])
def test_whoever_waits_for_another_import_is_not_told_that_nobody_works(
    county: County, send: Send, waiting: None, town_officer: User, client: Client, by: str
) -> None:
    one = send(*people(grid_of(county)))
    BulkImport.objects.update(since=clock.now() - timedelta(minutes=12))
    client.force_login(town_officer)
    here = reverse("grids:bulk_residents_check", args=[one.pk])
    said: list[str] = []

    def look() -> None:
        said.append(client.get(here).content.decode())

    with transaction.atomic():
        if by == "another file":
            bulk_uploads._lock(one.pk + 1)
        else:
            bulk.has_turn(Residents())
        assert at_once(look) == ["ok"]
    look()
    assert ["不会丢" in page for page in said] == [False, True]


def test_without_a_broker_the_upload_stands_and_the_sweep_checks_it(
    grid: Grid,
    send: Send,
    waiting: None,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(hurrying, "_not_before", 0.0)
    with without_broker(), django_capture_on_commit_callbacks(execute=True):
        one = send(*people(grid))
    assert one.state == State.CHECKING
    assert hurrying._not_before > 0
    run_bulk_imports()
    assert again(one).state == State.CHECKED


def dying(*args: Any, **kwargs: Any) -> Any:
    raise OperationalError(f"server closed the connection: COPY staged, line 1: {NUMBER}")


def test_a_worker_that_dies_half_way_leaves_nothing_and_the_next_goes_on(
    grid: Grid, send: Send, waiting: None, town_officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = send(*people(grid))
    run(one.pk)
    ordered(one, town_officer)
    with monkeypatch.context() as patch:
        patch.setattr(bulk_uploads, "_finish", dying)
        run_bulk_imports()
    assert (again(one).state, Resident.objects.count()) == (State.IMPORTING, 0)
    run_bulk_imports()
    assert (again(one).state, Resident.objects.count()) == (State.DONE, 2)


def test_after_three_deaths_it_stops_and_can_be_started_again(
    grid: Grid,
    send: Send,
    waiting: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    one = send(*people(grid))
    with monkeypatch.context() as patch:
        patch.setattr(bulk_uploads, "bring_in", dying)
        for _ in range(4):
            run_bulk_imports()
    assert (again(one).state, one.attempts, BulkPart.objects.count()) == (State.STOPPED, 3, 1)
    assert NUMBER not in caplog.text
    bulk_uploads.again(pk=one.pk)
    run_bulk_imports()
    assert again(one).state == State.CHECKED


def test_a_worker_killed_outright_three_times_is_not_sent_a_fourth(
    grid: Grid, send: Send, waiting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of memory: nothing after the attempt was counted had a chance to run."""
    one = send(*people(grid))
    for _ in range(bulk_uploads.MOST_ATTEMPTS):
        assert bulk_uploads._claim(one.pk) is not None
    with monkeypatch.context() as patch:
        patch.setattr(bulk_uploads, "_work", dying)
        run_bulk_imports()
    assert (again(one).state, one.attempts, BulkPart.objects.count()) == (State.STOPPED, 3, 1)
    assert Notice.objects.get().text == "导入人口：没有做完，一行也没有导入"


@pytest.mark.django_db(transaction=True)
def test_how_far_it_has_come_is_said_while_it_reads(
    county: County, send: Send, waiting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_uploads, "_PROGRESS_EVERY", 0.0)
    monkeypatch.setattr(bulk, "_STEP", 2)
    one = send(*people(grid_of(county)))
    run_bulk_imports()
    assert (again(one).state, one.created, one.read_rows) == (State.CHECKED, 2, 2)


@pytest.mark.django_db(transaction=True)
def test_an_import_goes_on_where_nobody_can_say_how_far_it_has_come(
    county: County,
    send: Send,
    waiting: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No connection is left for a second one: what is only for the page holds nothing up."""
    monkeypatch.setattr(bulk_uploads, "_PROGRESS_EVERY", 0.0)
    monkeypatch.setattr(bulk, "_STEP", 1)
    asked: list[str] = []

    def full() -> Any:
        asked.append("connect")
        raise OperationalError("too many clients already")

    one = send(*people(grid_of(county)))
    with monkeypatch.context() as patch:
        patch.setattr(connection, "copy", full)
        run_bulk_imports()
    assert (again(one).state, one.created) == (State.CHECKED, 2)
    assert asked == ["connect"]
    assert "OperationalError" in caplog.text


def test_what_is_being_imported_is_not_given_up(
    grid: Grid, send: Send, waiting: None, town_officer: User
) -> None:
    one = send(*people(grid))
    run(one.pk)
    ordered(one, town_officer)
    with pytest.raises(WrongState, match="已经在导入"):
        drop(pk=one.pk)


def test_a_grid_closed_since_the_check_keeps_all_out(
    grid: Grid, send: Send, town_officer: User
) -> None:
    one = send(*people(grid))
    Grid.objects.update(is_active=False)
    assert ordered(one, town_officer).state == State.REFUSED
    assert not Resident.objects.exists()


# --- files as enemies send them -------------------------------------------------------------------


def xlsx(*lines: list[Any]) -> bytes:
    made = Workbook()
    for line in lines:
        made.active.append(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def bomb() -> bytes:
    return office(main="xl/workbook.xml", content=b"0" * 5_000_000)


def with_entity() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(["姓名"]))) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "xl/workbook.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            new.writestr(entry, content)
    return out.getvalue()


HOSTILE = {
    "empty": (b"", "是空的"),
    "too large": (b"0" * (LARGEST + 1), "超过 20 MB"),
    "picture": (png(), "还缺：姓名、网格编码"),
    "pdf": (pdf(), "还缺：姓名、网格编码"),
    "nuls": (b"\0" * 5000, "还缺：姓名、网格编码"),
    "word": (office(), "不是 Excel"),
    "bomb": (bomb(), "解开太大"),
    "entity": (with_entity(), "不该有的声明"),
    "old excel": (b"\xd0\xcf\x11\xe0" + b"\0" * 512, "旧格式"),
    "utf-16": ("姓名,网格编码\n".encode("utf-16"), "UTF-16"),
    "one endless cell": (b'"' + b"a" * 400_000, "读不成表格"),
    "two of a column": ("姓名,姓名,网格编码\n".encode(), "有两个"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_table_is_refused_and_kept_nowhere(
    what: str, send: Send, county: County, town_officer: User
) -> None:
    data, words = HOSTILE[what]
    with pytest.raises(Invalid, match=words):
        begin(kind=Kind.RESIDENTS, center=county.town, file=io.BytesIO(data), by=town_officer)
    assert not BulkImport.objects.exists()


def refused(one: BulkImport) -> str:
    found = told(one)
    assert one.state == State.REFUSED
    return "；".join([found.wrong, *map(str, found.faults)])


def test_an_endless_cell_further_down_is_refused(grid: Grid, send: Send) -> None:
    one = send(*people(grid), '"' + "a" * 200_000)
    run_bulk_imports()
    assert "第 3 行以后读不下去" in refused(again(one))


def test_formulas_are_refused(grid: Grid, send: Send) -> None:
    assert "第 2 行 姓名：“=”开头像公式" in refused(send(PEOPLE, f"=1+1,,{grid.code},"))


def test_words_that_cannot_be_read_are_named(grid: Grid, send: Send) -> None:
    data = f"{PEOPLE}\n王,,{grid.code},\n".encode() + b"\xff\xff\xfe,,1,\n"
    assert "有认不出的字" in refused(send(data=data))


def test_more_rows_than_may_be_are_refused(
    grid: Grid, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_uploads, "MOST_ROWS", 1)
    assert "一份最多 1 行" in refused(send(*people(grid)))


def test_headings_alone_are_no_file(send: Send, county: County) -> None:
    assert "没有内容" in refused(send(PEOPLE))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_what_excel_and_others_write_is_read(grid: Grid, send: Send, encoding: str) -> None:
    one = send(data="\r\n".join(people(grid)).encode(encoding))
    assert (one.state, one.created) == (State.CHECKED, 2)


def test_nuls_between_letters_are_left_out(grid: Grid, send: Send, town_officer: User) -> None:
    ordered(send(PEOPLE, f"王\0建明,,{grid.code},"), town_officer)
    assert Resident.objects.get().name == "王建明"


def test_a_sheet_is_read_and_a_rounded_number_is_named(
    grid: Grid, send: Send, town_officer: User
) -> None:
    head = ["姓名*", "身份证号", "网格编码*"]
    one = send(data=xlsx(head, ["王建明", NUMBER, grid.code]))
    assert (one.is_sheet, one.created) == (True, 1)
    rounded = send(data=xlsx(head, ["王建明", int(NUMBER), grid.code]))
    assert "后几位已经丢了" in refused(rounded)


FILLED: dict[str, Callable[[Grid], list[str]]] = {
    Kind.RESIDENTS: lambda grid: ["王建明", NUMBER, grid.code, ""],
    Kind.SITES: lambda grid: ["示例大院", "房屋", grid.code, "文化路 9 号"],
}


@pytest.mark.parametrize("kind", Kind.values)
def test_the_template_can_be_filled_and_sent(
    county: County, grid: Grid, send: Send, kind: Kind
) -> None:
    file = write_template(table_of(kind, county.town), "模板")
    assert "没有内容" in refused(send(kind=kind, data=file.read()))
    book = load_workbook(file)
    book.worksheets[0].append(FILLED[kind](grid))
    out = io.BytesIO()
    book.save(out)
    assert send(kind=kind, data=out.getvalue()).created == 1


@pytest.mark.parametrize("kind", Kind.values)
def test_the_template_has_the_columns_that_are_read(county: County, kind: Kind) -> None:
    columns, read = table_of(kind, county.town).columns, bulk_uploads._KINDS[kind]
    assert {column.title for column in columns if column.required} == set(read.required)
    assert {column.title for column in columns if not column.required} == set(read.optional)


@pytest.mark.parametrize("kind", Kind.values)
def test_the_examples_are_known_whatever_grids_there_are_and_whoever_has_the_template(
    county: County, grid: Grid, send: Send, kind: Kind
) -> None:
    file = write_template(table_of(kind, county.county), "模板")
    grid_of(county, "000", "后来加的网格")
    assert "没有内容" in refused(send(kind=kind, data=file.read()))


# --- the pages ------------------------------------------------------------------------------------


def upload(client: Client, name: str, content: bytes) -> Any:
    file = SimpleUploadedFile("人口.csv", content)
    return client.post(reverse(f"grids:{name}"), {"file": file})


def test_a_file_goes_through_the_pages(grid: Grid, town_officer: User, client: Client) -> None:
    client.force_login(town_officer)
    check = upload(client, "bulk_residents", "\n".join(people(grid)).encode()).headers["Location"]
    page = client.get(check).content.decode()
    assert "导入会新加 2 人" in page
    assert "不能撤销" in page
    client.post(f"{check}carry-out/")
    assert "新加 2 人" in client.get(check).content.decode()
    assert Resident.objects.count() == 2


def test_bad_cells_are_listed_and_can_be_taken_along(
    grid: Grid, town_officer: User, client: Client
) -> None:
    client.force_login(town_officer)
    content = "\n".join((*people(grid), "赵六,,1,")).encode()
    check = upload(client, "bulk_residents", content).headers["Location"]
    assert "第 4 行" in client.get(check).content.decode()
    got = client.get(f"{check}faults/")
    assert "no-store" in got.headers["Cache-Control"]
    sheet = load_workbook(io.BytesIO(b"".join(got.streaming_content))).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert ["4", "网格编码", "青石镇综治中心辖区里没有编码是“1”的启用的网格"] in cells
    assert AccessLog.objects.filter(action="export", user=town_officer).count() == 1


def test_only_what_has_changed_is_read_aloud(
    grid: Grid, send: Send, waiting: None, town_officer: User, client: Client
) -> None:
    client.force_login(town_officer)
    here = reverse("grids:bulk_residents_check", args=[send(*people(grid)).pk])
    page = client.get(here).content.decode()
    [again_at] = re.findall(rf'hx-get="({here}[^"]*)"', page)
    same = client.get(again_at, headers={"HX-Request": "true"})
    assert "HX-Trigger" not in same.headers
    BulkImport.objects.update(attempts=1)
    changed = client.get(again_at, headers={"HX-Request": "true"})
    assert json.loads(changed.headers["HX-Trigger"]) == {
        "announce": {"value": "中断了，排队再来一次"}
    }


def test_the_first_page_reads_nothing_of_what_was_told_of_rows(
    grid: Grid, send: Send, town_officer: User, client: Client
) -> None:
    send(PEOPLE, f"=王,,{grid.code},")
    client.force_login(town_officer)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("grids:bulk_residents"))
    assert not [query for query in asked if '"grids_bulkimport"."told"' in query["sql"]]


def test_a_page_that_waits_asks_by_itself_and_is_drawn_anew_when_it_is_time(
    grid: Grid, send: Send, waiting: None, town_officer: User, client: Client
) -> None:
    client.force_login(town_officer)
    one = send(*people(grid))
    here = reverse("grids:bulk_residents_check", args=[one.pk])
    asked = client.get(here, headers={"HX-Request": "true"})
    assert asked.content.decode().lstrip().startswith("<div")
    assert "<button" not in asked.content.decode()  # who stands on one stays there
    run(one.pk)
    assert client.get(here, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("method", "step", "state"),
    [
        ("get", "check", State.CHECKED),
        ("get", "faults", State.REFUSED),
        ("post", "carry_out", State.CHECKED),
        ("post", "drop", State.CHECKED),
        ("post", "again", State.STOPPED),
    ],
)
def test_another_centres_import_is_not_there(
    grid: Grid,
    send: Send,
    client: Client,
    village_officer: User,
    method: str,
    step: str,
    state: State,
) -> None:
    one = send(*people(grid), "" if step != "faults" else "赵六,,1,")
    BulkImport.objects.update(state=state)
    before = BulkImport.objects.values().get()
    client.force_login(village_officer)
    url = reverse(f"grids:bulk_residents_{step}", args=[one.pk])
    assert getattr(client, method)(url).status_code == 404
    assert BulkImport.objects.values().get() == before
    assert not Resident.objects.exists()


def test_the_other_kinds_address_does_not_show_it(
    grid: Grid, send: Send, client: Client, town_officer: User
) -> None:
    client.force_login(town_officer)
    one = send(*people(grid))
    assert client.get(reverse("grids:bulk_sites_check", args=[one.pk])).status_code == 404


def test_a_large_file_lies_in_no_folder_while_it_arrives(
    county: County, town_officer: User, client: Client, tmp_path: Path, settings: Any
) -> None:
    """Not even a request that is killed leaves numbers behind."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    seen: list[Path] = []
    real = BoundedUploadHandler.file_complete

    def looking(self: Any, size: int) -> Any:
        seen.extend(tmp_path.iterdir())
        return real(self, size)

    client.force_login(town_officer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BoundedUploadHandler, "file_complete", looking)
        answer = upload(client, "bulk_residents", b"a,b\n" * 1_000_000)
    assert answer.status_code == 422
    assert seen == []


def test_more_than_may_be_sent_is_told_with_the_limit(town_officer: User, client: Client) -> None:
    client.force_login(town_officer)
    answer = upload(client, "bulk_residents", b"a" * (LARGEST + 1))
    assert "超过 20 MB" in answer.content.decode()


def test_what_stopped_is_started_again_or_given_up_on_its_page(
    grid: Grid, send: Send, waiting: None, town_officer: User, client: Client
) -> None:
    client.force_login(town_officer)
    one = send(*people(grid))
    BulkImport.objects.update(state=State.STOPPED, attempts=3)
    here = reverse("grids:bulk_residents_check", args=[one.pk])
    assert "试了 3 次都没有做完" in client.get(here).content.decode()
    client.post(f"{here}again/")
    assert (again(one).state, one.attempts) == (State.CHECKING, 0)
    client.post(f"{here}drop/")
    assert (again(one).state, BulkPart.objects.count()) == (State.DROPPED, 0)


def test_who_may_not_read_people_is_offered_no_link_to_them(
    county: County, grid: Grid, sysadmin: User, client: Client
) -> None:
    client.force_login(sysadmin)
    page = client.get(reverse("grids:bulk_residents")).content.decode()
    assert f'href="{reverse("grids:residents")}"' not in page.split("<main")[1]
