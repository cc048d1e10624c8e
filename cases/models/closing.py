from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models.case import Case
from cases.querysets import OfCaseQuerySet
from cases.vocabulary import Channel, Closure, Grievance, RatedBy, Satisfaction, Settled


class FollowUp(models.Model):
    """One attempt to ask the citizen (回访), reached or not."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="follow_ups")
    round = models.PositiveSmallIntegerField("第几次办理")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    channel = models.CharField("方式", max_length=10, choices=Channel)
    reached = models.BooleanField("联系上了")
    satisfaction = models.CharField("满意度", max_length=20, choices=Satisfaction, blank=True)
    closure = models.CharField("结案方式", max_length=15, choices=Closure, blank=True)
    redo = models.BooleanField("要求重新办理", default=False)
    text = models.TextField("原话", blank=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "回访"

    def __str__(self) -> str:
        return f"follow-up {self.pk}"


class Rating(models.Model):
    """The citizen's own word on a round, from the page behind the slip: one, and one more later."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="ratings")
    round = models.PositiveSmallIntegerField("第几次办理")
    is_addition = models.BooleanField("追评", default=False)
    settled = models.CharField("解决得怎么样", max_length=10, choices=Settled)
    satisfaction = models.CharField("对工作人员", max_length=20, choices=Satisfaction)
    reasons = ArrayField(
        models.CharField(max_length=15, choices=Grievance),
        verbose_name="哪里不满意",
        default=list,
        blank=True,
    )
    rated_by = models.CharField("怎么评的", max_length=10, choices=RatedBy, default=RatedBy.SCAN)
    text = models.CharField("想说的话", max_length=500, blank=True)
    wants_redo = models.BooleanField("希望重新办理", default=False)
    at = models.DateTimeField("时间")
    # Given on the front end on the internet: its own name there, so that no file counts twice.
    front_id = models.UUIDField(null=True, unique=True, editable=False)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "评价"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round", "is_addition"], name="rating_once_per_round"
            ),
        ]

    def __str__(self) -> str:
        return f"rating {self.pk}"

    @property
    def reasons_said(self) -> str:
        """「拖得久、没人联系」."""
        return "、".join(str(Grievance(reason).label) for reason in self.reasons)
