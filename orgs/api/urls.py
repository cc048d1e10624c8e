from __future__ import annotations

from django.urls import path

from orgs.api import views

urlpatterns = [
    path("token/", views.Token.as_view(), name="token"),
    path("departments/", views.DepartmentList.as_view(), name="department-list"),
]
