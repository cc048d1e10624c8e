from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.models.case import Case
from cases.querysets import OfCaseQuerySet
from orgs.models import Center, Department
from orgs.models.places import Level


class Attempt(models.Model):
    """One time that a level tried to settle the matter: 村劝调, 镇联调, 县终调.

    Numbered by case, round and level under the lock of the case; a mediation session writes the
    same rows (`cases.services.attempts.record_attempt`).
    """

    class Outcome(models.TextChoices):
        FAILED = "failed", "没谈成"
        SETTLED = "settled", "谈成"
        ABSENT = "absent", "一方没来"
        PUT_OFF = "put_off", "改期"

    case = models.ForeignKey(Case, models.CASCADE, related_name="attempts")
    round = models.PositiveSmallIntegerField("第几次办理")
    center = models.ForeignKey(Center, models.PROTECT, related_name="+", verbose_name="中心")
    level = models.CharField("层级", max_length=10, choices=Level)
    n = models.PositiveSmallIntegerField("第几次")
    at = models.DateTimeField("什么时候谈的")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    text = models.TextField("情况")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "劝调、联调、终调"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round", "level", "n"], name="attempt_has_its_number"
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"

    @property
    def counts(self) -> bool:
        """Whether it used up one of the level's attempts; one put off has not taken place."""
        return self.outcome != self.Outcome.PUT_OFF
