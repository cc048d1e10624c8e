"""短信, by a gateway of the county's own: one signed POST of JSON (docs/channels.md).

No vendor's library: what a vendor wants is translated by a small program beside the gateway.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from orgs.channels.base import PermanentError, TemporaryError
from zongzhi.lib import clock
from zongzhi.lib.identity import normalise_phone

if TYPE_CHECKING:
    from orgs.models import Delivery, User

TIMEOUT = 10  # seconds for each step of the conversation
LONGEST = 20  # seconds for the whole of it: an answer may come a byte at a time
MOST = 64 * 1024  # bytes of an answer that are read
MOBILE = re.compile(r"1[3-9]\d{9}")
LATER = {408, 425, 429}
_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,30}")


class Sms:
    def is_configured(self) -> bool:
        return bool(settings.SMS_GATEWAY_URL)

    def address_of(self, user: User) -> str:
        return mobile(user.phone)

    def send(self, delivery: Delivery, address: str) -> str:
        """Hand it to the gateway, which must take the same `request_id` only once."""
        body = json.dumps(
            {
                "request_id": str(delivery.request_id),
                "phone": address,
                "template": delivery.template,
                "parameters": delivery.parameters,
            },
            ensure_ascii=False,
        ).encode()
        try:
            status, answer = _post(urlsplit(settings.SMS_GATEWAY_URL), body)
        except (OSError, http.client.HTTPException) as error:
            raise TemporaryError(_called(error)) from error
        return _understood(status, answer)


def mobile(text: str) -> str:
    """The digits of a mobile number; "" for a landline, which takes no messages."""
    digits = normalise_phone(text)
    return digits if MOBILE.fullmatch(digits) else ""


def signature(stamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the time, a newline and the body, with the key shared with the gateway."""
    key = settings.SMS_GATEWAY_KEY.encode()
    return hmac.new(key, stamp.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def _post(where: SplitResult, body: bytes) -> tuple[int, bytes]:
    """One request. No proxy and no redirect: a phone number goes to the named address only."""
    stamp = str(int(clock.now().timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Zongzhi-Time": stamp,
        "X-Zongzhi-Signature": signature(stamp, body),
    }
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    connection = kind(where.hostname or "", where.port, timeout=TIMEOUT)
    try:
        path = f"{where.path or '/'}{'?' + where.query if where.query else ''}"
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return response.status, _read(response)
    finally:
        connection.close()


def _read(response: http.client.HTTPResponse) -> bytes:
    until, read = time.monotonic() + LONGEST, b""
    while chunk := response.read1(4096):
        read += chunk
        if len(read) > MOST or time.monotonic() > until:
            raise http.client.HTTPException("too long an answer")
    return read


def _called(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no_answer"
    return "refused" if isinstance(error, ConnectionRefusedError) else "unreachable"


def _understood(status: int, answer: bytes) -> str:
    """The gateway's number for it. 5xx and what cannot be read: later, with the same request."""
    said = _json(answer)
    if status >= 500 or status in LATER:
        raise TemporaryError(_code(status, said))
    if not 200 <= status < 300:
        raise PermanentError(_code(status, said))
    number = said.get("id")
    if not isinstance(number, str) or not number:
        raise TemporaryError("bad_answer")
    return number[:64]


def _json(answer: bytes) -> dict[str, Any]:
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):  # a nest too deep to be an answer
        return {}
    return said if isinstance(said, dict) else {}


def _code(status: int, said: dict[str, Any]) -> str:
    """「http_400」 and the gateway's own short code; never its sentence, which may hold a name."""
    code = said.get("code")
    known = isinstance(code, str) and _CODE.fullmatch(code)
    return f"http_{status} {code}" if known else f"http_{status}"
