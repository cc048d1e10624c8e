from __future__ import annotations

from tests.api.conftest import wages
from tests.county import County


def test_a_case_from_the_window_to_the_end(county: County, speaks, clerk, triage, handler) -> None:
    window, desk, bureau = speaks(clerk), speaks(triage), speaks(handler)

    response = window.post("cases/", wages(county))
    assert response.status_code == 201
    case = response.json()
    assert (case["stage"], case["label"], case["light"]) == ("triage", "待分流", "green")
    number = case["number"]

    sent = {"lead": "RS", "assisting": [], "complexity": "ordinary", "risk": "low", "note": ""}
    case = desk.act(number, "dispatch", sent).json()
    assert (case["label"], case["lead"], case["complexity"]) == ("待签收", "RS", "ordinary")
    assert case["dispatched_at"] < case["claim_due_at"] < case["handling_due_at"]

    assert "claim" in bureau.get(f"cases/{number}/").json()["allowed_acts"]
    case = bureau.act(number, "claim").json()
    assert (case["stage"], case["label_code"]) == ("handling", "handling")
    assert "claim" not in case["allowed_acts"]

    result = {
        "result": "resolved",
        "how": "约谈劳务公司负责人，当场付清三个月工资",
        "facts": {"amount": 18600.5, "respondent_phone": "0990-7221234"},
    }
    case = bureau.act(number, "report", result).json()
    assert (case["label"], case["parties"][1]["phone"]) == ("待审核", "0990****234")

    assert desk.act(number, "approve").json()["stage"] == "follow_up"

    asked = {"channel": "phone", "satisfaction": "satisfied", "closure": "substantive"}
    case = window.act(number, "follow-up", asked | {"redo": False, "text": "钱拿到了"}).json()
    assert (case["stage"], case["closure"], case["light"]) == ("closed", "substantive", "done")
    assert case["version"] == 6

    lines = window.get(f"cases/{number}/timeline/").json()["results"]
    verbs = [line["verb"] for line in lines]
    assert verbs == ["register", "dispatch", "claim", "report", "approve", "follow-up"]
    assert lines[3]["by"] == "李强（人社局）"


def test_an_online_case_is_accepted_first(county: County, speaks, channel, triage) -> None:
    hotline = speaks(channel)
    case = hotline.post("cases/", wages(county, source="hotline")).json()
    assert (case["stage"], case["label"]) == ("acceptance", "待受理")
    assert speaks(triage).act(case["number"], "accept").json()["label"] == "待分流"


def test_supervision_by_api(lives, speaks, triage, handler, leader) -> None:
    case = lives.claimed()
    watcher, bureau = speaks(leader), speaks(handler)
    told = {"reason": "来访人说一直没人联系", "answer_days": 2}
    supervised = watcher.act(case, "supervise", told).json()
    assert (supervised["stage"], supervised["label"]) == ("supervision", "督办中 · 办理中")
    bureau.act(case, "answer", {"text": "公司负责人在外地，下周回来"})
    lifted = watcher.act(case, "lift", {"text": "说法合理", "promised": "2099-12-31"})
    assert lifted.json()["stage"] == "handling"


def test_requests_are_asked_for_and_decided(lives, speaks, handler, head) -> None:
    case = lives.claimed()
    asked = speaks(handler).act(case, "extend", {"days": 3, "text": "对方在外地，要等他回来"})
    assert asked.status_code == 200
    request = case.requests.get()
    due = asked.json()["handling_due_at"]
    decided = speaks(head).act(case, "decide", {"request": request.pk, "grant": True})
    assert decided.json()["handling_due_at"] > due
