"""Publishing a version of the duty list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max

from grids.duty_lists import Line, not_admitted, write_list
from grids.models import DutyList
from orgs.models import AccessLog, Center, User
from orgs.permissions import Permission
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed


def publish_list(
    *,
    center: Center,
    title: str,
    effective_from: date,
    note: str,
    lines: Sequence[Line],
    by: User,
    address: str | None,
) -> DutyList:
    """A new version, in force from a day on. What is published is never edited.

    What may be asked of the grids is admitted by the county (准入): towns and villages choose
    from its list and add nothing.
    """
    if not by.can_at(Permission.GRIDS, center.pk):
        raise NotAllowed("清单由本中心管网格的岗位公布")
    if effective_from < clock.today():
        raise Invalid(errors={"effective_from": ["施行的日子不能在今天以前"]})
    if said := not_admitted(center, lines, effective_from):
        raise Invalid(errors={"lines": [said]})
    with transaction.atomic():
        Center.objects.select_for_update(no_key=True).get(pk=center.pk)
        mine = DutyList.objects.filter(center=center)
        number = (mine.aggregate(last=Max("number"))["last"] or 0) + 1
        later = mine.filter(effective_from__gt=effective_from).exists()
        if later:
            raise Invalid(errors={"effective_from": ["已经有一版在这天以后施行，这一版要更晚"]})
        listing = DutyList.objects.create(
            center=center,
            number=number,
            title=title,
            effective_from=effective_from,
            note=note,
            published_by=by,
            published_at=clock.now(),
        )
        write_list(listing, lines)
        subject = f"事项清单 第 {number} 版 {len(lines)} 项，{effective_from} 起"
        log_access(AccessLog.Action.RULE, user=by, address=address, subject=subject)
    return listing
