"""Who serves a grid: begun, ended, moved; what somebody was stays written."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from grids.accounts import (
    REPORTING,
    end_idle_post,
    give_posts,
    lengthen_post,
    log_accounts,
    make_accounts,
)
from grids.event_stranding import left_by_worker, take_back
from grids.models import Grid, GridRole
from grids.register_rules import lowest_center, must_keep, stems_kept
from orgs.models import AccessLog, User
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, WrongState

_AHEAD = timedelta(days=366)
_FIRST = date(2000, 1, 1)


def begin_role(
    *, grid: Grid, user: User, kind: str, since: date, by: User, address: str | None
) -> GridRole:
    """Make somebody 网格长, 专职, 兼职, 指导员 or 信息员 of a grid, from a day on."""
    must_keep(by, grid.code)
    _check_day(since)
    if not grid.is_active:
        raise WrongState("这个网格停用了，先恢复再安排人")
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        return _begin(grid, user, kind, since, by, address)


def _begin(
    grid: Grid, user: User, kind: str, since: date, by: User, address: str | None
) -> GridRole:
    same = GridRole.objects.filter(grid=grid, user=user, kind=kind)
    if same.filter(Q(until=None) | Q(until__gte=since)).exists():
        label = GridRole.Kind(kind).label
        raise Invalid(errors={"since": [f"{user.name}那天已经是这个网格的{label}"]})
    try:
        with transaction.atomic():
            role = GridRole.objects.create(grid=grid, user=user, kind=kind, since=since)
    except IntegrityError as error:
        raise WrongState("刚有人加过这一位，刷新看看") from error
    if kind in REPORTING:
        posts = give_posts([(user, lowest_center(grid.code), since)], by=by)
        log_accounts([], posts, by=by, address=address)
    _log(by, address, role, "开始")
    return role


def begin_for_newcomer(
    *,
    grid: Grid,
    name: str,
    phone: str,
    username: str,
    kind: str,
    since: date,
    by: User,
    address: str | None,
) -> GridRole:
    """The same for somebody named by account, or by name and phone; who has none gets one."""
    must_keep(by, grid.code)
    with transaction.atomic():
        user = person_named(name=name, phone=phone, username=username, by=by)
        if user is None:
            [user] = make_accounts([(name, phone)])
            log_accounts([user], [], by=by, address=address)
        return begin_role(grid=grid, user=user, kind=kind, since=since, by=by, address=address)


def person_named(*, name: str, phone: str, username: str, by: User) -> User | None:
    """The person of that account, or of that name and phone, among those of the keeper's area."""
    if username:
        found = people_around(by).filter(username=username).first()
        if found is None or (name and found.name != name):
            raise Invalid(errors={"username": ["辖区里没有这个账号，或者姓名对不上"]})
        return found
    same = list(people_around(by).filter(name=name, phone=phone)[:2])
    if len(same) > 1:
        raise Invalid(errors={"username": ["有两个同名同电话的账号，写明是哪个账号"]})
    return same[0] if same else None


def people_around(by: User) -> QuerySet[User]:
    """Active people with a post in the area somebody keeps, or with none at all."""
    inside = Q(posts=None)
    for stem in stems_kept(by):
        inside |= Q(posts__center__region__code__startswith=stem)
    return User.objects.filter(inside, is_active=True).distinct()


def end_role(*, role: GridRole, until: date, by: User, address: str | None) -> None:
    """Let somebody's service run out; the last day counts. Afterwards the grid is not theirs."""
    must_keep(by, role.grid.code)
    with transaction.atomic():
        row = GridRole.objects.select_for_update(of=("self",)).get(pk=role.pk)
        _end(row, until, by, address)


def _end(row: GridRole, until: date, by: User, address: str | None) -> None:
    if row.until is not None and row.until < clock.today():
        raise WrongState(f"已经在 {row.until} 结束了")
    if until < row.since:
        raise Invalid(errors={"until": [f"结束的日子不能早于开始（{row.since}）"]})
    _check_day(until, field="until")
    was, row.until = row.until, until
    row.save(update_fields=["until"])
    center = lowest_center(row.grid.code)
    if was is not None and was < until:
        lengthen_post(user=row.user, center=center, was=was, until=until, by=by, address=address)
    end_idle_post(user=row.user, center=center, until=until, by=by, address=address)
    _log(by, address, row, f"到 {until} 结束")
    take_back(left_by_worker().filter(worker=row.user, grid=row.grid), by=by)


def move_role(*, role: GridRole, to: Grid, since: date, by: User, address: str | None) -> GridRole:
    """To another grid from a day on: ended there the day before and begun here, both or neither."""
    must_keep(by, role.grid.code)
    must_keep(by, to.code)
    if to.pk == role.grid_id:
        raise Invalid(errors={"to": ["就是现在这个网格，选另一个"]})
    if not to.is_active:
        raise Invalid(errors={"to": ["那个网格停用了"]})
    _check_day(since)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=role.user_id)
        row = GridRole.objects.select_for_update(of=("self",)).get(pk=role.pk)
        if since <= row.since:
            raise Invalid(errors={"since": [f"要晚于在原网格开始的日子（{row.since}）"]})
        made = _begin(to, row.user, row.kind, since, by, address)
        _end(row, since - timedelta(days=1), by, address)
    return made


def _check_day(day: date, *, field: str = "since") -> None:
    if not _FIRST <= day <= clock.today() + _AHEAD:
        raise Invalid(errors={field: ["日期要在 2000 年以后、一年以内"]})


def _log(by: User, address: str | None, role: GridRole, what: str) -> None:
    subject = f"网格 {role.grid.code} {role.get_kind_display()} {role.user.username} {what}"
    log_access(AccessLog.Action.REFERENCE, user=by, address=address, subject=subject[:100])
