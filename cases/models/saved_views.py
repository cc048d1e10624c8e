from __future__ import annotations

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """我的视图: a list of cases as one person likes to narrow it. Holds no personal data."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name="谁的"
    )
    name = models.CharField("名称", max_length=20)
    query = models.CharField("条件", max_length=500)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "我的视图"
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_view_name_once"),
        ]

    def __str__(self) -> str:
        return f"view {self.pk}"
