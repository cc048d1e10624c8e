"""What the map of the grids counts of this floor: cases that lie in a grid and are not closed."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Count, Value
from django.db.models.functions import Substr
from django.urls import reverse

from cases.models import Case
from grids.figures import Figure
from orgs.models import User


def _open_cases(user: User, stem: str, length: int) -> dict[str, int]:
    rows = Case.objects.visible_to(user).open().filter(grid__code__startswith=stem)
    counted = rows.order_by().values(where=Substr("grid__code", Value(1), Value(length)))
    return dict(counted.annotate(n=Count("pk")).values_list("where", "n"))


def _url(stem: str) -> str:
    return f"{reverse('cases:list')}?{urlencode({'grid': stem, 'open': 1})}"


OPEN_CASES = Figure("cases", "没结案的事项", "件", _open_cases, _url)
