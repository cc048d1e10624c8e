from __future__ import annotations

from django.db import models

from orgs.models import Department


class Body(models.Model):
    """A mediation body. As a department it can be given cases like any other unit."""

    class Kind(models.TextChoices):
        COMMITTEE = "committee", "人民调解委员会"
        PROFESSIONAL = "professional", "行业性专业性调解委员会"
        PERSONAL = "personal", "个人调解室"
        FEATURED = "featured", "特色调解室"

    department = models.OneToOneField(Department, models.CASCADE, related_name="mediation_body")
    kind = models.CharField("类别", max_length=15, choices=Kind)
    founded_on = models.DateField("设立日期", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "调解组织"

    def __str__(self) -> str:
        return f"body {self.pk}"
