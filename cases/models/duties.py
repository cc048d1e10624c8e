from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models.case import Case
from cases.querysets import OfCaseQuerySet
from cases.vocabulary import Authority


class CompulsoryReport(models.Model):
    """强制报告: an authority that the law wants told of this case, until somebody has told it.

    Its time runs in real minutes, day and night. It is settled by whoever told the authority, or
    by whoever finds, with a reason, that the law does not ask for it here.
    """

    class Outcome(models.TextChoices):
        REPORTED = "reported", "已报告"
        NOT_NEEDED = "not_needed", "不用报告"

    case = models.ForeignKey(Case, models.CASCADE, related_name="compulsory_reports")
    authority = models.CharField("向谁报告", max_length=10, choices=Authority)
    opened_at = models.DateTimeField("开始时间")
    due_at = models.DateTimeField("最晚")
    chased_at = models.DateTimeField("催过", null=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome, blank=True)
    contact = models.CharField("接报人", max_length=50, blank=True)
    settled_at = models.DateTimeField("报告时间", null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "强制报告"
        constraints = [
            models.UniqueConstraint(fields=["case", "authority"], name="compulsory_report_once"),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at=None, settled_by=None)
                | (~Q(outcome="") & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="compulsory_report_settled_by_somebody",
            ),
        ]
        indexes = [
            # 工作台 and the sweep: what nobody has reported yet.
            models.Index(
                fields=["due_at"], condition=Q(settled_at=None), name="compulsory_report_open"
            ),
        ]

    def __str__(self) -> str:
        return f"compulsory report {self.pk}"
