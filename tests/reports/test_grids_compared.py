"""网格 as units of a bulletin: by how they settle what is theirs, never a person's row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grids.models import Grid, GridEvent, GridRole
from grids.services import events as acts
from orgs.models import Department, User
from orgs.permissions import RoleCode
from reports import bulletin_views
from reports.models import Bulletin, DraftRow, Scheme
from reports.services import bulletins as services
from reports.services import drafting, schemes
from tests.county import LONG_AGO, County, person
from tests.grids.field import Field, build_field
from tests.lib.days import moment
from tests.reports.marches import (
    FIRST_OF_APRIL,
    IN_MARCH,
    a_paper,
    a_scheme,
    drafted,
    lengths,
    published,
    words_of,
)
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed

LINES = [schemes.Weighed("own_on_time_rate", 60), schemes.Weighed("own_at_once_rate", 40)]
DONE = "换了灯泡，已经亮了"


def a_grid_scheme(county: County, **said: Any) -> Scheme:
    given = {"group": "grids", "lines": LINES, "name": "网格评分", **said}
    return a_scheme(county, yellow=Decimal(0), red=Decimal(0), **given)


@pytest.fixture
def field(county: County) -> Field:
    """On a Monday of March: the grid of 赵小军."""
    clock.freeze(IN_MARCH)
    return build_field(county)


@pytest.fixture
def colleague(field: Field) -> User:
    """Serves the same grid."""
    return serving(field.grid, "grid2", "钱小兵", field.county)


@pytest.fixture
def village_head(county: County) -> User:
    return person("village_head", "杨春梅", county.village, RoleCode.TRIAGE)


def serving(grid: Grid, username: str, name: str, county: County) -> User:
    user = person(username, name, county.village, RoleCode.GRID_WORKER)
    GridRole.objects.create(grid=grid, user=user, kind=GridRole.Kind.FULL_TIME, since=LONG_AGO)
    return user


def another_grid(county: County, serial: int) -> Grid:
    village = county.village.region
    code = f"{village.code}{serial:03d}"
    grid = Grid.objects.create(code=code, name=f"第{serial}网格", region=village)
    for user in User.objects.filter(username__in=("grid", "grid2")):
        GridRole.objects.create(grid=grid, user=user, kind="full_time", since=LONG_AGO)
    return grid


def settled(field: Field, *, by: User | None = None, grid: Grid | None = None) -> GridEvent:
    """Reported, and done by the town itself, in time."""
    event = _reported(field, by, grid)
    field.verify(event, then="center")
    return acts.finish_event(event_id=event.pk, by=field.town, result=DONE)


def done_by(worker: User, field: Field, *, by: User | None = None) -> GridEvent:
    """Reported, and done by a grid worker, in time."""
    event = _reported(field, by, None)
    field.verify(event, then="worker", worker=worker)
    acts.feed_back_event(event_id=event.pk, by=worker, text=DONE)
    return acts.finish_event(event_id=event.pk, by=field.town, result=DONE)


def _reported(field: Field, by: User | None, grid: Grid | None) -> GridEvent:
    return field.report(by=by or field.worker, grid=grid or field.grid)


def the_row() -> DraftRow:
    (row,) = drafted().draft_rows.all()
    return row


# --- whose row it would be ------------------------------------------------------------------------


def test_a_grid_is_scored_by_what_it_settled_itself(
    field: Field, colleague: User, county: County
) -> None:
    a_grid_scheme(county)
    settled(field)
    settled(field, by=colleague)
    row = the_row()
    assert (row.grid, row.unit, row.code) == (field.grid, county.village_unit, field.grid.code)
    assert row.unit_name == "柳湾村第1网格"
    assert row.numbers == {
        "own_on_time_rate": {"part": 2, "whole": 2},
        "own_at_once_rate": {"part": 2, "whole": 2},
    }
    assert (row.score, row.yellow, row.red) == (Decimal("100.00"), 0, 0)


def test_a_grid_whose_events_one_person_reported_has_no_row(field: Field, county: County) -> None:
    a_grid_scheme(county)
    settled(field)
    settled(field)
    clock.freeze(FIRST_OF_APRIL)
    assert drafting.months_due(FIRST_OF_APRIL)
    drafting.draft_month(scheme_id=Scheme.objects.get().pk, now=FIRST_OF_APRIL)
    assert not Bulletin.objects.exists()


def test_a_grid_whose_events_one_worker_handled_has_no_row(
    field: Field, colleague: User, county: County
) -> None:
    a_grid_scheme(county)
    other = another_grid(county, 2)
    for one in (field.worker, colleague):
        done_by(field.worker, field, by=one)
        settled(field, by=one, grid=other)
    bulletin = drafted()
    assert [row.grid for row in bulletin.draft_rows.all()] == [other]
    assert bulletin.rules["left_out"] == 1
    settled(field)  # the centre has handled one too
    clock.freeze(IN_MARCH)
    settled(field)
    clock.freeze(FIRST_OF_APRIL)
    services.recount(bulletin_id=bulletin.pk, by=_triage())
    assert bulletin.draft_rows.count() == 2


def _triage() -> User:
    return User.objects.get(username="county_triage")


def test_what_raises_no_score_by_being_reported(
    field: Field, colleague: User, county: County
) -> None:
    """On the spot, given to a unit, unfounded, with the county: none of it is the grid's doing."""
    a_grid_scheme(county)
    settled(field)
    settled(field, by=colleague)
    field.report(by=colleague, settled_on_spot=True, text="路面有碎玻璃，已经扫掉了，没有人受伤")
    field.at("with_unit")
    field.verify(field.report(), truth="unfounded", valid=None, text="去看过，没有这回事")
    field.verify(field.report(), then="up")
    clock.freeze(moment(3, 31, 17))
    row = the_row()
    assert row.numbers["own_on_time_rate"] == {"part": 2, "whole": 2}
    assert row.sample == 2


