from __future__ import annotations

from django.urls import path

from mediation import choosing_views

app_name = "mediation"
urlpatterns = [
    path("mediation/cases/<str:number>/choose/", choosing_views.choose, name="choose"),
    path(
        "mediation/cases/<str:number>/choose/print/",
        choosing_views.choose_print,
        name="choose_print",
    ),
]
