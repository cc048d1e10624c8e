"""Addresses of the grids."""

from __future__ import annotations

from django.urls import include, path

from grids import duty_views, map_views, register_pay_views, register_views
from grids.register_imports import GRIDS, WORKERS

app_name = "grids"

urlpatterns = [
    path("", include("grids.event_urls")),
    path("", include("grids.base_urls")),
    path("", register_views.register_list, name="register"),
    path("new/", register_views.create, name="create"),
    path("map/", map_views.grid_map, name="map"),
    path("shapes/", register_views.shapes, name="shapes"),
    path("cards/", register_views.cards, name="cards"),
    path("people/<int:pk>/", register_views.person, name="person"),
    *GRIDS.urls("import/"),
    *WORKERS.urls("workers/import/"),
    path("duties/", duty_views.duties, name="duties"),
    path("duties/new/", duty_views.new_duties, name="new_duties"),
    path("duties/<int:pk>/", duty_views.duties, name="duty_list"),
    path("trainings/", register_pay_views.training_list, name="trainings"),
    path("trainings/new/", register_pay_views.record_training, name="record_training"),
    path("trainings/<int:pk>/remove/", register_pay_views.remove_training, name="remove_training"),
    path("allowances/", register_pay_views.rates, name="allowances"),
    path("allowances/draw-up/", register_pay_views.draw_up, name="draw_up_allowances"),
    path("allowances/<int:pk>/", register_pay_views.allowance_list, name="allowance_list"),
    path("allowances/<int:pk>/export/", register_pay_views.export, name="export_allowances"),
    # Last: whatever is no word above is taken for a code.
    path("<str:code>/", register_views.grid, name="grid"),
    path("<str:code>/begin/", register_views.begin, name="begin_role"),
    path("<str:code>/roles/<int:pk>/end/", register_views.end, name="end_role"),
    path("<str:code>/roles/<int:pk>/move/", register_views.move, name="move_role"),
    path("<str:code>/partners/", register_views.partners, name="partners"),
    path("<str:code>/active/", register_views.activate, name="activate"),
    path("<str:code>/shape/", register_views.shape, name="shape"),
    path("<str:code>/notice/", register_views.notice, name="notice"),
]
