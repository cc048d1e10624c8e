from __future__ import annotations

from django.urls import path

from mediation import session_views as views

urlpatterns = [
    path("", views.grid, name="grid"),
    path("mine/", views.mine, name="mine"),
    path("sessions/<int:pk>/", views.session, name="session"),
    path("sessions/<int:pk>/notice/", views.notice, name="session_notice"),
]
