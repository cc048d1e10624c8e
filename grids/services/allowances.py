"""补贴: rates from a month on, a month's list drawn up and then fixed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from grids.allowances import Due, dues_of, last_day
from grids.models import Allowance, AllowanceList, AllowanceRate, GridRole
from grids.register_rules import centers_over
from orgs.models import AccessLog, Center, User
from orgs.permissions import Permission
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, WrongState

_KEY = ("user", "grid_name", "kind")  # one role, as a list names it


def set_rate(
    *, center: Center, kind: str, amount: Decimal, month: date, by: User, address: str | None
) -> None:
    """What a kind is paid from a month on. Months whose list is fixed stay as they are."""
    _must_pay(by, center)
    label = GridRole.Kind(kind).label
    with transaction.atomic():
        fixed = AllowanceList.objects.filter(center=center, fixed_at__isnull=False)
        if fixed.filter(month__gte=month).exists():
            raise Invalid(errors={"month": ["这个月的名单已经定了，从后面的月份起改"]})
        AllowanceRate.objects.update_or_create(
            center=center, kind=kind, effective_from=month, defaults={"amount": amount}
        )
        subject = f"网格员补贴 {label} {amount} 元，{month:%Y-%m} 起"
        log_access(AccessLog.Action.RULE, user=by, address=address, subject=subject)


def draw_up(*, center: Center, month: date, by: User) -> AllowanceList:
    """Work the month out, or once more while it is not fixed."""
    _must_pay(by, center)
    if month > clock.today():
        raise Invalid(errors={"month": ["还没到这个月"]})
    with transaction.atomic():
        _hold(center)
        listing, _ = AllowanceList.objects.get_or_create(center=center, month=month)
        if listing.fixed_at is not None:
            raise AlreadyDone("这个月的名单已经定了，不再变")
        dues = dues_of(center, month)
        if not dues:
            raise Invalid("这个月没有要补的人，先看补贴标准和网格里的人")
        _refuse_twice(center, month, {_key(due) for due in dues})
        listing.rows.all().delete()
        Allowance.objects.bulk_create(
            [
                Allowance(
                    listing=listing,
                    user=due.role.user,
                    grid_name=due.role.grid.name,
                    kind=due.role.kind,
                    days=due.days,
                    rate=due.rate,
                    amount=due.amount,
                    note=due.note,
                )
                for due in dues
            ],
            batch_size=1000,
        )
    return listing


def fix_list(*, listing: AllowanceList, by: User, address: str | None) -> None:
    """定下来: after the month is over; from then on the list never moves."""
    _must_pay(by, listing.center)
    with transaction.atomic():
        _hold(listing.center)
        row = AllowanceList.objects.select_for_update().get(pk=listing.pk)
        if row.fixed_at is not None:
            raise AlreadyDone("这个月的名单已经定了")
        if last_day(row.month) >= clock.today():
            raise WrongState("这个月还没过完，过完再定")
        _refuse_twice(listing.center, row.month, set(row.rows.values_list(*_KEY)))
        row.fixed_by, row.fixed_at = by, clock.now()
        row.save(update_fields=["fixed_by", "fixed_at"])
        subject = f"网格员补贴名单 {row.month:%Y-%m} 定下来"
        log_access(AccessLog.Action.RULE, user=by, address=address, subject=subject)


def _key(due: Due) -> tuple[int, str, str]:
    return (due.role.user_id, due.role.grid.name, due.role.kind)


def _hold(center: Center) -> None:
    """Lock the centre and those above it, always in one order: of two lists one has to wait."""
    over = [one.pk for one in centers_over(center.region.code)]
    list(Center.objects.select_for_update(no_key=True).filter(pk__in=over).order_by("pk"))


def _refuse_twice(center: Center, month: date, wanted: set[tuple[int, str, str]]) -> None:
    """A month of somebody in a grid is paid once: by the town or by the county."""
    over = Q(center__in=[one.pk for one in centers_over(center.region.code)])
    under = Q(center__region__code__startswith=center.region.stem)
    fixed = AllowanceList.objects.filter(over | under, month=month, fixed_at__isnull=False)
    for other in fixed.exclude(center=center).select_related("center"):
        people = {key[0] for key in wanted & set(other.rows.values_list(*_KEY))}
        if people:
            raise WrongState(
                f"{other.center.name}这个月的名单已经定了，里面有同样的 {len(people)} 个人，"
                "不能再发一次"
            )


def _must_pay(by: User, center: Center) -> None:
    if not by.can_at(Permission.GRIDS, center.pk):
        raise NotAllowed("补贴由本中心管网格的岗位办，这个账号只能看")
