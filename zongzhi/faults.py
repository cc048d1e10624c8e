"""When something breaks: a short number on the page that is also in the log."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from zongzhi.lib.api import PROBLEM, problem_body


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to an error of ours. Nothing here may fail again: no database, no frame."""
    number = f"E-{secrets.token_hex(2).upper()}"
    request.error_number = number  # type: ignore[attr-defined]
    sentence = f"没有办成。再试一次；还不行找本单位管理员，告诉他编号 {number}"
    if request.path.startswith("/api/"):
        body = problem_body(500, "fault", "没有办成", sentence)
        response: HttpResponse = JsonResponse(body, status=500, content_type=PROBLEM)
    else:
        response = render(request, "500.html", {"frame": None, "error_code": number}, status=500)
    response["X-Error-Code"] = number
    return response
