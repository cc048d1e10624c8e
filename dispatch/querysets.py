"""Who sees what is asked of a unit that need not see the case: the centre that asks, and the unit.

A whistle, a task of a session, a clue: each carries itself what the unit must know. The case stays
hidden from a unit that has no part in it (`cases.querysets.visible_cases`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.querysets import NOTHING, in_reach, visible_cases
from dispatch.units import own_units
from orgs.models import User
from orgs.permissions import Permission

if TYPE_CHECKING:
    from dispatch.models import Clue, ClueTarget, JointSession, JointTask, Whistle  # noqa: F401


def of_own_centers(user: User, column: str) -> Q:
    """The column names a centre this person looks over."""
    return in_reach(user, column) if user.can(Permission.VIEW_CENTER) else NOTHING


class WhistleQuerySet(models.QuerySet["Whistle"]):
    def visible_to(self, user: User) -> Self:
        """The unit that is called, and who sees the case."""
        return self.filter(Q(unit__in=own_units(user)) | visible_cases(user, prefix="case__"))

    def live(self) -> Self:
        """Not called off: something may still come of it."""
        return self.filter(cancelled_at=None)

    def unanswered(self) -> Self:
        return self.live().filter(answered_at=None)

    def awaited(self) -> Self:
        """Answered that somebody comes, and nobody has come yet."""
        return self.live().filter(answered_at__isnull=False, arrived_at=None).exclude(answer="no")

    def to_rate(self) -> Self:
        """Come or refused, and not yet rated; after the end of the case nobody rates any more."""
        over = Q(arrived_at__isnull=False) | Q(answer="no")
        return self.live().filter(over, rated_at=None).exclude(case__stage="closed")


class SessionQuerySet(models.QuerySet["JointSession"]):
    def visible_to(self, user: User) -> Self:
        """The centre that holds it, and the units that are asked to come."""
        from_units = apps.get_model("dispatch", "SessionUnit").objects.filter(
            session=OuterRef("pk"), unit__in=own_units(user)
        )
        return self.filter(Exists(from_units) | of_own_centers(user, "center"))

    def planned(self) -> Self:
        return self.filter(held_at=None, cancelled_at=None)


class TaskQuerySet(models.QuerySet["JointTask"]):
    def visible_to(self, user: User) -> Self:
        """The unit that has the task, and the centre that gave it."""
        return self.filter(Q(unit__in=own_units(user)) | of_own_centers(user, "session__center"))

    def open(self) -> Self:
        return self.filter(done_at=None, dropped_at=None)


class ClueQuerySet(models.QuerySet["Clue"]):
    def visible_to(self, user: User) -> Self:
        """The centre that sent it, and the units it was sent to."""
        targets = apps.get_model("dispatch", "ClueTarget").objects.filter(
            clue=OuterRef("pk"), unit__in=own_units(user)
        )
        return self.filter(Exists(targets) | of_own_centers(user, "center"))


class ClueTargetQuerySet(models.QuerySet["ClueTarget"]):
    def visible_to(self, user: User) -> Self:
        """The unit itself sees its own receipt; the centre that sent the clue sees all of them."""
        return self.filter(Q(unit__in=own_units(user)) | of_own_centers(user, "clue__center"))

    def unsigned(self) -> Self:
        return self.filter(received_at=None)
