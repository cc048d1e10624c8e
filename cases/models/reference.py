from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.vocabulary import Clock, Complexity
from orgs.models.places import Level


class DisputeType(models.Model):
    """One of the 18 司法行政 types or 99 其他, with its codes in the other counts.

    A type that has been used can be retired, never deleted: old cases keep their word.
    """

    code = models.CharField("代码", max_length=2, unique=True)
    name = models.CharField("名称", max_length=30)
    monthly_category = models.CharField("综治月报 19 类", max_length=40)
    petition_category = models.CharField("信访分类", max_length=40, blank=True)
    upper_code = models.CharField("上级平台代码", max_length=20, blank=True)
    words = ArrayField(
        models.CharField(max_length=20),
        verbose_name="看出它的词",
        default=list,
        blank=True,
        help_text="登记时“事情和要求”里出现这些词，就建议这个类型；用逗号隔开",
    )
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = verbose_name_plural = "事项类型"

    def __str__(self) -> str:
        return self.name


class ClockRule(models.Model):
    """How long something may take, from a day on. A new rule touches new clocks only.

    The most particular rule in force wins: type, then level, then complexity, then newest.
    """

    class Unit(models.TextChoices):
        WORKING = "working", "工作日"
        CALENDAR = "calendar", "自然日"

    clock = models.CharField("时限", max_length=15, choices=Clock)
    complexity = models.CharField("复杂程度", max_length=10, choices=Complexity, blank=True)
    level = models.CharField("层级", max_length=10, choices=Level, blank=True)
    type = models.ForeignKey(
        DisputeType, models.PROTECT, null=True, blank=True, verbose_name="类型"
    )
    days = models.PositiveSmallIntegerField("天数（0 为当天）")
    unit = models.CharField("单位", max_length=10, choices=Unit, default=Unit.WORKING)
    effective_from = models.DateField("生效日期", default=date(2020, 1, 1))

    class Meta:
        ordering = ["clock", "complexity", "pk"]
        verbose_name = verbose_name_plural = "办理期限"
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "complexity", "level", "type", "effective_from"],
                name="clock_rule_once_per_day",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.days} {self.unit}"


class ThresholdRule(models.Model):
    """How far something may go, from a day on. What has begun before that day keeps its own.

    `name` is one of `cases.thresholds.Threshold`. A rule for the level comes before a general one.
    """

    name = models.CharField("限值", max_length=30)
    level = models.CharField("层级", max_length=10, choices=Level, blank=True)
    value = models.PositiveIntegerField("数值")
    effective_from = models.DateField("生效日期", default=date(2020, 1, 1))

    class Meta:
        ordering = ["name", "level", "effective_from", "pk"]
        verbose_name = verbose_name_plural = "督办和层级规则"
        constraints = [
            models.UniqueConstraint(
                fields=["name", "level", "effective_from"], name="threshold_rule_once_per_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
