"""排班表, 今日值班 and the pages around them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dispatch.models import RosterWeek, Shift, ShiftTemplate, Swap
from dispatch.services.rostering import mark_away, publish_week
from orgs.calendars import SUBJECT, revise
from orgs.models import CalendarDay, Department, User
from tests.county import County, person
from tests.rosters import (
    AM,
    FRIDAY,
    MONDAY,
    THURSDAY,
    TUESDAY,
    moment,
    put,
    seat,
    sunday_before,
    window,
)
from zongzhi.lib import clock

WEEK = {"week": MONDAY.isoformat()}
ROSTER = reverse("dispatch:roster")


@pytest.fixture(autouse=True)
def _sunday(county: County) -> None:
    clock.freeze(sunday_before())
    seat(county.human_resources, county.county, contact_name="孙立", contact_phone="15400000009")


def page(client: Client, user: User, url: str = ROSTER, **params: str) -> str:
    client.force_login(user)
    return client.get(url, {**WEEK, **params}).content.decode()


def cell(unit: Department, day=TUESDAY) -> str:
    return reverse("dispatch:roster_cell", args=[day.isoformat(), unit.code])


def act(client: Client, shift: Shift, what: str, **data: object):
    return client.post(reverse("dispatch:change_shift", args=[shift.pk, what]), data)


# ---------- the table


def test_the_week_shows_who_stands_when(
    client: Client, county: County, handler: User, triage: User, clerk: User
) -> None:
    put(county.human_resources, handler, TUESDAY, by=triage)
    put(county.human_resources, handler, THURSDAY, AM, by=triage)
    said = page(client, clerk)
    assert said.count('<span class="stand__half">上午</span>') == 1
    assert said.count("李强") == 2


def test_a_holiday_is_grey_and_says_its_name(client: Client, county: County, triage: User) -> None:
    CalendarDay.objects.create(day=FRIDAY, center=county.county, is_workday=False, name="县庆")
    revise(SUBJECT)
    client.force_login(triage)
    week = client.get(ROSTER, WEEK).context["week"]
    assert [head.weekday for head in week.heads if head.off] == ["周五", "周六", "周日"]
    assert "县庆" in page(client, triage)


def test_a_unit_in_residence_is_there_every_working_day(
    client: Client, county: County, triage: User
) -> None:
    seat(county.police, county.county, "resident")
    client.force_login(triage)
    week = client.get(ROSTER, WEEK).context["week"]
    [line] = next(section.lines for section in week.sections if section.name == "常驻")
    shown = [[stand.who for stand in cell.stands] for cell in line.cells]
    assert shown == [["在岗"]] * 5 + [[]] * 2


def test_a_gap_says_what_follows_from_it(
    client: Client, county: County, handler: User, triage: User
) -> None:
    [shift] = put(county.human_resources, handler, TUESDAY, AM, by=triage)
    mark_away(shift_id=shift.pk, reason="看病", by=handler)
    said = page(client, triage)
    assert "周二上午 人社局（本人请假：看病）" in said
    assert "周二上午无人在岗 → 人社局类事项将派给值班联系人 孙立" in said
    assert "找人替" in said


def test_what_is_changed_after_publication_says_so(
    client: Client, county: County, handler: User, colleague: User, triage: User
) -> None:
    put(county.human_resources, handler, TUESDAY, AM, by=triage)
    clock.freeze(sunday_before() + timedelta(minutes=1))
    publish_week(center=county.county, monday=MONDAY, by=triage)
    assert "公示后改" not in page(client, triage)
    clock.freeze(sunday_before() + timedelta(minutes=2))
    put(county.human_resources, colleague, TUESDAY, AM, by=triage)
    said = page(client, triage)
    assert "李强 → 苏梅" in said
    assert "周敏 11月22日 10:02" in said


def test_only_whoever_may_set_a_cell_has_a_link_to_it(
    client: Client, county: County, triage: User, head: User, clerk: User, other_handler: User
) -> None:
    seat(county.housing, county.county)
    for user, own, other in ((triage, True, True), (head, True, False), (clerk, False, False)):
        said = page(client, user)
        assert (cell(county.human_resources) in said, cell(county.housing) in said) == (own, other)


def test_the_own_unit_is_one_row(
    client: Client, county: County, handler: User, triage: User
) -> None:
    seat(county.housing, county.county)
    said = page(client, handler, unit="RS")
    assert "人社局" in said
    assert "住建局" not in said


def test_other_systems_read_no_telephones(
    client: Client, county: County, clerk: User, channel: User
) -> None:
    seat(county.housing, county.county, "on_call", contact_name="周凯", contact_phone="15400000010")
    assert "15400000010" in page(client, clerk)
    assert "15400000010" not in page(client, channel)


def test_the_month_shows_turns_duties_and_gaps(
    client: Client, county: County, handler: User, triage: User
) -> None:
    [shift] = put(county.human_resources, handler, TUESDAY, AM, by=triage)
    put(county.human_resources, handler, THURSDAY, by=triage)
    mark_away(shift_id=shift.pk, reason="看病", by=handler)
    said = page(client, triage, view="month")
    assert "轮驻：人社局" in said
    assert "人社局 空缺" in said


def test_nonsense_for_a_week_is_this_week(client: Client, triage: User) -> None:
    client.force_login(triage)
    assert client.get(ROSTER, {"week": "第三周"}).context["week"].monday == MONDAY - timedelta(7)


def test_more_rows_cost_no_more_queries(
    client: Client, county: County, handler: User, triage: User
) -> None:
    put(county.human_resources, handler, TUESDAY, by=triage)
    client.force_login(triage)
    clock.freeze(moment(TUESDAY, 10))

    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(f"dispatch:{name}"), WEEK)
        return len(captured)

    pages = ("roster", "roster_today", "roster_template", "roster_print", "roster_swaps")
    for name in pages:
        queries(name)
    few = [queries(name) for name in pages]
    for n in range(5):
        unit = Department.objects.create(code=f"X{n}", name=f"第{n}局", center=county.county)
        seat(unit, county.county, window=window(county.county, n + 10))
        who = {"center": county.county, "department": unit, "name": f"赵{n}", "half": "am"}
        Shift.objects.create(**who, day=TUESDAY, state="away" if n % 2 else "planned")
        ShiftTemplate.objects.create(**who, weekday=2)
    queries("roster")  # new units make every process read its reference data again
    assert [queries(name) for name in pages] == few


# ---------- one cell


def test_a_cell_is_filled_in_and_the_week_shown(
    client: Client, county: County, handler: User, triage: User
) -> None:
    client.force_login(triage)
    answer = client.post(
        cell(county.human_resources), {"half": "day", "person": handler.pk}, follow=True
    )
    assert answer.context["week"].monday == MONDAY
    assert Shift.objects.count() == 2


def test_what_was_typed_stays_when_something_is_missing(
    client: Client, county: County, triage: User
) -> None:
    client.force_login(triage)
    answer = client.post(cell(county.human_resources), {"half": "am", "name": "陈老师"})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "陈老师没有账号，要留一个电话" in said
    assert 'value="陈老师"' in said


def test_nobody_of_another_unit_can_be_chosen(
    client: Client, county: County, triage: User, other_handler: User
) -> None:
    client.force_login(triage)
    answer = client.post(cell(county.human_resources), {"half": "am", "person": other_handler.pk})
    assert answer.status_code == 422


def test_leave_wants_a_reason_and_the_form_stays_open(
    client: Client, county: County, handler: User, triage: User
) -> None:
    [shift] = put(county.human_resources, handler, TUESDAY, AM, by=triage)
    client.force_login(handler)
    answer = act(client, shift, "away")
    assert answer.status_code == 422
    assert "还没填“请假原因”" in answer.content.decode()
    assert act(client, shift, "away", reason="看病").status_code == 302
    shift.refresh_from_db()
    assert shift.is_gap


def test_a_swap_is_asked_for_and_agreed_to_on_pages(
    client: Client, county: County, handler: User, colleague: User, triage: User
) -> None:
    [mine] = put(county.human_resources, handler, TUESDAY, AM, by=triage)
    [theirs] = put(county.human_resources, colleague, THURSDAY, AM, by=triage)
    client.force_login(handler)
    assert act(client, mine, "swap", other=theirs.pk).status_code == 302
    swap = Swap.objects.get()
    for user in (handler, colleague):
        assert "换班：人社局 11月24日上午（李强）和 11月26日上午（苏梅）" in page(client, user)
    client.force_login(colleague)
    client.post(reverse("dispatch:answer_swap", args=[swap.pk, "agree"]))
    assert Shift.objects.get(pk=mine.pk).person == colleague


def test_a_stand_in_is_asked_for_from_the_gap(
    client: Client, county: County, handler: User, colleague: User, triage: User
) -> None:
    [shift] = put(county.human_resources, handler, TUESDAY, AM, by=triage)
    mark_away(shift_id=shift.pk, reason="看病", by=handler)
    client.force_login(triage)
    assert "找人替" in client.get(cell(county.human_resources)).content.decode()
    assert act(client, shift, "stand-in", partner=colleague.pk).status_code == 302
    assert Swap.objects.get().partner == colleague


def test_another_centres_shift_is_not_there(
    client: Client, county: County, handler: User, triage: User, town_officer: User
) -> None:
    [shift] = put(county.human_resources, handler, TUESDAY, AM, by=triage)
    client.force_login(town_officer)
    assert act(client, shift, "cancel").status_code == 404


# ---------- template, publication, today


def test_the_template_is_written_and_the_week_filled_from_it(
    client: Client, county: County, handler: User, triage: User
) -> None:
    client.force_login(triage)
    row = reverse("dispatch:template_row", args=["RS"])
    sent = {"weekdays": ["1", "3"], "half": "am", "person": handler.pk}
    assert client.post(row, sent).status_code == 302
    client.post(reverse("dispatch:roster_generate"), WEEK)
    days = list(Shift.objects.values_list("day", flat=True))
    assert days == [MONDAY, MONDAY + timedelta(days=2)]


def test_a_gap_without_a_reason_stops_the_publication(
    client: Client, county: County, handler: User, triage: User
) -> None:
    [shift] = put(county.human_resources, handler, TUESDAY, AM, by=triage)
    mark_away(shift_id=shift.pk, reason="看病", by=handler)
    client.force_login(triage)
    url = f"{reverse('dispatch:roster_publish')}?week={MONDAY.isoformat()}"
    answer = client.post(url, {"gap_reason": ""})
    assert answer.status_code == 422
    assert "人社局空缺，写明原因才能公示" in answer.content.decode()
    assert client.post(url, {f"gap-{shift.pk}": "没人可替"}).status_code == 302
    assert RosterWeek.objects.get().published_by == triage
    assert client.post(url).status_code == 409


def test_today_says_who_is_there_and_whom_to_ring(
    client: Client, county: County, handler: User, triage: User, clerk: User
) -> None:
    put(county.human_resources, handler, TUESDAY, by=triage, at=window(county.county))
    clock.freeze(moment(TUESDAY, 10))
    today = reverse("dispatch:roster_today")
    said = page(client, clerk, today)
    assert "<b>李强</b> 5号窗口" in said
    clock.freeze(moment(MONDAY, 10))
    said = page(client, clerk, today)
    assert "今天不在岗，下次 周二" in said
    assert "孙立 15400000009" in said


def test_the_paper_for_the_wall_has_no_private_telephones(
    client: Client, county: County, triage: User, other_handler: User
) -> None:
    seat(county.housing, county.county, "on_call", contact=other_handler)
    client.force_login(triage)
    counsel = reverse("dispatch:roster_cell", args=[TUESDAY.isoformat(), "duty-counselling"])
    client.post(counsel, {"half": "pm", "name": "陈老师", "phone": "15400000011"})
    said = page(client, triage, reverse("dispatch:roster_print"))
    assert "陈老师" in said
    assert "15400000011" not in said
    assert "电话：周凯 0990-2120001" in said  # the unit's number, not his own
    assert other_handler.phone not in said


def test_the_window_reads_who_is_on_duty_on_its_workbench(
    client: Client, county: County, handler: User, triage: User, clerk: User
) -> None:
    put(county.human_resources, handler, TUESDAY, by=triage)
    clock.freeze(moment(TUESDAY, 10))
    said = page(client, clerk, "/")
    assert "今天在岗" in said
    assert "<b>李强</b>" in said


def test_somebody_in_two_centres_reads_the_one_asked_for(
    client: Client, county: County, triage: User
) -> None:
    both = person("both", "陆川", county.county)
    for center in (county.county, county.town):
        post = triage.posts.get()
        post.pk, post.user, post.center = None, both, center
        post.save()
    client.force_login(both)
    asked = client.get(ROSTER, {"center": county.town.pk})
    assert asked.context["center"] == county.town
    assert client.get(ROSTER, {"center": county.village.pk}).context["center"] == county.county


# ---------- where a unit is chosen


def test_the_desk_says_off_duty_before_the_choice(
    client: Client, county: County, handler: User, triage: User, lives
) -> None:
    clock.freeze(moment(MONDAY, 9))
    put(county.human_resources, handler, THURSDAY, by=triage)
    lives.registered()
    said = page(client, triage, reverse("dispatch:desk"))
    assert "今天不在岗，下次 周四；可吹哨或派给值班联系人 孙立 15400000009" in said


def test_a_plain_list_of_units_is_grouped_by_presence(
    client: Client, county: County, handler: User, triage: User, lives
) -> None:
    clock.freeze(moment(MONDAY, 9))
    seat(county.police, county.county, "resident")
    put(county.human_resources, handler, THURSDAY, by=triage)
    case = lives.dispatched()
    said = page(client, triage, reverse("cases:act", args=[case.number, "reassign"]))
    assert '<optgroup label="今天在岗">' in said
    assert "公安局　在岗" in said
    assert "人社局　今天不在岗，下次 周四" in said


def test_the_contact_is_told_when_a_case_goes_to_a_unit_that_is_away(
    county: County, head: User, lives
) -> None:
    clock.freeze(moment(MONDAY, 9))
    county.human_resources.residencies.update(contact=head, contact_name="")
    case = lives.dispatched()
    texts = [notice.text for notice in head.notices.all()]
    assert f"{case.short_number} 已派人社局，今天不在岗，请值班联系人接" in texts


def test_the_contact_is_left_in_peace_when_somebody_is_there(
    county: County, head: User, handler: User, triage: User, lives
) -> None:
    clock.freeze(moment(MONDAY, 9))
    county.human_resources.residencies.update(contact=head, contact_name="")
    put(county.human_resources, handler, MONDAY, by=triage)
    lives.dispatched()
    assert not head.notices.filter(text__contains="请值班联系人接").exists()
