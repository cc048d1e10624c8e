"""Idempotency-Key: what makes a POST safe to send again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.idempotency import Answer, answer_once
from zongzhi.lib.crypto import blind_index
from zongzhi.lib.errors import Invalid

Post = Callable[..., Response]
_KEY = re.compile(r"[\x21-\x7e]{1,100}")


def once(post: Post) -> Post:
    """Let a POST that carries an Idempotency-Key be done once and answered alike every time."""

    @wraps(post)
    def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "").strip()
        if not key:
            return post(view, request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            sentence = "Idempotency-Key 最多 100 个字符，只能是看得见的英文字符"
            raise Invalid(errors={"Idempotency-Key": [sentence]})

        def act() -> Answer:
            response = post(view, request, *args, **kwargs)
            # The text, not the data: the database would change the order of its keys.
            return response.status_code, JSONRenderer().render(response.data).decode()

        status, text = answer_once(
            user=view.request.user, key=key, fingerprint=_fingerprint(request), act=act
        )
        return Response(json.loads(text), status=status)

    return answer


def _fingerprint(request: Request) -> str:
    """One value for one address and body; keyed, for bodies hold what people should not read."""
    body = json.dumps(request.data, sort_keys=True, ensure_ascii=False)
    return blind_index(f"{request.path}\n{body}", "idempotency")
