"""Reference data of this floor in the back room. Cases are not here: they have one door."""

from __future__ import annotations

from django.contrib import admin

from cases.models import DisputeType, UpperField, UpperPlatform
from orgs.admin import ReferenceAdmin


@admin.register(DisputeType)
class DisputeTypeAdmin(ReferenceAdmin):
    list_display = ("code", "name", "monthly_category", "words", "is_active")
    list_filter = ("is_active",)
    search_fields = ("code", "name")
    fixed = ("code",)
    may_delete = False


class UpperFields(admin.TabularInline):  # type: ignore[type-arg]
    """What their page asks, in its order, and their codes for our words."""

    model = UpperField
    extra = 0
    fields = ("position", "label", "value", "codes")


@admin.register(UpperPlatform)
class UpperPlatformAdmin(ReferenceAdmin):
    list_display = ("name", "is_active")
    inlines = (UpperFields,)
    may_delete = False
