from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole, Special
from dispatch.queues import DESK, REQUESTS, desk_queue, pending_requests
from dispatch.ruling import hops_of
from dispatch.services.asking import may_decide, request_extension, request_pause
from dispatch.services.assigning import request_reassignment
from orgs.models import Department
from tests.county import County
from tests.lives import Lives
from tests.rulebook import in_force, rule
from zongzhi.lib import clock

DESK_URL = reverse("dispatch:desk")


def desk(client: Client, **params: str):
    return client.get(DESK_URL, params)


def test_the_oldest_of_a_queue_is_open_and_counted(client: Client, triage, lives: Lives) -> None:
    first, second = lives.registered(), lives.registered()
    client.force_login(triage)
    page = desk(client, tab="to_dispatch")
    assert [item.number for item in page.context["queue"]] == [first.number, second.number]
    assert page.context["pane"].case == first
    numbers = {tab.key: tab.number for tab in page.context["tabs"]}
    assert numbers == {**dict.fromkeys(DESK, 0), REQUESTS: 0, "to_dispatch": 2}


def test_the_first_queue_with_something_in_it_opens_by_itself(
    client: Client, triage, lives: Lives
) -> None:
    lives.reported()
    client.force_login(triage)
    assert desk(client).context["tab"] == "to_approve"


def test_a_case_that_no_longer_waits_gives_way_to_the_next(
    client: Client, triage, lives: Lives
) -> None:
    gone, waiting = lives.dispatched(), lives.registered()
    client.force_login(triage)
    page = desk(client, tab="to_dispatch", case=gone.number)
    assert page.context["pane"].case == waiting


