"""Addresses of the events and tasks. Included by `grids.urls`."""

from __future__ import annotations

from django.urls import path

from grids import event_period_views, event_views, task_views

urlpatterns = [
    path("events/", event_views.event_list, name="events"),
    path("events/export/", event_views.export, name="export_events"),
    path("events/desk/", event_views.desk, name="event_desk"),
    path("events/periods/", event_period_views.periods, name="event_periods"),
    path("tasks/", task_views.task_list, name="tasks"),
    path("tasks/new/", task_views.new_task, name="new_task"),
    path("tasks/<int:pk>/<slug:verb>/", task_views.do_task, name="do_task"),
    path("events/<str:number>/", event_views.event_page, name="event"),
    path("events/<str:number>/photos/<int:pk>/", event_views.photo, name="event_photo"),
    path("events/<str:number>/<slug:verb>/", event_views.act, name="event_act"),
]
