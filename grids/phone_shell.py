"""What the phone keeps to work without a net: a shell, a service worker, a manifest."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from zongzhi import __version__

FILES = (
    "css/phone.css",
    "img/icon.svg",
    "js/phone.js",
    "js/phone-queue.js",
    "js/phone-photos.js",
    "js/phone-form.js",
)


@never_cache
@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker of this build; it stands here so that its reach is `/m/`, and no further."""
    context = {
        "build": build(),
        "files": [static(name) for name in FILES],
        "queue": static("js/phone-queue.js"),
    }
    return render(request, "phone/sw.js", context, content_type="text/javascript; charset=utf-8")


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        {
            "name": "综治中心 网格",
            "short_name": "网格",
            "lang": "zh-CN",
            "start_url": reverse("phone:home"),
            "scope": reverse("phone:home"),
            "display": "standalone",
            "background_color": "#F5F7FA",
            "theme_color": "#084482",
            "icons": [
                {"src": static("img/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """What a phone without a net shows for a page it does not have: nobody's, so it may be kept."""
    return render(request, "phone/offline.html")


@require_GET
def manual(request: HttpRequest) -> HttpResponse:
    """使用说明."""
    return render(request, "phone/help.html", {"tab": "me"})


def build() -> str:
    """The name of this build: another as soon as any of the files is another."""
    return _digest() if not settings.DEBUG else _digest.__wrapped__()


@lru_cache(1)
def _digest() -> str:
    digest = hashlib.sha256(__version__.encode())
    for name in FILES:
        found = finders.find(name)
        if isinstance(found, str):
            digest.update(Path(found).read_bytes())
        digest.update(static(name).encode())
    return digest.hexdigest()[:12]
