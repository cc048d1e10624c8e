"""Files by the million: all or nothing, bad cells named, the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from grids.base_searching import number_key
from grids.models import EventLine, Grid, GridEvent, Resident, Site
from grids.services import bulk
from grids.services.reporting import Report, report_event
from grids.vocabulary import Category
from orgs.models import AccessLog, User
from tests.county import County
from tests.grids.placing import NUMBER, OTHER_NUMBER, grid_of, serve
from zongzhi.lib import clock

Write = Callable[..., Path]
PEOPLE = "姓名,身份证号,网格编码,外部系统编号"
PLACES = "名称,类别,网格编码,联系电话"
HAPPENED = "编号,网格编码,类别,说一句,上报时间,上报人账号,办结时间,结果"


@pytest.fixture
def grid(county: County) -> Grid:
    return grid_of(county)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def writing(*lines: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "file.csv"
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return writing


def run(what: str, path: Path, **options: bool) -> str:
    said = StringIO()
    call_command(f"import_{what}", path, stdout=said, **options)
    return said.getvalue()


def refused(what: str, path: Path) -> str:
    said = StringIO()
    with pytest.raises(CommandError, match="一行也没有导入"):
        call_command(f"import_{what}", path, stdout=said)
    return said.getvalue()


# 人口


def test_people_come_in_with_the_hash_of_their_number(grid: Grid, write: Write) -> None:
    path = write(PEOPLE, f"王建明,{NUMBER},{grid.code},H-1", f"李秀英,,{grid.code},")
    assert "新加 2，更新 0，没有变化 0" in run("residents", path)
    one = Resident.objects.get(name="王建明")
    assert (one.id_number_key, one.grid, one.external_ref) == (number_key(NUMBER), grid, "H-1")


def test_the_same_file_again_changes_nothing(grid: Grid, write: Write) -> None:
    path = write(PEOPLE, f"王建明,{NUMBER},{grid.code},", f"李秀英,,{grid.code},")
    run("residents", path)
    said = run("residents", path)
    assert "新加 0，更新 0，没有变化 2" in said
    assert "这份文件导入过" in said


def test_who_has_moved_is_moved(county: County, grid: Grid, write: Write) -> None:
    run("residents", write(PEOPLE, f"王建明,{NUMBER},{grid.code},"))
    other = grid_of(county, "002", "柳湾村第2网格")
    assert "更新 1" in run("residents", write(PEOPLE, f"王建明,{NUMBER},{other.code},"))
    assert Resident.objects.get().grid == other


def test_one_bad_cell_keeps_all_rows_out(grid: Grid, write: Write) -> None:
    path = write(
        PEOPLE, f"王建明,{NUMBER},{grid.code},", f"李秀英,{NUMBER[:17]}0,{grid.code},", "赵六,,1,"
    )
    said = refused("residents", path)
    assert "第 3 行 身份证号：最后一位应为 8（现在是 0）" in said
    assert "第 4 行 网格编码：没有编码是“1”的启用的网格" in said
    assert not Resident.objects.exists()


def test_a_number_twice_in_the_file_names_both_rows(grid: Grid, write: Write) -> None:
    path = write(PEOPLE, f"王建明,{NUMBER},{grid.code},", f"王建,{NUMBER},{grid.code},")
    assert "第 3 行 身份证号：和第 2 行是同一个身份证号" in refused("residents", path)


def test_two_rows_that_are_one_of_the_register_name_both_rows(grid: Grid, write: Write) -> None:
    """One by the number, the other by the other system's number: neither column says so."""
    Resident.objects.create(
        name="王建明", id_number_key=number_key(NUMBER), external_ref="H-1", grid=grid
    )
    path = write(PEOPLE, f"王建明,{NUMBER},{grid.code},", f"李秀英,,{grid.code},H-1")
    assert "第 3 行 姓名：和第 2 行是同一个人，留下一行" in refused("residents", path)
    assert Resident.objects.get().name == "王建明"


def test_two_of_one_name_need_a_number(grid: Grid, write: Write) -> None:
    path = write(PEOPLE, f"王建明,,{grid.code},", f"王建明,,{grid.code},")
    assert "第 3 行 姓名：同一个网格里同名的不止一行" in refused("residents", path)


def test_a_missing_column_is_named(grid: Grid, write: Write) -> None:
    with pytest.raises(CommandError, match="还缺：网格编码"):
        run("residents", write("姓名,身份证号", "王建明,"))


def test_the_first_thousand_bad_cells_are_named(
    grid: Grid, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "NAMED", 2)
    said = StringIO()
    with pytest.raises(CommandError, match="有 3 处要改"):
        call_command("import_residents", write(PEOPLE, *["王建明,,1,"] * 3), stdout=said)
    assert said.getvalue().count("网格编码") == 2


def test_a_dry_run_leaves_nothing(grid: Grid, write: Write) -> None:
    path = write(PEOPLE, f"王建明,{OTHER_NUMBER},{grid.code},")
    assert "试算，没有导入：新加 1" in run("residents", path, dry_run=True)
    assert not Resident.objects.exists()
    assert not AccessLog.objects.exists()


def test_what_excel_writes_here_is_read(grid: Grid, write: Write) -> None:
    run("residents", write(PEOPLE, f"王建明,,{grid.code},", encoding="gb18030"))
    assert Resident.objects.get().name == "王建明"


def test_hostile_cells_stay_one_cell(grid: Grid, write: Write) -> None:
    run("residents", write(PEOPLE, f'"王\t建\\N\n明",,{grid.code},'))
    assert Resident.objects.get().name == "王\t建\\N\n明"


