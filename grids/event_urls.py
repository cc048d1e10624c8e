"""Addresses of the events and tasks. Included by `grids.urls`."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
