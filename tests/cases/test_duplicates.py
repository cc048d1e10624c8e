from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, CaseLink
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole
from orgs.models import User
from tests.cases.test_new_page import NEW, typed
from tests.lives import ID_NUMBER, PHONE, Lives, later
from zongzhi.lib import clock

__all__ = ["typed"]
ASK = reverse("cases:duplicates")
QUESTION = "是“再次来访”还是“另一件事”？"


def asked(client: Client, user: User, **given: str) -> str:
    client.force_login(user)
    return client.post(ASK, given).content.decode()


def somebody_else(lives: Lives, **changed: Any) -> Case:
    """Another person against the same company."""
    other = [
        PartyInput(PartyRole.APPLICANT, "王五", phone="19900001111"),
        PartyInput(PartyRole.RESPONDENT, "鑫源劳务公司", is_organization=True),
    ]
    return lives.registered(parties=other, **changed)


@pytest.mark.parametrize(
    "given",
    [
        {"phone": PHONE, "type": "10"},
        {"id_number": ID_NUMBER, "type": "10"},
        {"phone": PHONE, "opponents": "李五、鑫源劳务公司"},
        {"phone": PHONE, "other_type": "10"},
    ],
)
def test_the_same_person_and_matter_is_asked_about_while_it_is_typed(
    client: Client, clerk: User, lives: Lives, given: dict[str, str]
) -> None:
    case = lives.registered()
    shown = asked(client, clerk, **given)
    assert QUESTION in shown
    assert case.short_number in shown


def test_another_type_and_another_opponent_is_another_matter(
    client: Client, clerk: User, lives: Lives
) -> None:
    lives.registered()
    assert QUESTION not in asked(client, clerk, phone=PHONE, type="02", opponents="赵六")


def test_what_closed_half_a_year_ago_is_not_asked_about(
    client: Client, clerk: User, lives: Lives
) -> None:
    case = lives.closed()
    assert QUESTION in asked(client, clerk, phone=PHONE, type="10")
    later(case.closed_at and case.closed_at + timedelta(days=181))
    assert QUESTION not in asked(client, clerk, phone=PHONE, type="10")


def test_a_case_not_visible_is_never_asked_about(
    client: Client, town_officer: User, lives: Lives
) -> None:
    lives.registered()
    assert asked(client, town_officer, phone=PHONE, type="10").strip() == ""


def test_another_matter_keeps_the_link(client: Client, clerk: User, lives: Lives, typed) -> None:
    earlier = lives.registered()
    client.force_login(clerk)
    client.post(NEW, typed | {"phone": PHONE, "same": "other"})
    newer = Case.objects.exclude(pk=earlier.pk).get()
    link = CaseLink.objects.get(kind=CaseLink.Kind.SEPARATE)
    assert (link.source, link.target) == (newer, earlier)
    for case, other in ((newer, earlier), (earlier, newer)):
        page = client.get(case.get_absolute_url()).content.decode()
        assert "同一来访人的另一件事" in page
        assert other.short_number in page


def test_the_link_shows_only_cases_one_may_see(
    client: Client, clerk: User, handler: User, lives: Lives, typed
) -> None:
    earlier = lives.claimed()
    client.force_login(clerk)
    client.post(NEW, typed | {"phone": PHONE, "same": "other"})
    newer = Case.objects.exclude(pk=earlier.pk).get()
    client.force_login(handler)
    assert newer.short_number not in client.get(earlier.get_absolute_url()).content.decode()


@pytest.mark.parametrize("name", ["鑫源劳务公司", "鑫源劳务", "鑫源劳务有限公司"])
def test_others_against_the_same_company_are_told_of(
    client: Client, clerk: User, lives: Lives, name: str
) -> None:
    other = somebody_else(lives)
    place = lives.county.village.region.code
    shown = asked(client, clerk, phone=PHONE, opponents=name, place=place)
    assert "还有 1 件（别人来说的）" in shown
    assert other.short_number in shown
    assert QUESTION not in shown


def test_elsewhere_or_long_ago_is_not_told_of(client: Client, clerk: User, lives: Lives) -> None:
    somebody_else(lives)
    elsewhere = "990101999001"
    assert "可能重复" not in asked(client, clerk, opponents="鑫源劳务公司", place=elsewhere)
    later(clock.now() + timedelta(days=91))
    place = lives.county.village.region.code
    assert "可能重复" not in asked(client, clerk, opponents="鑫源劳务公司", place=place)


def test_a_suggested_group_reaches_the_desk_and_merges_nothing(
    client: Client, clerk: User, triage: User, lives: Lives, typed
) -> None:
    other = somebody_else(lives)
    client.force_login(clerk)
    client.post(NEW, typed | {"group": "on"})
    newer = Case.objects.exclude(pk=other.pk).get()
    assert newer.merged_into is None
    client.force_login(triage)
    pane = client.get(reverse("dispatch:desk"), {"case": newer.number}).content.decode()
    assert "登记时建议并为群体事项" in pane
    assert other.short_number in pane


def test_a_group_that_is_not_suggested_is_not_linked(
    client: Client, clerk: User, lives: Lives, typed
) -> None:
    somebody_else(lives)
    client.force_login(clerk)
    client.post(NEW, typed)
    assert not CaseLink.objects.exists()


def test_the_answer_again_is_one_visit_however_often_it_is_sent(
    client: Client, clerk: User, lives: Lives, typed
) -> None:
    case = lives.registered()
    client.force_login(clerk)
    given = typed | {"phone": PHONE, "same": case.number}
    for _ in range(3):
        client.post(NEW, given)
    client.post(NEW, given | {"same": "other"})
    case.refresh_from_db()
    assert (case.visits_count, Case.objects.count()) == (2, 1)


def test_a_visit_from_the_panel_is_counted_once(client: Client, clerk: User, lives: Lives) -> None:
    case = lives.registered()
    client.force_login(clerk)
    url = reverse("cases:act", args=[case.number, "revisit"])
    given = {"submission_id": str(uuid.uuid4()), "visitors": "1", "text": "问什么时候给"}
    for _ in range(2):
        assert client.post(url, given).status_code == 302
    case.refresh_from_db()
    assert (case.visits_count, case.events.filter(verb="revisit").count()) == (2, 1)
