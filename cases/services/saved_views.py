"""我的视图: a list as one person likes to narrow it, kept under a name."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.http import QueryDict

from cases.filters import CaseFilter
from cases.models import SavedView
from cases.searching import key_of_person
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid

MOST = 10
LONGEST_NAME = 20
# A figure's moment is no view, and neither is the whole list.
_NOT_KEPT = frozenset({"as_of"})


def query_of(given: QueryDict) -> str:
    """The filters of an address that may be kept, in one order; nothing else that stood there."""
    known = set(CaseFilter.base_filters) - _NOT_KEPT
    pairs = [(name, str(given[name]).strip()) for name in sorted(known & set(given))]
    return urlencode([(n, v) for n, v in pairs if v and (n, v) != ("view", "all")])


def save_view(*, by: User, name: str, given: QueryDict) -> SavedView:
    """Keep the filters under a name. Raises Invalid for what may not or cannot be kept."""
    name, query = " ".join(name.split()), query_of(given)
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(f"给视图起个名字，最多 {LONGEST_NAME} 个字")
    if key_of_person(given.get("q", "")) or key_of_person(name):
        raise Invalid("视图里不能存手机号、身份证号，去掉再存")
    if not query:
        raise Invalid("还没选条件。选好条件，查询后再存成视图")
    if len(query) > 500:
        raise Invalid("条件太长，去掉几个再存")
    if by.saved_views.count() >= MOST:
        raise Invalid(f"最多存 {MOST} 个视图，删掉不用的再存")
    try:
        with transaction.atomic():
            return SavedView.objects.create(user=by, name=name, query=query, created_at=clock.now())
    except IntegrityError:
        raise Invalid(f"已经有叫“{name}”的视图，换个名字") from None


def forget_view(*, by: User, pk: int) -> bool:
    """Delete one's own view; whether there was one."""
    deleted, _ = by.saved_views.filter(pk=pk).delete()
    return bool(deleted)
