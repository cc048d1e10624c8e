from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cases.models import Case
from dispatch.querysets import WhistleQuerySet
from orgs.models import Center, Department


class Whistle(models.Model):
    """吹哨: the centre calls a unit to come; 应哨, 到场, 评哨.

    A unit without a part in the case sees the card, not the case: where to come, whom to call, the
    kind of matter, and what the centre has written to it. Neither the narrative nor the people.
    """

    class When(models.TextChoices):
        NOW = "now", "马上"
        TODAY = "today", "今天"
        APPOINTED = "appointed", "约时间"

    class Answer(models.TextChoices):
        COMING = "coming", "马上到"
        LATER = "later", "改约"
        NO = "no", "来不了"

    class Speed(models.TextChoices):
        FAST = "fast", "快"
        FAIR = "fair", "一般"
        SLOW = "slow", "慢"

    class Quality(models.TextChoices):
        GOOD = "good", "好"
        FAIR = "fair", "一般"
        POOR = "poor", "差"

    case = models.ForeignKey(Case, models.CASCADE, related_name="whistles")
    center = models.ForeignKey(
        Center, models.PROTECT, related_name="+", verbose_name="哪个中心吹的"
    )
    unit = models.ForeignKey(Department, models.PROTECT, related_name="whistles")
    when = models.CharField("什么时候来", max_length=10, choices=When)
    meet_at = models.DateTimeField("约的时间", null=True)
    place = models.CharField("到哪里", max_length=50)
    text = models.CharField("来做什么", max_length=200)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("吹哨时间")
    answer_due_at = models.DateTimeField("最晚应哨")
    answered_at = models.DateTimeField("应哨时间", null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answer = models.CharField("怎么应的", max_length=10, choices=Answer, blank=True)
    answer_text = models.CharField("应哨说明", max_length=200, blank=True)
    arrived_at = models.DateTimeField("到场时间", null=True)
    arrived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    speed = models.CharField("响应快慢", max_length=10, choices=Speed, blank=True)
    quality = models.CharField("办理质量", max_length=10, choices=Quality, blank=True)
    rating_text = models.CharField("评一句", max_length=200, blank=True)
    rated_at = models.DateTimeField("评哨时间", null=True)
    rated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    raised_at = models.DateTimeField("没人应，已报负责人", null=True)
    cancelled_at = models.DateTimeField("撤哨时间", null=True)

    objects = WhistleQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "吹哨"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "unit"],
                condition=Q(cancelled_at=None, arrived_at=None) & ~Q(answer="no"),
                name="whistle_one_open_per_case_and_unit",
            ),
            models.CheckConstraint(
                condition=~Q(when="appointed") | Q(meet_at__isnull=False),
                name="whistle_by_appointment_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="")
                | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="whistle_answered_says_how",
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_due_at"],
                condition=Q(answered_at=None, cancelled_at=None, raised_at=None),
                name="whistle_to_raise",
            ),
            models.Index(fields=["unit", "-id"], name="whistle_of_unit"),
        ]

    def __str__(self) -> str:
        return f"whistle {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("dispatch:whistle", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Somebody is still to come."""
        over = self.cancelled_at or self.arrived_at or self.answer == self.Answer.NO
        return not over

    @property
    def is_unanswered(self) -> bool:
        return self.answered_at is None and self.cancelled_at is None

    @property
    def may_be_rated(self) -> bool:
        came_or_refused = self.arrived_at is not None or self.answer == self.Answer.NO
        return came_or_refused and self.rated_at is None and self.cancelled_at is None

    def is_late(self, now: datetime) -> bool:
        """Nobody has answered in time."""
        return self.is_unanswered and now > self.answer_due_at
