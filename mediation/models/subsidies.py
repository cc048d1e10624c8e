from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models

from mediation.models.mediators import Mediator
from mediation.models.proceedings import Mediation
from orgs.models import Center


class SubsidyGrade(models.Model):
    """以案定补: a grade and what one case of it is worth, from a day on; each county's own."""

    center = models.ForeignKey(Center, models.CASCADE, related_name="subsidy_grades")
    name = models.CharField("档次", max_length=20)
    rank = models.PositiveSmallIntegerField("次序（小的在前）")
    amount = models.DecimalField("每件（元）", max_digits=8, decimal_places=2)
    criteria = models.CharField("怎样算这一档", max_length=200)
    effective_from = models.DateField("生效日期", default=date(2020, 1, 1))

    class Meta:
        ordering = ["rank", "-effective_from", "pk"]
        verbose_name = verbose_name_plural = "以案定补标准"
        constraints = [
            models.UniqueConstraint(
                fields=["center", "name", "effective_from"], name="subsidy_grade_once_per_day"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Subsidy(models.Model):
    """What a mediator is to be paid for one dispute; once per dispute, whoever asks again."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "已申报"
        CHECKED = "checked", "初审通过"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未通过"
        PAID = "paid", "已发放"

    mediation = models.OneToOneField(Mediation, models.PROTECT, related_name="subsidy")
    center = models.ForeignKey(Center, models.PROTECT, related_name="subsidies")
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="subsidies")
    grade = models.ForeignKey(SubsidyGrade, models.PROTECT, related_name="subsidies")
    amount = models.DecimalField("金额（元）", max_digits=8, decimal_places=2)
    month = models.DateField("归属月份")  # its first day
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)

    class Meta:
        ordering = ["-month", "pk"]
        verbose_name = verbose_name_plural = "以案定补"
        indexes = [models.Index(fields=["center", "month"], name="subsidy_by_month")]

    def __str__(self) -> str:
        return f"subsidy {self.pk}"


class SubsidyStep(models.Model):
    """One step of the review: who did it, when, and what was said."""

    subsidy = models.ForeignKey(Subsidy, models.CASCADE, related_name="steps")
    state = models.CharField("到哪一步", max_length=10, choices=Subsidy.State)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.CharField("意见", max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "审核经过"

    def __str__(self) -> str:
        return f"step {self.pk}"
