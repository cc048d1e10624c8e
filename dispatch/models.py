from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from cases.models import Assignment, Case, DisputeType
from cases.querysets import OfCaseQuerySet
from cases.vocabulary import Clock
from orgs.models import Center, Department, Window

RULE_CODE = RegexValidator(r"^R-\d{2,4}$", "编号写成 R-07 这样")


class Residency(models.Model):
    """How a department is present in a centre: always, by turns, or on call."""

    class Kind(models.TextChoices):
        RESIDENT = "resident", "常驻"
        ROTATING = "rotating", "轮驻"
        ON_CALL = "on_call", "随驻"

    department = models.ForeignKey(Department, models.CASCADE, related_name="residencies")
    center = models.ForeignKey(Center, models.CASCADE, related_name="residencies")
    kind = models.CharField("入驻方式", max_length=10, choices=Kind)
    window = models.ForeignKey(Window, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "入驻"
        constraints = [
            models.UniqueConstraint(
                fields=["department", "center"], name="residency_once_per_center"
            ),
        ]

    def __str__(self) -> str:
        return f"residency {self.pk}"


class RoutingRule(models.Model):
    """分流规则: words in the text, or a type, lead to a unit. It suggests and says why.

    With a type and words both must fit; a rule without a type goes by its words alone.
    """

    code = models.CharField("编号", max_length=10, unique=True, validators=[RULE_CODE])
    words = ArrayField(
        models.CharField(max_length=20),
        verbose_name="词",
        default=list,
        blank=True,
        help_text="“事情和要求”里出现其中一个就算；用逗号隔开",
    )
    type = models.ForeignKey(
        DisputeType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="类型"
    )
    unit = models.ForeignKey(
        Department, models.PROTECT, related_name="routing_rules", verbose_name="建议单位"
    )
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = verbose_name_plural = "分流规则"
        constraints = [
            models.CheckConstraint(
                condition=~Q(words=[]) | Q(type__isnull=False),
                name="routing_rule_goes_by_something",
                violation_error_message="词和类型至少填一个",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Return(models.Model):
    """退回: the unit says the matter is not its own; the centre rules, once and for good."""

    class Reason(models.TextChoices):
        NOT_OURS = "not_ours", "不属于本单位职责"
        ELSEWHERE = "elsewhere", "属地不符"
        ALREADY_OPEN = "already_open", "已在本单位另案办理"
        UNCLEAR = "unclear", "事实不清需补正"

    class Ruling(models.TextChoices):
        UPHOLD = "uphold", "维持原派"
        REASSIGN = "reassign", "改派"
        JOINT = "joint", "上会商"

    case = models.ForeignKey(Case, models.CASCADE, related_name="returns")
    assignment = models.OneToOneField(Assignment, models.CASCADE, related_name="return_row")
    reason = models.CharField("原因", max_length=15, choices=Reason)
    suggested = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", verbose_name="应由谁办"
    )
    basis = models.TextField("依据")
    at = models.DateTimeField("退回时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ruling = models.CharField("裁定", max_length=10, choices=Ruling, blank=True)
    ruling_text = models.TextField("裁定理由", blank=True)
    ruled_at = models.DateTimeField("裁定时间", null=True)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "退回"

    def __str__(self) -> str:
        return f"return {self.pk}"


class Request(models.Model):
    """Something asked for that somebody else decides: 延期, 暂停计时, 改派, 提级."""

    class Kind(models.TextChoices):
        EXTENSION = "extension", "延期"
        PAUSE = "pause", "暂停计时"
        REASSIGNMENT = "reassignment", "改派"
        ESCALATION = "escalation", "提级"

    case = models.ForeignKey(Case, models.CASCADE, related_name="requests")
    assignment = models.ForeignKey(Assignment, models.CASCADE, null=True, related_name="requests")
    kind = models.CharField("申请", max_length=15, choices=Kind)
    round = models.PositiveSmallIntegerField("第几次办理", default=1)
    text = models.TextField("理由")
    days = models.PositiveSmallIntegerField("申请天数", null=True)
    until = models.DateField("暂停到", null=True)
    suggested = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("申请时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted = models.BooleanField("同意", default=False)
    granted_days = models.PositiveSmallIntegerField("同意天数", null=True)
    decision_text = models.TextField("批复", blank=True)
    decided_at = models.DateTimeField("批复时间", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "申请"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(decided_at=None),
                name="request_one_pending_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"


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