def test_under_htmx_only_the_case_beside_the_queue_comes(
    client: Client, triage, lives: Lives
) -> None:
    case = lives.registered()
    client.force_login(triage)
    asked = {"tab": "to_dispatch", "case": case.number}
    fragment = client.get(DESK_URL, asked, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert case.narrative in fragment


def test_another_centres_queue_is_not_mine(
    client: Client, triage, town_officer, lives: Lives
) -> None:
    towns = lives.registered(by=town_officer)
    client.force_login(triage)
    assert desk(client, tab="to_dispatch", case=towns.number).context["pane"] is None
    client.force_login(town_officer)
    assert desk(client, tab="to_dispatch").context["pane"].case == towns


def test_what_the_desk_sends_is_what_the_act_takes_and_the_next_opens(
    client: Client, county: County, triage, lives: Lives
) -> None:
    case, following = lives.registered(), lives.registered()
    client.force_login(triage)
    here = desk(client, tab="to_dispatch").context["next"]
    sent = {"lead": "RS", "assisting": ["ZJ"], "complexity": "ordinary", "risk": "low"}
    act = reverse("cases:act", args=[case.number, "dispatch"])
    page = client.post(act, {**sent, "next": here}, follow=True)
    assert page.context["pane"].case == following
    assert page.context["undo"].case == case
    assert page.context["undo"].sent == "人社局主办、住建局协办"
    assert page.context["undo"].clock in ("4:59", "5:00")
    recall = reverse("cases:act", args=[case.number, "recall"])
    again = client.post(recall, {"next": DESK_URL + "?tab=to_dispatch"}, follow=True)
    assert {item.number for item in again.context["queue"]} == {case.number, following.number}


def test_a_dispatch_of_long_ago_offers_no_way_back(client: Client, triage, lives: Lives) -> None:
    case = lives.dispatched()
    clock.freeze(clock.now() + timedelta(minutes=6))
    client.force_login(triage)
    assert desk(client, done=case.number).context["undo"] is None


def test_every_unit_says_how_it_is_present_and_what_it_has_to_do(
    client: Client, county: County, triage, lives: Lives
) -> None:
    lives.dispatched()
    lives.registered()
    client.force_login(triage)
    pane = desk(client, tab="to_dispatch").context["pane"]
    suggested = pane.suggestions[0]
    assert (suggested.code, suggested.open, suggested.why) == ("RS", 1, "近 1 件同类派过 1 件")
    others = {choice.code for group in pane.groups for choice in group.choices}
    assert {"ZJ", "GA", "QSZ"} <= others
    assert "LWC" not in others


def test_what_the_window_suggested_is_chosen_already(
    client: Client, county: County, triage, lives: Lives
) -> None:
    lives.registered(suggested_unit=county.housing)
    client.force_login(triage)
    best = desk(client, tab="to_dispatch").context["pane"].suggestions[0]
    assert (best.code, best.chosen, best.why) == ("ZJ", True, "登记时建议")


def by_rule(county: County, **more: object) -> None:
    unit = more.pop("unit", county.human_resources)
    in_force(county.county, rule("R-07", unit, **{"words": ("工资",), **more}))


def test_the_rule_is_chosen_already_with_its_words_helpers_and_complexity(
    client: Client, county: County, triage, lives: Lives
) -> None:
    by_rule(county, assisting=(county.housing,), complexity="complex", risk="high")
    lives.registered(suggested_unit=county.police)
    client.force_login(triage)
    page = desk(client, tab="to_dispatch")
    pane = page.context["pane"]
    said = [(choice.code, choice.chosen, choice.why) for choice in pane.suggestions]
    assert said == [("RS", True, "“工资” → 规则 R-07"), ("GA", False, "登记时建议")]
    assert [given.value for given in pane.complexities if given.chosen] == ["complex"]
    html = " ".join(page.content.decode().split())
    assert 'id="assisting-ZJ" checked data-beside="RS"' in html
    assert pane.form["risk"].initial == "high"


def test_a_silent_case_is_suggested_nothing_but_by_its_situation(
    client: Client, county: County, triage, lives: Lives
) -> None:
    by_rule(county)
    lives.dispatched()  # what was usual is no reason either
    lives.registered(special=[Special.VIOLENCE])
    client.force_login(triage)
    assert desk(client, tab="to_dispatch").context["pane"].suggestions == []
    by_rule(county, unit=county.police, words=(), special=("violence",))
    (only,) = desk(client, tab="to_dispatch").context["pane"].suggestions
    assert (only.code, only.why) == ("GA", "家暴/受伤 → 规则 R-07")


def test_a_unit_complained_of_is_never_suggested(
    client: Client, county: County, triage, lives: Lives
) -> None:
    by_rule(county)
    parties = [
        PartyInput(PartyRole.APPLICANT, "张三丰"),
        PartyInput(PartyRole.RESPONDENT, "示范县人社局", is_organization=True),
    ]
    lives.registered(suggested_unit=county.human_resources, parties=parties)
    client.force_login(triage)
    assert desk(client, tab="to_dispatch").context["pane"].suggestions == []


def test_both_arguments_and_the_hop_are_read_before_a_ruling(
    client: Client, county: County, triage, lives: Lives
) -> None:
    Department.objects.filter(code="RS").update(duties="农民工工资支付")
    Department.objects.filter(code="ZJ").update(duties="建筑市场管理")
    by_rule(county, reason="欠薪归劳动监察")
    lives.returned()
    client.force_login(triage)
    page = desk(client, tab="to_rule")
    html = " ".join(page.content.decode().split())
    for words in (
        "现在第 1 手",
        "工程项目的工资专户由住建局监管",
        "规则 R-07（第 1 版）建议人社局，照派：欠薪归劳动监察",
        "农民工工资支付",
        "建筑市场管理",
        "维持原派",
        "上会商",
    ):
        assert words in html
    (first,) = page.context["pane"].suggestions
    assert (first.code, first.chosen, first.why) == ("ZJ", True, "退回单位说该由它办")


def test_upheld_it_is_in_the_second_pair_of_hands(
    client: Client, county: County, triage, lives: Lives
) -> None:
    case = lives.returned()
    client.force_login(triage)
    act = reverse("cases:act", args=[case.number, "rule"])
    client.post(act, {"ruling": "uphold", "text": "工资归人社局管", "next": DESK_URL})
    assert hops_of(case) == 2
    assert "第 2 手" in client.get(case.get_absolute_url()).content.decode()


def test_each_helper_has_a_light_of_its_own(
    client: Client, county: County, triage, lives: Lives
) -> None:
    case = lives.claimed(assisting=(county.housing,))
    client.force_login(triage)
    page = client.get(case.get_absolute_url())
    (helper,) = page.context["shown"].helpers
    assert (helper.name, helper.light.words.startswith("签收")) == ("住建局", True)
    assert "协办 住建局" in " ".join(page.content.decode().split())


def test_the_desk_says_how_often_the_person_has_come_before(
    client: Client, triage, lives: Lives
) -> None:
    lives.dispatched()
    lives.registered()
    client.force_login(triage)
    assert desk(client, tab="to_dispatch").context["pane"].earlier == 1


def test_a_return_and_a_result_are_read_beside_their_act(
    client: Client, triage, lives: Lives
) -> None:
    lives.returned()
    lives.reported()
    client.force_login(triage)
    assert "工程项目的工资专户" in desk(client, tab="to_rule").content.decode()
    assert "当场付清三个月工资" in desk(client, tab="to_approve").content.decode()


def test_more_cases_cost_no_more_queries(client: Client, triage, lives: Lives) -> None:
    client.force_login(triage)
    lives.registered()
    desk(client, tab="to_dispatch")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            desk(client, tab="to_dispatch")
        return len(captured)

    few = queries()
    for _ in range(5):
        lives.registered()
    assert queries() == few


# ---------------------------------------------------------------- 待批申请


def some_requests(county: County, handler, lives: Lives) -> None:
    nine_days_on = clock.today() + timedelta(days=9)
    for ask in (
        lambda case: request_extension(case_id=case.pk, by=handler, days=3, text="户数多"),
        lambda case: request_reassignment(case_id=case.pk, by=handler, text="不归我们管"),
        lambda case: request_pause(
            case_id=case.pk, by=handler, until=nine_days_on, text="等鉴定结论"
        ),
    ):
        ask(lives.claimed())


def test_a_request_waits_for_exactly_those_who_may_decide_it(
    county: County, lives: Lives, handler, head, triage, leader, clerk, outsider, town_officer
) -> None:
    some_requests(county, handler, lives)
    for user in (handler, head, triage, leader, clerk, outsider, town_officer):
        waiting = set(pending_requests(user))
        visible = {case.pk for case in Case.objects.visible_to(user)}
        rows = [r for case in Case.objects.all() for r in case.requests.select_related("case")]
        may = {row for row in rows if row.case_id in visible and may_decide(row, user)}
        assert waiting == may, user.username


def test_the_head_grants_an_extension_from_the_list(
    client: Client, county: County, head, handler, lives: Lives
) -> None:
    case = lives.claimed()
    request_extension(case_id=case.pk, by=handler, days=3, text="户数多，丈量没做完")
    client.force_login(head)
    here = reverse("dispatch:requests")
    page = client.get(here)
    (request,) = page.context["page"].rows
    assert "户数多，丈量没做完" in page.content.decode()
    sent = {"request": request.pk, "grant": "True", "days": "2", "text": "", "next": here}
    after = client.post(reverse("cases:act", args=[case.number, "decide"]), sent, follow=True)
    assert "没有等着批的申请" in after.content.decode()
    request.refresh_from_db()
    assert (request.granted, request.granted_days) == (True, 2)


def test_the_queue_is_what_the_act_would_let_through(triage, lives: Lives) -> None:
    for make in (lives.registered, lives.returned, lives.reported):
        make()
    waiting = [case for tab in DESK for case in desk_queue(triage, tab)]
    assert len(waiting) == 3


def test_a_refusal_keeps_the_sentence(client: Client, triage, lives: Lives) -> None:
    case = lives.registered()
    client.force_login(triage)
    act = reverse("cases:act", args=[case.number, "dispatch"])
    response = client.post(act, {"complexity": "ordinary", "risk": "low", "next": DESK_URL})
    assert response.status_code == 422
    assert "还没选“主办单位”" in response.content.decode()
