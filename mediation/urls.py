from __future__ import annotations

from django.urls import include, path

app_name = "mediation"
urlpatterns = [
    path("", include("mediation.dossier_urls")),
]
