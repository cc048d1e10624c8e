"""What this floor knows of a period that a lower centre reports on (grids.inspection_facts)."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import urlencode

from django.urls import reverse

from cases.filters import CaseFilter
from cases.models import Case
from grids.inspection_facts import Asked, Fact


def cases_of_the_period(asked: Asked) -> list[Fact]:
    """Registered in those days for that area, and those of them that have been settled."""
    params = {
        "region": asked.region.code,
        "registered_after": asked.first.isoformat(),
        "registered_before": asked.last.isoformat(),
    }
    done = params | {"closure": "finished"}
    return [
        Fact("登记的事项", _count(params, asked), _url(params)),
        Fact("登记的事项里已办结的", _count(done, asked), _url(done), settled=True),
    ]


def _count(params: dict[str, str], asked: Asked) -> int:
    request = SimpleNamespace(user=asked.user)
    visible = Case.objects.visible_to(asked.user)
    return int(CaseFilter(params, queryset=visible, request=request).qs.count())


def _url(params: dict[str, str]) -> str:
    return f"{reverse('cases:list')}?{urlencode(params)}"
