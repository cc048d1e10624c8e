"""The back room (`/admin/`): reference data for the system administrator, no cases."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from zongzhi.lib.errors import NotAllowed


class Site(admin.AdminSite):
    """Django's, with the front door of everybody else: one place to sign in, and locks count."""

    site_header = "综治中心 · 单位与字典"
    site_title = "单位与字典"
    index_title = "改了马上起作用；用过的只能停用，不能删"
    site_url = "/settings/"

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.user.is_authenticated:
            raise NotAllowed("单位与字典由系统管理员改，这个账号不能改")
        back = {REDIRECT_FIELD_NAME: request.GET.get(REDIRECT_FIELD_NAME, "")}
        return redirect(f"{settings.LOGIN_URL}?{urlencode(back)}")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("orgs:change_password")


class Config(AdminConfig):
    default_site = "zongzhi.site.Site"
