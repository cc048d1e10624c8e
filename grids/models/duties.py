from __future__ import annotations

from django.conf import settings
from django.db import models

from grids.vocabulary import Category
from orgs.models import Center


class DutyList(models.Model):
    """网格服务管理事项清单 (百项): what may be asked of a grid worker. Published, never edited.

    A new list is a new version; the one in force is the newest whose day has come. Nothing that is
    not on it may be asked of the grids (准入).
    """

    center = models.ForeignKey(Center, models.PROTECT, related_name="+", verbose_name="中心")
    number = models.PositiveIntegerField("第几版")
    title = models.CharField("名称", max_length=60)
    effective_from = models.DateField("施行")
    note = models.CharField("这一版改了什么", max_length=200, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField("公布时间")

    class Meta:
        ordering = ["-number"]
        verbose_name = verbose_name_plural = "事项清单"
        constraints = [
            models.UniqueConstraint(fields=["center", "number"], name="duty_list_once"),
        ]

    def __str__(self) -> str:
        return f"duty list {self.pk}"


class Duty(models.Model):
    """One line of a duty list, and under which of the phone's groups it is found."""

    listing = models.ForeignKey(DutyList, models.CASCADE, related_name="duties")
    number = models.PositiveIntegerField("序号")
    category = models.CharField("手机上的类别", max_length=15, choices=Category)
    name = models.CharField("事项", max_length=60)
    description = models.CharField("做什么", max_length=300, blank=True)
    lead = models.CharField("牵头部门", max_length=50, blank=True)

    class Meta:
        ordering = ["number"]
        verbose_name = verbose_name_plural = "清单事项"
        constraints = [
            models.UniqueConstraint(fields=["listing", "number"], name="duty_has_its_number"),
        ]

    def __str__(self) -> str:
        return self.name


class Training(models.Model):
    """A training of grid workers, and how long it was."""

    center = models.ForeignKey(Center, models.PROTECT, related_name="+", verbose_name="中心")
    on = models.DateField("日期")
    subject = models.CharField("内容", max_length=100)
    organiser = models.CharField("谁组织", max_length=50, blank=True)
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1)
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="trainings", verbose_name="参加的人"
    )

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name = verbose_name_plural = "培训"

    def __str__(self) -> str:
        return f"training {self.pk}"


class AllowanceRate(models.Model):
    """What somebody who serves a grid is paid a month, by what they are; from a month on."""

    center = models.ForeignKey(Center, models.PROTECT, related_name="+", verbose_name="中心")
    kind = models.CharField("身份", max_length=10)  # a `GridRole.Kind`
    amount = models.DecimalField("每月（元）", max_digits=8, decimal_places=2)
    effective_from = models.DateField("从哪个月起")

    class Meta:
        ordering = ["kind", "-effective_from"]
        verbose_name = verbose_name_plural = "补贴标准"
        constraints = [
            models.UniqueConstraint(
                fields=["center", "kind", "effective_from"], name="allowance_rate_once"
            ),
        ]

    def __str__(self) -> str:
        return f"allowance rate {self.pk}"


class AllowanceList(models.Model):
    """The allowances of a month, drawn up and then fixed: what has been handed in never moves."""

    center = models.ForeignKey(Center, models.PROTECT, related_name="+", verbose_name="中心")
    month = models.DateField("月份", help_text="当月 1 日")
    fixed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    fixed_at = models.DateTimeField("定下来的时间", null=True)

    class Meta:
        ordering = ["-month"]
        verbose_name = verbose_name_plural = "补贴名单"
        constraints = [
            models.UniqueConstraint(fields=["center", "month"], name="allowance_list_once"),
        ]

    def __str__(self) -> str:
        return f"allowance list {self.pk}"


class Allowance(models.Model):
    """What one person gets for one grid in that month, and how it was worked out."""

    listing = models.ForeignKey(AllowanceList, models.CASCADE, related_name="rows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    grid_name = models.CharField("网格", max_length=50)
    kind = models.CharField("身份", max_length=10)
    days = models.PositiveSmallIntegerField("在岗天数")  # of the month, by the dates of the role
    rate = models.DecimalField("每月（元）", max_digits=8, decimal_places=2)
    amount = models.DecimalField("应发（元）", max_digits=8, decimal_places=2)
    note = models.CharField("说明", max_length=100, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "补贴"

    def __str__(self) -> str:
        return f"allowance {self.pk}"
