"""Mediators from Excel: looked at, imported in one go, taken back."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from mediation.importing import MediatorImporter
from mediation.models import Honour, Mediator, MediatorLevel
from mediation.services import choosing
from orgs import imports
from orgs.models import AccessLog, Import, User
from tests.county import County
from tests.lives import ID_NUMBER, Lives
from tests.mediation.people import body_of, mediator_of, started
from zongzhi.lib import clock

SEND = "/mediation/mediators/import/"
TITLES = ["姓名", "身份", "身份证号", "电话", "调解组织", "擅长", "会说", "专职", "称号"]
ZHAO = ["赵英", "人民调解员", ID_NUMBER, "19900005621", "", "", "普通话、彝话", "是", "金牌"]
MA = ["马建国", "专家", "", "", "", "", "", "", ""]


@pytest.fixture
def keeper(county: County, triage: User, client: Client) -> Client:
    client.force_login(triage)
    return client


def sheet(*rows: list[Any], titles: list[str] = TITLES) -> SimpleUploadedFile:
    book = Workbook()
    for line in (titles, *rows):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("名册.xlsx", out.getvalue())


def sent(client: Client, *rows: list[Any], titles: list[str] = TITLES) -> Import:
    answer = client.post(SEND, {"file": sheet(*rows, titles=titles)})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.latest("pk")


def url(one: Import, step: str = "") -> str:
    return f"{SEND}{one.pk}/{step}"


def page(client: Client, one: Import, tab: str = "") -> str:
    return client.get(url(one), {"tab": tab}).content.decode()


def imported(
    client: Client, *rows: list[Any], cover: bool = False, titles: list[str] = TITLES
) -> Import:
    one = sent(client, *rows, titles=titles)
    answer = client.post(url(one, "carry-out/"), {"cover": "1"} if cover else {})
    assert answer.status_code == 302, answer.content.decode()
    one.refresh_from_db()
    return one


def undone(client: Client, one: Import) -> str:
    client.post(url(one, "undo/"))
    return page(client, one)


def everything() -> list[Any]:
    """All rows of the register and what hangs from them, as the database has them."""
    found = [
        {**row, "types": sorted(Mediator.objects.get(pk=row["id"]).specialities.values_list("pk"))}
        for row in Mediator.objects.order_by("pk").values()
    ]
    return [found, list(Honour.objects.order_by("pk").values())]


def test_the_template_comes_from_the_centre_and_imports_nothing_by_itself(
    keeper: Client, county: County
) -> None:
    body_of(county)
    answer = keeper.get(f"{SEND}template/")
    file = b"".join(answer.streaming_content)
    book = load_workbook(io.BytesIO(file))
    assert [cell.value for cell in book["调解员"][1]][:3] == ["姓名*", "性别", "身份证号"]
    assert "劳调委" in [cell.value for cell in book["选项"]["F"]]
    answer = keeper.post(SEND, {"file": SimpleUploadedFile("模板.xlsx", file)})
    assert (answer.status_code, Import.objects.count()) == (422, 0)


def test_nothing_is_in_the_register_before_somebody_says_so(keeper: Client) -> None:
    one = sent(keeper, ZHAO, MA)
    assert "可以导入 2" in page(keeper, one)
    assert not Mediator.objects.exists()


def test_what_was_sent_is_unreadable_in_the_database_and_masked_on_the_page(
    keeper: Client,
) -> None:
    from django.db import connection  # noqa: PLC0415

    one = sent(keeper, ZHAO)
    with connection.cursor() as cursor:
        cursor.execute("select rows from orgs_import")
        assert "赵英" not in cursor.fetchone()[0]
    html = page(keeper, one, "fresh")
    assert "110105********002X" in html
    assert ID_NUMBER not in html


def test_all_that_can_be_is_imported_in_one_go_and_logged(keeper: Client, county: County) -> None:
    body = body_of(county)
    row = [*ZHAO]
    row[4] = "劳调委"
    one = imported(keeper, row, MA)
    zhao = Mediator.objects.get(name="赵英")
    assert (zhao.body, zhao.gender, zhao.is_full_time) == (body, "f", True)
    assert (zhao.languages, zhao.id_number, zhao.phone) == (
        ["普通话", "彝话"],
        ID_NUMBER,
        "19900005621",
    )
    assert zhao.honours.get().name == "金牌"
    assert (one.state, one.created, one.covered) == ("done", 2, 0)
    log = AccessLog.objects.get(action="import")
    assert log.data == {"created": 2, "covered": 0}


def test_sent_twice_it_is_imported_once(keeper: Client) -> None:
    one = imported(keeper, ZHAO, MA)
    assert keeper.post(url(one, "carry-out/")).status_code == 302
    assert Mediator.objects.count() == 2
    assert AccessLog.objects.filter(action="import").count() == 1


def test_when_one_row_fails_none_is_imported(
    keeper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    mediator_of_before = imported(keeper, MA)
    assert mediator_of_before.created == 1

    def breaks(*args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(MediatorImporter, "cover", breaks)
    one = sent(keeper, ZHAO, ["马建国", "律师", *[""] * 7])
    with pytest.raises(RuntimeError):
        keeper.post(url(one, "carry-out/"), {"cover": "1"})
    one.refresh_from_db()
    assert (one.state, Mediator.objects.count()) == ("checking", 1)


def test_a_bad_cell_is_named_mended_in_place_and_then_imported(keeper: Client) -> None:
    bad = [*ZHAO]
    bad[2] = "110105194912310021"
    one = sent(keeper, MA, bad)
    assert "第 3 行 身份证号：最后一位应为 X（现在是 1）" in page(keeper, one, "bad")
    answer = keeper.post(url(one), {"r3-id_number": "110105194912310022"})
    assert answer.status_code == 422
    assert 'value="110105194912310022"' in answer.content.decode()
    assert keeper.post(url(one), {"r3-id_number": ID_NUMBER}).status_code == 302
    assert "有问题 0" in page(keeper, one)
    keeper.post(url(one, "carry-out/"))
    assert Mediator.objects.count() == 2


def test_rows_that_stay_wrong_are_left_out_or_dropped(keeper: Client) -> None:
    one = sent(keeper, MA, ["", *ZHAO[1:]])
    keeper.post(url(one), {"r3-name": "", "drop": "3"})
    assert "有问题 0" in page(keeper, one)
    two = imported(keeper, MA, ["", *ZHAO[1:]])
    assert (two.created, Mediator.objects.count()) == (1, 1)
    assert "有问题的 1 行没有导入" in page(keeper, two)


def test_what_was_not_imported_waits_to_be_mended(keeper: Client) -> None:
    mediator = imported(keeper, ZHAO)
    one = imported(keeper, MA, ["", *MA[1:]], [*ZHAO[:3], "19900009999", *ZHAO[4:]])
    html = page(keeper, one)
    assert "有问题的 1 行没有导入" in html
    assert "已经存在的 1 行没有更新" in html
    rest = Import.objects.latest("pk")
    assert rest.pk not in (one.pk, mediator.pk)
    assert url(rest) in html
    assert url(rest, "bad/") in html
    keeper.post(url(rest), {"r3-name": "李四"})
    keeper.post(url(rest, "carry-out/"), {"cover": "1"})
    rest.refresh_from_db()
    assert (rest.created, rest.covered) == (1, 1)
    assert url(rest) not in page(keeper, one)


def test_what_is_dropped_is_a_line_of_the_file(keeper: Client) -> None:
    one = sent(keeper, MA, ["", *ZHAO[1:]])
    assert keeper.post(url(one), {"drop": "9" * 5000}).status_code < 500


def test_who_left_the_register_does_not_come_back_by_a_file(keeper: Client) -> None:
    imported(keeper, ZHAO)
    Mediator.objects.update(is_active=False, left_why="调走了")
    one = sent(keeper, [*ZHAO[:3], "19900009999", *ZHAO[4:]])
    assert "名册里有赵英，但不在册（调走了）" in page(keeper, one, "bad")


def test_a_new_grade_has_not_the_day_of_the_old(keeper: Client) -> None:
    first, second = (MediatorLevel.objects.create(name=n, rank=r) for r, n in enumerate("一二"))
    imported(keeper, ZHAO)
    Mediator.objects.update(level=first, leveled_on=clock.today())
    imported(keeper, [*ZHAO, "二"], titles=[*TITLES, "等级"], cover=True)
    one = Mediator.objects.get()
    assert (one.level, one.leveled_on) == (second, None)


def test_only_the_bad_rows_can_be_taken_home(keeper: Client) -> None:
    one = sent(keeper, MA, ["", *ZHAO[1:]])
    file = b"".join(keeper.get(url(one, "bad/")).streaming_content)
    lines = list(load_workbook(io.BytesIO(file)).active.iter_rows(values_only=True))
    assert len(lines) == 2
    assert "第 3 行 姓名：还没填" in lines[1]
    assert AccessLog.objects.filter(action="export").exists()


def test_one_person_stands_in_a_file_once(keeper: Client) -> None:
    one = sent(keeper, ZHAO, MA, ["赵瑛", *ZHAO[1:]], MA)
    html = page(keeper, one, "bad")
    assert "和第 2 行是同一个" in html
    assert "和第 3 行是同一个" in html


def test_who_is_there_is_covered_only_when_asked_for(keeper: Client) -> None:
    imported(keeper, ZHAO)
    newer = ["赵瑛", "律师", ID_NUMBER, "19900005622", *[""] * 5]
    one = sent(keeper, newer)
    html = page(keeper, one, "cover")
    assert "会覆盖 1" in html
    assert "199****5622" in html
    assert "19900005622" not in html
    answer = keeper.post(url(one, "carry-out/"))
    assert answer.status_code == 422
    assert Mediator.objects.get().name == "赵英"
    keeper.post(url(one, "carry-out/"), {"cover": "1"})
    zhao = Mediator.objects.get()
    assert (zhao.name, zhao.kind, zhao.phone) == ("赵瑛", "lawyer", "19900005622")
    assert (zhao.languages, zhao.is_full_time) == (["普通话", "彝话"], True)


def test_a_title_is_added_to_those_there(keeper: Client) -> None:
    imported(keeper, ZHAO)
    one = sent(keeper, [*ZHAO[:-1], "银牌"])
    assert "<ins>金牌、银牌</ins>" in page(keeper, one, "cover")
    keeper.post(url(one, "carry-out/"), {"cover": "1"})
    assert sorted(Honour.objects.values_list("name", flat=True)) == ["金牌", "银牌"]


def test_without_a_number_name_and_body_say_who_it_is(keeper: Client, county: County) -> None:
    body_of(county)
    imported(keeper, MA)
    same, other = ["马建国", "律师", *[""] * 7], ["马建国", "律师", "", "", "劳调委", *[""] * 4]
    assert "会覆盖 1" in page(keeper, sent(keeper, same))
    assert "可以导入 1" in page(keeper, sent(keeper, other))


def test_taken_back_everything_is_as_it_was(keeper: Client, county: County) -> None:
    body_of(county)
    imported(keeper, MA)
    mediator_of(county, "普正福", types=("07", "10"), languages=["彝话"], level=None)
    before = everything()
    newer = ["普正福", "律师", ID_NUMBER, "19900005622", "", "", "哈尼话", "是", "金牌、银牌"]
    one = imported(keeper, ["马建国", "律师", *[""] * 7], newer, ["李四", *MA[1:]], cover=True)
    assert (one.created, one.covered) == (1, 2)
    assert everything() != before
    undone(keeper, one)
    assert everything() == before
    assert AccessLog.objects.filter(subject__startswith="撤销导入调解员").exists()


def test_what_was_used_or_changed_since_is_named_and_left(keeper: Client, county: County) -> None:
    one = imported(keeper, ZHAO, MA, ["李四", *MA[1:]])
    Mediator.objects.filter(name="马建国").update(title="手改的")
    Mediator.objects.get(name="李四").trainings.create(on=clock.today(), subject="法", hours=1)
    html = undone(keeper, one)
    assert sorted(Mediator.objects.values_list("name", flat=True)) == ["李四", "马建国"]
    assert "马建国：导入以后改过" in html
    assert "李四：已经用到（培训）" in html


def test_a_mediator_who_hosts_since_is_left(
    keeper: Client, lives: Lives, handler: User, triage: User
) -> None:
    one = imported(keeper, ZHAO, MA)
    case = started(lives.claimed(), handler)
    host = Mediator.objects.get(name="马建国")
    choosing.appoint_mediator(case_id=case.pk, by=triage, mediator=host.pk)
    html = undone(keeper, one)
    assert "马建国：已经用到（调解、选调解员）" in html
    assert list(Mediator.objects.values_list("name", flat=True)) == ["马建国"]


def test_more_rows_cost_no_more_queries(keeper: Client, django_assert_max_num_queries: Any) -> None:
    one = sent(keeper, *([f"某人{n}", *MA[1:]] for n in range(40)))
    with django_assert_max_num_queries(45):
        page(keeper, one)
    with django_assert_max_num_queries(45):
        keeper.post(url(one, "carry-out/"))
    assert Mediator.objects.count() == 40


def test_taking_many_back_asks_each_relation_once(
    keeper: Client, django_assert_max_num_queries: Any
) -> None:
    """Removing one asks what hangs from it; whether they are used is asked once of all."""
    one = imported(keeper, *([f"某人{n}", *MA[1:]] for n in range(30)))
    importer = MediatorImporter(one.center)
    pks = list(Mediator.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(30):
        assert not any(importer.used_by(pks).values())


def test_after_a_day_it_stays(keeper: Client) -> None:
    one = imported(keeper, ZHAO)
    Import.objects.update(done_at=clock.now() - timedelta(hours=25))
    assert keeper.post(url(one, "undo/")).status_code == 409
    assert Mediator.objects.exists()
    imports.forget_old(before=clock.now() - imports.UNDO_WITHIN)
    one.refresh_from_db()
    assert (one.rows, one.created) == ("", 1)


def test_a_file_nobody_imported_is_forgotten(keeper: Client) -> None:
    one = sent(keeper, ZHAO)
    Import.objects.update(at=clock.now() - timedelta(hours=25))
    imports.forget_old(before=clock.now() - imports.UNDO_WITHIN)
    assert keeper.get(url(one)).status_code == 404


def test_an_import_belongs_to_its_centre(
    keeper: Client, town_officer: User, client: Client
) -> None:
    one = sent(keeper, ZHAO)
    client.force_login(town_officer)
    assert client.get(url(one)).status_code == 404
    assert client.post(url(one, "carry-out/")).status_code == 404


def test_sex_and_number_that_disagree_are_said(keeper: Client) -> None:
    one = sent(
        keeper, ["赵英", "专家", ID_NUMBER, "男"], titles=["姓名", "身份", "身份证号", "性别"]
    )
    assert "第 2 行 性别：和身份证号对不上，身份证号上是女" in page(keeper, one)
