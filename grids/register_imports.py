"""导入网格、导入网格员: the wizard of every import, twice; and the same from the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from django.http import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids.importing import GridImporter, WorkerImporter
from orgs import import_pages
from orgs.gates import needs
from orgs.import_pages import Wizard
from orgs.permissions import Permission

GRIDS = Wizard(
    importer=GridImporter,
    permission=Permission.GRIDS,
    name="网格",
    unit="个",
    register="grids:register",
    address="grids:import",
)
WORKERS = Wizard(
    importer=WorkerImporter,
    permission=Permission.GRIDS,
    name="网格员",
    unit="位",
    register="grids:register",
    address="grids:import_workers",
)
BOTH = require_http_methods(["GET", "POST"])
Steps = tuple[tuple[str, str, Callable[..., Any], Callable[..., Any]], ...]
_STEPS: Steps = (
    ("", "", import_pages.send, BOTH),
    ("template/", "_template", import_pages.template, require_GET),
    ("<int:pk>/", "_check", import_pages.check, BOTH),
    ("<int:pk>/bad/", "_bad_rows", import_pages.bad_rows, require_GET),
    ("<int:pk>/carry-out/", "_carry_out", import_pages.carry_out, require_POST),
    ("<int:pk>/undo/", "_undo", import_pages.undo, require_POST),
)


class _Leads(Protocol):
    @property
    def address(self) -> str: ...
    @property
    def permission(self) -> Permission: ...


def import_urls(wizard: _Leads, address: str, steps: Steps = _STEPS) -> list[URLPattern]:
    """The pages of one wizard."""
    name = wizard.address.partition(":")[2]
    return [
        path(f"{address}{tail}", _view(wizard, step, methods), name=f"{name}{suffix}")
        for tail, suffix, step, methods in steps
    ]


def _view(
    wizard: _Leads, step: Callable[..., Any], methods: Callable[..., Any]
) -> Callable[..., HttpResponseBase]:
    def view(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = step(request, wizard, *args, **kwargs)
        return answer

    return needs(wizard.permission)(methods(view))
