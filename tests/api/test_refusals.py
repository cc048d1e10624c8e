"""Every refusal is application/problem+json, whatever was sent."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import urlencode

import pytest
from django.test import Client

from cases.models import Case
from tests.api.conftest import is_problem, wages
from tests.lives import Lives


def test_an_unknown_address_is_a_problem_too(client, db) -> None:
    for path in ("nonsense/", "cases", "cases/12/", "cases/０４０３-001/", "cases/0403-001/fly/"):
        is_problem(client.get(f"/api/v1/{path}"), 404, "not_found")
        is_problem(client.post(f"/api/v1/{path}"), 404, "not_found")


def test_a_hidden_case_reads_like_one_that_is_not_there(lives: Lives, speaks, outsider) -> None:
    number = lives.dispatched().number
    stranger = speaks(outsider)
    hidden = is_problem(stranger.get(f"cases/{number}/"), 404, "not_found")
    absent = is_problem(stranger.get("cases/9901012601019999/"), 404, "not_found")
    assert hidden["detail"].replace(number, "") == absent["detail"].replace("9901012601019999", "")
    for verb in ("claim", "note"):
        is_problem(stranger.act(number, verb), 404, "not_found")
    is_problem(stranger.get(f"cases/{number}/timeline/"), 404, "not_found")


def test_somebody_elses_act_is_403(lives: Lives, speaks, clerk) -> None:
    case = lives.dispatched()
    refused = is_problem(speaks(clerk).act(case, "claim"), 403, "not_allowed")
    assert "人社局" in refused["detail"]
    assert case.events.count() == 2


def test_not_now_is_409(lives: Lives, speaks, handler) -> None:
    case = lives.dispatched()
    body = {"result": "resolved", "how": "已经当面付清了三个月的工资"}
    refused = is_problem(speaks(handler).act(case, "report", body), 409, "wrong_state")
    assert refused["detail"] == "待签收的事项还不能反馈结果，先签收"


def test_done_already_says_who_and_when(lives: Lives, speaks, handler, colleague) -> None:
    case = lives.claimed()
    for person in (handler, colleague):
        refused = is_problem(speaks(person).act(case, "claim"), 409, "already_done")
        assert "李强" in refused["detail"]


def test_the_wrong_method_is_405(speaks, clerk, lives: Lives) -> None:
    case = lives.dispatched()
    response = speaks(clerk)._client.delete(f"/api/v1/cases/{case}/")
    is_problem(response, 405, "method_not_allowed")
    assert "GET" in response["Allow"]
    is_problem(speaks(clerk).get(f"cases/{case}/claim/"), 405, "method_not_allowed")


def test_a_form_is_415(speaks, clerk) -> None:
    response = speaks(clerk)._client.post("/api/v1/cases/", {"source": "window"})
    is_problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"NaN",
        b'{"x": 1e999}',
        b'{"x": "\\u0000"}',
        b'{"x": "\\ud800"}',
        b"[" * 100_000,
        b'{"x": ' + b"[" * 50 + b"]" * 50 + b"}",
        b'{"x": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_json_is_400(speaks, clerk, body) -> None:
    window = speaks(clerk)
    is_problem(window.send("cases/", body), 400, "malformed")
    is_problem(
        window.send("cases/?a=1", body, "application/json; charset=utf-16"), 400, "malformed"
    )


def test_a_body_that_is_too_large_is_413(speaks, clerk) -> None:
    is_problem(speaks(clerk).send("cases/", b" " * 3_000_000), 413, "too_large")


@pytest.mark.parametrize("body", [[], "words", 5, True])
def test_a_body_must_be_an_object(speaks, triage, lives: Lives, body) -> None:
    desk = speaks(triage)
    is_problem(desk.act(lives.registered(), "dispatch", body), 400, "invalid")
    is_problem(desk.post("cases/", body), 400, "invalid")


def test_errors_are_named_by_field(speaks, triage, lives: Lives) -> None:
    case = lives.registered()
    body = {"lead": "NO", "assisting": "RS", "complexity": 5, "risk": "much"}
    problem = is_problem(speaks(triage).act(case, "dispatch", body), 400, "invalid")
    assert problem["errors"] == {
        "assisting": ["“协办单位”要是一个由文字组成的列表"],
        "complexity": ["“复杂程度”要是文字"],
    }
    body |= {"assisting": ["X"], "complexity": "simple"}
    problem = is_problem(speaks(triage).act(case, "dispatch", body), 400, "invalid")
    assert problem["errors"]["lead"] == ["没有这个单位，核对单位代码"]
    assert problem["errors"]["risk"] == ["“much”不在可选的里面"]
    assert problem["detail"] == "有 3 处要改"


def test_a_service_may_name_a_field_too(speaks, triage, lives: Lives) -> None:
    body = {"lead": "RS", "assisting": ["RS"], "complexity": "simple", "risk": "low"}
    problem = is_problem(speaks(triage).act(lives.registered(), "dispatch", body), 400, "invalid")
    assert problem["errors"] == {"assisting": ["主办单位不用再选作协办"]}


def test_groups_must_be_objects(speaks, handler, lives: Lives) -> None:
    body = {"result": "resolved", "how": "已经当面付清了三个月的工资", "facts": ["x"]}
    problem = is_problem(speaks(handler).act(lives.claimed(), "report", body), 400, "invalid")
    assert problem["errors"] == {"facts": ["“facts”要是一个 JSON 对象"]}


def test_no_query_string_breaks_the_list(speaks, clerk, lives: Lives) -> None:
    lives.registered()
    window = speaks(clerk)
    long = "9" * 400
    for name in ("stage", "label", "type", "department", "region", "q", "overdue", "cursor"):
        for value in ("", "\x00", "%", "'", "\\", long, "9999-12-31", "é😀"):
            assert window.get("cases/", **{name: value}).status_code in (200, 400, 404)
    for name in ("registered_after", "registered_before", "as_of"):
        for value in ("9999-12-31", "0001-01-01", "2026-02-30", "9999-12-31T23:59:59-12:00", long):
            assert window.get("cases/", **{name: value}).status_code in (200, 400)
    for cursor in ("cD0=", "cD1ub3RoaW5n", "bz05OTk5OTk5OTk5", "cD05OTk5LTk5LTk5", "😀", "cj14"):
        assert window.get("cases/", cursor=cursor).status_code in (200, 404)


LISTS = ("cases/", "grid-events/", "departments/", "shifts/", "mediators/", "bulletins/")


@pytest.mark.parametrize(
    "position",
    [
        "2026-02-30 00:00:00+00:00",  # no such day
        "2026-02-28 00:00:00",  # of no zone
        "2026-02-28",
        "2026-02-28 00:00:00+23:59",  # a zone the database does not know
        "0001-01-01 00:00:00+14:00",  # before all time
        "9" * 30,
        "9" * 5000,
        "2026-02-28 00:00:00+08:00,x",
        f"2026-02-28 00:00:00+08:00,{1 << 63}",
        "2026-02-28 00:00:00+08:00,-1",
        "",
        "\x00",
        "NaN",
    ],
)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_place_in_a_list_that_nobody_was_given_is_no_place(
    speaks, head, lives: Lives, position: str, reverse: bool
) -> None:
    number = lives.dispatched().number
    said = {"p": position, **({"r": "1"} if reverse else {})}
    cursor = b64encode(urlencode(said).encode()).decode()
    for url in (*LISTS, f"cases/{number}/timeline/"):
        assert speaks(head).get(url, cursor=cursor).status_code in (200, 403, 404), url


def test_nothing_is_written_by_a_refusal(speaks, clerk, county) -> None:
    is_problem(speaks(clerk).post("cases/", wages(county, special=[])), 400, "invalid")
    assert not Case.objects.exists()


def test_problems_need_no_session(db) -> None:
    assert "sessionid" not in Client().get("/api/v1/cases/").cookies
