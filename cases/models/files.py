from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.models.case import Case
from cases.querysets import OfCaseQuerySet


class Attachment(models.Model):
    """A paper or picture of a case. It lies outside the web root under a name of our own."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    name = models.CharField("文件名", max_length=100)
    stored_as = models.CharField(max_length=64, unique=True)
    media_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "材料"

    def __str__(self) -> str:
        return f"attachment {self.pk}"
