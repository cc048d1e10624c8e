from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from cases.querysets import OfCaseQuerySet
from cases.vocabulary import Clock
from orgs.models import Center, Department


class Supervision(models.Model):
    """督办单: numbered, answered by a day, lifted by the centre against a promised date.

    The sweep issues one per case, round, unit and due time: it may come as often as it likes.
    """

    class Ending(models.TextChoices):
        LIFTED = "lifted", "解除"
        APPROVED = "approved", "已反馈并通过审核"
        REASSIGNED = "reassigned", "已改派"
        MOVED = "moved", "已提级或下派"
        CASE_ENDED = "case_ended", "事项已终止"

    number = models.CharField("督办单号", max_length=40, unique=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="supervisions")
    round = models.PositiveSmallIntegerField("第几次办理")
    unit = models.ForeignKey(Department, models.PROTECT, related_name="supervisions")
    # Of one issued by hand, where no time need have passed: when the answer is due.
    due_at = models.DateTimeField("超过的时限")
    reason = models.CharField("督办事由", max_length=300)
    opened_at = models.DateTimeField("发出时间")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answer_due_at = models.DateTimeField("答复期限")
    # What `answer_due_at` is worked out from, so that a calendar correction can move it.
    answer_days = models.PositiveSmallIntegerField("几个工作日内答复", null=True)
    answer = models.TextField("答复", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    promised_on = models.DateField("答应办结的日子", null=True)
    talk_proposed_at = models.DateTimeField("建议约谈", null=True)
    closed_at = models.DateTimeField("结束时间", null=True)
    ending = models.CharField("怎么结束的", max_length=15, choices=Ending, blank=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "督办单"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round", "unit", "due_at"],
                condition=Q(opened_by=None),
                name="supervision_once_per_due_time",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(closed_at=None), name="supervision_one_open_per_case"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def by_hand(self) -> bool:
        """Somebody saw fit to issue it; the others come from the sweep."""
        return self.opened_by_id is not None


class Mark(models.Model):
    """督办牌: yellow when a unit's clock has run out, red when it goes on. A unit's, nobody's else.

    It counts for no points. The supervisor takes it back with a reason where the unit was not to
    blame; the row stays, so that the sweep does not give it again.
    """

    class Color(models.TextChoices):
        YELLOW = "yellow", "黄牌"
        RED = "red", "红牌"

    case = models.ForeignKey(Case, models.CASCADE, related_name="marks")
    round = models.PositiveSmallIntegerField("第几次办理")
    unit = models.ForeignKey(Department, models.PROTECT, related_name="marks")
    color = models.CharField("牌色", max_length=6, choices=Color)
    due_at = models.DateTimeField("超过的时限")
    reason = models.CharField("为什么", max_length=200)
    days = models.PositiveSmallIntegerField("按几个工作日的规则")
    at = models.DateTimeField("记牌时间")
    red_from = models.DateTimeField("不办就记红牌的时间", null=True)
    revoked_at = models.DateTimeField("取消时间", null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    revoked_for = models.CharField("为什么取消", max_length=200, blank=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "督办牌"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round", "unit", "due_at", "color"], name="mark_once_per_due_time"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None, revoked_for="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_for="")),
                name="mark_revoked_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(color="red", red_from=None) | Q(color="yellow", red_from__isnull=False),
                name="mark_yellow_knows_when_it_turns_red",
            ),
        ]
        indexes = [
            # The sweep: yellow marks that may turn red.
            models.Index(
                fields=["red_from"],
                condition=Q(color="yellow", revoked_at=None),
                name="mark_yellow_standing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.color} mark {self.pk}"


class Chase(models.Model):
    """提醒 by hand: a supervisor reminds a unit of its cases, at most once a day."""

    center = models.ForeignKey(Center, models.PROTECT, related_name="chases")
    unit = models.ForeignKey(Department, models.PROTECT, related_name="chases")
    day = models.DateField("哪一天")
    at = models.DateTimeField("提醒时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cases = models.ManyToManyField(Case, related_name="chases")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "催办提醒"
        constraints = [
            models.UniqueConstraint(fields=["center", "unit", "day"], name="chase_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"chase {self.pk}"


class Reminder(models.Model):
    """That a step of the ladder has been taken for a clock: a row is why it happens only once."""

    class Step(models.TextChoices):
        NEAR = "near", "临期提醒"
        DUE = "due", "到期提醒"
        OVERDUE = "overdue", "超期"

    case = models.ForeignKey(Case, models.CASCADE, related_name="reminders")
    clock = models.CharField("时限", max_length=15, choices=Clock)
    step = models.CharField("第几步", max_length=10, choices=Step)
    due_at = models.DateTimeField("到期时间")
    at = models.DateTimeField("提醒时间")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "提醒"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "clock", "step", "due_at"], name="reminder_once_per_step"
            ),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"
