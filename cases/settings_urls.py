from __future__ import annotations

from django.urls import path

from cases import settings_views, threshold_views

app_name = "settings"
urlpatterns = [
    path("calendar/", settings_views.calendar, name="calendar"),
    path("calendar/confirm/", settings_views.confirm_year, name="confirm_year"),
    path("calendar/<int:pk>/remove/", settings_views.remove_day, name="remove_day"),
    path("clocks/", settings_views.clocks, name="clocks"),
    path("clocks/try/", settings_views.try_clock, name="try_clock"),
    path("thresholds/", threshold_views.thresholds, name="thresholds"),
    path("thresholds/ladder/", threshold_views.adopt, name="adopt_ladder"),
    path("thresholds/try/", threshold_views.try_ladder, name="try_ladder"),
]
