"""The WSGI entry point, which gunicorn serves."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.wsgi import get_wsgi_application

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


application: "WSGIApplication" = get_wsgi_application()
if settings.BEHIND_PROXY:
    application = behind_proxy(application)
