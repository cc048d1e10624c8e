from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models.case import Case


class Admission(models.Model):
    """A person let into one case by what they do in it, such as mediating; else they see none.

    Read by `cases.querysets.visible_cases` for whoever may mediate.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="admissions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="admissions")
    why = models.CharField("为什么", max_length=60)
    since = models.DateTimeField("从什么时候")
    until = models.DateTimeField("到什么时候", null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "参与人"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"], condition=Q(until=None), name="admitted_once"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "case"], condition=Q(until=None), name="admitted_to"),
        ]

    def __str__(self) -> str:
        return f"admission {self.pk}"
