"""The register: mediators, what hangs from them, and bodies. Every change is in the access log."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from mediation.models import Body, Mediator
from mediation.policies import is_own, manages
from orgs.models import AccessLog, Center, User
from orgs.services import log_access
from zongzhi.lib.crypto import blind_index
from zongzhi.lib.errors import Invalid, NotAllowed

_LISTS = ("specialities", "areas")
_KEPT = ("phone", "id_number")  # nothing typed: what is there stays
OWN_ROWS = ("hours", "absences")


def save_mediator(
    *, mediator: Mediator | None, center: Center, by: User, address: str | None, **given: Any
) -> Mediator:
    """Add somebody to the register or change what it says. Raises Invalid for the same person."""
    _needs_manager(by, center.pk)
    row = mediator or Mediator(center=center)
    lists = {name: given.pop(name) for name in _LISTS if name in given}
    for name in _KEPT:
        if not given.get(name):
            given.pop(name, None)
    for name, value in given.items():
        setattr(row, name, value)
    if "id_number" in given:
        row.id_number_key = blind_index(row.id_number, "party.id_number")
    try:
        with transaction.atomic():
            row.save()
            for name, rows in lists.items():
                getattr(row, name).set(rows)
            log(by, address, row, "改" if mediator else "加")
    except IntegrityError as error:
        words = "本中心已经有这个身份证号的调解员"
        if "user_id" in str(error):
            raise Invalid(errors={"user": ["这个账号已经是另一位调解员的"]}) from error
        raise Invalid(errors={"id_number": [words]}) from error
    return row


def leave_register(*, mediator: Mediator, by: User, address: str | None, why: str) -> None:
    """不在册: not offered any more; what they have mediated stays."""
    _needs_manager(by, mediator.center_id)
    mediator.is_active, mediator.left_why = False, why
    mediator.save(update_fields=["is_active", "left_why"])
    log(by, address, mediator, "移出名册")


def return_to_register(*, mediator: Mediator, by: User, address: str | None) -> None:
    _needs_manager(by, mediator.center_id)
    mediator.is_active, mediator.left_why = True, ""
    mediator.save(update_fields=["is_active", "left_why"])
    log(by, address, mediator, "重新在册")


def add_row(
    *, mediator: Mediator, related: str, by: User, address: str | None, **given: Any
) -> None:
    """An honour, a term, a training, weekly hours, days away; the last two also by themselves."""
    needs_leave(by, mediator, related)
    getattr(mediator, related).create(**given)
    log(by, address, mediator, "加" + _NAMES[related])


def remove_row(*, mediator: Mediator, related: str, pk: int, by: User, address: str | None) -> None:
    needs_leave(by, mediator, related)
    if getattr(mediator, related).filter(pk=pk).delete()[0]:
        log(by, address, mediator, "删" + _NAMES[related])


_NAMES = {
    "honours": "荣誉",
    "services": "任期",
    "trainings": "培训",
    "hours": "有空的时间",
    "absences": "没空的日子",
}


def save_body(*, body: Body, by: User, address: str | None, **given: Any) -> None:
    _needs_manager(by, body.department.center_id)
    for name, value in given.items():
        setattr(body, name, value)
    body.save(update_fields=list(given))
    log_access(
        AccessLog.Action.REFERENCE, user=by, address=address, subject=f"调解组织 {body.name}"
    )


def needs_leave(by: User, mediator: Mediator, related: str) -> None:
    if manages(by, mediator.center_id) or (related in OWN_ROWS and is_own(by, mediator)):
        return
    raise NotAllowed("调解员名册由管调解组织的岗位改，这个账号只能看")


def _needs_manager(by: User, center_id: int) -> None:
    if not manages(by, center_id):
        raise NotAllowed("调解员名册由管调解组织的岗位改，这个账号只能看")


def log(by: User, address: str | None, mediator: Mediator, what: str) -> None:
    subject = f"调解员 {mediator.pk} {what}"
    log_access(AccessLog.Action.REFERENCE, user=by, address=address, subject=subject)
