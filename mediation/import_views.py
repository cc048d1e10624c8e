"""导入调解员: template, file, look, import, take back. The pages are orgs.import_pages'."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mediation.importing import MediatorImporter
from orgs import import_pages
from orgs.gates import needs
from orgs.import_pages import Wizard
from orgs.permissions import Permission
from zongzhi.lib.http import StaffRequest

MEDIATORS = Wizard(
    importer=MediatorImporter,
    permission=Permission.MEDIATION,
    name="调解员",
    unit="位",
    register="mediation:mediators",
    address="mediation:import",
)


@needs(Permission.MEDIATION)
@require_http_methods(["GET", "POST"])
def send(request: StaffRequest) -> HttpResponse:
    return import_pages.send(request, MEDIATORS)


@needs(Permission.MEDIATION)
@require_GET
def template(request: StaffRequest) -> HttpResponseBase:
    return import_pages.template(request, MEDIATORS)


@needs(Permission.MEDIATION)
@require_http_methods(["GET", "POST"])
def check(request: StaffRequest, pk: int) -> HttpResponse:
    return import_pages.check(request, MEDIATORS, pk)


@needs(Permission.MEDIATION)
@require_GET
def bad_rows(request: StaffRequest, pk: int) -> HttpResponseBase:
    return import_pages.bad_rows(request, MEDIATORS, pk)


@needs(Permission.MEDIATION)
@require_POST
def carry_out(request: StaffRequest, pk: int) -> HttpResponse:
    return import_pages.carry_out(request, MEDIATORS, pk)


@needs(Permission.MEDIATION)
@require_POST
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    return import_pages.undo(request, MEDIATORS, pk)
