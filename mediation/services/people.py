"""The register: mediators, what hangs from them, and bodies. Every change is in the access log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from cases.models import Case
from mediation.meetings import of_mediator
from mediation.models import Body, Mediation, Mediator, Session
from mediation.policies import is_own, manages
from mediation.services.proceedings import let_in_whoever_mediates
from orgs.booking import Resource, Taken, hand_over
from orgs.models import AccessLog, Center, User
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.crypto import blind_index
from zongzhi.lib.errors import Invalid, NotAllowed, WrongState

_LISTS = ("specialities", "areas")
_KEPT = ("phone", "id_number")  # nothing typed: what is there stays
OWN_ROWS = ("hours", "absences")


def save_mediator(
    *, mediator: Mediator | None, center: Center, by: User, address: str | None, **given: Any
) -> Mediator:
    """Add somebody to the register or change what it says. Raises Invalid for the same person."""
    _needs_manager(by, center.pk)
    row = mediator or Mediator(center=center)
    was = (row.user_id, of_mediator(row)) if mediator else None
    lists = {name: given.pop(name) for name in _LISTS if name in given}
    _fill(row, given)
    with _in_words(), transaction.atomic():
        row.save()
        for name, rows in lists.items():
            getattr(row, name).set(rows)
        if was is not None:
            _follow(row, *was)
        log(by, address, row, "改" if mediator else "加")
    return row


def _fill(row: Mediator, given: dict[str, Any]) -> None:
    for name, value in given.items():
        if value or name not in _KEPT:
            setattr(row, name, value)
    if given.get("id_number"):
        row.id_number_key = blind_index(row.id_number, "party.id_number")


@contextmanager
def _in_words() -> Iterator[None]:
    """What stands against it, beside the field it is about."""
    try:
        yield
    except Taken as clash:
        raise Invalid(errors={"user": [f"{clash.message}，先把那一次改期"]}) from clash
    except IntegrityError as error:
        if "user_id" in str(error):
            raise Invalid(errors={"user": ["这个账号已经是另一位调解员的"]}) from error
        raise Invalid(errors={"id_number": ["本中心已经有这个身份证号的调解员"]}) from error


def _follow(row: Mediator, account: int | None, booked: Resource) -> None:
    """What the mediator holds is booked under the new key; the new account is let into their cases
    and the former one out of them."""
    if of_mediator(row).key != booked.key:
        owners = [session.booking for session in planned_of(row)]
        hand_over(owners, booked, of_mediator(row))
    if row.user_id != account:
        _let_in(row)


def _let_in(row: Mediator) -> None:
    sessions = planned_of(row)
    seated = Q(mediations__host=row) | Q(mediations__helpers=row)
    cases = Case.objects.filter(seated | Q(mediations__sessions__in=sessions))
    for case in cases.distinct():
        let_in_whoever_mediates(case, clock.now())


def planned_of(row: Mediator) -> QuerySet[Session]:
    """What they are to host or to help with, or have not written down."""
    helping = Session.helpers.through.objects.filter(mediator=row).values("session")
    return Session.objects.planned().filter(Q(host=row) | Q(pk__in=helping))


@transaction.atomic
def leave_register(*, mediator: Mediator, by: User, address: str | None, why: str) -> None:
    """不在册: not offered any more; what they have mediated stays, and is theirs to see no longer.

    Raises WrongState while they mediate.
    """
    _needs_manager(by, mediator.center_id)
    _refuse_at_work(mediator)
    mediator.is_active, mediator.left_why = False, why
    mediator.save(update_fields=["is_active", "left_why"])
    _let_in(mediator)
    log(by, address, mediator, "移出名册")


def _refuse_at_work(mediator: Mediator) -> None:
    seated = Mediation.objects.filter(Q(host=mediator) | Q(helpers=mediator), ended_on=None)
    count = seated.distinct().count()
    if count:
        raise WrongState(
            f"{mediator.name}还在调解 {count} 件，先在“中心安排调解员”里换人，再移出名册"
        )
    if count := planned_of(mediator).count():
        raise WrongState(
            f"{mediator.name}还有 {count} 次调解没开或没记录，先取消或记下，再移出名册"
        )


@transaction.atomic
def return_to_register(*, mediator: Mediator, by: User, address: str | None) -> None:
    _needs_manager(by, mediator.center_id)
    mediator.is_active, mediator.left_why = True, ""
    mediator.save(update_fields=["is_active", "left_why"])
    _let_in(mediator)
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
