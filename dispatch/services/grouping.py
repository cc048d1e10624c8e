"""专班: written down by the system administrator; every change is in the access log."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from cases.models import DisputeType
from dispatch.models import TaskGroup
from orgs.models import AccessLog, Center, Department, User
from orgs.services import log_access
from zongzhi.lib.errors import Invalid


@transaction.atomic
def save_group(
    *,
    group_id: int | None,
    center: Center,
    by: User,
    name: str,
    types: Sequence[DisputeType],
    lead: Department,
    members: Sequence[Department],
    contact: str,
    phone: str,
    is_active: bool,
) -> TaskGroup:
    """Make a 专班, or change the one with that id. Raises Invalid for a name that is taken."""
    group = TaskGroup.objects.get(pk=group_id) if group_id else TaskGroup(center=center)
    group.name, group.lead, group.contact, group.phone = name, lead, contact, phone
    group.is_active = is_active
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError as error:
        raise Invalid(errors={"name": [f"已经有叫“{name}”的专班"]}) from error
    group.types.set(types)
    group.members.set(members)
    log_access(
        AccessLog.Action.REFERENCE,
        user=by,
        address=None,
        subject=f"专班 {name}",
        data={"lead": lead.code, "members": [unit.code for unit in members]},
    )
    return group
