"""Telling those who follow up what was agreed."""

from __future__ import annotations

from mediation.models import Mediation
from orgs.models.notices import Topic
from orgs.models.people import Holders
from orgs.permissions import Permission
from orgs.services import notify


def tell_who_follows(
    mediation: Mediation, *, text: str, url: str, topic: Topic = Topic.GENERAL
) -> None:
    """A line for the staff of the unit that has the case; for the desk where no unit has it.

    The text names no party: a notice may be read over a shoulder.
    """
    unit = mediation.case.unit or mediation.unit
    if unit is None or unit.runs_id is not None:
        center = unit.runs if unit is not None and unit.runs else mediation.case.center
        people = Holders(Permission.TRIAGE, center=center)
    else:
        people = Holders(Permission.HANDLE, department=unit)
    notify(people, text=text, url=url, topic=topic)
