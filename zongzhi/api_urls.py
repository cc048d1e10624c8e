"""The API: what each app brings, its description, and a 404 for programs at the end."""

from __future__ import annotations

from django.urls import include, path, re_path

from reports.api import Dashboard
from reports.indicator_api import Indicators, Measure
from zongzhi.lib.api import NothingHere
from zongzhi.lib.api_docs import Description, DescriptionPage

app_name = "api"
urlpatterns = [
    path("schema/", Description.as_view(), name="schema"),
    path("docs/", DescriptionPage.as_view(url_name="api:schema"), name="docs"),
    path("", include("orgs.api.urls")),
    path("", include("cases.api.urls")),
    path("", include("dispatch.api.urls")),
    path("", include("mediation.api.urls")),
    path("stats/dashboard/", Dashboard.as_view(), name="dashboard"),
    path("stats/indicators/", Indicators.as_view(), name="indicators"),
    path("stats/measure/", Measure.as_view(), name="measure"),
    re_path("", NothingHere.as_view(), name="nowhere"),
]
