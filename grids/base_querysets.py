"""Who sees what stands in a grid: whoever sees the grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models

from orgs.models import User

if TYPE_CHECKING:
    from grids.models import Grid, Resident, Site  # noqa: F401


def _grids_of(user: User) -> models.QuerySet[Grid]:
    grids: models.QuerySet[Grid] = apps.get_model("grids", "Grid").objects.visible_to(user)
    return grids.order_by()


class ResidentQuerySet(models.QuerySet["Resident"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(grid__in=_grids_of(user))

    def numbered(self, key: str) -> Self:
        """Those who bear the number with this keyed hash; an empty one is nobody's."""
        return self.filter(id_number_key=key).exclude(id_number_key="")


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(grid__in=_grids_of(user))
