from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from cases.querysets import OfCaseQuerySet
from orgs.models import Department


class Instruction(models.Model):
    """批示: what a leader wants done about a case; answered by the unit or by the centre.

    It stays on the list of 领导批示 until a leader has taken note of the answer.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="instructions")
    # None: the centre's own desk is to see to it.
    unit = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    text = models.TextField("批示")
    at = models.DateTimeField("批示时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer_days = models.PositiveSmallIntegerField("几个工作日内回复")
    answer_due_at = models.DateTimeField("回复期限")
    answer = models.TextField("回复", blank=True)
    answered_at = models.DateTimeField("回复时间", null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    noted_at = models.DateTimeField("已阅", null=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "领导批示"
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="instruction_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(noted_at=None, noted_by=None) | Q(noted_at__isnull=False),
                name="instruction_noted_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"instruction {self.pk}"

    @property
    def whose(self) -> str:
        """Who is to answer."""
        return self.unit.name if self.unit else self.case.center.name
