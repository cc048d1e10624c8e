"""Handing out files: somebody's on our own address, where nothing in it may load or run; ours."""

from __future__ import annotations

from typing import IO, TypeVar

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from zongzhi.lib.papers import SHEET, WORD
from zongzhi.lib.previews import preview_of
from zongzhi.lib.shrinking import MEDIA_TYPE
from zongzhi.lib.stored import path_to

Response = TypeVar("Response", bound=HttpResponseBase)

_PICTURE = "default-src 'none'; sandbox; frame-ancestors 'none'"
# The browser's own PDF viewer needs its plugin and its styles, and does not start in a sandbox.
_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def shown(stored_as: str, media_type: str, name: str, *, small: bool = False) -> FileResponse:
    """For the eye, on a page of ours; `small` when a preview of a picture does.

    Raises FileNotFoundError.
    """
    path, seen_as = path_to(stored_as), media_type
    preview = preview_of(stored_as, media_type) if small else None
    if preview is not None:
        path, seen_as = preview, MEDIA_TYPE
    response = _private(FileResponse(path.open("rb"), filename=name), seen_as)
    is_picture = media_type.startswith("image/")
    response["Content-Security-Policy"] = _PICTURE if is_picture else _PDF
    return response


def saved(stored_as: str, name: str) -> FileResponse:
    """To be saved, never to be opened by the browser. Raises FileNotFoundError."""
    file = path_to(stored_as).open("rb")
    return _private(
        FileResponse(file, as_attachment=True, filename=name), "application/octet-stream"
    )


def sheet(file: IO[bytes], name: str) -> FileResponse:
    """An Excel file made for whoever asked; nobody keeps a copy on the way."""
    return _private(FileResponse(file, as_attachment=True, filename=name), SHEET)


def document(content: bytes, name: str) -> HttpResponse:
    """A Word file made for whoever asked; nobody keeps a copy on the way."""
    response = HttpResponse(content)
    said = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = said or "attachment"
    return _private(response, WORD)


def _private(response: Response, media_type: str) -> Response:
    response["Content-Type"] = media_type
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
