from __future__ import annotations

from django.db import models

from orgs.models import Center, Department, Window


class Residency(models.Model):
    """How a department is present in a centre: always, by turns, or on call."""

    class Kind(models.TextChoices):
        RESIDENT = "resident", "常驻"
        ROTATING = "rotating", "轮驻"
        ON_CALL = "on_call", "随驻"

    department = models.ForeignKey(Department, models.CASCADE, related_name="residencies")
    center = models.ForeignKey(Center, models.CASCADE, related_name="residencies")
    kind = models.CharField("入驻方式", max_length=10, choices=Kind)
    window = models.ForeignKey(Window, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "入驻"
        constraints = [
            models.UniqueConstraint(
                fields=["department", "center"], name="residency_once_per_center"
            ),
        ]

    def __str__(self) -> str:
        return f"residency {self.pk}"
