"""Grids and their workers from Excel and from the command line: all or nothing, taken back."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from grids.importing import GridImporter, WorkerImporter
from grids.models import Grid, GridRole
from grids.site_importing import SiteImporter
from orgs import imports
from orgs.importing import Sheet
from orgs.imports import Importer
from orgs.models import AccessLog, Center, Import, User
from tests.county import County

VILLAGE = "990101100201"
GRID = {"code": f"{VILLAGE}001", "name": "柳湾村第1网格", "households": "320"}
MICRO = {"code": f"{VILLAGE}201", "name": "一组", "kind": "微网格", "parent": f"{VILLAGE}001"}
WORKER = {
    "name": "赵小军",
    "phone": "15400000001",
    "grid": f"{VILLAGE}001",
    "kind": "专职网格员",
    "since": "2026-01-01",
}


def imported(importer: Importer, by: User, *rows: dict[str, str]) -> Import:
    sheet = Sheet([(at, dict(row)) for at, row in enumerate(rows, start=2)], [])
    one = imports.begin(importer, sheet, by)
    return imports.carry_out(importer, one.pk, by=by, address=None, cover=True)


def test_a_micro_grid_lies_in_a_grid_of_the_same_file(county: County, town_officer: User) -> None:
    imported(GridImporter(county.town), town_officer, GRID, MICRO)
    assert Grid.objects.get(name="一组").parent == Grid.objects.get(code=GRID["code"])


@pytest.mark.parametrize(
    ("changed", "key", "sentence"),
    [
        ({"code": "990101101001001"}, "code", "辖区里没有"),
        ({"code": "9.90101E+14"}, "code", "13 到 18 位数字"),
        ({"kind": "微网格"}, "parent", "要写所属综合网格"),
        ({"households": "三百"}, "households", "要是整数"),
    ],
)
def test_a_bad_cell_of_a_grid_is_named(
    county: County, town_officer: User, changed: dict[str, str], key: str, sentence: str
) -> None:
    importer = GridImporter(county.town)
    found = imports.check_rows(importer, [(2, {**GRID, **changed})])
    assert sentence in found.bad[0].errors[key]


def test_workers_come_with_accounts_and_go_without_a_trace(
    county: County, town_officer: User
) -> None:
    imported(GridImporter(county.town), town_officer, GRID)
    people = User.objects.count()
    importer = WorkerImporter(county.town)
    one = imported(importer, town_officer, WORKER, {**WORKER, "kind": "网格长"})
    user = User.objects.get(name="赵小军")
    assert (user.grid_roles.count(), user.posts.get().center) == (2, county.village)
    assert not user.has_usable_password()
    accounts = AccessLog.objects.filter(action="account", user=town_officer)
    assert {row.subject for row in accounts} == {user.username}
    imports.undo(WorkerImporter(county.town), one.pk, by=town_officer, address=None)
    assert (GridRole.objects.count(), User.objects.count()) == (0, people)


def test_taking_more_workers_back_costs_no_more_queries(county: County, town_officer: User) -> None:
    imported(GridImporter(county.town), town_officer, GRID)

    def queries(names: str) -> int:
        rows = [{**WORKER, "name": f"赵小{name}"} for name in names]
        one = imported(WorkerImporter(county.town), town_officer, *rows)
        with CaptureQueriesContext(connection) as captured:
            imports.undo(WorkerImporter(county.town), one.pk, by=town_officer, address=None)
        assert not GridRole.objects.exists()
        return len(captured)

    assert queries("甲") == queries("甲乙丙丁戊己")


def test_who_has_signed_in_stays_when_an_import_is_taken_back(
    county: County, town_officer: User
) -> None:
    imported(GridImporter(county.town), town_officer, GRID)
    one = imported(WorkerImporter(county.town), town_officer, WORKER)
    user = User.objects.get(name="赵小军")
    user.set_password("Zongzhi@2026")
    user.save()
    imports.undo(WorkerImporter(county.town), one.pk, by=town_officer, address=None)
    assert (User.objects.filter(pk=user.pk).exists(), user.posts.exists()) == (True, False)


def test_grids_with_their_micro_grids_are_taken_back(county: County, town_officer: User) -> None:
    one = imported(GridImporter(county.town), town_officer, GRID, MICRO)
    imports.undo(GridImporter(county.town), one.pk, by=town_officer, address=None)
    assert not Grid.objects.exists()


def test_a_grid_stays_whose_micro_grid_stays(county: County, town_officer: User) -> None:
    one = imported(GridImporter(county.town), town_officer, GRID, MICRO)
    Grid.objects.filter(name="一组").update(households=3)
    done = imports.undo(GridImporter(county.town), one.pk, by=town_officer, address=None)
    assert imports.contents(done)["left"] == [
        "柳湾村第1网格：已经用到（微网格）",
        "一组：导入以后改过",
    ]


WIZARDS: dict[str, Callable[[Center], Importer]] = {
    "import": GridImporter,
    "workers/import": WorkerImporter,
    "sites/import": SiteImporter,
}


@pytest.mark.parametrize("page", WIZARDS)
def test_more_rows_than_a_wizard_takes_are_refused_with_its_limit(
    county: County,
    town_officer: User,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
) -> None:
    importer = WIZARDS[page]
    client.force_login(town_officer)
    limit = f"最多 {importer.most_rows} 行"
    assert limit in client.get(f"/grids/{page}/").content.decode()
    monkeypatch.setattr(importer, "most_rows", 1)
    columns = importer(county.town).table.columns
    book = Workbook()
    for line in ([column.title for column in columns], ["甲"] * 3, ["乙"] * 3):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("rows.xlsx", out.getvalue())
    answer = client.post(f"/grids/{page}/", {"file": file})
    assert (answer.status_code, Import.objects.exists()) == (422, False)
    assert "一次最多导入 1 行" in answer.content.decode()


def test_the_same_row_again_changes_nothing(county: County, town_officer: User) -> None:
    imported(GridImporter(county.town), town_officer, GRID)
    imported(WorkerImporter(county.town), town_officer, WORKER)
    found = imports.check_rows(WorkerImporter(county.town), [(2, WORKER)])
    assert [cover.differences for cover in found.covers] == [[]]


def test_a_worker_of_a_grid_that_is_not_there_is_named(county: County) -> None:
    found = imports.check_rows(WorkerImporter(county.town), [(2, WORKER)])
    assert "先导入网格" in found.bad[0].errors["grid"]


def test_the_wizard_opens_and_gives_its_template(town_officer: User, client: Client) -> None:
    client.force_login(town_officer)
    for page in ("import", "workers/import"):
        assert client.get(f"/grids/{page}/").status_code == 200
        assert client.get(f"/grids/{page}/template/").status_code == 200


def csv_of(tmp_path: Path, head: str, *lines: str) -> Path:
    file = tmp_path / "rows.csv"
    file.write_text("\n".join([head, *lines]), encoding="utf-8-sig")
    return file


def run(command: str, file: Path) -> Any:
    return call_command(command, str(file), center="990101000000", verbosity=0)


def test_one_bad_cell_keeps_a_whole_county_out(county: County, tmp_path: Path) -> None:
    lines = [f"{VILLAGE}001,一,100", f"{VILLAGE}002,二,很多"]
    with pytest.raises(CommandError) as told:
        run("import_grids", csv_of(tmp_path, "网格编码,名称,户数", *lines))
    assert "第 3 行 户数" in str(told.value)
    assert not Grid.objects.exists()


def test_a_county_comes_in_by_files(county: County, tmp_path: Path) -> None:
    grids = [f"{VILLAGE}{n:03d},第{n}网格,300" for n in range(1, 101)]
    run("import_grids", csv_of(tmp_path, "网格编码,名称,户数", *grids))
    people = [f"张{n},154{n:08d},{VILLAGE}{n:03d},专职网格员,2026-01-01" for n in range(1, 101)]
    run("import_grid_workers", csv_of(tmp_path, "姓名,电话,网格编码,身份,从哪天起", *people))
    assert (Grid.objects.count(), GridRole.objects.count()) == (100, 100)
    assert AccessLog.objects.filter(action="import").count() == 2


def test_a_quote_without_its_pair_swallows_no_grid(county: County, tmp_path: Path) -> None:
    lines = [f'{VILLAGE}001,"柳湾村第1网格', f"{VILLAGE}002,柳湾村第2网格"]
    with pytest.raises(CommandError, match="引号没有成对"):
        run("import_grids", csv_of(tmp_path, "网格编码,名称", *lines))
    assert not Grid.objects.exists()
