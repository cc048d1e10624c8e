from __future__ import annotations

from django.urls import path

from reports import indicator_views, views

app_name = "reports"
urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("board/", views.board, name="board"),
    path("reports/indicators/", indicator_views.dictionary, name="indicators"),
    path("reports/behind/<slug:key>/", indicator_views.behind, name="behind"),
    path("visits/", views.visits, name="visits"),
]
