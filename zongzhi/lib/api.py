"""The manners of the API: JSON in, JSON out, and every refusal as `application/problem+json`."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.http import Http404, HttpRequest
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from zongzhi.lib.errors import DomainError, Invalid

PROBLEM = "application/problem+json"
BODY = "body"  # the field an error belongs to when it belongs to none
DEEPEST = 20  # levels of nesting in a body; ours need four
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

# What DRF refuses by itself: its status → (code, title, sentence).
_REFUSALS = {
    400: ("malformed", "请求读不懂", "请求体要是 UTF-8 写的一个 JSON 对象"),
    401: ("not_authenticated", "还没登录", "请求头要带“Authorization: Token 令牌”"),
    403: ("not_allowed", "不归这个账号办", "这个账号不能用这个接口"),
    404: ("not_found", "没有找到", "没有这个地址，核对接口说明；地址末尾要有 /"),
    405: ("method_not_allowed", "方法不对", "这个地址不能用这个方法，能用的见响应头 Allow"),
    406: ("not_acceptable", "格式不对", "这里只给 application/json"),
    413: ("too_large", "内容太大", "请求体太大，最多 2.5 MB"),
    415: ("unsupported_media_type", "格式不对", "请求体只收 application/json"),
    429: ("too_many", "太频繁", "来得太密，稍后再试"),
}

_SAID_BY_DRF = (
    exceptions.MethodNotAllowed,
    exceptions.UnsupportedMediaType,
    exceptions.Throttled,
)


class Problem(exceptions.APIException):
    """A refusal with a sentence of its own: where no rule was broken and DRF has no word."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail, code)
        self.status_code = status
        self.headers = dict(headers or {})


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    errors: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A refusal as RFC 9457 wants it."""
    body = problem_body(status, code, title, detail, errors=errors)
    return Response(body, status=status, headers=dict(headers or {}), content_type=PROBLEM)


def problem_body(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    errors: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """What every refusal holds, whoever writes it out."""
    return {
        "type": f"urn:zongzhi:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": dict(errors or {}),
    }


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """What DRF calls for whatever a view raised; None lets a bug of ours be the 500 it is."""
    if isinstance(exc, Invalid):
        return _invalid(exc.errors, exc.message)
    if isinstance(exc, DomainError):
        return problem(exc.status, exc.code, exc.title, exc.message)
    if isinstance(exc, exceptions.ValidationError):
        return _invalid(by_field(exc.detail))
    if isinstance(exc, ValidationError):
        return _invalid({BODY: exc.messages})
    if isinstance(exc, exceptions.APIException):
        return _refused(exc)
    status = _status_of(exc)
    return problem(status, *_REFUSALS[status]) if status else None


def _invalid(errors: Mapping[str, Sequence[str]], message: str = "") -> Response:
    said = [sentence for sentences in errors.values() for sentence in sentences]
    detail = f"有 {len(said)} 处要改" if len(said) > 1 else (said[0] if said else message)
    return problem(400, Invalid.code, Invalid.title, detail, errors=errors)


def _refused(exc: exceptions.APIException) -> Response:
    code, title, sentence = _REFUSALS.get(exc.status_code, _REFUSALS[400])
    headers = dict(getattr(exc, "headers", {}))
    if header := getattr(exc, "auth_header", ""):
        headers["WWW-Authenticate"] = header
    if not isinstance(exc, _SAID_BY_DRF) and str(exc.detail) != str(exc.default_detail):
        code, sentence = str(exc.get_codes()), str(exc.detail)
    return problem(exc.status_code, code, title, sentence, headers=headers)


def _status_of(exc: Exception) -> int | None:
    kinds: dict[type[Exception], int] = {
        Http404: 404,
        PermissionDenied: 403,
        RequestDataTooBig: 413,
        SuspiciousOperation: 400,
    }
    return next((status for kind, status in kinds.items() if isinstance(exc, kind)), None)


def by_field(detail: Any, field: str = "") -> dict[str, list[str]]:
    """A serializer's nested errors, flat: {"parties[0].phone": [sentence]}."""
    found: dict[str, list[str]] = {}
    for name, sentence in _leaves(detail, field):
        found.setdefault(name or BODY, []).append(sentence)
    return found


def _leaves(detail: Any, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = name == api_settings.NON_FIELD_ERRORS_KEY
            index = f"[{name}]" if isinstance(name, int) else f".{name}" if field else name
            yield from _leaves(inner, field if own else f"{field}{index}")
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            deeper = isinstance(inner, Mapping | list)
            yield from _leaves(inner, f"{field}[{index}]" if deeper else field)
    else:
        yield field, str(detail)


class Utf8JSONParser(JSONParser):
    """JSON as RFC 8259 has it: UTF-8 whatever the header says, and nothing no database can keep.

    Refuses what would only fail further down: NUL, half a surrogate pair, endless nesting.
    """

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        # HttpRequest.body keeps to DATA_UPLOAD_MAX_MEMORY_SIZE, reading the stream does not.
        raw = stream.body if isinstance(stream, HttpRequest) else stream.read()
        try:
            body = json.loads(raw, parse_constant=_refuse)
        except (ValueError, RecursionError) as exc:
            raise exceptions.ParseError from exc
        check_storable(body)
        return body


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def check_storable(body: Any) -> None:
    """Raise ParseError for a body with characters, numbers or nesting that cannot be kept."""
    level = [body]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, str) and _UNSTORABLE.search(value):
                raise exceptions.ParseError("文字里有不能保存的控制字符", "malformed")
            if isinstance(value, float) and not math.isfinite(value):
                raise exceptions.ParseError("数字太大", "malformed")
            if isinstance(value, Mapping):
                inner += [*value, *value.values()]
            elif isinstance(value, list):
                inner += value
        level = inner
        if not level:
            return
    raise exceptions.ParseError("请求体套的层数太多", "malformed")


class Endpoint(APIView):
    """The base of every view of the API."""

    parser_classes = [Utf8JSONParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        check_storable([*request.query_params, *request.query_params.values()])
        super().initial(request, *args, **kwargs)


class Pages(CursorPagination):
    """`{next, previous, results}`, 25 at a time, by keyset."""

    ordering: tuple[str, ...] = ("pk",)
    invalid_cursor_message = "cursor 只能用 next、previous 给的，从第一页重新取"
    cursor_query_description = "next、previous 里给的位置"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError, OverflowError) as exc:
            raise exceptions.NotFound(self.invalid_cursor_message) from exc


class NothingHere(Endpoint):
    """Every address under the API that leads nowhere: a 404 a program can read."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404
