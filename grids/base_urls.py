"""Addresses of what stands in a grid and of the inspections. Included by `grids.urls`."""

from __future__ import annotations

from django.urls import path

from grids import base_views, inspection_views, site_import_views
from grids.bulk_views import RESIDENTS, SITES, STEPS
from grids.register_imports import import_urls

_SITES = "sites/import/"

urlpatterns = [
    path("inspections/", inspection_views.inspections_page, name="inspections"),
    path("inspections/report/", inspection_views.inspection_new, name="inspection_new"),
    path("inspections/<int:pk>/", inspection_views.inspection, name="inspection"),
    path("inspections/<int:pk>/print/", inspection_views.inspection_print, name="inspection_print"),
    path("residents/", base_views.residents, name="residents"),
    path("residents/new/", base_views.resident_new, name="resident_new"),
    *import_urls(RESIDENTS, "residents/import/", STEPS),
    path("residents/<int:pk>/", base_views.resident, name="resident"),
    path("residents/<int:pk>/remove/", base_views.resident_remove, name="resident_remove"),
    path("sites/", base_views.sites, name="sites"),
    path("sites/new/", base_views.site_new, name="site_new"),
    path("sites/<int:pk>/", base_views.site, name="site"),
    path("sites/<int:pk>/phone/", base_views.site_phone, name="site_phone"),
    *import_urls(SITES, f"{_SITES}bulk/", STEPS),
    path(_SITES, site_import_views.send, name="import_site"),
    path(f"{_SITES}template/", site_import_views.template, name="import_site_template"),
    path(f"{_SITES}<int:pk>/", site_import_views.check, name="import_site_check"),
    path(f"{_SITES}<int:pk>/bad/", site_import_views.bad_rows, name="import_site_bad_rows"),
    path(f"{_SITES}<int:pk>/carry/", site_import_views.carry_out, name="import_site_carry_out"),
    path(f"{_SITES}<int:pk>/undo/", site_import_views.undo, name="import_site_undo"),
]
