from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from grids.base_querysets import ResidentQuerySet, SiteQuerySet
from grids.models.duties import Duty
from grids.models.grids import Grid
from grids.querysets import GridTaskQuerySet
from orgs.models import Center
from orgs.numbering import short_of
from zongzhi.lib.fields import EncryptedTextField


class GridTask(models.Model):
    """任务 from above: go there, do this, say what came of it. Only from the duty list in force."""

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="tasks", verbose_name="网格")
    center = models.ForeignKey(Center, models.PROTECT, related_name="+", verbose_name="谁派的")
    duty = models.ForeignKey(Duty, models.PROTECT, null=True, blank=True, related_name="+")
    case_number = models.CharField("为哪件事项", max_length=16, blank=True)
    text = models.TextField("做什么")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("派的时间")
    due_at = models.DateTimeField("最晚")
    arrived_at = models.DateTimeField("到场", null=True)
    done_at = models.DateTimeField("完成", null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    result = models.TextField("结果", blank=True)
    dropped_at = models.DateTimeField("撤销", null=True)
    # Said once each, by the sweep.
    near_told_at = models.DateTimeField("提醒过快到时间", null=True)
    late_told_at = models.DateTimeField("提醒过过了时间", null=True)

    objects = GridTaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = verbose_name_plural = "网格任务"
        indexes = [
            models.Index(
                fields=["grid", "due_at"],
                condition=Q(done_at=None, dropped_at=None),
                name="task_open",
            ),
            models.Index(fields=["center", "-at"], name="task_of_center"),
            models.Index(
                fields=["due_at"],
                condition=Q(done_at=None, dropped_at=None, late_told_at=None),
                name="task_to_be_told",
            ),
            models.Index(fields=["case_number"], condition=~Q(case_number=""), name="task_of_case"),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"

    @property
    def case_short(self) -> str:
        return short_of(self.case_number)


class PatrolNote(models.Model):
    """巡查记录: walked, nothing found. A note of text, one a day; no place, no track, no count."""

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="patrols", verbose_name="网格")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.DateField("哪天")
    text = models.CharField("记一笔", max_length=200, blank=True)
    at = models.DateTimeField("记的时间")
    client_id = models.UUIDField("手机上的编号", unique=True, default=uuid.uuid4)

    class Meta:
        ordering = ["-day", "-pk"]
        verbose_name = verbose_name_plural = "巡查记录"
        constraints = [
            models.UniqueConstraint(fields=["grid", "by", "day"], name="one_patrol_note_a_day"),
        ]

    def __str__(self) -> str:
        return f"patrol {self.pk}"


class InspectionReport(models.Model):
    """排查: what a lower centre says to the one above for a day, week or month; 零报告 too.

    日排查 by villages, 周分析 by towns, 月调度 by the county. Said once; a later word is a
    correction that keeps the first.
    """

    class Kind(models.TextChoices):
        DAY = "day", "日排查"
        WEEK = "week", "周分析"
        MONTH = "month", "月调度"

    kind = models.CharField("哪一种", max_length=5, choices=Kind)
    center = models.ForeignKey(Center, models.PROTECT, related_name="inspections")
    period_start = models.DateField("从哪天起")  # the day, the Monday, the 1st
    found = models.PositiveIntegerField("排查出", default=0)  # 0 is a 零报告
    settled = models.PositiveIntegerField("当场化解", default=0)
    passed_up = models.PositiveIntegerField("报上级", default=0)
    text = models.TextField("情况", blank=True)
    measures = models.TextField("措施", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("报的时间")
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="corrected_by", verbose_name="更正哪一份"
    )

    class Meta:
        ordering = ["-period_start", "-pk"]
        verbose_name = verbose_name_plural = "排查报告"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "center", "period_start"],
                condition=Q(corrects=None),
                name="inspection_reported_once",
            ),
        ]

    def __str__(self) -> str:
        return f"inspection {self.pk}"


class Resident(models.Model):
    """实有人口 in the least form: a name, the keyed hash of an identity number, a grid.

    No characteristics and no special populations; another system's number is all there may be.
    """

    name = models.CharField("姓名", max_length=40)
    id_number_key = models.CharField(max_length=64, blank=True)
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="residents", db_index=False)
    external_ref = models.CharField("外部系统编号", max_length=40, blank=True)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人口"
        indexes = [
            models.Index(
                fields=["id_number_key"], condition=~Q(id_number_key=""), name="resident_by_number"
            ),
            # Searched by the beginning of the name, whatever the database's locale.
            models.Index(
                fields=["name", "grid", "id"],
                opclasses=["varchar_pattern_ops", "int8_ops", "int8_ops"],
                name="resident_by_name",
            ),
            # The same within a few grids; those of one grid are few enough to be sorted.
            models.Index(
                fields=["grid", "name"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
                name="resident_of_grid",
            ),
            models.Index(
                fields=["external_ref"], condition=~Q(external_ref=""), name="resident_by_ref"
            ),
        ]

    def __str__(self) -> str:
        return f"resident {self.pk}"


class Site(models.Model):
    """房屋、单位、场所、设施: what stands in a grid."""

    class Kind(models.TextChoices):
        HOUSE = "house", "房屋"
        ORGANIZATION = "organization", "单位"
        VENUE = "venue", "场所"
        FACILITY = "facility", "设施"

    kind = models.CharField("类别", max_length=15, choices=Kind)
    name = models.CharField("名称", max_length=60)
    address = models.CharField("地址", max_length=100, blank=True)
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="sites", db_index=False)
    contact = models.CharField("联系人", max_length=30, blank=True)
    phone = EncryptedTextField("联系电话", purpose="site.phone", blank=True)
    external_ref = models.CharField("外部系统编号", max_length=40, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    is_active = models.BooleanField("还在", default=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "房屋、单位、场所、设施"
        indexes = [
            models.Index(fields=["grid", "kind", "id"], name="site_of_grid"),
            models.Index(
                fields=["name", "grid"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
                name="site_by_name",
            ),
            models.Index(
                fields=["external_ref"], condition=~Q(external_ref=""), name="site_by_ref"
            ),
        ]

    def __str__(self) -> str:
        return f"site {self.pk}"
