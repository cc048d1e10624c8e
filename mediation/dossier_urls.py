from __future__ import annotations

from django.urls import path

from mediation import dossier_views, money_views

urlpatterns = [
    path("<int:pk>/dossier/", dossier_views.dossier, name="dossier"),
    path("<int:pk>/dossier/place/", dossier_views.place, name="place_file"),
    path("<int:pk>/dossier/zip/", dossier_views.download, name="dossier_zip"),
    path("<int:pk>/inquiry/", dossier_views.inquire, name="inquire"),
    path("<int:pk>/subsidy/", money_views.propose, name="propose_subsidy"),
    path("subsidies/", money_views.subsidies, name="subsidies"),
    path("subsidies/export/", money_views.export_subsidies, name="export_subsidies"),
    path("subsidies/<int:pk>/", money_views.subsidy, name="subsidy"),
    path("subsidies/grades/", money_views.grades, name="grades"),
    path("statistics/", money_views.figures, name="statistics"),
    path("statistics/list/", money_views.figure, name="statistics_list"),
    path("statistics/export/", money_views.export_figures, name="export_statistics"),
]
