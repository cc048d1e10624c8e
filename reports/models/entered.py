"""法院收案数: what only somebody else counts, entered by the centre with its source."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from orgs.models import Center, User
from orgs.permissions import Permission


class CourtIntakeQuerySet(models.QuerySet["CourtIntake"]):
    def visible_to(self, user: User) -> Self:
        """Those of the centres whose cases a person sees."""
        reach = {pk for post in user.posts_giving(Permission.VIEW_CENTER) for pk in post.reach}
        return self.filter(center__in=reach)

    def in_force(self) -> Self:
        """The latest word for each month of each centre."""
        latest = CourtIntake.objects.order_by("center_id", "month", "-pk").distinct(
            "center_id", "month"
        )
        return self.filter(pk__in=latest.values("pk"))


class CourtIntake(models.Model):
    """How many civil cases the county's court received in a month, as somebody told the centre.

    Rows are only added: a number entered again takes the place of the one before, which stays.
    """

    center = models.ForeignKey(Center, models.PROTECT, related_name="court_intakes")
    month = models.DateField("月份")  # its first day
    number = models.PositiveIntegerField("法院收案数")
    source = models.CharField("来源", max_length=100)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁录的"
    )
    entered_at = models.DateTimeField("录入时间")

    objects = CourtIntakeQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "-pk"]
        verbose_name = verbose_name_plural = "法院收案数"
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1), name="court_intake_is_of_a_whole_month"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="court_intake_names_its_source"),
        ]
        indexes = [models.Index(fields=["center", "month", "-id"], name="court_intake_latest")]

    def __str__(self) -> str:
        return f"court intake {self.center_id} {self.month:%Y-%m}"
