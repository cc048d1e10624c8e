"""Numbers that stand before a list: each counts exactly the rows its link shows."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, IntegerField, QuerySet, Value
from django.urls import reverse

from cases.filters import CaseFilter
from cases.models import Case
from orgs.models import User

Params = Mapping[str, str]


def list_url(params: Params) -> str:
    """The address of the list of cases that these filters give."""
    return f"{reverse('cases:list')}?{urlencode(dict(params))}"


def listed(user: User, params: Params) -> QuerySet[Case]:
    """The cases behind `list_url(params)`: the list page narrows by the same filter."""
    visible = Case.objects.visible_to(user)
    asked = CaseFilter(dict(params), queryset=visible, request=SimpleNamespace(user=user))
    if not asked.is_valid():
        raise ValueError(f"not a list of cases: {params}")
    rows: QuerySet[Case] = asked.qs
    return rows


class Counted:
    """The lengths of some lists, asked for in one query that is put together once.

    Only for lists that say the same tomorrow: none may hold a moment of now.
    """

    def __init__(self, lists: Mapping[str, QuerySet[Any]]) -> None:
        self._names = list(lists)
        parts = [
            rows.order_by()
            .annotate(which=Value(index, IntegerField()))
            .values("which")
            .annotate(number=Count("pk"))
            .values_list("which", "number")
            for index, rows in enumerate(lists.values())
        ]
        union = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        try:
            self._sql, self._params = union.query.sql_with_params()
        except EmptyResultSet:  # none of the lists can have a row
            self._sql = ""

    def numbers(self) -> dict[str, int]:
        """How long each of the lists is now."""
        if not self._sql:
            return dict.fromkeys(self._names, 0)
        with connection.cursor() as cursor:
            cursor.execute(self._sql, self._params)
            counted = dict(cursor.fetchall())
        return {name: counted.get(index, 0) for index, name in enumerate(self._names)}


def count_all(lists: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How long each of the lists is, in one query however many there are."""
    return Counted(lists).numbers() if lists else {}
