from __future__ import annotations

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("board/", views.board, name="board"),
    path("visits/", views.visits, name="visits"),
]
