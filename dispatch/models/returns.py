from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.models import Assignment, Case
from cases.querysets import OfCaseQuerySet
from orgs.models import Department


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
