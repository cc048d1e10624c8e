"""导入房屋、单位、场所、设施: the pages are orgs.import_pages'."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids.site_importing import SiteImporter
from orgs import import_pages
from orgs.gates import needs
from orgs.import_pages import Wizard
from orgs.permissions import Permission
from zongzhi.lib.http import StaffRequest

SITES = Wizard(
    importer=SiteImporter,
    permission=Permission.GRIDS,
    name="房屋、单位、场所、设施",
    unit="处",
    register="grids:sites",
    address="grids:import_site",
    bulk="grids:bulk_sites",
)


@needs(Permission.GRIDS)
@require_http_methods(["GET", "POST"])
def send(request: StaffRequest) -> HttpResponse:
    return import_pages.send(request, SITES)


@needs(Permission.GRIDS)
@require_GET
def template(request: StaffRequest) -> HttpResponseBase:
    return import_pages.template(request, SITES)


@needs(Permission.GRIDS)
@require_http_methods(["GET", "POST"])
def check(request: StaffRequest, pk: int) -> HttpResponse:
    return import_pages.check(request, SITES, pk)


@needs(Permission.GRIDS)
@require_GET
def bad_rows(request: StaffRequest, pk: int) -> HttpResponseBase:
    return import_pages.bad_rows(request, SITES, pk)


@needs(Permission.GRIDS)
@require_POST
def carry_out(request: StaffRequest, pk: int) -> HttpResponse:
    return import_pages.carry_out(request, SITES, pk)


@needs(Permission.GRIDS)
@require_POST
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    return import_pages.undo(request, SITES, pk)
