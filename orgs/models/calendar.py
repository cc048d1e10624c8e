from __future__ import annotations

from django.db import models

from orgs.models.places import Center


class CalendarDay(models.Model):
    """A day that differs from the week: a holiday, a 调休 working weekend, a local exception.

    Days without a row are Monday to Friday. A national row has no centre; a centre's own row
    overrides it there. `confirmed` is False until the State Council's notice for the year is in.
    """

    day = models.DateField("日期")
    center = models.ForeignKey(
        Center, models.CASCADE, null=True, blank=True, related_name="calendar_days"
    )
    is_workday = models.BooleanField("上班")
    name = models.CharField("名称", max_length=20)
    confirmed = models.BooleanField("已按国务院通知核对", default=False)

    class Meta:
        ordering = ["day"]
        verbose_name = verbose_name_plural = "工作日历"
        constraints = [
            models.UniqueConstraint(
                fields=["day", "center"], name="calendar_day_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


# The subject that every change of a place, post, role or dispute type moves on: by triggers.
REFERENCE = "reference"


class Revision(models.Model):
    """Counts the changes of a table that every act reads, so that processes may keep a copy."""

    subject = models.CharField(max_length=30, unique=True)
    number = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.subject} {self.number}"
