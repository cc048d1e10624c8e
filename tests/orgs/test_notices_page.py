from __future__ import annotations

from django.test import Client
from django.urls import reverse

from orgs.services import notify

LIST = reverse("orgs:notice_list")


def test_notices_are_listed_newest_first_twenty_five_a_screen(client: Client, clerk) -> None:
    for n in range(30):
        notify([clerk], text=f"第{n:02}条", url="/")
    client.force_login(clerk)
    page = client.get(LIST)
    shown = [notice.text for notice in page.context["notices"]]
    assert (len(shown), shown[0]) == (25, "第29条")
    older = client.get(LIST + page.context["page"].next_url)
    assert older.context["notices"][0].text == "第04条"


def test_nobody_reads_the_notices_of_another(client: Client, clerk, triage) -> None:
    notify([triage], text="给分流员的")
    client.force_login(clerk)
    assert "给分流员的" not in client.get(LIST).content.decode()


def test_all_are_marked_read_at_once(client: Client, clerk, triage) -> None:
    notify([clerk, triage], text="待签收")
    client.force_login(clerk)
    assert client.post(reverse("orgs:read_notices"))["Location"] == LIST
    assert (clerk.notices.unread().count(), triage.notices.unread().count()) == (0, 1)


def test_the_number_in_the_frame_is_the_unread_ones(client: Client, clerk) -> None:
    notify([clerk], text="一")
    notify([clerk], text="二")
    client.force_login(clerk)
    answer = client.get(reverse("orgs:counts")).content.decode()
    assert '<span class="badge" id="unread" hx-swap-oob="true">2</span>' in answer
