"""The pages of sessions: the timetable, one session, the form with free times, the slips."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.acts import load_what_they_read
from cases.models import Case, Document
from cases.services.papers import make_document
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole
from mediation.models import Mediator, Session
from mediation.services.sessions import Record, record_session
from orgs.models import User
from orgs.permissions import RoleCode
from tests import meetings
from tests.county import County, person
from tests.dispatch.together import costs_the_same
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from tests.meetings import NINE, arrange, over
from zongzhi.lib import clock
from zongzhi.lib.errors import NotAllowed


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


@pytest.fixture
def zhao(county: County) -> Mediator:
    return meetings.mediator(county.county, user=meetings.account(county.county))


@pytest.fixture
def case(lives: Lives, zhao: Mediator) -> Case:
    found = lives.claimed()
    meetings.start(found, zhao)
    meetings.room(found.center)
    return found


@pytest.fixture
def typed(case: Case, zhao: Mediator) -> dict[str, Any]:
    """What a browser sends with 安排调解."""
    invited = {f"invite_{party.pk}": "phone" for party in case.parties.all()}
    when = {"starts_at": "2025-04-08T09:00", "minutes": "90"}
    return {
        "seen": str(case.history_length),
        "host": str(zhao.pk),
        "room": "2号调解室",
        **when,
        **invited,
    }


def text_of(client: Client, user: User, url: str, status: int = 200) -> str:
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def post(client: Client, user: User, case: Case, verb: str, typed: dict[str, Any]) -> Any:
    client.force_login(user)
    return client.post(f"/cases/{case.number}/{verb}/", typed)


def test_the_form_begins_with_host_room_and_a_time_that_fits_all(
    client: Client, case: Case, handler: User
) -> None:
    page = text_of(client, handler, f"/cases/{case.number}/schedule-session/")
    assert 'value="2025-04-03T10:45"' in page
    assert "双方、调解员和房间都空的：4月3日 10:45、4月3日 14:00、4月3日 15:00" in page


def test_what_the_timetable_says_stands_in_the_form(
    client: Client, case: Case, handler: User
) -> None:
    asked = "starts_at=2025-04-09T14:15"
    page = text_of(client, handler, f"/cases/{case.number}/schedule-session/?{asked}")
    assert 'value="2025-04-09T14:15"' in page


def test_a_clash_offers_the_next_times_and_keeps_what_was_typed(
    client: Client, case: Case, zhao: Mediator, handler: User, typed: dict[str, Any]
) -> None:
    arrange(case, zhao, handler)
    typed["starts_at"] = "2025-04-08T10:00"
    typed["seen"] = str(fresh(case).history_length)
    answer = post(client, handler, case, "schedule-session", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"2号调解室 09:00–10:30 已有 {case.short_number}。最近空档：10:30、14:00" in page
    assert '<button class="btn btn--small" type="submit" name="slot" value="2025-04-08T10:30">' in (
        " ".join(page.split())
    )


def test_one_press_takes_the_free_time(
    client: Client, case: Case, handler: User, typed: dict[str, Any]
) -> None:
    post(client, handler, case, "schedule-session", {**typed, "slot": "2025-04-08T14:00"})
    assert Session.objects.get().starts_at == moment(4, 8, 14)


def test_times_lie_on_the_quarter_of_an_hour(
    client: Client, case: Case, handler: User, typed: dict[str, Any]
) -> None:
    typed["starts_at"] = "2025-04-08T09:07"
    answer = post(client, handler, case, "schedule-session", typed)
    assert "时间按 15 分钟排" in answer.content.decode()


def test_the_timetable_shows_who_sits_where(
    client: Client, case: Case, zhao: Mediator, handler: User
) -> None:
    session = arrange(case, zhao, handler)
    page = text_of(client, handler, "/mediation/?day=2025-04-08")
    assert f'href="{session.get_absolute_url()}"' in page
    assert 'rowspan="6"' in page
    week = text_of(client, handler, "/mediation/?day=2025-04-08&view=week")
    assert f"{case.short_number} 赵英" in " ".join(week.split())


def test_who_may_not_see_the_case_reads_only_that_it_is_taken(
    client: Client, case: Case, zhao: Mediator, handler: User, outsider: User
) -> None:
    session = arrange(case, zhao, handler)
    page = text_of(client, outsider, "/mediation/?day=2025-04-08")
    assert case.short_number in page
    assert session.get_absolute_url() not in page
    assert "赵英" not in page
    text_of(client, outsider, session.get_absolute_url(), 404)


def test_a_free_time_of_the_timetable_leads_to_the_form(
    client: Client, case: Case, handler: User
) -> None:
    page = text_of(client, handler, f"/mediation/?day=2025-04-08&case={case.number}")
    form = f"/cases/{case.number}/schedule-session/?starts_at=2025-04-08T10:15"
    assert f"{form}&amp;room={quote('2号调解室')}" in page


@pytest.mark.parametrize("day", ["", "0001-01-01", "9999-12-31", "2025-02-30", "今天"])
def test_no_address_breaks_the_timetable(client: Client, handler: User, day: str) -> None:
    for view in ("day", "week"):
        text_of(client, handler, f"/mediation/?day={day}&view={view}&by=mediators&q=赵&case=x")


def test_the_page_of_a_session_says_what_can_be_done(
    client: Client, case: Case, zhao: Mediator, handler: User
) -> None:
    session = arrange(case, zhao, handler)
    page = text_of(client, handler, session.get_absolute_url())
    assert "记调解…" in page
    assert "改期…" in page
    assert "199****5621" in page
    assert "19900005621" not in page


def test_both_parties_get_a_slip_without_the_matter_and_without_each_other(
    client: Client, case: Case, zhao: Mediator, handler: User
) -> None:
    session = arrange(case, zhao, handler)
    page = text_of(client, handler, f"{session.get_absolute_url()}notice/")
    slips = page.split("<article")[1:]
    assert len(slips) == 2
    assert "张三丰：" in slips[0]
    assert "鑫源劳务公司" not in slips[0]
    assert all("工资" not in slip and "2025年4月8日 09:00" in slip for slip in slips)


def test_a_record_is_typed_or_ticked(
    client: Client, case: Case, zhao: Mediator, handler: User
) -> None:
    session = arrange(case, zhao, handler)
    over(session)
    came = [str(one.party_id) for one in session.presences.all()]
    typed = {"came": came, "outcome": "failed", "phrases": ["2", "5"], "text": ""}
    typed |= {"session": str(session.pk), "seen": str(fresh(case).history_length)}
    answer = post(client, handler, case, "record-session", typed)
    assert answer.status_code == 302
    session.refresh_from_db()
    assert session.record.splitlines() == [
        "双方各自陈述了事情经过和要求。",
        "双方分歧较大，约定回去考虑后再谈。",
    ]


def test_a_private_record_is_read_by_who_mediates(
    client: Client, case: Case, zhao: Mediator, handler: User, leader: User
) -> None:
    session = arrange(case, zhao, handler)
    over(session)
    came = [one.party_id for one in session.presences.all()]
    said = Record("failed", "对方说起家里的事", came=came, is_private=True)
    record_session(case_id=case.pk, by=handler, record=said)
    assert zhao.user is not None
    assert "家里的事" in text_of(client, zhao.user, session.get_absolute_url())
    assert "家里的事" not in text_of(client, leader, session.get_absolute_url())


def test_a_private_record_leaks_by_no_other_way(
    client: Client, case: Case, zhao: Mediator, county: County, handler: User
) -> None:
    over(arrange(case, zhao, handler))
    came = [one.pk for one in case.parties.all()]
    said = Record(
        "failed", "对方说起家里的事", came=came, is_private=True, video_record="档案柜三号盘"
    )
    record_session(case_id=case.pk, by=zhao.user, record=said)
    held = Session.objects.get()
    other = meetings.mediator(county.county, "马建国")
    again = arrange(fresh(case), other, zhao.user, moment(4, 9, 9))
    page = text_of(client, handler, again.get_absolute_url())
    assert "没谈成。当事人要求不公开" in page
    assert "家里的事" not in page
    assert "档案柜" not in text_of(client, handler, held.get_absolute_url())
    assert "档案柜" in text_of(client, zhao.user, held.get_absolute_url())
    papers = f"/cases/{case.number}/?tab=papers"
    code = f"med_record.{held.pk}"
    assert code not in text_of(client, handler, papers)
    assert code in text_of(client, zhao.user, papers)
    with pytest.raises(NotAllowed):
        make_document(
            case_id=case.pk, kind=Document.Kind.MED_RECORD, by=handler, address=None, about=held.pk
        )
    made, _ = make_document(
        case_id=case.pk, kind=Document.Kind.MED_RECORD, by=zhao.user, address=None, about=held.pk
    )
    text_of(client, handler, f"/cases/{case.number}/documents/{made.pk}/", 403)


@pytest.mark.parametrize("where", ["schedule-session", "record-session", "refuse-mediation"])
def test_a_childs_name_is_behind_its_mask(
    client: Client, case: Case, zhao: Mediator, handler: User, where: str
) -> None:
    session = arrange(case, zhao, handler)
    Case.objects.filter(pk=case.pk).update(special=["minor"])
    assert "张三丰" not in text_of(client, handler, f"/cases/{case.number}/{where}/")
    assert "张三丰" not in text_of(client, handler, f"{session.get_absolute_url()}notice/")


def test_the_mediators_workbench_shows_the_next_session_large(
    client: Client, case: Case, zhao: Mediator, handler: User
) -> None:
    session = arrange(case, zhao, handler)
    clock.freeze(moment(4, 8, 8, 40))
    assert zhao.user is not None
    page = text_of(client, zhao.user, "/")
    assert "next-session" in page
    assert "199****5621" in page
    assert session.get_absolute_url() in page


def test_the_unit_reads_what_is_on_today(
    client: Client, case: Case, zhao: Mediator, handler: User
) -> None:
    session = arrange(case, zhao, handler)
    assert "今天的调解" not in text_of(client, handler, "/")
    clock.freeze(moment(4, 8, 8, 40))
    assert session.get_absolute_url() in text_of(client, handler, "/")


def test_my_sessions_say_which_are_not_written_down(
    client: Client, case: Case, zhao: Mediator, handler: User
) -> None:
    over(arrange(case, zhao, handler))
    assert zhao.user is not None
    assert "▲ 没记录" in text_of(client, zhao.user, "/mediation/mine/?view=unrecorded")


def test_a_case_that_never_had_a_mediation_costs_no_question(lives: Lives, handler: User) -> None:
    cases = [fresh(lives.claimed()) for _ in range(3)]
    with CaptureQueriesContext(connection) as asked:
        load_what_they_read(cases)
    assert not [row for row in asked.captured_queries if 'FROM "mediation' in row["sql"]]


@pytest.fixture
def more(lives: Lives, county: County, zhao: Mediator, triage: User) -> Any:
    """more(): one more session of the 8th, of new people in a new room, hosted by 赵英."""
    numbers = count(1)

    def more() -> None:
        n = next(numbers)
        who = [
            PartyInput(PartyRole.APPLICANT, f"甲{n}"),
            PartyInput(PartyRole.RESPONDENT, f"乙{n}"),
        ]
        case = lives.claimed(parties=who)
        meetings.start(case, zhao)
        at = NINE + timedelta(minutes=30 * (n - 1))
        arrange(case, zhao, triage, at, 30, anyway=True)

    return more


@pytest.mark.parametrize(
    "url",
    [
        "/mediation/?day=2025-04-08",
        "/mediation/?day=2025-04-08&view=week",
        "/mediation/?day=2025-04-08&by=mediators",
        "/mediation/mine/",
    ],
)
def test_more_sessions_cost_no_more_queries(
    client: Client, zhao: Mediator, more: Any, url: str
) -> None:
    assert zhao.user is not None
    costs_the_same(client, zhao.user, url, more)


def test_more_sessions_today_cost_the_workbench_no_more(
    client: Client, zhao: Mediator, more: Any
) -> None:
    more()
    clock.freeze(moment(4, 8, 8, 40))
    assert zhao.user is not None
    costs_the_same(client, zhao.user, "/", more)


def test_a_mediator_reaches_it_by_the_menu(client: Client, zhao: Mediator, county: County) -> None:
    assert zhao.user is not None
    page = text_of(client, zhao.user, "/")
    assert 'href="/mediation/mine/"' in page
    desk = person("desk", "何静", county.county, RoleCode.TRIAGE)
    assert 'href="/mediation/"' in text_of(client, desk, "/")
