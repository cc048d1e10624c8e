from __future__ import annotations

from django.urls import include, path

app_name = "mediation"
urlpatterns = [
    path("mediation/", include("mediation.session_urls")),
]
