"""The first page of the list: its SQL is written once for a sight, and is nobody else's."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from cases.models import Assignment, Case, CaseCenter
from cases.querysets import sight_of
from orgs.models import Center, User
from orgs.permissions import RoleCode
from tests.county import County, person
from tests.lives import Lives
from zongzhi.lib.prepared import Written

LIST = "/api/v1/cases/"


def listed(user: User) -> list[str]:
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    return [row["number"] for row in client.get(LIST).data["results"]]


def test_everybody_s_first_page_is_what_they_may_see(
    lives: Lives, county: County, village_officer: User, head: User
) -> None:
    """Asked twice, so that the second is written already; a case more in between."""
    people = [lives.clerk, lives.triage, lives.handler, village_officer, head]
    people.append(person("clerk2", "钱小芳", county.town, RoleCode.CLERK))
    people.append(person("gonghui", "孙工", county.county, RoleCode.HANDLER))
    for _ in range(2):
        lives.claimed()
        lives.registered()
        for user in people:
            fresh = User.objects.get(pk=user.pk)
            seen = Case.objects.visible_to(fresh).order_by("-registered_at", "-pk")
            assert listed(user) == [case.number for case in seen], user.username


def turned(user: User) -> list[str]:
    """All numbers from the first page by `next` to the last, and back again by `previous`."""
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    found: list[str] = []
    back: list[str] = []
    url = last = LIST
    while url:
        page = client.get(url).data
        found += [row["number"] for row in page["results"]]
        last, url = url, page["next"]
    url = last
    while url:
        page = client.get(url).data
        back = [row["number"] for row in page["results"]] + back
        url = page["previous"]
    assert back == found
    return found


def seen_by_rule(user: User) -> list[str]:
    """Their numbers as the rule says it, newest first."""
    seen = Case.objects.visible_to(User.objects.get(pk=user.pk))
    return [case.number for case in seen.order_by("-registered_at", "-pk")]


def test_a_unit_turns_every_page_of_more_than_two(lives: Lives, head: User) -> None:
    for _ in range(80):
        lives.dispatched()
    numbers = seen_by_rule(head)
    assert len(numbers) == 80
    assert turned(head) == numbers


def test_a_village_turns_every_page_of_more_than_two(lives: Lives, village_officer: User) -> None:
    for _ in range(80):
        lives.registered(by=village_officer)
    numbers = seen_by_rule(village_officer)
    assert len(numbers) == 80
    assert turned(village_officer) == numbers


@pytest.mark.parametrize("same", [slice(20, 50), slice(0, 30), slice(50, 80), slice(0, 80)])
@pytest.mark.parametrize("who", ["head", "village_officer"])
def test_cases_registered_at_one_moment_are_each_met_once(
    lives: Lives, head: User, village_officer: User, who: str, same: slice
) -> None:
    """As an import writes them: in the midst, first, last, or all there are."""
    if who == "head":
        user, cases = head, [lives.dispatched() for _ in range(80)]
    else:
        user, cases = village_officer, [lives.registered(by=village_officer) for _ in range(80)]
    pks = [case.pk for case in cases[same]]
    at = cases[same][0].registered_at
    Case.objects.filter(pk__in=pks).update(registered_at=at)
    Assignment.objects.filter(case__in=pks).update(case_registered_at=at)
    numbers = seen_by_rule(user)
    assert len(numbers) == 80
    assert turned(user) == numbers


def test_who_sees_little_turns_every_page(
    lives: Lives, county: County, village_officer: User, head: User
) -> None:
    """What was registered by them, was in the village once, or was given to the unit."""
    for n in range(160):
        if n % 5 < 2:
            lives.registered(by=village_officer)
        elif n % 5 == 2:
            case = lives.registered()
            CaseCenter.objects.create(case=case, center=county.village, until=case.registered_at)
        else:
            lives.claimed()
    for user, some in ((village_officer, 96), (head, 64)):
        numbers = seen_by_rule(user)
        assert len(numbers) == some
        assert turned(user) == numbers


def test_two_with_the_same_sight_ask_in_the_same_words(lives: Lives, county: County) -> None:
    other = person("triage2", "吴二", county.county, RoleCode.TRIAGE)
    elsewhere = person("triage3", "郑三", county.town, RoleCode.TRIAGE)
    assert sight_of(other) == sight_of(lives.triage) != sight_of(elsewhere)


def test_who_gets_a_post_sees_more_at_once(lives: Lives, county: County) -> None:
    nobody = person("new", "新人", county.town, RoleCode.CLERK)
    case = lives.registered()
    before = listed(nobody)
    nobody.posts.update(center=county.county)
    assert (case.number in before, case.number in listed(nobody)) == (False, True)


def test_what_is_written_is_not_written_again_until_it_is_forgotten(county: County) -> None:
    built: list[int] = []
    pages = Written[Center](most=2)

    def ask(level: int) -> list[Center]:
        def build() -> object:
            built.append(level)
            return Center.objects.filter(pk__lte=level).order_by("pk")[:3]

        return pages.rows(build, key=level)

    top = county.village.pk
    with CaptureQueriesContext(connection) as asked:
        for level in (top, top, 0, top, -1, 0):
            assert all(center.pk <= level for center in ask(level))
    assert built == [top, 0, -1, 0]
    assert len(asked) == 6


@pytest.mark.parametrize("names", [(), ("pk",)])
def test_the_first_page_is_the_newest_and_no_other(lives: Lives, names: tuple[str, ...]) -> None:
    from cases.api.views import FirstPage  # noqa: PLC0415

    with pytest.raises(ValueError, match="newest"):
        FirstPage(lives.triage).order_by(*names)
