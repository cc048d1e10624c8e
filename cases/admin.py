"""Reference data of this floor in the back room. Cases are not here: they have one door."""

from __future__ import annotations

from django.contrib import admin

from cases.models import DisputeType
from orgs.admin import ReferenceAdmin


@admin.register(DisputeType)
class DisputeTypeAdmin(ReferenceAdmin):
    list_display = ("code", "name", "monthly_category", "petition_category", "is_active")
    list_filter = ("is_active",)
    search_fields = ("code", "name")
    fixed = ("code",)
    may_delete = False
