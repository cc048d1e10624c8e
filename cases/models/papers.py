from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.models.case import Case
from cases.querysets import OfCaseQuerySet
from zongzhi.lib.fields import EncryptedTextField


class Document(models.Model):
    """文书: a paper the centre made, word for word, with its version. Added to, never changed.

    `content` is what both the print page and the Word file are drawn from (`cases.composing`).
    """

    class Kind(models.TextChoices):
        REGISTRATION = "registration", "登记表"
        ACCEPTED = "accepted", "受理告知书"
        DECLINED = "declined", "不予受理告知书"

    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    kind = models.CharField("文书", max_length=15, choices=Kind)
    version = models.PositiveSmallIntegerField("第几版")
    number = models.CharField("文号", max_length=40)
    content = EncryptedTextField("内容", purpose="document.content")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("生成时间")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "文书"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "version"], name="document_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.pk}"


class Printing(models.Model):
    """One time that a paper of a case was printed; the second time it says 补打."""

    class What(models.TextChoices):
        SLIP = "slip", "回执"
        DOCUMENT = "document", "文书"
        WORD = "word", "文书（word）"

    case = models.ForeignKey(Case, models.PROTECT, related_name="printings")
    what = models.CharField("打印了什么", max_length=10, choices=What)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="printings")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "打印"

    def __str__(self) -> str:
        return f"printing {self.pk}"
