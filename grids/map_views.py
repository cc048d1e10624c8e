"""网格地图: our own shapes, coloured by what is open there."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from grids.map_pages import SHADES, map_of
from orgs.gates import needs
from orgs.permissions import Permission
from zongzhi.lib.http import StaffRequest


@needs(Permission.VIEW_CENTER, Permission.GRIDS)
@require_GET
def grid_map(request: StaffRequest) -> HttpResponse:
    """A county by its towns, a town by its grids; the figures stand in a table, too."""
    found = map_of(request.user, request.GET.get("area", ""))
    context = {"map": found, "shades": list(enumerate(SHADES))}
    return render(request, "grids/register/map.html", context)
