"""The board beyond today: what is compared, what begins to show, and one's own work."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases.services.registration import PartyInput, record_consultation
from cases.vocabulary import PartyRole
from dispatch.models import Return
from dispatch.services.asking import decide_request, request_pause
from dispatch.services.assigning import rule_on_return
from dispatch.services.supervising import supervise_case
from orgs.models import User
from reports import signs
from reports.ahead import TRENDS, told
from reports.charts import lines_of, nice
from reports.indicators.dictionary import BY_KEY, Value
from reports.menu import menu_of
from reports.mine import BY_KEY as BY_WORK
from reports.mine import done_by
from reports.trends import Trends, change, spans_at, trends_of
from tests.county import County
from tests.grids.field import build_field
from tests.lives import Lives
from tests.reports.test_crawl import length_of, links_of
from zongzhi.lib import clock


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:40:00").replace(tzinfo=clock.SHANGHAI)


def trends_seen(user: User) -> Trends:
    (counted,) = told(user, TRENDS)
    return trends_of(counted, [])


# --- compared with before -------------------------------------------------------------------------


def test_a_period_is_compared_up_to_the_same_time_of_day() -> None:
    spans = spans_at(at("2026-03-31"))
    before, year = spans["month_before"], spans["month_year"]
    assert (before.first_day, before.last_day) == (date(2026, 2, 1), date(2026, 2, 28))
    assert before.as_of == at("2026-02-28")
    assert (year.first_day, year.as_of) == (date(2025, 3, 1), at("2025-03-31"))
    assert spans["yesterday"].as_of == at("2026-03-30")


def test_more_is_an_arrow_up_and_few_ratings_are_not_compared() -> None:
    plain, rate = BY_KEY["registered"], BY_KEY["content_rate"]
    assert change(Value(plain, 7), Value(plain, 5)) == "↑2"
    assert change(Value(plain, 5), Value(plain, 5)) == "持平"
    assert change(Value(rate, 9, 10), Value(rate, 8, 10)) == "↑10.0 个百分点"
    assert change(Value(rate, 9, 9), Value(rate, 8, 10)) == ""


def test_the_year_has_twelve_months_and_its_last_is_this_one(leader: User, lives: Lives) -> None:
    lives.registered()
    trends = trends_seen(leader)
    assert len(trends.months) == 12
    assert trends.months[-1].registered.number == 1
    assert sum(month.registered.number for month in trends.months[:-1]) == 0


def test_a_town_sees_its_own_only(leader: User, town_officer: User, lives: Lives) -> None:
    lives.registered()
    lives.registered(by=town_officer)
    county, town = (trends_seen(user).against[0].now.value for user in (leader, town_officer))
    assert (county.part, town.part) == (2, 1)


def test_a_picture_says_itself_in_a_sentence(client: Client, leader: User, lives: Lives) -> None:
    lives.registered()
    client.force_login(leader)
    page = client.get(reverse("reports:board")).content.decode()
    assert 'role="img"' in page
    assert "每月登记和结案的件数" in page
    assert "看数据" in page


def test_lines_stay_inside_their_frame() -> None:
    chart = lines_of("", ["a", "b", "c"], (("x", (0, 7, 3)),), width=300, height=100)
    assert all(0 <= x <= 300 and 0 <= y <= 100 for x, y in chart.lines[0].dots)
    assert all(nice(n) >= n and nice(n) % 4 == 0 for n in range(2000))


# --- what begins to show --------------------------------------------------------------------------


def against(lives: Lives, serial: int) -> None:
    """Somebody else every time, about the same unit."""
    lives.registered(
        parties=[
            PartyInput(
                PartyRole.APPLICANT, f"李四{'甲乙丙丁'[serial]}", phone=f"1370013000{serial}"
            ),
            PartyInput(PartyRole.RESPONDENT, "鑫源劳务公司", is_organization=True),
        ]
    )


def test_three_people_against_one_are_a_sign(client: Client, leader: User, lives: Lives) -> None:
    against(lives, 0)
    against(lives, 1)
    assert signs.same_opponent(leader, clock.now()) == []
    against(lives, 2)
    (sign,) = signs.same_opponent(leader, clock.now())
    assert "被 3 人反映" in sign.parts[0].before
    client.force_login(leader)
    assert length_of(client.get(sign.parts[0].url).content.decode()) == 3


def test_the_same_person_three_times_is_one_person(leader: User, lives: Lives) -> None:
    for _ in range(3):
        against(lives, 0)
    assert signs.same_opponent(leader, clock.now()) == []


def test_a_type_rises_against_its_own_average(leader: User, lives: Lives) -> None:
    began = clock.now()
    for _ in range(3):
        lives.registered()
    clock.freeze(began + timedelta(days=60))
    for _ in range(4):
        lives.registered()
    assert signs.rising(leader, clock.now()) == []  # four are too few to say so
    lives.registered()
    (sign,) = signs.rising(leader, clock.now())
    assert [part.number for part in sign.parts] == [5, 3]
    assert "5 ÷（3 × 30 ÷ 90）= 平均的 5.0 倍" in sign.arithmetic


def test_wages_are_a_sign_before_the_spring_festival_only(leader: User, lives: Lives) -> None:
    clock.freeze(at("2026-12-01"))
    lives.registered()
    (sign,) = signs.wages(leader, clock.now())
    assert "离春节（2月6日）还有 67 天" in sign.parts[0].before
    assert signs.wages(leader, at("2026-10-01")) == []


# --- one's own work -------------------------------------------------------------------------------


def test_own_work_is_only_ones_own(client: Client, clerk: User, triage: User, lives: Lives) -> None:
    lives.registered(by=clerk)
    lives.registered(by=clerk)
    assert {one.work.key: one.month for one in done_by(clerk)}["registered"] == 2
    assert "registered" not in {one.work.key for one in done_by(triage)}
    client.force_login(clerk)
    page = client.get(reverse("reports:mine")).content.decode()
    numbers = [(url, n) for url, n in links_of(page, "/reports/mine/") if n is not None]
    assert numbers
    for url, number in numbers:
        assert length_of(client.get(url).content.decode()) == number, url


def numbers_of(user: User) -> dict[str, int]:
    return {one.work.key: one.month for one in done_by(user)}


def test_a_desk_and_a_leader_find_their_own_work_too(
    client: Client, clerk: User, triage: User, handler: User, leader: User, lives: Lives
) -> None:
    record_consultation(by=clerk, category="law", text="问怎么申请仲裁", visitors=1)
    lives.closed()
    lives.supervised()
    upheld = lives.returned()
    rule_on_return(case_id=upheld.pk, by=triage, ruling=Return.Ruling.UPHOLD, text="职责在人社局")
    paused = lives.claimed()
    request_pause(
        case_id=paused.pk, by=handler, until=clock.today() + timedelta(days=3), text="等鉴定"
    )
    decide_request(
        case_id=paused.pk, by=triage, request=paused.requests.get().pk, grant=True, text="同意"
    )
    supervise_case(case_id=lives.claimed().pk, by=leader, reason="来访人说一直没人联系")
    assert numbers_of(clerk)["consulted"] == 1
    desk = numbers_of(triage)
    assert desk == {
        "dispatched": 5,
        "ruled": 1,
        "approved": 1,
        "decided": 1,
        "supervised": 1,
    }
    assert numbers_of(leader) == {"supervised": 1}
    for user in (clerk, triage, handler, leader):
        client.force_login(user)
        page = client.get(reverse("reports:mine")).content.decode()
        numbers = [(url, n) for url, n in links_of(page, "/reports/mine/") if n is not None]
        assert numbers
        for url, number in numbers:
            assert length_of(client.get(url).content.decode()) == number, url


def test_events_that_were_handled_are_work(client: Client, county: County) -> None:
    field = build_field(county)
    event = field.at("done")
    assert numbers_of(field.town)["events_handled"] == 2  # verified, asked to be checked
    assert numbers_of(field.handler)["events_handled"] == 1
    client.force_login(field.town)
    page = client.get(reverse("reports:mine_list", args=["events_handled"]))
    assert length_of(page.content.decode()) == 2
    assert event.get_absolute_url() in page.content.decode()


@pytest.mark.parametrize("who", ["triage", "leader", "sysadmin", "handler", "grid_worker"])
def test_whoever_holds_a_post_has_the_entry(who: str, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(who)
    assert reverse("reports:mine") in {entry.url for entry in menu_of(user).entries}


@pytest.mark.parametrize("key", list(BY_WORK))
def test_each_list_of_own_work_opens(client: Client, handler: User, lives, key: str) -> None:
    lives.reported()
    client.force_login(handler)
    assert client.get(reverse("reports:mine_list", args=[key])).status_code == 200
