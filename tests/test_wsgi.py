from __future__ import annotations

import io
from typing import Any

import pytest

from zongzhi.wsgi import reading_text


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("application/json; charset=zlib", "application/json"),
        ("application/json; charset=no-such", "application/json"),
        ("text/html; charset=gb18030", "text/html; charset=gb18030"),
        ("application/json", "application/json"),
    ],
)
def test_a_charset_that_is_none_of_text_is_not_asked_to_read_a_request(
    sent: str, read: str
) -> None:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ)
        return []

    reading_text(app)({"CONTENT_TYPE": sent, "wsgi.input": io.BytesIO()}, lambda *_: None)
    assert seen["CONTENT_TYPE"] == read
