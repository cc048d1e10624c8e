from __future__ import annotations

from django.test import Client
from django.urls import reverse

from cases.models import Case, Consultation

URL = reverse("cases:consultations")


def test_a_question_counts_visitors_and_makes_no_case(client: Client, clerk) -> None:
    client.force_login(clerk)
    given = {"category": "law", "text": "问离婚要带什么材料", "visitors": "2"}
    page = client.post(URL, given, follow=True).content.decode()
    assert "问离婚要带什么材料" in page
    assert Consultation.objects.get().visitors == 2
    assert not Case.objects.exists()


def test_two_things_are_required(client: Client, clerk) -> None:
    client.force_login(clerk)
    response = client.post(URL, {"visitors": "1"})
    assert response.status_code == 422
    assert "有 2 处要改" in response.content.decode()


def test_the_question_can_become_a_case(client: Client, clerk) -> None:
    client.force_login(clerk)
    client.post(URL, {"category": "law", "text": "问邻居占道怎么办", "visitors": "1"})
    new = reverse("cases:new") + f"?consultation={Consultation.objects.get().pk}"
    assert "问邻居占道怎么办" in client.get(new).content.decode()


def test_other_centres_questions_stay_theirs(client: Client, clerk, town_officer) -> None:
    client.force_login(clerk)
    client.post(URL, {"category": "law", "text": "问离婚要带什么材料", "visitors": "1"})
    client.force_login(town_officer)
    assert "问离婚要带什么材料" not in client.get(URL).content.decode()


def test_a_unit_does_not_see_them(client: Client, handler) -> None:
    client.force_login(handler)
    assert client.get(URL).status_code == 403
