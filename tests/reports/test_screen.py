"""大屏: units, places and numbers; nobody's data; every figure the length of its list."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, Party
from cases.vocabulary import Risk, Special
from orgs.models import AccessLog, Department, User
from orgs.permissions import RoleCode
from reports.displays import NotANetwork, display_of, issue_display, network_of, revoke_display
from reports.models import Display
from reports.screen import FEWEST, wall_of
from reports.screen_drawing import LETTER, Town, apart
from reports.screen_facts import Asked
from tests.county import County, person
from tests.lives import Lives
from tests.reports.test_crawl import length_of
from zongzhi.demo.loading import load
from zongzhi.lib import clock
from zongzhi.lib.errors import NotFound

SCREEN, DATA, ENTER = (
    reverse(f"reports:{name}") for name in ("screen", "screen_data", "enter_screen")
)
HERE = "127.0.0.1"


@pytest.fixture
def lived(lives: Lives) -> Lives:
    lives.registered()
    lives.claimed(risk=Risk.HIGH)
    lives.claimed(complexity="simple")
    lives.returned()
    for _ in range(6):
        lives.closed()
    clock.freeze(clock.now() + timedelta(days=5))
    lives.registered()
    return lives


def a_display(county: County, sysadmin: User, network: str = HERE) -> tuple[Display, str]:
    return issue_display(
        name="一楼大厅", center_id=county.county.pk, network=network, by=sysadmin, address=HERE
    )


# --- what is on it --------------------------------------------------------------------------------


def test_every_figure_of_the_wall_is_the_length_of_its_list(
    client: Client, leader: User, county: County, lived: Lives
) -> None:
    client.force_login(leader)
    wall = wall_of(county.county)
    shown = client.get(DATA).json()["figures"]
    assert {"registered", "in_hand", "late"} <= set(shown)
    assert shown["late"] > 0
    lengths: dict[str, int] = {}
    for one in wall.every:
        assert shown[one.key] == one.number
        if one.url not in lengths:
            lengths[one.url] = length_of(client.get(one.url).content.decode())
        assert lengths[one.url] == one.number, (one.key, one.url)


def test_the_steps_only_grow_fewer(county: County, lived: Lives) -> None:
    numbers = [one.number for one in wall_of(county.county).steps]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] > numbers[-1] > 0


def test_a_unit_with_few_results_is_not_compared(county: County, lives: Lives) -> None:
    for _ in range(4):
        lives.closed()
    assert wall_of(county.county).units == ()


def test_the_wall_is_counted_once_for_all_its_displays(
    client: Client, leader: User, lived: Lives, django_assert_max_num_queries
) -> None:
    client.force_login(leader)
    client.get(DATA)
    with django_assert_max_num_queries(6):
        client.get(DATA)


@pytest.mark.django_db
def test_no_personal_data_ever_stands_on_the_wall(client: Client) -> None:
    """Every name, number, phone and address that the demo county has, looked for in all of it."""
    load(cases=60)
    client.force_login(User.objects.get(username="leader"))
    answer = client.get(DATA)
    assert answer.json()["late"]
    said = [
        json.dumps(answer.json(), ensure_ascii=False),
        client.get(SCREEN).content.decode(),
        client.get(SCREEN, {"layout": "wide", "k": "1.3"}).content.decode(),
    ]
    personal: set[str] = set()
    for party in Party.objects.all():
        known = {party.id_number, party.phone, party.address}
        personal |= known if party.is_organization else known | {party.name}
    for user in User.objects.exclude(posts__role__code=RoleCode.CHANNEL):  # 12345 is no person
        personal |= {user.name, user.username, user.phone}
    personal.discard("")
    assert len(personal) > 60
    texts = [re.sub(r"<[^>]*>", " ", text) for text in said] + said
    # of mark-up and of sources, not of people
    words = {"leader", "grid", "village", "triage", "clerk", "head"}
    found = {one for one in personal - words if any(one in text for text in texts)}
    assert found == set()
    assert not re.search(r"1[3-9]\d{9}|\d{17}[\dXx]", said[1])
    titles = {case.title for case in Case.objects.exclude(stage="closed")}
    assert not any(title in text for title in titles for text in said)


def test_the_wall_names_no_place_below_a_town(
    county: County, lives: Lives, village_officer: User
) -> None:
    """A village's late case is its town's there; its unit is not compared."""
    body = Department.objects.create(code="LWTW", name="柳湾村调委会", center=county.village)
    member = person("member", "何山", county.village, RoleCode.HANDLER, department=body)
    village = replace(lives, clerk=village_officer, triage=village_officer, handler=member)
    with clock.at(clock.now() - timedelta(days=80)):
        for _ in range(FEWEST):
            village.closed(lead=body)
        village.claimed(lead=body)
    wall = wall_of(county.county)
    assert [row.unit for row in wall.late] == ["青石镇所辖村"]
    assert wall.units == ()
    assert "柳湾村" not in repr(wall)


def test_the_wall_does_not_say_who_has_a_matter_that_is_kept_quiet(
    county: County, lives: Lives
) -> None:
    with clock.at(clock.now() - timedelta(days=80)):
        lives.claimed(special=[Special.VIOLENCE])
        lives.claimed()
    assert sorted(row.unit for row in wall_of(county.county).late) == ["中心", "人社局"]


def test_the_demo_says_so_over_everything(client: Client, leader: User) -> None:
    client.force_login(leader)
    assert "演示" not in client.get(SCREEN).content.decode()
    User.objects.filter(pk=leader.pk).update(is_demo=True)
    assert "wall__demo" in client.get(SCREEN).content.decode()


def test_the_wall_works_without_script(client: Client, leader: User, lived: Lives) -> None:
    client.force_login(leader)
    page = client.get(SCREEN).content.decode()
    assert '<meta http-equiv="refresh" content="60">' in page
    assert 'data-figure="in_hand"' in page


@pytest.mark.parametrize(
    ("said", "k"), [("1.3", 1.3), ("1.28", 1.3), ("9", 2), ("0", 1), ("nan", 1), ("x", 1)]
)
def test_letters_have_the_nearest_size_there_is(said: str, k: float) -> None:
    assert Asked.of({"k": said}).k == k


# --- who may see it -------------------------------------------------------------------------------


def test_a_key_opens_the_wall_and_nothing_else(
    client: Client, county: County, sysadmin: User
) -> None:
    _, key = a_display(county, sysadmin)
    assert client.get(DATA).status_code == 401
    assert client.post(ENTER, {"key": key}).status_code == 302
    assert client.get(SCREEN).status_code == 200
    assert client.get(DATA).status_code == 200
    assert client.post(DATA).status_code == 405
    for page in ("reports:board", "cases:list", "reports:displays"):
        assert client.get(reverse(page)).status_code == 302
    assert client.cookies["display"]["httponly"]
    assert client.cookies["display"]["path"] == SCREEN


def test_a_key_is_good_only_from_its_network(county: County, sysadmin: User) -> None:
    _, key = a_display(county, sysadmin, network="10.1.2.0/24")
    assert display_of(key, address="10.1.2.77") is not None
    assert display_of(key, address="10.1.3.1") is None
    assert display_of(key, address=None) is None


def test_a_key_taken_back_opens_nothing(client: Client, county: County, sysadmin: User) -> None:
    display, key = a_display(county, sysadmin)
    client.post(ENTER, {"key": key})
    revoke_display(display_id=display.pk, by=sysadmin, address=HERE)
    assert client.get(DATA).status_code == 401
    assert client.get(SCREEN).status_code == 302
    logged = AccessLog.objects.filter(subject=display.name).values_list("purpose", flat=True)
    assert sorted(logged) == ["做大屏口令，只能从 127.0.0.1/32 用", "收回大屏口令"]


def test_a_key_is_shown_once_and_kept_as_a_hash(
    client: Client, county: County, sysadmin: User
) -> None:
    client.force_login(sysadmin)
    page = reverse("reports:displays")
    made = client.post(page, {"name": "大厅", "center": county.county.pk, "network": "10.1.2.3"})
    key = made.context["key"]
    assert key in made.content.decode()
    assert key not in client.get(page).content.decode()
    assert key not in str(Display.objects.values().get())


def test_another_countys_display_is_not_there(county: County, sysadmin: User, leader: User) -> None:
    display, _ = a_display(county, sysadmin)
    with pytest.raises(NotFound):
        revoke_display(display_id=display.pk, by=leader, address=HERE)


def test_an_address_that_is_none_is_said_and_kept(client: Client, county, sysadmin: User) -> None:
    client.force_login(sysadmin)
    asked = {"name": "大厅", "center": county.county.pk, "network": "大厅那台"}
    answer = client.post(reverse("reports:displays"), asked)
    assert answer.status_code == 422
    assert "大厅那台" in answer.content.decode()
    with pytest.raises(NotANetwork):
        network_of("10.1.2")


def test_names_on_the_map_stand_whole_and_apart() -> None:
    """As neighbours whose middles nearly meet, one of them at the very edge."""
    towns = [
        Town("城东街道", "a", 12, 1, "M0 0", 300, 100),
        Town("城西街道", "b", 3, 1, "M0 0", 340, 104),
        Town("红土乡", "c", 6, 1, "M0 0", 4, 110),
    ]
    drawn = apart(towns, width=744, height=900)
    assert {town.name for town in drawn} == {town.name for town in towns}
    for town in drawn:
        assert town.half <= town.x <= 744 - town.half
        others = [one for one in drawn if one is not town]
        assert not any(
            abs(one.x - town.x) < one.half + town.half and abs(one.y - town.y) < 32
            for one in others
        )


@pytest.mark.parametrize("y", [0, 12, 180, 199])
def test_no_name_is_pushed_over_the_edge_of_the_map(y: int) -> None:
    """Five neighbours at the lower edge, or the upper: where down is full, it goes up."""
    towns = [Town(f"青石{n}镇", str(n), n, 1, "M0 0", 300 + n, y) for n in range(5)]
    drawn = apart(towns, width=744, height=200)
    rows = sorted(town.y for town in drawn)
    assert all(LETTER <= row <= 200 - LETTER / 2 for row in rows)
    assert all(below - above >= LETTER for above, below in pairwise(rows))


def test_more_names_than_the_map_has_room_for_still_stand_on_it() -> None:
    towns = [Town(f"青石{n}镇", str(n), n, 1, "M0 0", 300, 90) for n in range(9)]
    assert all(LETTER <= town.y <= 84 for town in apart(towns, width=744, height=100))
