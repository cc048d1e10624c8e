"""What machines ask: is it alive, is it ready, how much is it doing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from cases.models import ClockRule, DisputeType
from orgs.models import Role
from zongzhi.lib.http import client_address


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked, so that a slow database restarts nobody."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 once the database is there, migrated, and holds what every installation starts with."""
    try:
        missing = _missing()
    except DatabaseError:
        missing = ["database"]
    body = {"ready": not missing, "missing": missing}
    return JsonResponse(body, status=503 if missing else 200)


def _missing() -> list[str]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return ["migrations"]
    needed = {"roles": Role, "types": DisputeType, "clocks": ClockRule}
    return [name for name, model in needed.items() if not model._default_manager.exists()]


def for_neighbours(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for this machine and the addresses of METRICS_FROM; for others it does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _is_neighbour(client_address(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _is_neighbour(address: str | None) -> bool:
    try:
        here = ip_address(address or "")
    except (ValueError, ValidationError):
        return False
    allowed = getattr(settings, "METRICS_FROM", [])
    return here.is_loopback or any(here in ip_network(network) for network in allowed)


@never_cache
@require_safe
@for_neighbours
def metrics(request: HttpRequest) -> HttpResponse:
    """Counters for Prometheus."""
    response: HttpResponse = ExportToDjangoView(request)
    return response
