"""Where every address leads. Each app names its own; this is the order they are tried in."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from zongzhi import health
from zongzhi.styleguide import styleguide

handler500 = "zongzhi.faults.server_error"

urlpatterns = [
    # First what is asked most by machines and phones: each line before it would be tried in vain.
    path("api/v1/", include("zongzhi.api_urls")),
    path("", include("reports.urls")),
    path("", include("orgs.urls")),
    path("", include("cases.urls")),
    path("", include("dispatch.urls")),
    path("grids/paper/", include("grids.paper_urls")),
    path("grids/", include("grids.urls")),
    path("m/", include("grids.phone_urls")),
    path("mediation/", include("mediation.urls")),
    path("settings/", include("cases.settings_urls")),
    path("settings/routing/", include("dispatch.routing_urls")),
    path("q/", include("cases.citizen_urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("styleguide/", styleguide, name="styleguide"),
]
