from __future__ import annotations

import uuid

from django.test import Client
from django.urls import reverse

from cases.models import Case, Consultation
from tests.cases.test_new_page import typed

__all__ = ["typed"]
URL = reverse("cases:consultations")


def test_a_question_counts_visitors_and_makes_no_case(client: Client, clerk) -> None:
    client.force_login(clerk)
    given = {"category": "law", "text": "问离婚要带什么材料", "visitors": "2"}
    page = client.post(URL, given, follow=True).content.decode()
    assert "问离婚要带什么材料" in page
    assert Consultation.objects.get().visitors == 2
    assert not Case.objects.exists()


def test_a_question_sent_again_is_counted_once(client: Client, clerk) -> None:
    client.force_login(clerk)
    sent = client.get(URL).context["form"]["submission_id"].value()
    given = {
        "category": "law",
        "text": "问离婚要带什么材料",
        "visitors": "2",
        "submission_id": sent,
    }
    client.post(URL, given)
    again = client.post(URL, given, follow=True).content.decode()
    assert "没有重复记" in again
    assert Consultation.objects.count() == 1


def test_nobody_takes_over_the_question_of_another(client: Client, clerk, triage) -> None:
    given = {"category": "law", "text": "问离婚要带什么材料", "visitors": "2"}
    given["submission_id"] = str(uuid.uuid4())
    client.force_login(clerk)
    client.post(URL, given)
    client.force_login(triage)
    assert client.post(URL, given).status_code == 404
    assert Consultation.objects.get().received_by == clerk


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


def test_a_question_that_became_a_case_is_counted_there_and_only_once(
    client: Client, clerk, typed
) -> None:
    client.force_login(clerk)
    client.post(URL, {"category": "law", "text": "问邻居占道怎么办", "visitors": "1"})
    asked = Consultation.objects.get()
    form = client.get(reverse("cases:new"), {"consultation": asked.pk}).context["form"]
    given = typed | {"consultation": form["consultation"].value()}
    client.post(reverse("cases:new"), given)
    asked.refresh_from_db()
    assert asked.became == Case.objects.get()
    assert "接待 <a" in (page := client.get("/").content.decode())
    assert "1 批 1 人次" in page
    assert "已转为" in client.get(URL).content.decode()


def test_a_question_becomes_one_case_at_most(client: Client, clerk, typed) -> None:
    client.force_login(clerk)
    client.post(URL, {"category": "law", "text": "问邻居占道怎么办", "visitors": "1"})
    asked = Consultation.objects.get()
    for number in range(2):
        given = {"consultation": asked.pk, "submission_id": str(uuid.uuid4()), "same": "other"}
        client.post(reverse("cases:new"), typed | given)
        assert Case.objects.count() == number + 1
    asked.refresh_from_db()
    assert asked.became == Case.objects.earliest("pk")


def test_a_question_with_a_mark_of_secrecy_is_asked_about(client: Client, clerk) -> None:
    client.force_login(clerk)
    question = {"category": "law", "text": "手里有一份机密文件，问交给谁", "visitors": "1"}
    response = client.post(reverse("cases:consultations"), question)
    assert response.status_code == 422
    assert "“一句话”里有“机密”字样" in response.content.decode()
    assert question["text"] in response.content.decode()
    client.post(reverse("cases:consultations"), {**question, "secrecy": "secret"})
    assert not Consultation.objects.exists()
    client.post(reverse("cases:consultations"), {**question, "secrecy": "open"})
    assert Consultation.objects.get().text == question["text"]
