"""Addresses of what stands in a grid and of the inspections. Included by `grids.urls`."""

from __future__ import annotations

from django.urls import path

from grids import base_views, bulk_views, inspection_views, register_imports

urlpatterns = [
    path("inspections/", inspection_views.inspections_page, name="inspections"),
    path("inspections/report/", inspection_views.inspection_new, name="inspection_new"),
    path("inspections/<int:pk>/", inspection_views.inspection, name="inspection"),
    path("inspections/<int:pk>/print/", inspection_views.inspection_print, name="inspection_print"),
    path("residents/", base_views.residents, name="residents"),
    path("residents/new/", base_views.resident_new, name="resident_new"),
    *bulk_views.RESIDENTS.urls("residents/import/"),
    path("residents/<int:pk>/", base_views.resident, name="resident"),
    path("residents/<int:pk>/remove/", base_views.resident_remove, name="resident_remove"),
    path("sites/", base_views.sites, name="sites"),
    path("sites/new/", base_views.site_new, name="site_new"),
    path("sites/<int:pk>/", base_views.site, name="site"),
    path("sites/<int:pk>/phone/", base_views.site_phone, name="site_phone"),
    *bulk_views.SITES.urls("sites/import/bulk/"),
    *register_imports.SITES.urls("sites/import/"),
]
