from __future__ import annotations

from django.db import models

from cases.models import DisputeType
from orgs.models import Center, Department


class TaskGroup(models.Model):
    """专班: the units that see to one trade together, with one of them in the lead."""

    center = models.ForeignKey(Center, models.PROTECT, related_name="groups")
    name = models.CharField("名称", max_length=30)
    types = models.ManyToManyField(DisputeType, related_name="+", verbose_name="管哪些类型")
    lead = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="牵头单位")
    members = models.ManyToManyField(Department, related_name="+", verbose_name="成员单位")
    contact = models.CharField("联系人", max_length=30)
    phone = models.CharField("联系电话", max_length=20)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "专班"
        constraints = [
            models.UniqueConstraint(fields=["center", "name"], name="group_name_once_per_center"),
        ]

    def __str__(self) -> str:
        return self.name
