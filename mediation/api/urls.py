from __future__ import annotations

from django.urls import path

from mediation.api import views

urlpatterns = [
    path("mediators/", views.MediatorList.as_view(), name="mediator-list"),
]
