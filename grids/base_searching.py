"""Finding what stands in a grid among millions: by grid, by the beginning of a name, by number.

Nobody is listed without a condition: a page through a whole county's people serves no work
(个人信息保护法 art. 6, no more than the purpose needs), and would be slow besides.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from grids.models import Grid
from orgs.importing import id_number
from orgs.models import User
from zongzhi.lib.crypto import blind_index
from zongzhi.lib.paging import MOST, Order, Page, paginate

Row = TypeVar("Row", bound=Model)

NUMBER = "resident.id_number"  # the purpose of the hash: no other table's fits
PARAM = "person"
FEW_GRIDS = 500  # a town and its micro grids
LEAST = 2  # characters of a name: one is half the county
_KEY, _KEPT = "sought_residents", 10


def number_key(text: str) -> str:
    """The keyed hash of a real identity number; ValueError with a sentence for any other text."""
    return blind_index(id_number(text), NUMBER)


def remember_number(request: HttpRequest, key: str) -> str:
    """An opaque word for the address; the hash stays in the session, the number nowhere."""
    sought: dict[str, str] = request.session.get(_KEY, {})
    word = next((word for word, known in sought.items() if known == key), None)
    word = word or secrets.token_urlsafe(6)
    kept = [(old, known) for old, known in sought.items() if old != word][1 - _KEPT :]
    request.session[_KEY] = dict([*kept, (word, key)])
    return word


def remembered(request: HttpRequest) -> str | None:
    """The hash the address stands for; "" when it names none, None if not of this session."""
    word = request.GET.get(PARAM, "")
    if not word:
        return ""
    found: str | None = request.session.get(_KEY, {}).get(word)
    return found


def named(rows: QuerySet[Row], text: str, user: User) -> QuerySet[Row]:
    """Those whose name begins so: at most as many as are counted exactly, found by an index.

    The ids first, in no order: ordered by id the database would rather walk all there are. Who sees
    few grids is answered from these grids; in many, whoever bears the name is soon met by name.
    """
    grids = Grid.objects.visible_to(user).order_by().values_list("pk", flat=True)
    few = list(grids[: FEW_GRIDS + 1])
    if len(few) <= FEW_GRIDS:
        rows = rows.filter(grid__in=few)
    found = rows.filter(name__startswith=text).order_by().values_list("pk", flat=True)
    return rows.filter(pk__in=list(found[: MOST + 1]))


def page_of(rows: QuerySet[Row], params: Mapping[str, Any]) -> Page[Row]:
    return paginate(rows, Order(), params)
