"""Reference data of this floor in the back room. Whoever may come in sees all of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest

from orgs.calendars import SUBJECT, revise
from orgs.models import AccessLog, Center, Department, DutyPhone, Region, Room, User, Window
from orgs.services import log_access
from zongzhi.lib.http import client_address

admin.site.unregister(Group)  # what people may do follows from their posts


class ReferenceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Every change is a row of the access log; a code stays what it was once it is in use."""

    fixed: tuple[str, ...] = ()
    may_delete = True
    list_per_page = 50

    def get_readonly_fields(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> tuple[str, ...]:
        return self.fixed if obj is not None else ()

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may_delete and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.changed_data:
            _log(request, obj, "改" if change else "新增", form.changed_data)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.has_changed():
            _log(request, form.instance, "改", [formset.prefix])

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        _log(request, obj, "删除", [])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        for obj in queryset:
            self.delete_model(request, obj)


def _log(request: HttpRequest, obj: models.Model, what: str, fields: list[str]) -> None:
    user = request.user
    log_access(
        AccessLog.Action.REFERENCE,
        user=user if isinstance(user, User) else None,
        address=client_address(request),
        subject=f"{obj._meta.verbose_name}：{obj}"[:100],
        purpose=what,
        data={"model": obj._meta.label_lower, "pk": obj.pk, "fields": fields},
    )


@admin.register(Region)
class RegionAdmin(ReferenceAdmin):
    list_display = ("code", "name", "level", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)
    fixed = ("code", "level")


@admin.register(Center)
class CenterAdmin(ReferenceAdmin):
    list_display = ("name", "level", "parent", "phone")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("name", "region__code")
    autocomplete_fields = ("region", "parent")
    fixed = ("region", "level")
    may_delete = False

    HOURS = frozenset({"opens_morning", "closes_morning", "opens_afternoon", "closes_afternoon"})

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if self.HOURS & set(form.changed_data):
            revise(SUBJECT)  # other hours, other due times: open clocks are worked out again


@admin.register(Department)
class DepartmentAdmin(ReferenceAdmin):
    list_display = ("code", "name", "kind", "center", "phone", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("center",)
    search_fields = ("code", "name", "initials")
    autocomplete_fields = ("center", "runs")
    fixed = ("code",)
    may_delete = False


@admin.register(Room)
class RoomAdmin(ReferenceAdmin):
    list_display = ("name", "kind", "center")
    list_filter = ("kind",)
    list_select_related = ("center",)
    search_fields = ("name", "center__name")
    autocomplete_fields = ("center",)


@admin.register(Window)
class WindowAdmin(ReferenceAdmin):
    list_display = ("__str__", "name", "center", "department", "reader")
    list_select_related = ("center", "department")
    search_fields = ("name", "center__name")
    autocomplete_fields = ("center", "department")


@admin.register(DutyPhone)
class DutyPhoneAdmin(ReferenceAdmin):
    list_display = ("center", "kind", "phone")
    list_filter = ("kind",)
    list_select_related = ("center",)
    search_fields = ("center__name",)
    autocomplete_fields = ("center",)
