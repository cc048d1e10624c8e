from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Assignment, Case
from cases.querysets import OfCaseQuerySet
from orgs.models import Department
from zongzhi.lib.models import ReadInBulk


class Request(ReadInBulk):
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
    tried = models.TextField("这一级已经做过什么", blank=True)  # 提级: the level's own attempts
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
