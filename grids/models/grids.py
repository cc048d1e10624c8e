from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from grids.querysets import GridQuerySet, RoleQuerySet
from orgs.models import Region


class Grid(models.Model):
    """The smallest unit of governance: a few hundred households of one village or community.

    Its code is the village's 12 digits and a serial, so it always lies in exactly one village
    (DB6101/T 3185-2024: a grid belongs to a village, never straight to a town or county).
    """

    class Kind(models.TextChoices):
        COMPREHENSIVE = "comprehensive", "综合网格"
        DEDICATED = "dedicated", "专属网格"
        MICRO = "micro", "微网格"

    code = models.CharField("网格编码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=50)
    region = models.ForeignKey(Region, models.PROTECT, related_name="grids", verbose_name="村社区")
    kind = models.CharField("类别", max_length=15, choices=Kind, default=Kind.COMPREHENSIVE)
    # The comprehensive grid a micro grid lies in.
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="micro_grids",
        verbose_name="所属综合网格",
    )
    households = models.PositiveIntegerField("户数", default=0)
    population = models.PositiveIntegerField("人口", default=0)
    extent = models.CharField("范围", max_length=300, blank=True, help_text="四至，公示用")
    phone = models.CharField("监督电话", max_length=20, blank=True, help_text="公示用")
    note = models.CharField("备注", max_length=200, blank=True)
    is_active = models.BooleanField("启用", default=True)

    objects = GridQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = verbose_name_plural = "网格"
        indexes = [
            models.Index(fields=["code"], opclasses=["varchar_pattern_ops"], name="grid_by_stem"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent=None) | Q(kind="micro"), name="only_a_micro_grid_lies_in_another"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GridShape(models.Model):
    """Where a grid lies: a GeoJSON Polygon or MultiPolygon in degrees, and the box around it.

    In a table of its own: a list of grids has no use for thousands of corners.
    """

    grid = models.OneToOneField(Grid, models.CASCADE, primary_key=True, related_name="shape")
    geometry = models.JSONField("边界")
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "网格边界"
        indexes = [models.Index(fields=["west", "east"], name="shape_by_longitude")]

    def __str__(self) -> str:
        return f"shape {self.pk}"


class GridRole(models.Model):
    """Who serves a grid, as what, from when to when."""

    class Kind(models.TextChoices):
        HEAD = "head", "网格长"
        FULL_TIME = "full_time", "专职网格员"
        PART_TIME = "part_time", "兼职网格员"
        GUIDE = "guide", "网格指导员"
        INFORMANT = "informant", "信息员"

    grid = models.ForeignKey(Grid, models.CASCADE, related_name="roles", verbose_name="网格")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="grid_roles", verbose_name="人员"
    )
    kind = models.CharField("身份", max_length=10, choices=Kind)
    since = models.DateField("起")
    until = models.DateField("止（含当天）", null=True, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["grid__code", "pk"]
        verbose_name = verbose_name_plural = "网格人员"
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="grid_role_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["grid", "user", "kind"],
                condition=Q(until=None),
                name="grid_role_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"grid role {self.pk}"


class GridPartner(models.Model):
    """四个一: the police officer, lawyer, judge and prosecutor a grid can turn to."""

    class Kind(models.TextChoices):
        POLICE = "police", "社区民警"
        LAWYER = "lawyer", "法律顾问"
        JUDGE = "judge", "联络法官"
        PROSECUTOR = "prosecutor", "联络检察官"

    grid = models.ForeignKey(Grid, models.CASCADE, related_name="partners", verbose_name="网格")
    kind = models.CharField("身份", max_length=10, choices=Kind)
    name = models.CharField("姓名", max_length=30)
    unit = models.CharField("单位", max_length=50, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True, help_text="公示用，写办公电话")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "网格联络人"
        constraints = [
            models.UniqueConstraint(fields=["grid", "kind"], name="one_partner_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"grid partner {self.pk}"