def test_what_was_sent_back_was_not_done_at_once(
    field: Field, colleague: User, county: County
) -> None:
    a_grid_scheme(county)
    settled(field)
    event = field.report(by=colleague)
    field.verify(event, then="worker", worker=colleague)
    acts.feed_back_event(event_id=event.pk, by=colleague, text=DONE)
    acts.send_back_event(event_id=event.pk, by=field.town, text="还是不亮")
    acts.feed_back_event(event_id=event.pk, by=colleague, text=DONE)
    acts.finish_event(event_id=event.pk, by=field.town, result=DONE)
    row = the_row()
    assert row.numbers["own_at_once_rate"] == {"part": 1, "whole": 2}
    assert row.points == {"own_on_time_rate": "60.00", "own_at_once_rate": "20.00"}


def test_what_was_found_not_done_was_not_done_at_once(
    field: Field, colleague: User, county: County
) -> None:
    a_grid_scheme(county)
    settled(field)
    event = field.report(by=colleague)
    field.verify(event, then="worker", worker=field.worker)
    acts.feed_back_event(event_id=event.pk, by=field.worker, text=DONE)
    acts.request_check_event(event_id=event.pk, by=field.town)
    acts.check_event(event_id=event.pk, by=colleague, passed=False, text="晚上去看还是不亮")
    acts.feed_back_event(event_id=event.pk, by=field.worker, text=DONE)
    acts.finish_event(event_id=event.pk, by=field.town, result=DONE)
    assert the_row().numbers["own_at_once_rate"] == {"part": 1, "whole": 2}


def test_what_a_grid_left_late_is_not_in_time(
    field: Field, colleague: User, county: County
) -> None:
    a_grid_scheme(county)
    settled(field)
    field.verify(field.report(by=colleague), then="center")  # and nothing more is done
    assert the_row().numbers["own_on_time_rate"] == {"part": 1, "whole": 2}


# --- who reads and checks it ----------------------------------------------------------------------


@pytest.fixture
def two(field: Field, colleague: User, county: County) -> Bulletin:
    """A draft with two grids of the same village: the second left one late."""
    a_grid_scheme(county)
    second = another_grid(county, 2)
    for one in (field.worker, colleague):
        settled(field, by=one)
        settled(field, by=one, grid=second)
    field.verify(field.report(grid=second), then="center")
    return drafted()


def codes(county: County) -> tuple[str, str]:
    return f"{county.village.region.code}001", f"{county.village.region.code}002"


