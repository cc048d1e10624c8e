"""Addresses of the grid worker's phone, at `/m/`."""

from __future__ import annotations

from django.urls import path

from grids import phone_shell, phone_views

app_name = "phone"

urlpatterns = [
    path("", phone_views.home, name="home"),
    path("report/", phone_views.report, name="report"),
    path("patrol/", phone_views.patrol, name="patrol"),
    path("mine/", phone_views.mine, name="mine"),
    path("me/", phone_views.me, name="me"),
    path("help/", phone_shell.manual, name="help"),
    path("where/", phone_views.where, name="where"),
    path("photos/", phone_views.take_photo, name="photos"),
    path("events/<str:number>/", phone_views.event, name="event"),
    path("events/<str:number>/<slug:verb>/", phone_views.act, name="act"),
    path("tasks/<int:pk>/", phone_views.task, name="task"),
    path("offline/", phone_shell.offline, name="offline"),
    path("sw.js", phone_shell.service_worker, name="service_worker"),
    path("manifest.webmanifest", phone_shell.manifest, name="manifest"),
]
