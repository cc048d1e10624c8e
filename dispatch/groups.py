"""Which 专班 sees to a matter."""

from __future__ import annotations

from cases.models import Case
from dispatch.models import TaskGroup
from orgs.models import Department


def group_for(case: Case) -> TaskGroup | None:
    """The active group of this centre, or of the one above, that sees to the case's type."""
    centers = [case.center_id, case.center.parent_id]
    rows = TaskGroup.objects.filter(is_active=True, types=case.type_id, center__in=centers)
    found = sorted(
        rows.select_related("lead").prefetch_related("members"),
        key=lambda group: (group.center_id != case.center_id, group.pk),
    )
    return found[0] if found else None


def units_of_group(group: TaskGroup) -> list[Department]:
    """The lead first, each once."""
    return [group.lead, *(unit for unit in group.members.all() if unit != group.lead)]
