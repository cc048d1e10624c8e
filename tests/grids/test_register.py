"""The register: who serves a grid from when to when, its number, its end, its pages."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from grids.allowances import dues_of
from grids.duty_lists import (
    Line,
    current_list,
    duties_in_force,
    ensure_duties,
    lines_of,
    read_lines,
)
from grids.models import AllowanceRate, DutyList, Grid, GridRole
from grids.services import allowances, duties, register, roles
from orgs.models import AccessLog, Center, Post, Region, User
from orgs.models.places import Level
from orgs.permissions import RoleCode
from tests.county import LONG_AGO, County, person
from tests.grids.field import Field
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, WrongState

TODAY = clock.today()
MARCH = date(2026, 3, 1)


def second_grid(field: Field) -> Grid:
    region = field.grid.region
    return Grid.objects.create(code=f"{region.code}002", name="柳湾村第2网格", region=region)


def role_of(field: Field) -> GridRole:
    return GridRole.objects.get(user=field.worker)


def newcomer(field: Field, **changed: Any) -> GridRole:
    said = {
        "name": "钱小芳",
        "phone": "15400000001",
        "username": "",
        "kind": "full_time",
        "since": TODAY,
    }
    return roles.begin_for_newcomer(
        grid=field.grid, by=field.town, address=None, **{**said, **changed}
    )


def test_who_is_moved_keeps_the_history_and_loses_the_grid(field: Field) -> None:
    to = second_grid(field)
    roles.move_role(role=role_of(field), to=to, since=TODAY, by=field.town, address=None)
    assert list(Grid.objects.visible_to(field.worker)) == [to]
    assert GridRole.objects.get(grid=field.grid).until == TODAY - timedelta(days=1)


def test_a_move_that_cannot_be_ends_nothing(field: Field) -> None:
    role = role_of(field)
    with pytest.raises(Invalid):
        roles.move_role(
            role=role, to=second_grid(field), since=role.since, by=field.town, address=None
        )
    assert GridRole.objects.get().until is None


def test_a_newcomer_gets_an_account_nobody_can_use_yet_and_a_post(field: Field) -> None:
    user = newcomer(field).user
    assert (user.username, user.has_usable_password()) == ("qianxiaofang", False)
    post = user.posts.get()
    assert (post.role.code, post.center) == (RoleCode.GRID_WORKER.value, field.county.village)
    logged = AccessLog.objects.filter(action="account", subject=user.username)
    assert {row.user for row in logged} == {field.town}
    assert logged.count() == 2


def test_the_same_name_and_phone_is_the_same_person(field: Field) -> None:
    user = newcomer(field).user
    assert newcomer(field, kind="head").user == user
    assert newcomer(field, phone="15400000002").user.username == "qianxiaofang2"


def test_a_guide_gets_no_right_to_report(field: Field) -> None:
    assert not newcomer(field, kind="guide").user.posts.exists()


def test_the_post_ends_with_the_last_grid(field: Field) -> None:
    roles.end_role(role=role_of(field), until=TODAY, by=field.town, address=None)
    assert Post.objects.get(user=field.worker).until == TODAY


def test_nobody_gives_themselves_a_post(field: Field) -> None:
    roles.begin_role(
        grid=field.grid, user=field.town, kind="head", since=TODAY, by=field.town, address=None
    )
    assert not field.town.posts.filter(role__code=RoleCode.GRID_WORKER.value).exists()


def test_nobody_holds_the_same_role_twice_at_a_time(field: Field) -> None:
    with pytest.raises(Invalid):
        roles.begin_role(
            grid=field.grid,
            user=field.worker,
            kind="full_time",
            since=TODAY,
            by=field.town,
            address=None,
        )


def test_another_town_may_not_touch_the_grid(field: Field, county: County) -> None:
    region = Region.objects.create(
        code="990101101000", name="白石镇", level=Level.TOWN, parent=county.county.region
    )
    other = Center.objects.create(
        name="白石镇综治中心", region=region, level=Level.TOWN, parent=county.county, phone="1"
    )
    stranger = person("stranger", "外人", other, RoleCode.TRIAGE)
    assert not Grid.objects.visible_to(stranger).exists()
    with pytest.raises(NotAllowed):
        roles.end_role(role=role_of(field), until=TODAY, by=stranger, address=None)


def test_numbers_follow_one_another_and_are_never_used_twice(field: Field) -> None:
    def new(kind: str, parent: Grid | None = None) -> str:
        return register.create_grid(
            village=field.grid.region,
            kind=kind,
            parent=parent,
            name="x",
            by=field.town,
            address=None,
        ).code[12:]

    assert [new("comprehensive"), new("dedicated"), new("micro", field.grid)] == [
        "002",
        "101",
        "201",
    ]
    with pytest.raises(Invalid):
        new("micro")


def test_a_grid_that_somebody_serves_is_not_closed(field: Field) -> None:
    with pytest.raises(WrongState):
        register.set_active(grid=field.grid, active=False, by=field.town, address=None)
    GridRole.objects.update(until=TODAY - timedelta(days=1))
    register.set_active(grid=field.grid, active=False, by=field.town, address=None)
    assert not Grid.objects.get().is_active


def test_a_grid_with_an_open_event_is_not_closed(field: Field) -> None:
    field.report()
    GridRole.objects.update(until=TODAY - timedelta(days=1))
    with pytest.raises(WrongState):
        register.set_active(grid=field.grid, active=False, by=field.town, address=None)


# --- 清单 -----------------------------------------------------------------------------------------


def test_the_nearest_list_is_in_force(field: Field) -> None:
    ensure_duties()
    ensure_duties()
    county = current_list(field.county.village)
    assert county is not None
    assert (county.center, county.number) == (field.county.county, 1)
    lines = lines_of(county)[:2]
    tomorrow = TODAY + timedelta(days=1)
    own = duties.publish_list(
        center=field.county.town,
        title="镇清单",
        effective_from=tomorrow,
        note="",
        lines=lines,
        by=field.town,
        address=None,
    )
    assert current_list(field.county.village) == county
    assert current_list(field.county.village, tomorrow) == own
    assert current_list(field.county.county, tomorrow) == county


def publish(field: Field, center: Center, by: User, lines: list[Line]) -> DutyList:
    said: dict[str, Any] = {"title": "清单", "effective_from": TODAY, "note": "", "address": None}
    return duties.publish_list(center=center, by=by, lines=lines, **said)


def test_a_town_chooses_from_the_countys_list_and_adds_nothing(field: Field) -> None:
    ensure_duties(LONG_AGO)
    admitted = lines_of(current_list(field.county.county))
    other, _ = read_lines("治安\t夜里巡看")
    with pytest.raises(Invalid, match="没有 1 项：夜里巡看"):
        publish(field, field.county.town, field.town, [admitted[0], *other])
    own = publish(field, field.county.town, field.town, admitted[:2])
    assert [row.name for row in own.duties.all()] == [line.name for line in admitted[:2]]


def test_what_the_county_admits_no_more_is_not_asked_by_a_town(field: Field) -> None:
    ensure_duties(LONG_AGO)
    admitted = lines_of(current_list(field.county.county))
    publish(field, field.county.town, field.town, admitted[:2])
    assert duties_in_force(field.county.village).count() == 2
    keeper = person("keeper", "周理", field.county.county, RoleCode.TRIAGE)
    publish(field, field.county.county, keeper, admitted[1:])
    assert [row.name for row in duties_in_force(field.county.village)] == [admitted[1].name]


def test_every_bad_line_of_a_list_is_named() -> None:
    lines, faults = read_lines("类别\t事项\n治安｜夜里巡看\n打分\t排名\n治安\t\n\n治安\t夜里巡看")
    assert [line.name for line in lines] == ["夜里巡看"]
    assert [fault[:6] for fault in faults] == ["第 3 行：", "第 4 行：", "第 6 行："]


# --- 补贴 -----------------------------------------------------------------------------------------


def rate(field: Field, kind: str, amount: str) -> None:
    AllowanceRate.objects.create(
        center=field.county.county,
        kind=kind,
        amount=Decimal(amount),
        effective_from=date(2025, 1, 1),
    )


def test_a_part_of_a_month_is_paid_by_its_days(field: Field) -> None:
    rate(field, "full_time", "3100")
    GridRole.objects.update(since=date(2026, 3, 22))
    [due] = dues_of(field.county.town, MARCH)
    assert (due.days, due.amount, due.note) == (10, Decimal("1000.00"), "3月22日起")


def test_a_day_in_two_grids_is_paid_once_for_the_better_paid(field: Field) -> None:
    rate(field, "full_time", "3100")
    rate(field, "head", "310")
    GridRole.objects.create(
        grid=second_grid(field), user=field.worker, kind="head", since=date(2026, 1, 1)
    )
    GridRole.objects.filter(kind="full_time").update(since=date(2026, 3, 31))
    assert [(due.role.kind, due.days, due.amount) for due in dues_of(field.county.town, MARCH)] == [
        ("full_time", 1, Decimal("100.00")),
        ("head", 30, Decimal("300.00")),
    ]


def test_a_fixed_list_never_moves(field: Field) -> None:
    rate(field, "full_time", "3100")
    center, by = field.county.town, field.town
    listing = allowances.draw_up(center=center, month=MARCH, by=by)
    allowances.fix_list(listing=listing, by=by, address=None)
    AllowanceRate.objects.update(amount=Decimal(1))
    with pytest.raises(AlreadyDone):
        allowances.draw_up(center=center, month=MARCH, by=by)
    assert listing.rows.get().amount == Decimal("3100.00")


def test_a_month_is_paid_by_the_town_or_by_the_county_and_not_by_both(field: Field) -> None:
    rate(field, "full_time", "3100")
    county, town = field.county.county, field.county.town
    above = allowances.draw_up(center=county, month=MARCH, by=field.above)
    below = allowances.draw_up(center=town, month=MARCH, by=field.town)
    allowances.fix_list(listing=below, by=field.town, address=None)
    with pytest.raises(WrongState, match="同样的 1 个人"):
        allowances.fix_list(listing=above, by=field.above, address=None)
    with pytest.raises(WrongState, match="青石镇综治中心"):
        allowances.draw_up(center=county, month=MARCH, by=field.above)
    february = date(2026, 2, 1)
    assert allowances.draw_up(center=county, month=february, by=field.above).rows.count() == 1


def test_a_month_that_is_not_over_is_not_fixed(field: Field) -> None:
    rate(field, "full_time", "3100")
    month = TODAY.replace(day=1)
    listing = allowances.draw_up(center=field.county.town, month=month, by=field.town)
    with pytest.raises(WrongState):
        allowances.fix_list(listing=listing, by=field.town, address=None)


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def keeper(field: Field, client: Client) -> Client:
    client.force_login(field.town)
    return client


@pytest.mark.parametrize(
    "page",
    [
        "",
        "{code}/",
        "{code}/notice/",
        "cards/",
        "map/",
        "map/?area=990101100201",
        "duties/",
        "duties/new/",
        "trainings/",
        "trainings/new/",
        "allowances/",
        "new/",
        "shapes/",
        "import/",
        "workers/import/",
    ],
)
def test_every_page_of_the_register_opens(field: Field, keeper: Client, page: str) -> None:
    field.report()
    answer = keeper.get("/grids/" + page.format(code=field.grid.code))
    assert answer.status_code == 200


def test_the_map_of_another_place_is_not_there(field: Field, keeper: Client) -> None:
    assert keeper.get("/grids/map/?area=990101").status_code == 404
    assert keeper.get("/grids/map/?area=99010110").status_code == 404


def test_the_map_counts_what_its_links_list(field: Field, keeper: Client) -> None:
    field.report()
    field.at("done")
    html = keeper.get("/grids/map/?area=990101100201").content.decode()
    link = f"/grids/events/?grid={field.grid.code}&amp;open=1"
    assert f'<a href="{link}">1</a>' in html
    listed = keeper.get(link.replace("&amp;", "&")).content.decode()
    assert "共 1 件" in listed


def test_the_map_is_drawn_anew_when_a_border_has_changed(field: Field, keeper: Client) -> None:
    def drawn() -> str:
        html = keeper.get("/grids/map/?area=990101100201").content.decode()
        return "".join(re.findall(r' d="([^"]*)"', html))

    def set_shape(height: float) -> None:
        corners = [[103, 24], [103.01, 24], [103.01, 24 + height], [103, 24 + height], [103, 24]]
        shape = {"type": "Polygon", "coordinates": [corners]}
        register.set_shape(grid=field.grid, geometry=shape, by=field.town, address=None)

    assert drawn() == ""
    set_shape(0.01)
    first = drawn()
    assert first == drawn() != ""
    set_shape(0.02)
    assert drawn() not in (first, "")
    register.set_shape(grid=field.grid, geometry=None, by=field.town, address=None)
    assert drawn() == ""


def test_a_worker_reads_the_grid_and_changes_nothing(field: Field, client: Client) -> None:
    client.force_login(field.worker)
    url = f"/grids/{field.grid.code}/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"name": "我的"}).status_code == 403


def test_the_list_finds_the_grids_nobody_serves(field: Field, keeper: Client) -> None:
    bare = second_grid(field)
    html = keeper.get("/grids/?nobody=1").content.decode()
    assert bare.name in html
    assert field.grid.name not in html


def test_what_was_typed_is_kept_when_something_is_wrong(field: Field, keeper: Client) -> None:
    url = f"/grids/{field.grid.code}/begin/"
    answer = keeper.post(url, {"role-name": "钱小芳", "role-kind": "head", "role-since": "x"})
    assert answer.status_code == 422
    assert "钱小芳" in answer.content.decode()