def test_grids_of_one_village_are_told_apart(
    two: Bulletin, county: County, triage: User, leader: User, village_head: User, client: Client
) -> None:
    first, second = codes(county)
    services.give_bonus(
        bulletin_id=two.pk, by=triage, unit=second, points=Decimal(2), reason="做法", file=a_paper()
    )
    services.send_for_checking(bulletin_id=two.pk, by=triage)
    services.agree(bulletin_id=two.pk, by=village_head, unit=first)
    objection = services.object_to(
        bulletin_id=two.pk, by=village_head, unit=second, text="那一件 3 月才交办"
    )
    assert objection.code == second
    with pytest.raises(Invalid):
        services.object_to(
            bulletin_id=two.pk, by=village_head, unit=first, text="x", indicator="claim_rate"
        )
    answered = services.answer_objection(
        objection_id=objection.pk, by=triage, upheld=True, text="重新数"
    )
    assert answered.changed == "重新数过，没有变"
    scores = {row.code: row.score for row in two.draft_rows.all()}
    assert scores == {first: Decimal("100.00"), second: Decimal("82.00")}
    lists = two.lists.filter(grid__code=second, cell="own_on_time_rate.whole")
    assert [len(one.ids) for one in lists] == [3]
    clock.freeze(moment(4, 20, 9))
    services.seal(bulletin_id=two.pk, by=triage)
    assert {row.code: row.place for row in two.rows.all()} == {first: 1, second: 2}


def test_a_grid_closed_since_keeps_its_numbers_and_their_lists(
    two: Bulletin, county: County, triage: User, village_head: User, client: Client
) -> None:
    _, second = codes(county)
    services.send_for_checking(bulletin_id=two.pk, by=triage)
    objection = services.object_to(
        bulletin_id=two.pk, by=village_head, unit=second, text="那一件 3 月才交办"
    )
    Grid.objects.filter(code=second).update(is_active=False)
    answered = services.answer_objection(
        objection_id=objection.pk, by=triage, upheld=True, text="重新数"
    )
    assert answered.changed == "现在已停用，数和清单没有变"
    assert sorted(lengths(client, two, triage)) == [(2, 2)] * 7 + [(3, 3)]


def test_only_the_village_reads_and_checks_its_grids(
    two: Bulletin, county: County, triage: User, head: User, village_head: User, client: Client
) -> None:
    services.send_for_checking(bulletin_id=two.pk, by=triage)
    first, second = codes(county)
    with pytest.raises(NotAllowed):
        services.agree(bulletin_id=two.pk, by=triage, unit=first)
    assert village_head.notices.filter(text__contains="网格通报发来核对").exists()
    client.force_login(village_head)
    page = client.get(reverse("reports:bulletin_unit", args=[two.pk, second])).content.decode()
    assert "柳湾村第2网格的算式" in page
    assert "核对无误" in page
    assert "黄牌" not in page
    client.force_login(head)
    for url in (
        reverse("reports:bulletin", args=[two.pk]),
        reverse("reports:bulletin_unit", args=[two.pk, second]),
    ):
        assert client.get(url).status_code == 404


def test_a_thousand_grids_are_read_a_screen_at_a_time(
    two: Bulletin, client: Client, triage: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulletin_views, "ON_A_SCREEN", 1)
    client.force_login(triage)
    here = reverse("reports:bulletin", args=[two.pk])
    seen = []
    for asked in ("", "?page=1", "?page=2", "?page=99&few=x"):
        page = client.get(here + asked).content.decode()
        assert "共 2 个" in page
        seen.append([n for n in (1, 2) if f"柳湾村第{n}网格的算式" in page])
    assert seen == [[1], [1], [2], [2]]
    assert 'href="?page=2#page"' in client.get(here).content.decode()


def test_what_is_filled_in_about_grids_speaks_of_grids(
    two: Bulletin, county: County, client: Client, triage: User, leader: User
) -> None:
    client.force_login(triage)
    page = client.get(reverse("reports:bulletin_bonus", args=[two.pk])).content.decode()
    assert "选一个网格" in page
    assert "选一个单位" not in page
    wrong = client.post(reverse("reports:bulletin_bonus", args=[two.pk]), {"unit": "x"})
    assert "通报里没有这个网格" in wrong.content.decode()
    bulletin = published(two, triage, leader)
    url = reverse("reports:correct_bulletin", args=[bulletin.pk, codes(county)[0]])
    page = client.get(url).content.decode()
    assert "加分应当是" in page
    assert "牌" not in page.partition("<main")[2].partition("</main")[0]


def test_every_number_of_a_grid_is_as_long_as_its_list(
    two: Bulletin, client: Client, triage: User
) -> None:
    found = lengths(client, two, triage)
    assert sorted(found) == [(2, 2)] * 7 + [(3, 3)]


