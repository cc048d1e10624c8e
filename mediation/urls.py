from __future__ import annotations

from django.urls import include, path

from mediation import choosing_views, people_views

app_name = "mediation"
urlpatterns = [
    path("mediation/", include("mediation.session_urls")),
    path("mediation/mediators/", people_views.mediators, name="mediators"),
    path("mediation/mediators/new/", people_views.create_mediator, name="create_mediator"),
    path("mediation/mediators/<int:pk>/", people_views.mediator, name="mediator"),
    path("mediation/mediators/<int:pk>/leave/", people_views.leave, name="leave"),
    path("mediation/mediators/<int:pk>/add/<slug:what>/", people_views.add, name="add_row"),
    path(
        "mediation/mediators/<int:pk>/remove/<slug:what>/<int:row>/",
        people_views.remove,
        name="remove_row",
    ),
    path("mediation/my-time/", people_views.own_time, name="own_time"),
    path("mediation/bodies/", people_views.bodies, name="bodies"),
    path("mediation/bodies/<int:pk>/", people_views.body, name="body"),
    path("mediation/cases/<str:number>/choose/", choosing_views.choose, name="choose"),
    path(
        "mediation/cases/<str:number>/choose/print/",
        choosing_views.choose_print,
        name="choose_print",
    ),
]
