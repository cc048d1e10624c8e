"""Reference data of this floor in the back room."""

from __future__ import annotations

from django.contrib import admin

from dispatch.models import Residency, RoutingRule
from orgs.admin import ReferenceAdmin


@admin.register(Residency)
class ResidencyAdmin(ReferenceAdmin):
    list_display = ("department", "center", "kind", "window")
    list_filter = ("kind",)
    list_select_related = ("department", "center", "window")
    search_fields = ("department__name", "center__name")
    autocomplete_fields = ("department", "center", "window")


@admin.register(RoutingRule)
class RoutingRuleAdmin(ReferenceAdmin):
    list_display = ("code", "words", "type", "unit", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("type", "unit")
    search_fields = ("code", "unit__name")
    autocomplete_fields = ("type", "unit")
    fixed = ("code",)
    may_delete = False
