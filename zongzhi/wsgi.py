"""The WSGI entry point, which gunicorn serves."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zongzhi.settings")


def behind_proxy(app: "WSGIApplication") -> "WSGIApplication":
    """Put the client's own address into REMOTE_ADDR, as the trusted proxy in front reports it.

    Done once, here, so that lockout, access log and address-bound tokens all see the same address.
    """

    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if address := environ.get("HTTP_X_REAL_IP"):
            environ["REMOTE_ADDR"] = address
        return app(environ, start_response)

    return call


def reading_text(app: "WSGIApplication") -> "WSGIApplication":
    """Drop a charset that is none of text: Django would fail on it before any of our code runs."""

    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        sent = environ.get("CONTENT_TYPE", "")
        kind, options = parse_header_parameters(sent)
        if "charset" in options and not _is_text(options["charset"]):
            environ["CONTENT_TYPE"] = kind
        return app(environ, start_response)

    return call


def _is_text(charset: str) -> bool:
    try:
        "x".encode(charset)
    except (LookupError, ValueError):
        return False
    return True


application: "WSGIApplication" = reading_text(get_wsgi_application())
if settings.BEHIND_PROXY:
    application = behind_proxy(application)
