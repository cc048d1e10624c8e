"""Addresses of 代网格员录入, at `/grids/paper/`."""

from __future__ import annotations

from django.urls import path

from grids import paper_views

app_name = "paper"

urlpatterns = [
    path("", paper_views.choose, name="choose"),
    path("<str:code>/", paper_views.enter, name="enter"),
    path("<str:code>/sheet/", paper_views.sheet, name="sheet"),
]
