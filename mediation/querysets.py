"""Who sees which mediator and which session. The one place of this app where rows are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from cases.querysets import NOTHING, OfCaseQuerySet, in_reach, visible_cases
from orgs.models import User
from orgs.permissions import Permission

# A clause that is to be performed: of an agreement in force that nobody has made void.
OUTSTANDING = models.Q(
    done_on=None, agreement__voided_at=None, agreement__in_force_on__isnull=False
)

if TYPE_CHECKING:
    from mediation.models import Mediator, Session  # noqa: F401


class MediatorQuerySet(models.QuerySet["Mediator"]):
    def visible_to(self, user: User) -> Self:
        """Those of the centres this person works in or looks over."""
        seen = models.Q(center__in={post.center_id for post in user.posts_today})
        if user.can(Permission.VIEW_CENTER):
            seen |= in_reach(user, "center")
        return self.filter(seen or NOTHING)

    def active(self) -> Self:
        return self.filter(is_active=True)


class MeetingQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: User) -> Self:
        """Those of the cases this person sees."""
        return self.filter(visible_cases(user, prefix="mediation__case__"))

    def planned(self) -> Self:
        return self.filter(state="planned")


class ReferralQuerySet(OfCaseQuerySet):
    def open(self) -> Self:
        """Handed over and not yet answered for good; one of a case at most."""
        return self.filter(returned_on=None, declined_on=None)
