from __future__ import annotations

import re

from django.test import Client
from django.urls import reverse

from cases.acts import all_acts
from cases.models import Case
from cases.services.registration import revisit_case
from cases.vocabulary import Complexity, Label, Risk
from dispatch.services.assigning import dispatch_case
from dispatch.services.handling import claim_case
from tests.lib.days import DISPATCHED
from tests.lives import Lives
from zongzhi.lib import clock

ORDINARY = {"complexity": Complexity.ORDINARY, "risk": Risk.LOW}


def act(case: Case, verb: str) -> str:
    return reverse("cases:act", args=[case.number, verb])


def test_what_was_typed_is_kept_with_its_errors(client: Client, handler, lives: Lives) -> None:
    case = lives.dispatched()
    client.force_login(handler)
    response = client.post(act(case, "return"), {"basis": "太短", "reason": "not_ours"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "依据写得太短，至少 10 个字" in page
    assert ">\n太短</textarea>" in page


def test_a_rule_that_says_no_keeps_the_text(client: Client, handler, lives: Lives) -> None:
    case = lives.claimed()
    client.force_login(handler)
    response = client.post(
        act(case, "return"), {"basis": "这件事不属于本单位的职责", "reason": "not_ours"}
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "已签收。要换单位点“申请改派”" in page
    assert "这件事不属于本单位的职责" in page


def test_what_changed_meanwhile_is_said_and_the_text_kept(
    client: Client, handler, clerk, lives: Lives
) -> None:
    clock.freeze(DISPATCHED)
    case = lives.claimed()
    client.force_login(handler)
    page = client.get(act(case, "note")).content.decode()
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    revisit_case(case_id=case.pk, by=clerk, visitors=2, text="又来问进展")
    typed = {"text": "已电话联系双方，约好明天谈", "seen": seen}
    response = client.post(act(case, "note"), typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "你写的时候，王芳 10:44 记了一次来访。写的内容还在下面，核对后再保存" in page
    assert "已电话联系双方，约好明天谈" in page
    assert not case.events.filter(verb="note").exists()
    typed["seen"] = re.search(r'name="seen" value="(\d+)"', page)[1]
    assert client.post(act(case, "note"), typed).status_code == 302


def test_an_amendment_that_came_too_late_can_be_sent_again(
    client: Client, clerk, triage, lives: Lives
) -> None:
    case = lives.registered()
    client.force_login(clerk)
    client.get(act(case, "amend"))
    seen = case.history_length
    dispatch_case(case_id=case.pk, by=triage, lead=lives.county.human_resources, **ORDINARY)
    typed = {"amount": "38600", "text": "当面补问的", "seen": str(seen)}
    refused = client.post(act(case, "amend"), typed)
    assert (refused.status_code, "周敏" in refused.content.decode()) == (409, True)
    case.refresh_from_db()
    assert case.amount is None
    typed["seen"] = str(case.history_length)
    assert client.post(act(case, "amend"), typed).status_code == 302


def test_what_the_door_says_comes_before_what_has_changed(
    client: Client, handler, colleague, lives: Lives
) -> None:
    case = lives.dispatched()
    client.force_login(colleague)
    claim_case(case_id=case.pk, by=handler)
    response = client.post(act(case, "claim"), {"seen": str(case.history_length)})
    assert response.status_code == 409
    assert "已经签收了" in response.content.decode()


def test_a_done_act_leads_back_and_says_so(client: Client, triage, lives: Lives) -> None:
    case = lives.registered()
    client.force_login(triage)
    response = client.post(
        act(case, "dispatch"),
        {"lead": "RS", "complexity": "ordinary", "risk": "low", "note": ""},
        follow=True,
    )
    assert response.redirect_chain[0][0] == case.get_absolute_url()
    assert f"{case.short_number} 已派给人社局" in response.content.decode()


def test_next_leads_to_pages_of_this_site_only(client: Client, handler, lives: Lives) -> None:
    client.force_login(handler)
    here, elsewhere = lives.dispatched(), lives.dispatched()
    response = client.post(act(here, "claim"), {"next": "/cases/?view=todo"})
    assert response["Location"] == "/cases/?view=todo"
    response = client.post(act(elsewhere, "claim"), {"next": "https://example.com/"})
    assert response["Location"] == elsewhere.get_absolute_url()


def test_somebody_elses_act_is_refused(client: Client, clerk, lives: Lives) -> None:
    case = lives.dispatched()
    client.force_login(clerk)
    for answer in (client.get(act(case, "claim")), client.post(act(case, "claim"))):
        assert answer.status_code == 403
        assert "只有人社局能“签收”" in answer.content.decode()
    case.refresh_from_db()
    assert case.label == Label.TO_CLAIM


def test_an_act_nobody_knows_is_not_found(client: Client, clerk, lives: Lives) -> None:
    client.force_login(clerk)
    assert client.get(act(lives.registered(), "explode")).status_code == 404


def test_every_act_offered_has_a_page(
    client: Client, triage, handler, clerk, leader, lives: Lives
) -> None:
    verbs = set()
    for case in (lives.registered(), lives.dispatched(), lives.claimed(), lives.approved()):
        for person in (triage, handler, clerk, leader):
            client.force_login(person)
            page = client.get(case.get_absolute_url())
            if page.status_code == 404:
                continue
            for offered in page.context["shown"].acts:
                assert client.get(act(case, offered.verb)).status_code == 200, offered.verb
                verbs.add(offered.verb)
    assert verbs <= {known.verb for known in all_acts()}
    assert {"dispatch", "claim", "report", "follow-up", "note", "supervise"} <= verbs
