"""培训: who, when, how long. Hours of a person are summed on their own page and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction

from grids.models import Training
from orgs.models import AccessLog, Center, User
from orgs.permissions import Permission
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed


def record_training(
    *,
    center: Center,
    on: date,
    subject: str,
    organiser: str,
    hours: Decimal,
    people: Iterable[User],
    by: User,
    address: str | None,
) -> Training:
    if not by.can_at(Permission.GRIDS, center.pk):
        raise NotAllowed("培训由管网格的岗位记")
    if on > clock.today():
        raise Invalid(errors={"on": ["还没到这一天，办过了再记"]})
    came = list(people)
    if not came:
        raise Invalid(errors={"people": ["还没选谁参加"]})
    with transaction.atomic():
        row = Training.objects.create(
            center=center, on=on, subject=subject, organiser=organiser, hours=hours
        )
        row.people.set(came)
        _log(by, address, f"网格员培训 {row.pk} 记下 {len(came)} 人")
    return row


def remove_training(*, training: Training, by: User, address: str | None) -> None:
    """One that was written down by mistake."""
    if not by.can_at(Permission.GRIDS, training.center_id):
        raise NotAllowed("培训由管网格的岗位记")
    with transaction.atomic():
        pk = training.pk
        training.delete()
        _log(by, address, f"网格员培训 {pk} 删掉")


def _log(by: User, address: str | None, subject: str) -> None:
    log_access(AccessLog.Action.REFERENCE, user=by, address=address, subject=subject)
