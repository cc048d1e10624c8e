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

    class Founder(models.TextChoices):
        """Who set it up: the 主体 by which the official statistics count."""

        VILLAGE = "village", "村居"
        TOWN = "town", "乡镇街道"
        ENTERPRISE = "enterprise", "企事业单位"
        TRADE = "trade", "行业性专业性组织"
        OTHER = "other", "其他"

    department = models.OneToOneField(Department, models.CASCADE, related_name="mediation_body")
    kind = models.CharField("类别", max_length=15, choices=Kind)
    founder = models.CharField("由谁设立", max_length=15, choices=Founder, default=Founder.OTHER)
    founded_on = models.DateField("设立日期", null=True, blank=True)
    case_word = models.CharField("卷号里的字", max_length=10, blank=True)  # ( )人调字第 号
    reported_to_court_on = models.DateField("通报法院日期", null=True, blank=True)
    about = models.CharField("特色", max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "调解组织"

    def __str__(self) -> str:
        return f"body {self.pk}"

    @property
    def name(self) -> str:
        return self.department.name
