"""Reference data of this floor in the back room."""

from __future__ import annotations

from django.contrib import admin

from dispatch.models import Residency
from orgs.admin import ReferenceAdmin


@admin.register(Residency)
class ResidencyAdmin(ReferenceAdmin):
    list_display = ("department", "center", "kind", "window")
    list_filter = ("kind",)
    list_select_related = ("department", "center", "window")
    search_fields = ("department__name", "center__name")
    autocomplete_fields = ("department", "center", "window")
