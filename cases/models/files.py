from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.models.case import Case
from cases.querysets import OfCaseQuerySet


class Attachment(models.Model):
    """A paper or picture of a case. It lies outside the web root under a name of our own."""

    class Source(models.TextChoices):
        """Who it came from; empty for those of before this was asked."""

        APPLICANT = "applicant", "来访人交来"
        RESPONDENT = "respondent", "对方交来"
        UNIT = "unit", "单位取得"
        SITE = "site", "现场拍摄"
        SIGNED = "signed", "签字件扫描"
        OTHER = "other", "其他"

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    name = models.CharField("文件名", max_length=100)
    stored_as = models.CharField(max_length=64, unique=True)
    media_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    source = models.CharField("来源", max_length=15, choices=Source, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    pages = models.PositiveIntegerField("页数", null=True)
    # A picture, or a PDF in which nothing wants to run: the browser may show it.
    may_preview = models.BooleanField("可以在页面上看", default=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "材料"

    def __str__(self) -> str:
        return f"attachment {self.pk}"

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")
