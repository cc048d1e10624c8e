from __future__ import annotations

from django.conf import settings
from django.db import models

from orgs.models import Region


class Grid(models.Model):
    """The smallest unit of governance: a few hundred households of one village or community.

    Its code is the village's 12 digits and a serial, so it always lies in exactly one village.
    """

    class Kind(models.TextChoices):
        COMPREHENSIVE = "comprehensive", "综合网格"
        DEDICATED = "dedicated", "专属网格"
        MICRO = "micro", "微网格"

    code = models.CharField("网格编码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=50)
    region = models.ForeignKey(Region, models.PROTECT, related_name="grids")
    kind = models.CharField("类别", max_length=15, choices=Kind, default=Kind.COMPREHENSIVE)
    households = models.PositiveIntegerField("户数", default=0)

    class Meta:
        ordering = ["code"]
        verbose_name = verbose_name_plural = "网格"

    def __str__(self) -> str:
        return self.name


class GridRole(models.Model):
    """Who serves a grid, as what, from when to when."""

    class Kind(models.TextChoices):
        HEAD = "head", "网格长"
        FULL_TIME = "full_time", "专职网格员"
        PART_TIME = "part_time", "兼职网格员"
        INFORMANT = "informant", "信息员"

    grid = models.ForeignKey(Grid, models.CASCADE, related_name="roles")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grid_roles")
    kind = models.CharField("身份", max_length=10, choices=Kind)
    since = models.DateField("起")
    until = models.DateField("止（含当天）", null=True, blank=True)

    class Meta:
        ordering = ["grid__code", "pk"]
        verbose_name = verbose_name_plural = "网格人员"

    def __str__(self) -> str:
        return f"grid role {self.pk}"
