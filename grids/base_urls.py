"""Addresses of what stands in a grid and of the inspections. Included by `grids.urls`."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