def test_a_quote_without_its_pair_swallows_no_rows(grid: Grid, write: Write) -> None:
    path = write(PEOPLE, f'"王建明,,{grid.code},', f"李秀英,,{grid.code},H-2")
    with pytest.raises(CommandError, match="引号没有成对"):
        run("residents", path)
    assert not Resident.objects.exists()


def test_an_import_is_written_down_with_its_counts(grid: Grid, write: Write) -> None:
    run("residents", write(PEOPLE, f"王建明,{NUMBER},{grid.code},"))
    log = AccessLog.objects.get(action="import")
    assert (log.subject, log.data["created"]) == ("命令行导入人口 file.csv", 1)
    assert NUMBER not in str(log.data)


# 房屋、单位、场所、设施


def test_sites_come_in_and_again_change_nothing(grid: Grid, write: Write) -> None:
    path = write(PLACES, f"示例超市,单位,{grid.code},19900000001")
    assert "新加 1" in run("sites", path)
    assert "没有变化 1" in run("sites", path)
    assert Site.objects.get().phone == "19900000001"


def test_a_new_telephone_changes_a_site(grid: Grid, write: Write) -> None:
    run("sites", write(PLACES, f"示例超市,单位,{grid.code},19900000001"))
    said = run("sites", write(PLACES, f"示例超市,单位,{grid.code},19900000002"))
    assert "更新 1" in said
    assert Site.objects.get().phone == "19900000002"


def test_an_unknown_kind_of_site_is_named(grid: Grid, write: Write) -> None:
    said = refused("sites", write(PLACES, f"示例超市,超市,{grid.code},"))
    assert "第 2 行 类别：没有“超市”，可以填：房屋、单位、场所、设施" in said


def test_a_site_by_its_number_and_one_by_its_place_are_two(grid: Grid, write: Write) -> None:
    Site.objects.create(name="示例超市", kind="unit", grid=grid, external_ref="S-1")
    head = "名称,类别,网格编码,外部系统编号"
    path = write(head, f"示例大超市,单位,{grid.code},S-1", f"示例超市,单位,{grid.code},")
    assert "新加 1，更新 1" in run("sites", path)
    assert "没有变化 2" in run("sites", path)


# 网格事件


def event(grid: Grid, number: str = "A-1", **changed: str) -> str:
    cells = {
        "编号": number,
        "网格编码": grid.code,
        "类别": "环境卫生",
        "说一句": "垃圾没清",
        "上报时间": "2025-04-03 09:12",
        "上报人账号": "grid",
        "办结时间": "2025-04-03 15:00",
        "结果": "已处置",
    }
    return ",".join((cells | changed).values())


@pytest.fixture
def worker(grid_worker: User, grid: Grid) -> User:
    serve(grid_worker, grid)
    return grid_worker


def test_ended_events_come_in_numbered_by_day_with_one_line_each(
    grid: Grid, worker: User, county: County, write: Write
) -> None:
    path = write(
        HAPPENED,
        event(grid, "A-2", 上报时间="2025-04-03 10:00"),
        event(grid, "A-1"),
        event(grid, "A-3", 上报时间="2025-04-02 10:00", 结果="当场办了"),
    )
    assert "新加 3" in run("events", path)
    rows = GridEvent.objects.order_by("number").values_list("number", "short_number", "stage")
    assert list(rows) == [
        ("990101250402G01", "0402-G01", "done"),
        ("990101250403G01", "0403-G01", "done"),
        ("990101250403G02", "0403-G02", "done"),
    ]
    lines = EventLine.objects.values_list("verb", "by", "to_stage", "data")
    assert list(lines) == [("report", worker.pk, "done", {"imported": True})] * 3
    assert set(GridEvent.objects.values_list("center", flat=True)) == {county.county.pk}


def test_the_same_events_again_are_there_once(grid: Grid, worker: User, write: Write) -> None:
    run("events", write(HAPPENED, event(grid)))
    said = run("events", write(HAPPENED, event(grid), event(grid, "A-2")))
    assert "新加 1，更新 0，没有变化 1" in said
    assert sorted(GridEvent.objects.values_list("short_number", flat=True)) == [
        "0403-G01",
        "0403-G02",
    ]


def test_the_phone_goes_on_counting_after_an_import(grid: Grid, worker: User, write: Write) -> None:
    day = clock.now() - timedelta(minutes=5)
    now = day.strftime("%Y-%m-%d %H:%M")
    run("events", write(HAPPENED, event(grid, 上报时间=now, 办结时间=now)))
    imported = GridEvent.objects.get()
    reported, _ = report_event(
        Report(
            client_id=GridEvent().client_id,
            grid=grid,
            category=Category.OTHER,
            text="路灯坏了",
            settled_on_spot=True,
        ),
        by=worker,
    )
    assert reported.number[:-2] == imported.number[:-2]
    assert reported.number > imported.number


def test_an_open_event_is_not_history(grid: Grid, worker: User, write: Write) -> None:
    said = refused("events", write(HAPPENED, event(grid, 办结时间="")))
    assert "第 2 行 办结时间：没有填" in said


def test_bad_cells_of_an_event_are_all_named(grid: Grid, worker: User, write: Write) -> None:
    path = write(HAPPENED, event(grid, 类别="噪音", 上报时间="四月三日", 上报人账号="nobody"))
    said = refused("events", path)
    for column in ("类别", "上报时间", "上报人账号"):
        assert f"第 2 行 {column}：" in said
