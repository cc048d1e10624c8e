"""Reference data of this floor in the back room."""

from __future__ import annotations

from django.contrib import admin

from grids.models import Grid
from orgs.admin import ReferenceAdmin


@admin.register(Grid)
class GridAdmin(ReferenceAdmin):
    list_display = ("code", "name", "kind", "region", "households")
    list_filter = ("kind",)
    list_select_related = ("region",)
    search_fields = ("code", "name", "region__name")
    autocomplete_fields = ("region",)
    fixed = ("code",)
