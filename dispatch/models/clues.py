from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cases.models import Case
from dispatch.querysets import ClueQuerySet, ClueTargetQuerySet
from orgs.models import Center, Department


class Clue(models.Model):
    """移送线索: something others must know, sent to several at once. The case goes on.

    移送 (the act `transfer`) hands the matter itself away and ends it; this does not.
    """

    class Kind(models.TextChoices):
        OFFENCE = "offence", "违法线索"
        CRIME = "crime", "犯罪线索"
        TRADE = "trade", "行业乱象"
        OTHER = "other", "其他"

    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="clues")
    center = models.ForeignKey(Center, models.PROTECT, related_name="clues")
    number = models.CharField("移送编号", max_length=40, unique=True)
    kind = models.CharField("哪种线索", max_length=10, choices=Kind)
    text = models.TextField("线索内容")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("移送时间")

    objects = ClueQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "移送线索"

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("dispatch:clue", args=[self.pk])


class ClueTarget(models.Model):
    """One receiver of a clue: signs for it, and may say what came of it."""

    clue = models.ForeignKey(Clue, models.CASCADE, related_name="targets")
    unit = models.ForeignKey(Department, models.PROTECT, related_name="clue_receipts")
    due_at = models.DateTimeField("最晚签收")
    received_at = models.DateTimeField("签收时间", null=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    outcome = models.TextField("处理情况", blank=True)
    finished_at = models.DateTimeField("反馈时间", null=True)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    raised_at = models.DateTimeField("没签收，已提醒", null=True)

    objects = ClueTargetQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "线索回执"
        constraints = [
            models.UniqueConstraint(fields=["clue", "unit"], name="clue_target_once"),
            models.CheckConstraint(
                condition=Q(finished_at=None) | (Q(received_at__isnull=False) & ~Q(outcome="")),
                name="clue_is_signed_for_before_it_is_answered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(received_at=None, raised_at=None),
                name="clue_target_to_raise",
            ),
        ]

    def __str__(self) -> str:
        return f"receipt {self.pk}"