def test_a_published_one_names_grids_and_nobody(
    two: Bulletin, county: County, triage: User, leader: User, village_head: User, client: Client
) -> None:
    bulletin = published(two, triage, leader)
    first, second = codes(county)
    slip = services.correct(
        bulletin_id=bulletin.pk,
        by=triage,
        unit=second,
        key="own_on_time_rate",
        why="一件其实按时",
        right=services.Right(3, 3),
    )
    assert (slip.row.code, slip.score_now) == (second, Decimal("100.00"))
    for reader in (leader, village_head):
        said = words_of(client, bulletin, reader)
        assert f'"unit":"{second}"' in said
        assert "柳湾村第2网格" in said
        assert "红牌" not in said
        for name in ("赵小军", "钱小兵"):
            assert name not in said
    client.force_login(village_head)
    url = reverse("reports:print_correction", args=[bulletin.pk, slip.pk])
    assert "柳湾村综治中心" in client.get(url).content.decode()  # who answers for the grid
    assert [row.code for row in drafting.quarter_rows(_quarter(bulletin))] == [first, second]


def _quarter(month: Bulletin) -> Bulletin:
    return Bulletin(
        center=month.center,
        scheme=month.scheme,
        group=month.group,
        period=Bulletin.Period.QUARTER,
        since=drafting.quarter_of(month.since),
    )


def test_the_town_answers_for_a_grid_whose_village_is_no_unit(
    field: Field, colleague: User, county: County
) -> None:
    a_grid_scheme(county)
    Department.objects.filter(pk=county.village_unit.pk).update(is_active=False)
    settled(field)
    settled(field, by=colleague)
    assert the_row().unit == county.town_unit


def test_a_grid_more_costs_no_query_more(field: Field, colleague: User, county: County) -> None:
    scheme = a_grid_scheme(county)
    settled(field)
    settled(field, by=colleague)
    clock.freeze(FIRST_OF_APRIL)

    def asked() -> int:
        Bulletin.objects.all().delete()
        with CaptureQueriesContext(connection) as found:
            drafting.draft_month(scheme_id=scheme.pk, now=FIRST_OF_APRIL)
        return len(found)

    few = asked()
    clock.freeze(IN_MARCH)
    for n in range(2, 12):
        for one in (field.worker, colleague):
            settled(field, by=one, grid=another_grid(county, n) if one == field.worker else _last())
    clock.freeze(FIRST_OF_APRIL)
    assert asked() == few
    assert DraftRow.objects.count() == 11


def _last() -> Grid:
    found = Grid.objects.order_by("code").last()
    assert found is not None
    return found


# --- its scheme -----------------------------------------------------------------------------------


def test_grids_are_scored_by_their_own_indicators_and_units_by_theirs(county: County) -> None:
    assert {one.key for one in schemes.scorable("grids")} == {
        "own_on_time_rate",
        "own_at_once_rate",
    }
    for group in ("departments", "towns", "villages", "bodies"):
        assert not {one.key for one in schemes.scorable(group)} & {
            "own_on_time_rate",
            "events_done_rate",
        }
    for group, key in (("grids", "claim_rate"), ("towns", "own_on_time_rate")):
        with pytest.raises(Invalid, match="不能打分"):
            a_scheme(county, group=group, lines=[schemes.Weighed(key, 100)])


def test_a_scheme_of_grids_has_no_marks_and_says_who_is_left_out(
    field: Field, county: County, client: Client, sysadmin: User
) -> None:
    settled(field)
    clock.freeze(FIRST_OF_APRIL)
    client.force_login(sysadmin)
    url = reverse("reports:scheme", args=["grids"])
    empty = client.get(url).content.decode()
    assert "黄牌" not in empty
    assert "及时签收率" not in empty
    said = {
        "name": "网格评分",
        "effective": "2025-04",
        "small_sample": "1",
        "bonus_cap": "5",
        "publicity": "own",
        "is_active": "on",
        "weight_own_on_time_rate": "100",
    }
    tried = client.post(url, {**said, "try": "1"}).content.decode()
    assert "另有 1 个网格没有列入" in tried
    assert client.post(url, said).status_code == 302
    made = Scheme.objects.get(group="grids")
    assert made.yellow == made.red == 0
    assert "网格处置按时率 100" in client.get(reverse("reports:schemes")).content.decode()
