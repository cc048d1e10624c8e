from __future__ import annotations

from django.conf import settings
from django.db import models

from zongzhi.lib.fields import EncryptedTextField


class Draft(models.Model):
    """A registration not yet finished: what its owner has typed so far, and nobody else reads.

    It has the submission id of the form it came from, so that finishing it makes one case however
    many windows it lies open in.
    """

    submission_id = models.UUIDField("提交号", unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts", verbose_name="谁的"
    )
    content = EncryptedTextField("内容", purpose="draft.content")
    saved_at = models.DateTimeField("保存时间")
    deleted_at = models.DateTimeField("删除时间", null=True)

    class Meta:
        ordering = ["-saved_at", "-pk"]
        verbose_name = verbose_name_plural = "草稿"
        indexes = [models.Index(fields=["owner", "-saved_at"], name="draft_of_owner")]

    def __str__(self) -> str:
        return f"draft {self.pk}"  # never what it holds: this lands in logs
