"""The first page of the list: its SQL is written once for a sight, and is nobody else's."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from cases.models import Case, CaseCenter
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


def test_who_sees_little_turns_every_page(
    lives: Lives, county: County, village_officer: User, head: User
) -> None:
    """What was registered by them, was in the village once, or was given to the unit."""
    for n in range(90):
        if n % 3 == 0:
            lives.registered(by=village_officer)
        elif n % 3 == 1:
            case = lives.registered()
            CaseCenter.objects.create(case=case, center=county.village, until=case.registered_at)
        else:
            lives.claimed()
    for user in (village_officer, head):
        fresh = User.objects.get(pk=user.pk)
        seen = Case.objects.visible_to(fresh).order_by("-registered_at", "-pk")
        numbers = [case.number for case in seen]
        client = APIClient()
        client.force_authenticate(fresh)
        found, url = [], LIST
        while url:
            page = client.get(url).data
            found += [row["number"] for row in page["results"]]
            url = page["next"]
        assert found == numbers
        assert len(numbers) == {village_officer: 60, head: 30}[user]


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
