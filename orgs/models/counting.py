from __future__ import annotations

from django.db import models


class Counter(models.Model):
    """The last number given out in a series, such as the cases of one county on one day."""

    series = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series} {self.last}"
