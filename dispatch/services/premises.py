"""入驻与场所: rooms, windows and residencies; every change is a row of the access log."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from dispatch.models import Residency
from orgs.models import AccessLog, Room, User, Window
from orgs.services import log_access
from zongzhi.lib.errors import Invalid, WrongState

Premises = Room | Window | Residency


@transaction.atomic
def keep_premises(*, row: Premises, by: User, address: str | None) -> Premises:
    """Save a room, a window or a residency that a form has filled in."""
    is_new = row.pk is None
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Invalid(f"已经有{name_of(row)}，不用再加") from error
    _log(row, "新增" if is_new else "改", by, address)
    return row


@transaction.atomic
def remove_premises(*, row: Premises, by: User, address: str | None) -> None:
    """Take it off; WrongState while something still refers to it."""
    _log(row, "删除", by, address)
    try:
        row.delete()
    except ProtectedError as error:
        raise WrongState(f"{name_of(row)}还在用，不能删除") from error


def name_of(row: Premises) -> str:
    if isinstance(row, Residency):
        return f"{row.department.name}的入驻"
    return str(row)


def _log(row: Premises, what: str, by: User, address: str | None) -> None:
    log_access(
        AccessLog.Action.REFERENCE,
        user=by,
        address=address,
        subject=f"{row._meta.verbose_name}：{name_of(row)}"[:100],
        purpose=what,
        data={"model": row._meta.label_lower, "pk": row.pk},
    )
