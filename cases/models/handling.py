from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models.case import Case
from cases.querysets import AssignmentQuerySet
from cases.vocabulary import Complexity, Result
from orgs.models import Department
from zongzhi.lib.models import ReadInBulk


class Assignment(ReadInBulk):
    """One unit's part in one round of a case, with its own clocks from its own dispatch."""

    class Role(models.TextChoices):
        LEAD = "lead", "主办"
        ASSISTING = "assisting", "协办"

    class Ending(models.TextChoices):
        APPROVED = "approved", "审核通过"
        RECALLED = "recalled", "撤回派出"
        RULED = "ruled", "裁定改派"
        REASSIGNED = "reassigned", "改派"
        MOVED = "moved", "提级或下派"
        CASE_ENDED = "case_ended", "事项终止"

    case = models.ForeignKey(Case, models.CASCADE, related_name="assignments")
    # The case's own: a unit's list finds its newest by an index that names the unit.
    case_registered_at = models.DateTimeField("事项登记时间")
    round = models.PositiveSmallIntegerField("第几次办理")
    unit = models.ForeignKey(Department, models.PROTECT, related_name="assignments", db_index=False)
    role = models.CharField("主办或协办", max_length=10, choices=Role)
    complexity = models.CharField("复杂程度", max_length=10, choices=Complexity, blank=True)

    dispatched_at = models.DateTimeField("派出")
    dispatched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    claim_due_at = models.DateTimeField("签收到期")
    claim_near_at = models.DateTimeField()
    claimed_at = models.DateTimeField("签收", null=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )

    # The handling clock: `clock_days` working days from `clock_from`, plus what was granted.
    clock_from = models.DateTimeField("办理起算")
    clock_days = models.PositiveSmallIntegerField("办理天数")
    clock_unit = models.CharField("单位", max_length=10, default="working")
    extended_days = models.PositiveSmallIntegerField("延期天数", default=0)
    paused_days = models.PositiveSmallIntegerField("暂停天数", default=0)
    handling_due_at = models.DateTimeField("办理到期")
    handling_near_at = models.DateTimeField()
    paused_at = models.DateTimeField("暂停", null=True)
    paused_until = models.DateField("暂停到", null=True)

    returned_at = models.DateTimeField("退回", null=True)
    reported_at = models.DateTimeField("反馈", null=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    result = models.CharField("结果", max_length=10, choices=Result, blank=True)
    how = models.TextField("怎么解决的", blank=True)
    ended_at = models.DateTimeField("结束", null=True)
    ending = models.CharField("怎么结束的", max_length=15, choices=Ending, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "派出"
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(role="lead", ended_at=None),
                name="assignment_one_open_lead_per_case",
            ),
            models.UniqueConstraint(
                fields=["case", "unit"],
                condition=Q(ended_at=None),
                name="assignment_unit_takes_part_once",
            ),
        ]
        indexes = [
            # Who sees a case: every case a unit ever had a part in.
            models.Index(fields=["unit", "case"], name="assignment_case_of_unit"),
            models.Index(
                fields=["unit", "-case_registered_at", "-case"], name="assignment_newest_of_unit"
            ),
            # What a period is counted by. All three are written once: a claim changes none of them.
            models.Index(
                fields=["dispatched_at"], condition=Q(role="lead"), name="assignment_dispatched"
            ),
            models.Index(
                fields=["claim_due_at"], condition=Q(role="lead"), name="assignment_claim_due"
            ),
            models.Index(
                fields=["ended_at"],
                condition=Q(role="lead", ended_at__isnull=False),
                name="assignment_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk}"

    @property
    def is_lead(self) -> bool:
        return self.role == _LEAD


_LEAD = Assignment.Role.LEAD  # looked up once: lists ask of every part, again and again
