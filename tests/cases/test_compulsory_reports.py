from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, CompulsoryReport
from cases.services.course import withdraw_case
from cases.services.duties import chase_reports, settle_report
from cases.vocabulary import Special
from orgs.models import Notice, User
from tests.lives import Lives
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound

Outcome = CompulsoryReport.Outcome


def url(report: CompulsoryReport) -> str:
    return reverse("cases:settle_report", args=[report.case.number, report.pk])


@pytest.mark.parametrize(
    ("special", "authorities"),
    [
        (Special.THREAT, ["police"]),
        (Special.VIOLENCE, ["police", "women"]),
        (Special.MINOR, ["police", "civil", "education"]),
        (Special.NONE, []),
        (Special.GROUP, []),
    ],
)
def test_whom_the_law_wants_told(lives: Lives, special: Special, authorities: list[str]) -> None:
    case = lives.registered(special=[special])
    assert list(case.compulsory_reports.values_list("authority", flat=True)) == authorities


def test_an_authority_is_told_once_for_two_reasons(lives: Lives) -> None:
    case = lives.registered(special=[Special.THREAT, Special.VIOLENCE])
    assert case.compulsory_reports.filter(authority="police").count() == 1


def test_its_time_runs_in_real_minutes_also_at_night(lives: Lives) -> None:
    night = clock.now().replace(hour=23, minute=50)
    clock.freeze(night)
    report = lives.registered(special=[Special.THREAT]).compulsory_reports.get()
    assert report.due_at == night + timedelta(minutes=30)


def test_the_desk_is_told_and_the_clerk_sees_no_sign(
    lives: Lives, triage: User, clerk: User
) -> None:
    case = lives.registered(special=[Special.THREAT])
    told = triage.notices.filter(text__contains="有特别情况").get()
    assert told.url == case.get_absolute_url()
    assert not clerk.notices.exists()


def test_it_stays_on_case_and_workbench_until_somebody_has_done_it(
    client: Client, clerk: User, lives: Lives
) -> None:
    report = lives.registered(special=[Special.THREAT]).compulsory_reports.get()
    client.force_login(clerk)
    assert "还没向公安报告" in client.get(report.case.get_absolute_url()).content.decode()
    assert "前向公安报告" in client.get("/").content.decode()

    client.post(url(report), {"outcome": "reported", "contact": "城关派出所 值班民警"})
    page = client.get(report.case.get_absolute_url()).content.decode()
    assert "还没向公安报告" not in page
    assert "接报人 城关派出所 值班民警" in page
    assert "前向公安报告" not in client.get("/").content.decode()


def test_who_when_and_to_whom_are_on_record(lives: Lives, clerk: User) -> None:
    report = lives.registered(special=[Special.THREAT]).compulsory_reports.get()
    settle_report(
        report_id=report.pk, by=clerk, outcome=Outcome.REPORTED, contact="值班民警", text=""
    )
    report.refresh_from_db()
    event = report.case.events.get(verb="note")
    assert (report.settled_by, report.contact) == (clerk, "值班民警")
    assert event.words.text == "强制报告：已向公安报告，接报人 值班民警"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"outcome": "reported"}, "还没填“接报人”：向谁报的"),
        ({"outcome": "not_needed"}, "还没写“说明”：为什么不用报告"),
        ({"contact": "值班民警"}, "还没选“结果”"),
    ],
)
def test_what_is_left_out_is_asked_for(
    client: Client, clerk: User, lives: Lives, given: dict[str, str], sentence: str
) -> None:
    report = lives.registered(special=[Special.THREAT]).compulsory_reports.get()
    client.force_login(clerk)
    response = client.post(url(report), given)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert report.case.events.count() == 1


def test_somebody_may_find_that_it_need_not_be_reported(lives: Lives, triage: User) -> None:
    report = lives.registered(special=[Special.MINOR]).compulsory_reports.first()
    assert report is not None
    settle_report(
        report_id=report.pk,
        by=triage,
        outcome=Outcome.NOT_NEEDED,
        contact="",
        text="孩子只是在场，没受侵害",
    )
    assert "孩子只是在场，没受侵害" in report.case.events.get(verb="note").words.text


def test_it_is_done_once(lives: Lives, clerk: User, triage: User) -> None:
    report = lives.registered(special=[Special.THREAT]).compulsory_reports.get()
    given = {"outcome": Outcome.REPORTED, "contact": "值班民警", "text": ""}
    settle_report(report_id=report.pk, by=clerk, **given)
    with pytest.raises(AlreadyDone, match=r"王芳 .* 已经办了向公安的报告"):
        settle_report(report_id=report.pk, by=triage, **given)


def test_a_matter_withdrawn_meanwhile_must_still_be_reported(lives: Lives, clerk: User) -> None:
    case = lives.registered(special=[Special.THREAT])
    withdraw_case(case_id=case.pk, by=clerk, text="来访人说不办了")
    report = case.compulsory_reports.get()
    settle_report(
        report_id=report.pk, by=clerk, outcome=Outcome.REPORTED, contact="值班民警", text=""
    )
    report.refresh_from_db()
    assert report.settled_by == clerk


def test_strangers_do_not_settle_it(
    lives: Lives, outsider: User, leader: User, town_officer: User
) -> None:
    report = lives.registered(special=[Special.THREAT]).compulsory_reports.get()
    given = {"outcome": Outcome.REPORTED, "contact": "值班民警", "text": ""}
    for person, error in ((outsider, NotFound), (town_officer, NotFound), (leader, NotAllowed)):
        with pytest.raises(error):
            settle_report(report_id=report.pk, by=person, **given)
    report.refresh_from_db()
    assert report.settled_at is None


def test_past_its_time_desk_and_leaders_are_told_once(
    lives: Lives, triage: User, leader: User
) -> None:
    case = lives.registered(special=[Special.THREAT])
    Notice.objects.all().delete()
    clock.freeze(clock.now() + timedelta(minutes=31))
    assert (chase_reports(now=clock.now()), chase_reports(now=clock.now())) == (1, 0)
    for person in (triage, leader):
        assert person.notices.get().text == f"{case.short_number} 过了时间还没向公安报告，马上办"


def test_what_is_done_in_time_is_not_chased(lives: Lives, clerk: User) -> None:
    report = lives.registered(special=[Special.THREAT]).compulsory_reports.get()
    settle_report(
        report_id=report.pk, by=clerk, outcome=Outcome.REPORTED, contact="值班民警", text=""
    )
    assert chase_reports(now=report.due_at + timedelta(hours=1)) == 0


def test_a_registration_that_fails_opens_nothing(lives: Lives, handler: User) -> None:
    with pytest.raises(NotAllowed):
        lives.registered(by=handler, special=[Special.THREAT])
    assert not CompulsoryReport.objects.exists()
    assert not Case.objects.exists()
