from __future__ import annotations

from django.urls import path

from reports import board_views, indicator_views, mine_views, screen_views, views

app_name = "reports"
urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("board/", views.board, name="board"),
    path("reports/indicators/", indicator_views.dictionary, name="indicators"),
    path("reports/behind/<slug:key>/", indicator_views.behind, name="behind"),
    path("reports/mine/", mine_views.mine, name="mine"),
    path("reports/mine/<slug:key>/", mine_views.mine_list, name="mine_list"),
    path("board/opponent/<int:pk>/", board_views.opponent, name="opponent"),
    path("screen/", screen_views.screen, name="screen"),
    path("screen/data", screen_views.screen_data, name="screen_data"),
    path("screen/enter/", screen_views.enter_screen, name="enter_screen"),
    path("settings/displays/", screen_views.displays, name="displays"),
    path("settings/displays/<int:pk>/revoke/", screen_views.revoke, name="revoke_display"),
    path("visits/", views.visits, name="visits"),
]
