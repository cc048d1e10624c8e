from __future__ import annotations

from django.urls import include, path

from mediation import (
    agreement_views,
    choosing_views,
    people_views,
    referral_views,
)
from mediation.import_way import MEDIATORS

app_name = "mediation"
urlpatterns = [
    path("", include("mediation.session_urls")),
    path("", include("mediation.dossier_urls")),
    path("agreements/", agreement_views.agreements, name="agreements"),
    path("agreements/<int:pk>/", agreement_views.agreement, name="agreement"),
    path("referrals/", referral_views.referrals, name="referrals"),
    path("mediators/", people_views.mediators, name="mediators"),
    path("mediators/new/", people_views.create_mediator, name="create_mediator"),
    *MEDIATORS.urls("mediators/import/"),
    path("mediators/<int:pk>/", people_views.mediator, name="mediator"),
    path("mediators/<int:pk>/leave/", people_views.leave, name="leave"),
    path("mediators/<int:pk>/add/<slug:what>/", people_views.add, name="add_row"),
    path(
        "mediators/<int:pk>/remove/<slug:what>/<int:row>/",
        people_views.remove,
        name="remove_row",
    ),
    path("my-time/", people_views.own_time, name="own_time"),
    path("bodies/", people_views.bodies, name="bodies"),
    path("bodies/<int:pk>/", people_views.body, name="body"),
    path("cases/<str:number>/choose/", choosing_views.choose, name="choose"),
    path("cases/<str:number>/choose/print/", choosing_views.choose_print, name="choose_print"),
]
