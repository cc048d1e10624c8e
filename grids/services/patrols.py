"""巡查记录: walked, nothing found. A line of text, one a day; no place, no track, no count."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from grids.models import Grid, PatrolNote
from grids.services.reporting import serves
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound
from zongzhi.lib.secrecy import secrecy_mark

NOTHING_FOUND = "走过，没异常"
BACK = 6  # days that may still be filled in: today and the six before it
LONGEST = 200


def note_patrol(
    *, grid: Grid, day: date, text: str, client_id: uuid.UUID, by: User
) -> tuple[PatrolNote, bool]:
    """Keep the day's line; (note, whether it is new).

    The first line of a day stays: a second raises AlreadyDone and says what the first is. The
    same `client_id` by the same person is the same line. Raises NotFound for a grid they did not
    serve that day, Invalid for a day out of reach.
    """
    existing = PatrolNote.objects.filter(client_id=client_id).first()
    if existing is not None:
        if existing.by_id != by.pk:
            raise NotFound("没有这条巡查记录")
        return existing, False
    text = text.strip() or NOTHING_FOUND
    _check(grid, day, text, by)
    try:
        with transaction.atomic():
            note = PatrolNote.objects.create(
                grid=grid, by=by, day=day, text=text, at=clock.now(), client_id=client_id
            )
            return note, True
    except IntegrityError:
        return _there_already(grid, day, client_id, by), False


def _check(grid: Grid, day: date, text: str, by: User) -> None:
    if not by.can(Permission.GRID_WORK):
        raise NotAllowed("巡查记录由网格员记")
    today = clock.today()
    if day > today:
        raise Invalid(errors={"day": ["这一天还没到"]})
    if day < today - timedelta(days=BACK):
        raise Invalid(errors={"day": [f"只能补最近 {BACK + 1} 天的"]})
    if len(text) > LONGEST:
        raise Invalid(errors={"text": [f"写得太长（{len(text)} 字），最多 {LONGEST} 字"]})
    if mark := secrecy_mark(text):
        raise Invalid(errors={"text": [f"带有“{mark}”字样。涉密的不能传到本系统，改掉再提交"]})
    if not serves(by, grid, day):
        raise NotFound("没有这个网格")


def _there_already(grid: Grid, day: date, client_id: uuid.UUID, by: User) -> PatrolNote:
    first = PatrolNote.objects.get(grid=grid, by=by, day=day)
    if first.client_id == client_id:
        return first
    raise AlreadyDone(
        f"{day.month} 月 {day.day} 日的巡查记录 {clock.local(first.at):%H:%M} 已经记过：{first.text}"
    )
