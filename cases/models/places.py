from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from cases.models.case import Case
from orgs.models import Center


class CaseCenter(models.Model):
    """A centre that had the case before it moved up or down; it keeps reading."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="former_centers")
    center = models.ForeignKey(Center, models.PROTECT, related_name="+")
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["center", "case"], name="case_center_once"),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} was at {self.center_id}"


class CaseLink(models.Model):
    """That two cases belong together, and how."""

    class Kind(models.TextChoices):
        REVISIT = "revisit", "再次来访"
        MERGED = "merged", "并案"
        GROUP = "group", "群体"
        SEPARATE = "separate", "同一来访人的另一件事"

    kind = models.CharField(max_length=10, choices=Kind)
    source = models.ForeignKey(Case, models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Case, models.CASCADE, related_name="links_in")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "source", "target"], name="case_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class CaseWords(models.Model):
    """What the search box finds a case by: the two-character words of its text and names.

    A table of its own, so that moving a case on does not touch the big index.
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="words")
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="case_words")]

    def __str__(self) -> str:
        return f"words of {self.pk}"
