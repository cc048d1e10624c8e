from __future__ import annotations

from django.db import models

from orgs.models import Center, Department


class Learned(models.Model):
    """What one centre's own dispatches have taught (这类词以前多派), built anew every night."""

    center = models.OneToOneField(Center, models.CASCADE, related_name="learned")
    version = models.PositiveIntegerField("第几次")
    at = models.DateTimeField("学到")
    cases = models.PositiveIntegerField("件数")
    units = models.JSONField("各单位件数", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "从以前学到的"

    def __str__(self) -> str:
        return f"learned by {self.center_id}"


class LearnedWord(models.Model):
    """In how many of a unit's cases a mark stood: two characters, a type, or a town."""

    learned = models.ForeignKey(Learned, models.CASCADE, related_name="words")
    mark = models.CharField(max_length=20)
    unit = models.ForeignKey(Department, models.CASCADE, related_name="+", db_index=False)
    cases = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "学到的词"
        constraints = [
            models.UniqueConstraint(
                fields=["learned", "mark", "unit"], name="learned_word_once_per_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"learned word {self.pk}"
