from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.models.case import Case
from cases.querysets import OfCaseQuerySet
from cases.vocabulary import Stage
from orgs.models import Department


class CaseEvent(models.Model):
    """What happened to a case, who did it, for whom. Added to, never changed.

    The database refuses UPDATE, DELETE and TRUNCATE. Each row carries an HMAC over itself and
    the row before it, with a key the database does not have. Rows hold ids and keyed hashes;
    what people wrote lives in `CaseText`, which the law may require to be erased.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField("第几条")
    verb = models.CharField("办了什么", max_length=20)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="谁",
        db_index=False,
    )
    unit = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False
    )
    from_stage = models.CharField(max_length=15, choices=Stage, blank=True)
    to_stage = models.CharField(max_length=15, choices=Stage)
    round = models.PositiveSmallIntegerField(default=1)
    is_public = models.BooleanField("可告知来访人", default=False)
    data = models.JSONField(default=dict)
    text_digest = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["case_id", "seq"]
        verbose_name = verbose_name_plural = "经过"
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="event_has_its_place"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.verb}"


class CaseText(models.Model):
    """The words that go with an event. Erasable; the event keeps their keyed hash."""

    event = models.OneToOneField(CaseEvent, models.PROTECT, related_name="words")
    text = models.TextField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "经过的文字"

    def __str__(self) -> str:
        return f"text {self.pk}"
