"""日排查、周分析、月调度: reported once, corrected with the first kept, asked for once."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from grids.inspection_sweep import remind
from grids.models import GridEvent, InspectionReport
from grids.services.inspections import (
    Said,
    centers_silent,
    correct_inspection,
    report_inspection,
)
from orgs.models import Center, User
from tests.county import County
from tests.grids.placing import grid_of
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, WrongState

PAGE = "/grids/inspections/"
TODAY = date(2025, 4, 3)  # a Thursday; the 4th is 清明节


def evening(hour: int = 17, day: int = 3) -> datetime:
    return datetime(2025, 4, day, hour, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True)
def _it_is_the_evening_of_the_third_of_april() -> None:
    clock.freeze(evening())


def zero(center: Center, by: User, start: date = TODAY) -> InspectionReport:
    return report_inspection(center=center, start=start, said=Said(), by=by)


def event(county: County, reporter: User) -> GridEvent:
    grid = grid_of(county)
    return GridEvent.objects.create(
        number="990101250403G01",
        short_number="0403-G01",
        grid=grid,
        area=grid.code[:12],
        center=county.village,
        actor="center",
        category="dispute",
        text="两家吵架",
        reported_by=reporter,
        reported_at=clock.now(),
        received_at=clock.now(),
    )


def test_a_village_says_in_one_tap_that_there_was_nothing(
    client: Client, county: County, village_officer: User
) -> None:
    client.force_login(village_officer)
    assert "今天没有发现" in client.get(f"{PAGE}report/").content.decode()
    client.post(f"{PAGE}report/", {"zero": "1", "start": "2025-04-03"})
    one = InspectionReport.objects.get()
    assert (one.kind, one.center, one.period_start, one.found) == ("day", county.village, TODAY, 0)


def test_what_the_system_knows_is_filled_in_and_leads_to_its_list(
    client: Client, county: County, village_officer: User
) -> None:
    event(county, village_officer)
    client.force_login(village_officer)
    page = client.get(f"{PAGE}report/").content.decode()
    assert "今天没有发现" not in page
    assert "网格上报 1 件" in page
    url = f"{reverse('grids:events')}?area=990101100201&received_after=2025-04-03"
    assert f"{url}&received_before=2025-04-03".replace("&", "&amp;") in page
    assert 'name="found" value="1"' in page


def test_twice_is_once_and_says_who_was_first(county: County, village_officer: User) -> None:
    zero(county.village, village_officer)
    with pytest.raises(AlreadyDone, match="已经报过，有变化点“更正”"):
        zero(county.village, village_officer)


def test_a_correction_keeps_the_first(county: County, village_officer: User) -> None:
    first = zero(county.village, village_officer)
    said = Said(found=1, settled=1, text="两家为水沟吵架，当场说开了")
    second = correct_inspection(pk=first.pk, said=said, by=village_officer)
    first.refresh_from_db()
    assert (first.found, second.found, second.corrects) == (0, 1, first)
    with pytest.raises(AlreadyDone):
        correct_inspection(pk=first.pk, said=said, by=village_officer)


def test_the_numbers_must_add_up(county: County, village_officer: User) -> None:
    said = Said(found=1, settled=1, passed_up=1, text="水沟")
    with pytest.raises(Invalid, match="不能比排查出的多"):
        report_inspection(center=county.village, start=TODAY, said=said, by=village_officer)


def test_nobody_reports_for_another_centre(county: County, town_officer: User) -> None:
    with pytest.raises(NotAllowed):
        zero(county.village, town_officer)


def test_long_ago_is_not_reported_any_more(county: County, village_officer: User) -> None:
    with pytest.raises(WrongState):
        zero(county.village, village_officer, date(2025, 3, 1))


def test_a_town_speaks_for_a_week_and_the_county_for_a_month(
    county: County, town_officer: User, triage: User
) -> None:
    week = zero(county.town, town_officer, date(2025, 3, 31))
    month = zero(county.county, triage, date(2025, 4, 1))
    assert (week.kind, month.kind) == ("week", "month")


def test_the_town_sees_who_has_not_reported(
    client: Client, county: County, town_officer: User, village_officer: User
) -> None:
    client.force_login(town_officer)
    assert "还没报的（1）" in client.get(PAGE).content.decode()
    one = zero(county.village, village_officer)
    page = client.get(PAGE).content.decode()
    assert "还没报的（0）" in page
    assert reverse("grids:inspection", args=[one.pk]) in page


def test_a_village_does_not_read_the_towns_report(
    client: Client, county: County, town_officer: User, village_officer: User
) -> None:
    one = zero(county.town, town_officer, date(2025, 3, 31))
    client.force_login(village_officer)
    assert client.get(reverse("grids:inspection", args=[one.pk])).status_code == 404


def test_a_report_is_printed(client: Client, county: County, village_officer: User) -> None:
    one = zero(county.village, village_officer)
    client.force_login(village_officer)
    page = client.get(reverse("grids:inspection_print", args=[one.pk])).content.decode()
    assert "柳湾村综治中心" in page
    assert "4 月 3 日" in page


def remind_all() -> None:
    remind(clock.now())


def test_in_the_evening_a_silent_centre_is_told_once(
    county: County, village_officer: User, town_officer: User
) -> None:
    remind_all()
    remind_all()
    assert village_officer.notices.get().text == "4 月 3 日的日排查还没有报，没有发现也报一下"
    # The 4th to the 6th are a holiday: the town's week ends on the 3rd.
    assert (
        town_officer.notices.get().text
        == "3 月 31 日到 4 月 6 日的周分析还没有报，没有发现也报一下"
    )


def test_who_has_reported_is_not_told(county: County, village_officer: User) -> None:
    zero(county.village, village_officer)
    assert list(centers_silent(now=clock.now())) == []


@pytest.mark.parametrize(("hour", "day"), [(10, 3), (17, 4)])
def test_nobody_is_told_in_the_morning_or_on_a_holiday(
    county: County, village_officer: User, hour: int, day: int
) -> None:
    clock.freeze(evening(hour, day))
    assert list(centers_silent(now=clock.now())) == []


WRITTEN = {"found": "1", "settled": "1", "passed_up": "0", "text": "两家为水沟吵架，当场说开了"}


def test_a_form_left_open_past_midnight_is_of_the_day_it_says(
    client: Client, county: County, village_officer: User
) -> None:
    client.force_login(village_officer)
    assert 'name="start" value="2025-04-03"' in client.get(f"{PAGE}report/").content.decode()
    clock.freeze(evening(0, 4))
    client.post(f"{PAGE}report/", {**WRITTEN, "start": "2025-04-03"})
    assert InspectionReport.objects.get().period_start == TODAY


@pytest.mark.parametrize(
    ("start", "status", "sentence"),
    [
        ("2025-03-03", 409, "3 月 3 日的日排查现在不能报"),
        ("", 422, "没带上是哪一期的"),
        ("9999-12-31", 422, "没带上是哪一期的"),
    ],
)
def test_a_day_that_is_closed_or_unsaid_becomes_no_other_day(
    client: Client, village_officer: User, start: str, status: int, sentence: str
) -> None:
    client.force_login(village_officer)
    answer = client.post(f"{PAGE}report/", {**WRITTEN, "start": start})
    page = answer.content.decode()
    assert (answer.status_code, sentence in page) == (status, True)
    assert "两家为水沟吵架，当场说开了</textarea>" in page
    assert not InspectionReport.objects.exists()


def test_an_old_link_to_a_closed_day_says_so(client: Client, village_officer: User) -> None:
    client.force_login(village_officer)
    assert client.get(f"{PAGE}report/?start=2025-03-03").status_code == 409


def test_who_was_second_keeps_what_was_written(
    client: Client, county: County, village_officer: User
) -> None:
    first = zero(county.village, village_officer)
    client.force_login(village_officer)
    answers = [client.post(f"{PAGE}report/", {**WRITTEN, "start": "2025-04-03"})]
    correct_inspection(pk=first.pk, said=Said(found=1, text="水沟"), by=village_officer)
    answers.append(client.post(reverse("grids:inspection", args=[first.pk]), WRITTEN))
    for answer in answers:
        assert answer.status_code == 409
        assert "两家为水沟吵架，当场说开了</textarea>" in answer.content.decode()
