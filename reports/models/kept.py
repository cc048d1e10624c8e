"""The rows behind the numbers of what was kept, and the endings of cases that did not last.

All of it is only ever added to; the database refuses anything else.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cases.models import Case
from cases.vocabulary import Closure
from reports.models.briefs import Brief
from reports.models.ledgers import Sheet


class KeptRows(models.Model):
    """Which rows one number counted: their ids, or the cells of which it is the sum."""

    cell = models.CharField("哪个数", max_length=80)
    counted = models.CharField("数的是什么", max_length=60)  # the key of the set
    ids = ArrayField(models.BigIntegerField(), default=list)
    parts = ArrayField(models.CharField(max_length=80), default=list)

    class Meta:
        abstract = True


class SheetRows(KeptRows):
    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="kept_rows", db_index=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "报表数的是哪些"
        constraints = [
            models.UniqueConstraint(fields=["sheet", "cell"], name="sheet_rows_once"),
        ]

    def __str__(self) -> str:
        return f"rows {self.pk} of sheet {self.sheet_id}"


class BriefRows(KeptRows):
    brief = models.ForeignKey(Brief, models.CASCADE, related_name="kept_rows", db_index=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "研判数的是哪些"
        constraints = [
            models.UniqueConstraint(fields=["brief", "cell"], name="brief_rows_once"),
        ]

    def __str__(self) -> str:
        return f"rows {self.pk} of brief {self.brief_id}"


class FormerEnding(models.Model):
    """A case had ended and was taken up again: reopened (重新办理), or a merger undone.

    The case itself knows only how it ended last. With this, what was open at any past moment
    and how many had ended by then can be counted at any later one, and comes to the same.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="former_endings")
    closed_at = models.DateTimeField("结案")
    closure = models.CharField("结案方式", max_length=15, choices=Closure)
    reopened_at = models.DateTimeField("重新办理")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "曾经的结案"
        constraints = [
            models.CheckConstraint(
                condition=Q(reopened_at__gte=F("closed_at")), name="former_ending_has_an_order"
            ),
        ]

    def __str__(self) -> str:
        return f"former ending {self.pk}"
