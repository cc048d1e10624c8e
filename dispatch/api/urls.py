from __future__ import annotations

from django.urls import path

from dispatch.api import views

urlpatterns = [
    path("residencies/", views.ResidencyList.as_view(), name="residency-list"),
    path("shifts/", views.ShiftList.as_view(), name="shift-list"),
]
