from __future__ import annotations

from django.urls import path

from mediation import dossier_views, money_views

urlpatterns = [
    path("mediation/<int:pk>/dossier/", dossier_views.dossier, name="dossier"),
    path("mediation/<int:pk>/dossier/place/", dossier_views.place, name="place_file"),
    path("mediation/<int:pk>/dossier/zip/", dossier_views.download, name="dossier_zip"),
    path("mediation/<int:pk>/inquiry/", dossier_views.inquire, name="inquire"),
    path("mediation/<int:pk>/subsidy/", money_views.propose, name="propose_subsidy"),
    path("mediation/subsidies/", money_views.subsidies, name="subsidies"),
    path("mediation/subsidies/export/", money_views.export_subsidies, name="export_subsidies"),
    path("mediation/subsidies/<int:pk>/", money_views.subsidy, name="subsidy"),
    path("settings/subsidies/", money_views.grades, name="grades"),
    path("mediation/statistics/", money_views.figures, name="statistics"),
    path("mediation/statistics/list/", money_views.figure, name="statistics_list"),
    path("mediation/statistics/export/", money_views.export_figures, name="export_statistics"),
]
