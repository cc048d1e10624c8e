from __future__ import annotations

from django.urls import path

from dispatch import roster_views as views

urlpatterns = [
    path("roster/", views.roster, name="roster"),
    path("roster/today/", views.today, name="roster_today"),
    path("roster/print/", views.print_week, name="roster_print"),
    path("roster/generate/", views.generate, name="roster_generate"),
    path("roster/publish/", views.publish, name="roster_publish"),
    path("roster/swaps/", views.swaps, name="roster_swaps"),
    path("roster/swaps/<int:pk>/<slug:what>/", views.answer_swap, name="answer_swap"),
    path("roster/template/", views.template, name="roster_template"),
    path("roster/template/<str:what>/", views.template_row, name="template_row"),
    path(
        "roster/template/<str:what>/<int:pk>/remove/",
        views.remove_template,
        name="remove_template",
    ),
    path("roster/shifts/<int:pk>/<slug:what>/", views.change_shift, name="change_shift"),
    path("roster/<str:day>/<str:what>/", views.cell, name="roster_cell"),
    path("settings/premises/", views.premises_page, name="premises"),
    path("settings/premises/<slug:what>/new/", views.premises_form, name="add_premises"),
    path("settings/premises/<slug:what>/<int:pk>/", views.premises_form, name="change_premises"),
    path(
        "settings/premises/<slug:what>/<int:pk>/remove/",
        views.remove_premises,
        name="remove_premises",
    ),
]
