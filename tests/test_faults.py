"""An error of ours: the page says a number, and the log has the same."""

from __future__ import annotations

import json
import logging
import re

from django.test import RequestFactory

from zongzhi.faults import server_error
from zongzhi.lib.logs import WithNumber


def test_the_number_on_the_page_is_in_the_log() -> None:
    request = RequestFactory().get("/cases/")
    answer = server_error(request)
    number = answer["X-Error-Code"]
    assert re.fullmatch(r"E-[0-9A-F]{4}", number)
    assert f"告诉他编号 {number}" in answer.content.decode()
    record = logging.makeLogRecord({"msg": "Internal Server Error: %s", "request": request})
    WithNumber().filter(record)
    WithNumber().filter(record)
    assert record.msg == f"{number} Internal Server Error: %s"


def test_a_program_reads_it_as_a_problem() -> None:
    answer = server_error(RequestFactory().post("/api/v1/cases/"))
    problem = json.loads(answer.content)
    assert answer["Content-Type"] == "application/problem+json"
    assert (problem["status"], problem["code"], problem["errors"]) == (500, "fault", {})
    assert answer["X-Error-Code"] in problem["detail"]
