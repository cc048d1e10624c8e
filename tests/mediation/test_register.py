"""The register of mediators and the bodies: who keeps it, who reads it, what the law asks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from cases.models import Case
from mediation.models import Body, Mediator, Service
from mediation.services.choosing import appoint_mediator
from mediation.services.people import save_mediator
from mediation.services.proceedings import stop_mediation
from orgs.booking import book, of_person
from orgs.models import AccessLog, Booking, User
from tests import meetings
from tests.county import County
from tests.dispatch.together import costs_the_same
from tests.lives import ID_NUMBER, Lives
from tests.mediation.people import account, body_of, mediator_of, started
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid

GIVEN: dict[str, Any] = {
    "name": "赵英",
    "gender": "f",
    "kind": "people",
    "title": "退休法官",
    "specialities": ["01", "10"],
    "languages": "普通话、彝话",
    "phone": "19900005621",
    "id_number": ID_NUMBER,
}
LIST, NEW = "/mediation/mediators/", "/mediation/mediators/new/"


def test_who_keeps_the_register_adds_somebody_and_it_is_logged(
    county: County, triage: User, client: Client
) -> None:
    client.force_login(triage)
    assert client.post(NEW, GIVEN).status_code == 302
    one = Mediator.objects.get()
    assert (one.languages, one.specialities.count()) == (["普通话", "彝话"], 2)
    assert AccessLog.objects.filter(action="reference", subject__contains="调解员").exists()
    page = client.get(f"{LIST}{one.pk}/").content.decode()
    assert ID_NUMBER not in page
    assert "110105********002X" in page


def test_numbers_that_are_there_stay_when_nothing_is_typed(
    county: County, triage: User, client: Client
) -> None:
    client.force_login(triage)
    client.post(NEW, GIVEN)
    one = Mediator.objects.get()
    client.post(f"{LIST}{one.pk}/", {**GIVEN, "phone": "", "id_number": "", "name": "赵瑛"})
    one.refresh_from_db()
    assert (one.name, one.id_number, one.phone) == ("赵瑛", ID_NUMBER, "19900005621")


def test_the_same_person_is_registered_once(county: County, triage: User, client: Client) -> None:
    client.force_login(triage)
    client.post(NEW, GIVEN)
    answer = client.post(NEW, GIVEN)
    assert answer.status_code == 422
    assert "已经有这个身份证号" in answer.content.decode()


def test_a_wrong_identity_number_says_what_and_how(
    county: County, triage: User, client: Client
) -> None:
    client.force_login(triage)
    answer = client.post(NEW, {**GIVEN, "id_number": "110105194912310021"})
    assert "最后一位对不上，应为 X" in answer.content.decode()
    assert not Mediator.objects.exists()


def test_others_of_the_centre_read_and_change_nothing(
    county: County, clerk: User, client: Client
) -> None:
    one = mediator_of(county)
    client.force_login(clerk)
    assert "赵英" in client.get(LIST).content.decode()
    assert client.post(f"{LIST}{one.pk}/", GIVEN).status_code == 403
    assert client.post(f"{LIST}{one.pk}/add/honour/", {"honour-name": "金牌"}).status_code == 403


def test_a_mediator_keeps_their_own_time_and_nothing_else(county: County, client: Client) -> None:
    user = account(county)
    one = mediator_of(county, user=user, open_all_week=False)
    other = mediator_of(county, "马建国", open_all_week=False)
    client.force_login(user)
    hours = {"hours-weekday": "0", "hours-opens": "09:00", "hours-closes": "11:30"}
    assert client.post(f"{LIST}{one.pk}/add/hours/", hours).status_code == 302
    assert "09:00–11:30" in client.get("/mediation/my-time/").content.decode()
    assert client.post(f"{LIST}{other.pk}/add/hours/", hours).status_code == 403
    assert client.post(f"{LIST}{one.pk}/add/honour/", {"honour-name": "金牌"}).status_code == 403
    client.post(f"{LIST}{one.pk}/remove/hours/{one.hours.get().pk}/")
    assert not one.hours.exists()


def test_hours_that_end_before_they_begin_are_refused_in_words(
    county: County, triage: User, client: Client
) -> None:
    one = mediator_of(county, open_all_week=False)
    client.force_login(triage)
    typed = {"hours-weekday": "0", "hours-opens": "11:00", "hours-closes": "09:00"}
    answer = client.post(f"{LIST}{one.pk}/add/hours/", typed)
    assert answer.status_code == 422
    assert "“到”要晚于“从”" in answer.content.decode()


def test_who_mediates_does_not_leave_and_who_has_left_sees_no_case(
    county: County, lives: Lives, handler: User, triage: User, client: Client
) -> None:
    user = account(county)
    one = mediator_of(county, user=user)
    case = started(lives.claimed(), handler)
    seen = Case.objects.visible_to(user).filter(pk=case.pk)
    appoint_mediator(case_id=case.pk, by=handler, mediator=one.pk)
    client.force_login(triage)
    answer = client.post(f"{LIST}{one.pk}/leave/", {"why": "调走了"})
    assert answer.status_code == 409
    assert "还在调解 1 件" in answer.content.decode()
    stop_mediation(case_id=case.pk, by=handler, ending="failed", route="lawsuit", text="差距太大")
    assert seen.exists()
    assert client.post(f"{LIST}{one.pk}/leave/", {"why": "调走了"}).status_code == 302
    assert not seen.exists()


def test_another_account_takes_over_cases_and_bookings(
    county: County, lives: Lives, handler: User, triage: User, client: Client
) -> None:
    old, new = account(county, "old"), account(county, "new")
    one = mediator_of(county, user=old, open_all_week=False)
    case = started(lives.claimed(), handler)
    appoint_mediator(case_id=case.pk, by=handler, mediator=one.pk)
    session = meetings.arrange(case, one, handler, clock.now() + timedelta(days=1), anyway=True)
    given = {"center": county.county, "by": triage, "address": None}
    save_mediator(mediator=Mediator.objects.get(pk=one.pk), user=new, **given)
    cases = Case.objects.filter(pk=case.pk)
    assert not (cases & Case.objects.visible_to(old)).exists()
    assert (cases & Case.objects.visible_to(new)).exists()
    keys = Booking.objects.filter(owner=session.booking).values_list("bookable__key", flat=True)
    assert f"person {new.pk}" in keys
    assert f"person {old.pk}" not in keys


def test_an_account_that_is_booked_at_that_time_is_not_linked(
    county: County, lives: Lives, handler: User, triage: User
) -> None:
    new = account(county, "new")
    one = mediator_of(county, open_all_week=False)
    case = started(lives.claimed(), handler)
    session = meetings.arrange(case, one, handler, clock.now() + timedelta(days=1), anyway=True)
    book([of_person(new)], (session.starts_at, session.ends_at), owner="会商 1", what="会商")
    with pytest.raises(Invalid, match="先把那一次改期"):
        save_mediator(mediator=one, center=county.county, by=triage, address=None, user=new)
    assert Mediator.objects.get(pk=one.pk).user is None


def test_who_leaves_says_why_and_may_come_back(
    county: County, triage: User, client: Client
) -> None:
    one = mediator_of(county)
    client.force_login(triage)
    assert client.post(f"{LIST}{one.pk}/leave/", {"why": ""}).status_code == 422
    client.post(f"{LIST}{one.pk}/leave/", {"why": "搬到外地"})
    link = f'href="{LIST}{one.pk}/"'
    assert link not in client.get(LIST).content.decode()
    assert "赵英" in client.get(f"{LIST}?left=1").content.decode()
    client.post(f"{LIST}{one.pk}/leave/")
    one.refresh_from_db()
    assert one.is_active


def test_training_hours_are_summed_by_year(county: County, triage: User, client: Client) -> None:
    one = mediator_of(county)
    today = clock.today()
    for day in (today, today, today - timedelta(days=400)):
        one.trainings.create(on=day, subject="文书", hours=8)
    client.force_login(triage)
    page = client.get(f"{LIST}{one.pk}/").content.decode()
    assert f"{today.year} 年培训 16" in page


def committee(county: County, *genders: str, chairs: int = 1) -> Body:
    body = body_of(county, reported_to_court_on=date(2026, 1, 1))
    today = clock.today()
    for n, gender in enumerate(genders):
        one = mediator_of(county, f"委员{n}", body=body, gender=gender)
        Service.objects.create(
            mediator=one,
            post="chair" if n < chairs else "member",
            since=today - timedelta(days=100),
            until=today + timedelta(days=900),
        )
    return body


WRONG = {
    "too few": (("f", "m"), 1, "委员应为 3 到 9 人，现在任期内有 2 人"),
    "too many": (("f",) * 10, 1, "委员应为 3 到 9 人，现在任期内有 10 人"),
    "no chair": (("f", "m", "m"), 0, "主任应为 1 人，现在有 0 人"),
    "two chairs": (("f", "m", "m"), 2, "主任应为 1 人，现在有 2 人"),
    "no woman": (("m", "m", "m"), 1, "委员中应当有妇女"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_the_bodys_page_says_what_the_law_still_asks(
    county: County, triage: User, client: Client, kind: str
) -> None:
    genders, chairs, words = WRONG[kind]
    body = committee(county, *genders, chairs=chairs)
    client.force_login(triage)
    assert words in client.get(f"/mediation/bodies/{body.pk}/").content.decode()


def test_a_body_as_the_law_wants_it_is_told_so(
    county: County, triage: User, client: Client
) -> None:
    body = committee(county, "f", "m", "m")
    client.force_login(triage)
    page = client.get(f"/mediation/bodies/{body.pk}/").content.decode()
    assert "都符合人民调解法" in page


def test_a_body_not_yet_reported_to_the_court_says_so_until_it_is(
    county: County, triage: User, client: Client
) -> None:
    body = body_of(county)
    client.force_login(triage)
    url = f"/mediation/bodies/{body.pk}/"
    assert "还没有通报法院" in client.get(url).content.decode()
    given = {
        "kind": "professional",
        "founder": "trade",
        "case_word": "示劳",
        "reported_to_court_on": "2026-11-01",
    }
    assert client.post(url, given).status_code == 302
    assert "还没有通报法院" not in client.get(url).content.decode()


def test_the_lists_cost_the_same_with_more_rows(
    county: County, triage: User, client: Client
) -> None:
    body = body_of(county)
    costs_the_same(client, triage, LIST, lambda: mediator_of(county, body=body))
    costs_the_same(client, triage, "/mediation/bodies/", lambda: mediator_of(county, body=body))


def test_the_api_lists_and_filters_the_register(
    county: County, triage: User, client: Client
) -> None:
    from orgs.tokens import issue_token  # noqa: PLC0415

    mediator_of(county)
    mediator_of(county, "普正福", types=("07",), languages=["彝话"])
    headers = {"Authorization": f"Token {issue_token(user=triage, address=None)}"}

    def names(query: str) -> list[str]:
        answer = client.get(f"/api/v1/mediators/?{query}", headers=headers).json()
        return sorted(row["name"] for row in answer["results"])

    assert names("") == ["普正福", "赵英"]
    assert names("language=彝话") == ["普正福"]
    assert names("type=10") == ["赵英"]
    assert names("q=赵") == ["赵英"]


def test_another_county_has_its_own_register(
    county: County, city_officer: User, town_officer: User, client: Client
) -> None:
    mediator_of(county)
    client.force_login(town_officer)
    assert "赵英" not in client.get(LIST).content.decode()
    client.force_login(city_officer)
    assert "赵英" in client.get(LIST).content.decode()
