"""场次: arranged where and when everybody is free, moved, called off, written down."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.utils.timezone import localtime

from cases.clocks import clocks_of
from cases.levels import standing_of
from cases.models import Attempt, Case, CaseText
from cases.services.attempts import add_attempt
from cases.services.course import withdraw_case
from dispatch.services.convening import convene
from mediation.models import Absence, Guest, Mediator, Session, WeeklyHours
from mediation.services import sessions
from mediation.services.choosing import appoint_mediator, object_to_mediator, tell_conflict
from mediation.services.sessions import (
    GuestGiven,
    Record,
    call_off_session,
    move_session,
    record_session,
    schedule_session,
)
from mediation.tasks import sweep_mediations
from orgs.models import Booking, Delivery, Notice, User
from tests import meetings
from tests.concurrency import at_once, hold
from tests.county import County
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from tests.mediation.people import applicant
from tests.meetings import NINE, arrange, over, plan
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed, WrongState

TEN = moment(4, 8, 10)


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


@pytest.fixture
def zhao(county: County) -> Mediator:
    """赵英, a mediator with an account."""
    return meetings.mediator(county.county, user=meetings.account(county.county))


@pytest.fixture
def case(lives: Lives, zhao: Mediator) -> Case:
    """A case whose mediation 赵英 hosts."""
    found = lives.claimed()
    meetings.start(found, zhao)
    return found


def another(lives: Lives, host: Mediator, **who: Any) -> Case:
    """Another case of other people, hosted by that mediator."""
    found = lives.claimed(parties=meetings.strangers(), **who)
    meetings.start(found, host)
    return found


def everybody(session: Session) -> list[int]:
    return list(session.presences.values_list("party", flat=True))


def write(case: Case, by: User, outcome: str, **more: Any) -> Case:
    """Written down with everybody there, unless told otherwise."""
    row = Session.objects.planned().get(mediation__case=case)
    given = {"came": everybody(row), "text": "双方各让一步", **more}
    return record_session(case_id=case.pk, by=by, record=Record(outcome=outcome, **given))


# 安排


def test_a_session_books_room_mediator_and_the_people(
    case: Case, zhao: Mediator, handler: User
) -> None:
    session = arrange(case, zhao, handler)
    assert Booking.objects.filter(owner=session.booking).count() == 3  # the company books nothing
    assert (session.level, session.state) == ("county", "planned")


def test_the_mediator_hears_when_and_where_and_no_name(
    case: Case, zhao: Mediator, handler: User
) -> None:
    arrange(case, zhao, handler)
    text = Notice.objects.filter(user=zhao.user).latest("pk").text
    assert text == f"{case.short_number} 调解：4月8日 09:00–10:30 在2号调解室"


def test_the_history_says_what_was_arranged(case: Case, zhao: Mediator, handler: User) -> None:
    arrange(case, zhao, handler)
    event = case.events.get(verb="schedule-session")
    assert event.data["words"] == "4月8日 09:00–10:30 在2号调解室，主持 赵英"


def test_without_a_mediation_nothing_can_be_arranged(
    lives: Lives, zhao: Mediator, handler: User
) -> None:
    case = lives.claimed()
    with refused(case, WrongState, "没有在进行的调解"):
        schedule_session(case_id=case.pk, by=handler, plan=plan(case, zhao))


def test_only_who_mediates_arranges(case: Case, zhao: Mediator, clerk: User) -> None:
    with refused(case, NotAllowed):
        schedule_session(case_id=case.pk, by=clerk, plan=plan(case, zhao))


def test_the_host_with_an_account_arranges_it(case: Case, zhao: Mediator) -> None:
    assert zhao.user is not None
    assert arrange(case, zhao, zhao.user).host == zhao


def test_a_room_that_is_taken_says_by_what_and_when_all_are_free(
    lives: Lives, case: Case, zhao: Mediator, county: County, handler: User
) -> None:
    first = arrange(case, zhao, handler)
    other = another(lives, meetings.mediator(county.county, "马建国"))
    host = Mediator.objects.get(name="马建国")
    number = first.mediation.case.short_number
    words = f"2号调解室 09:00–10:30 已有 {number}。最近空档：10:30、14:00、15:30"
    with refused(other, Invalid, words):
        schedule_session(case_id=other.pk, by=handler, plan=plan(other, host, TEN))


def test_a_mediator_is_at_one_table_at_a_time(
    lives: Lives, case: Case, zhao: Mediator, county: County, handler: User
) -> None:
    arrange(case, zhao, handler)
    other = another(lives, zhao)
    elsewhere = plan(other, zhao, TEN, room=meetings.room(county.county, "3号调解室"))
    with pytest.raises(Invalid) as caught:
        schedule_session(case_id=other.pk, by=handler, plan=elsewhere)
    assert list(caught.value.errors) == ["host"]


def test_the_same_human_in_two_cases_is_one(
    lives: Lives, case: Case, zhao: Mediator, county: County, handler: User
) -> None:
    """张三丰 has come about two things; by the identity number that is known."""
    arrange(case, zhao, handler)
    other = lives.claimed()
    host = meetings.mediator(county.county, "马建国")
    meetings.start(other, host)
    elsewhere = plan(other, host, TEN, room=meetings.room(county.county, "3号调解室"))
    with pytest.raises(Invalid) as caught:
        schedule_session(case_id=other.pk, by=handler, plan=elsewhere)
    (words,) = caught.value.errors["starts_at"]
    assert words.startswith(f"张三丰 09:00–10:30 已有 {case.short_number}。最近空档：10:30")


def test_where_else_a_party_is_asked_only_who_sees_that_case_reads(
    lives: Lives, case: Case, zhao: Mediator, county: County, handler: User
) -> None:
    arrange(case, zhao, handler)
    other = lives.claimed()
    user = meetings.account(county.county, "majianguo", "马建国")
    host = meetings.mediator(county.county, "马建国", user=user)
    meetings.start(other, host)
    elsewhere = plan(other, host, TEN, room=meetings.room(county.county, "3号调解室"))
    with pytest.raises(Invalid) as caught:
        schedule_session(case_id=other.pk, by=user, plan=elsewhere)
    (words,) = caught.value.errors["starts_at"]
    assert words.startswith("张三丰这个时间有别的安排。最近空档：10:30")


# 回避 and 要换一位


def test_whom_a_side_does_not_want_holds_no_session(
    case: Case, zhao: Mediator, county: County, handler: User
) -> None:
    session = arrange(case, zhao, handler)
    ma = meetings.mediator(county.county, "马建国")
    appoint_mediator(case_id=case.pk, by=handler, mediator=zhao.pk)
    object_to_mediator(case_id=case.pk, by=handler, party=applicant(case))
    session.refresh_from_db()
    assert (session.state, session.why) == ("called_off", "来访人要求换调解员")
    with refused(case, Invalid, "有一方不要赵英"):
        schedule_session(case_id=case.pk, by=handler, plan=plan(case, zhao))
    assert arrange(case, ma, handler).is_planned


def test_a_told_conflict_calls_off_what_they_were_to_hold(
    case: Case, zhao: Mediator, handler: User
) -> None:
    session = arrange(case, zhao, handler)
    tell_conflict(case_id=case.pk, by=handler, mediator=zhao.pk, kind="kin")
    session.refresh_from_db()
    assert (session.state, session.why) == ("called_off", "调解员要回避")
    assert zhao.user is not None
    assert zhao.user.notices.filter(text__contains="取消").exists()
    with refused(case, Invalid, "先在“中心安排调解员”里勾上"):
        schedule_session(case_id=case.pk, by=handler, plan=plan(case, zhao))


def test_somebody_who_had_better_not_needs_a_reason_for_a_session_too(
    case: Case, county: County, handler: User
) -> None:
    near = meetings.mediator(county.county, "马建国", work_unit="鑫源劳务公司")
    with refused(case, Invalid, "和一方当事人同单位。仍要由他调解，写明理由"):
        schedule_session(case_id=case.pk, by=handler, plan=plan(case, near))
    arrange(case, near, handler, overruled_why="别人都不懂工资表")
    assert CaseText.objects.get(event__verb="schedule-session").text == "别人都不懂工资表"


def test_who_is_asked_to_a_session_sees_the_case_until_it_is_written_down(
    case: Case, county: County, handler: User
) -> None:
    user = meetings.account(county.county, "majianguo", "马建国")
    seen = Case.objects.visible_to(user).filter(pk=case.pk)
    session = arrange(case, meetings.mediator(county.county, "马建国", user=user), handler)
    assert seen.exists()
    over(session)
    write(case, user, "failed")
    assert not seen.exists()


def test_a_mediator_who_chairs_a_joint_session_is_busy(
    lives: Lives, case: Case, zhao: Mediator, county: County, triage: User, handler: User
) -> None:
    assert zhao.user is not None
    convene(
        case_id=lives.claimed().pk,
        by=triage,
        kind="leaders",
        chair=zhao.user,
        room=meetings.room(county.county, "会议室"),
        starts_at=NINE,
        ends_at=TEN,
        agenda="工资专户怎么查",
        units=[county.police],
    )
    with refused(case, Invalid, "赵英 09:00–10:00 已有多长联调 2025年第1期"):
        schedule_session(case_id=case.pk, by=handler, plan=plan(case, zhao))


@pytest.mark.django_db(transaction=True)
def test_two_who_want_the_same_room_at_once_get_it_one_after_the_other(
    lives: Lives, zhao: Mediator, county: County, handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = lives.claimed(), another(lives, zhao)
    meetings.start(first, meetings.mediator(county.county, "马建国"))
    host = Mediator.objects.get(name="马建国")
    plans = [plan(first, host), plan(second, zhao)]
    hold(monkeypatch, sessions, "book")
    got = at_once(
        lambda: schedule_session(case_id=first.pk, by=handler, plan=plans[0]),
        lambda: schedule_session(case_id=second.pk, by=handler, plan=plans[1]),
    )
    assert got == ["Invalid", "ok"]
    assert Session.objects.count() == 1


def test_outside_working_hours_it_is_said_once_and_then_done(
    case: Case, zhao: Mediator, handler: User
) -> None:
    saturday = moment(4, 12, 19, 0)
    with refused(case, Invalid, "4月12日不上班。要这样安排，勾上“仍然这样安排”"):
        schedule_session(case_id=case.pk, by=handler, plan=plan(case, zhao, saturday))
    assert arrange(case, zhao, handler, saturday, anyway=True).state == "planned"


def test_a_mediators_hours_and_absences_are_said_to_others(
    case: Case, zhao: Mediator, handler: User
) -> None:
    WeeklyHours.objects.create(mediator=zhao, weekday=1, opens=time(14), closes=time(17, 30))
    with refused(case, Invalid, "赵英平常这个时间不在"):
        schedule_session(case_id=case.pk, by=handler, plan=plan(case, zhao))
    Absence.objects.create(
        mediator=zhao, since=date(2025, 4, 7), until=date(2025, 4, 9), why="培训"
    )
    with refused(case, Invalid, "赵英 4月8日没空（培训）"):
        schedule_session(case_id=case.pk, by=handler, plan=plan(case, zhao))


def test_a_host_decides_about_the_own_time_alone(case: Case, zhao: Mediator) -> None:
    assert zhao.user is not None
    Absence.objects.create(mediator=zhao, since=date(2025, 4, 7), until=date(2025, 4, 9))
    assert arrange(case, zhao, zhao.user).state == "planned"


def test_free_times_keep_to_the_hours_of_the_mediator(
    case: Case, zhao: Mediator, handler: User
) -> None:
    WeeklyHours.objects.create(mediator=zhao, weekday=3, opens=time(14), closes=time(16))
    span = (NINE, NINE + timedelta(hours=1))
    free = sessions.slots_for(case, [], [zhao], span)
    assert [f"{localtime(at):%m-%d %H:%M}" for at in free] == [
        "04-10 14:00", "04-10 15:00", "04-17 14:00"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"at": moment(4, 3, 9)}, "开始时间要晚于现在"),
        ({"at": moment(4, 8, 23)}, "要在同一天结束"),
        ({"room": None}, "还没选在哪里"),
        ({"invited": {}}, "还没选请哪些当事人来"),
        ({"guests": [GuestGiven("王大妈", "neighbour")]}, "请别人一起调，要当事人同意"),
    ],
)
def test_a_session_that_cannot_be(
    case: Case, zhao: Mediator, handler: User, changed: Any, words: str
) -> None:
    with refused(case, Invalid, words):
        schedule_session(case_id=case.pk, by=handler, plan=plan(case, zhao, **changed))


def test_guests_come_with_the_parties_consent(case: Case, zhao: Mediator, handler: User) -> None:
    """人民调解法 art. 20."""
    guests = [GuestGiven("王大妈", "neighbour")]
    arrange(case, zhao, handler, guests=guests, guests_agreed=True)
    assert Guest.objects.get().agreed


def test_a_mediator_of_another_centre_is_not_seated(
    case: Case, zhao: Mediator, county: County, handler: User
) -> None:
    far = meetings.mediator(county.town, "李老师")
    with refused(case, Invalid, "李老师不是示范县综治中心在册的调解员"):
        schedule_session(case_id=case.pk, by=handler, plan=plan(case, far))


# 短信


@pytest.fixture
def _texting(county: County, settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/send"
    settings.SMS_KEY = "secret"
    county.county.texts_citizens = True
    county.county.save()


@pytest.mark.usefixtures("_texting")
def test_a_text_says_when_and_where_and_nothing_of_the_matter(
    lives: Lives, zhao: Mediator, handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.services.telling.is_on", lambda channel: True)
    case = lives.claimed()
    meetings.start(case, zhao)
    arrange(case, zhao, handler, invited={case.parties.first().pk: "sms"})
    sent = Delivery.objects.get(template="citizen_meeting")
    assert sent.parameters == {
        "time": "4月8日 09:00",
        "place": "示范县综治中心2号调解室",
        "number": case.short_number,
        "phone": "0990-2120000",
    }


def test_nothing_goes_out_about_violence_at_home(
    lives: Lives, zhao: Mediator, handler: User, monkeypatch: pytest.MonkeyPatch, county: County
) -> None:
    monkeypatch.setattr("cases.services.telling.is_on", lambda channel: True)
    county.county.texts_citizens = True
    county.county.save()
    case = lives.claimed(special=["violence"])
    meetings.start(case, zhao)
    arrange(case, zhao, handler, invited={case.parties.first().pk: "sms"})
    assert not Delivery.objects.filter(template="citizen_meeting").exists()


# 改期, 取消


def moved(case: Case, by: User, **changed: Any) -> Case:
    room = meetings.room(case.center)
    given: dict[str, Any] = {"starts_at": TEN, "minutes": 60, "room": room, "text": "对方出差"}
    return move_session(case_id=case.pk, by=by, **{**given, **changed})


def test_a_moved_session_keeps_the_people_and_frees_its_old_time(
    case: Case, zhao: Mediator, handler: User
) -> None:
    old = arrange(case, zhao, handler)
    moved(case, handler)
    old.refresh_from_db()
    assert (old.state, old.why) == ("moved", "对方出差")
    assert everybody(old.moved_to) == everybody(old)
    assert not Booking.objects.filter(owner=old.booking, released_at=None).exists()


def test_a_move_onto_what_is_taken_leaves_it_where_it_was(
    lives: Lives, case: Case, zhao: Mediator, county: County, handler: User
) -> None:
    arrange(case, zhao, handler)
    host = meetings.mediator(county.county, "马建国")
    other = another(lives, host)
    arrange(other, host, handler, moment(4, 8, 14), 60)
    with refused(case, Invalid, "2号调解室 14:00–15:00 已有"):
        moved(case, handler, starts_at=moment(4, 8, 14))


def test_a_called_off_session_frees_everything_and_tells_the_mediator(
    case: Case, zhao: Mediator, handler: User
) -> None:
    session = arrange(case, zhao, handler)
    call_off_session(case_id=case.pk, by=handler, text="双方自己谈好了")
    assert not Booking.objects.filter(released_at=None).exists()
    assert Notice.objects.filter(user=zhao.user, text__contains="取消，不用来了").exists()
    session.refresh_from_db()
    assert session.state == "called_off"


def test_a_case_that_ends_calls_off_what_was_arranged(
    case: Case, zhao: Mediator, handler: User, clerk: User
) -> None:
    session = arrange(case, zhao, handler)
    withdraw_case(case_id=case.pk, by=clerk, text="来访人不办了")
    session.refresh_from_db()
    assert (session.state, session.why) == ("called_off", "调解已经结束")
    assert not Booking.objects.filter(released_at=None).exists()


def test_which_of_two_sessions_must_be_said(case: Case, zhao: Mediator, handler: User) -> None:
    arrange(case, zhao, handler)
    second = arrange(case, zhao, handler, moment(4, 9, 9))
    with refused(case, Invalid, "安排了几次调解，先选是哪一次"):
        call_off_session(case_id=case.pk, by=handler, text="双方谈好了")
    call_off_session(case_id=case.pk, by=handler, text="双方谈好了", session=second.pk)
    assert Session.objects.planned().count() == 1


# 记录


def test_a_session_held_is_the_next_attempt_of_its_level(
    case: Case, zhao: Mediator, handler: User
) -> None:
    add_attempt(case_id=case.pk, by=handler, outcome="failed", text="第一次没谈拢")
    over(arrange(case, zhao, handler))
    write(case, handler, "failed")
    session = Session.objects.get()
    assert session.attempt is not None
    assert (session.state, session.attempt.n, session.attempt.outcome) == ("held", 2, "failed")
    words = case.events.get(verb="record-session").data["words"]
    assert words == "第 2 次终调，没谈成"


@pytest.mark.parametrize(
    ("outcome", "as_attempt"),
    [("written", "settled"), ("oral", "settled"), ("failed", "failed")],
)
def test_what_came_of_it_is_what_the_level_has_tried(
    case: Case, zhao: Mediator, handler: User, outcome: str, as_attempt: str
) -> None:
    over(arrange(case, zhao, handler))
    write(case, handler, outcome)
    assert Attempt.objects.get().outcome == as_attempt


def test_a_party_that_does_not_come_ends_nothing(case: Case, zhao: Mediator, handler: User) -> None:
    session = arrange(case, zhao, handler)
    over(session)
    before = fresh(case).label
    write(case, handler, "absent", came=everybody(session)[:1])
    assert fresh(case).label == before
    assert session.mediation.is_open
    assert arrange(case, zhao, handler, moment(4, 9, 9)).is_planned


def test_one_put_off_does_not_count(case: Case, zhao: Mediator, handler: User) -> None:
    over(arrange(case, zhao, handler))
    write(case, handler, "put_off", came=[])
    assert not Attempt.objects.exists()
    assert (Session.objects.get().state, Session.objects.get().outcome) == ("moved", "put_off")
    assert not Booking.objects.filter(released_at=None, ends_at__gt=clock.now()).exists()


def test_three_attempts_of_the_county_lead_to_the_law(
    case: Case, zhao: Mediator, handler: User
) -> None:
    for day in (8, 9, 10):
        over(arrange(case, zhao, handler, moment(4, day, 9)))
        write(case, handler, "failed")
    standing = standing_of(fresh(case), clocks_of(case.center), clock.now())
    assert standing.advice == "3 次终调用完，引导到诉讼仲裁等法定途径"


@pytest.mark.parametrize(
    ("outcome", "came", "words"),
    [
        ("absent", "all", "请来的都到了，不能记“一方没来”"),
        ("written", "one", "有一方没到场也没有代理人，不能记达成协议"),
    ],
)
def test_a_record_that_cannot_be_true(
    case: Case, zhao: Mediator, handler: User, outcome: str, came: str, words: str
) -> None:
    session = arrange(case, zhao, handler)
    over(session)
    here = everybody(session) if came == "all" else everybody(session)[:1]
    with refused(case, Invalid, words):
        write(case, handler, outcome, came=here)


def test_nobody_agrees_without_the_other_side(case: Case, zhao: Mediator, handler: User) -> None:
    asked = {applicant(case).pk: "phone"}
    over(arrange(case, zhao, handler, invited=asked))
    for outcome in ("written", "oral"):
        with refused(case, Invalid, "有一方没到场也没有代理人"):
            write(case, handler, outcome)


def test_an_agent_comes_for_a_party(case: Case, zhao: Mediator, handler: User) -> None:
    session = arrange(case, zhao, handler)
    over(session)
    first, second = everybody(session)
    write(case, handler, "written", came=[first], agents={second: "法务刘经理"})
    assert session.presences.get(party=second).came


def test_what_has_not_begun_is_not_written_down(case: Case, zhao: Mediator, handler: User) -> None:
    arrange(case, zhao, handler)
    for outcome in ("failed", "put_off"):
        with refused(case, Invalid, "还没到，来不了的用“改期”或“取消”"):
            write(case, handler, outcome)


def test_a_session_is_written_down_once(case: Case, zhao: Mediator, handler: User) -> None:
    over(arrange(case, zhao, handler))
    write(case, handler, "failed")
    with refused(case, WrongState, "没有安排好、还没记录的调解"):
        record_session(case_id=case.pk, by=handler, record=Record("failed", "又记一次"))


def test_the_course_is_sealed_and_stands_nowhere_else(
    case: Case, zhao: Mediator, handler: User
) -> None:
    """人民调解法 art. 23: not public, if a party wants it so."""
    over(arrange(case, zhao, handler))
    write(case, handler, "failed", text="对方说他离过婚", is_private=True)
    assert "离过婚" not in Attempt.objects.get().text
    assert not CaseText.objects.filter(text__contains="离过婚").exists()
    assert "离过婚" not in str(list(case.events.values_list("data")))


# 催记录


def test_who_forgets_to_write_it_down_is_asked_once(
    case: Case, zhao: Mediator, handler: User
) -> None:
    over(arrange(case, zhao, handler))
    for _ in range(2):
        sweep_mediations()
    asked = Notice.objects.filter(user=zhao.user, text__contains="还没记录")
    assert [notice.text for notice in asked] == [
        f"{case.short_number} 4月8日 09:00–10:30 的调解还没记录，记一下结果"
    ]


def test_without_an_account_the_unit_is_asked(lives: Lives, county: County, handler: User) -> None:
    case, host = lives.claimed(), meetings.mediator(county.county)
    meetings.start(case, host)
    over(arrange(case, host, handler))
    sweep_mediations()
    assert Notice.objects.filter(user=handler, text__contains="还没记录").count() == 1


def test_what_is_written_down_is_not_asked_for(case: Case, zhao: Mediator, handler: User) -> None:
    over(arrange(case, zhao, handler))
    write(case, handler, "failed")
    before = Notice.objects.count()
    sweep_mediations()
    assert Notice.objects.count() == before
