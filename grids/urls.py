"""Addresses of the grids."""

from __future__ import annotations

from django.urls import include, path

app_name = "grids"

urlpatterns = [
    path("", include("grids.event_urls")),
    path("", include("grids.base_urls")),
]
