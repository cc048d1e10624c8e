from __future__ import annotations

from django.conf import settings
from django.db import models

from orgs.models.places import Center
from zongzhi.lib.fields import EncryptedTextField


class Import(models.Model):
    """One file of rows: looked at, imported once, and for a day to be taken back.

    `rows` is JSON: first the cells as they were sent, then what was made and what was changed,
    with the values before. It is emptied when nobody may take the import back any more.
    """

    class Kind(models.TextChoices):
        MEDIATORS = "mediators", "调解员"
        GRIDS = "grids", "网格"
        GRID_WORKERS = "grid_workers", "网格员"
        SITES = "sites", "房屋、单位、场所、设施"

    class State(models.TextChoices):
        CHECKING = "checking", "核对中"
        DONE = "done", "已导入"
        UNDONE = "undone", "已撤销"

    kind = models.CharField("导入什么", max_length=20, choices=Kind)
    center = models.ForeignKey(Center, models.PROTECT, related_name="+", verbose_name="中心")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁导入"
    )
    at = models.DateTimeField("上传时间")
    state = models.CharField("状态", max_length=10, choices=State, default=State.CHECKING)
    done_at = models.DateTimeField("导入时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    created = models.PositiveIntegerField("新加", default=0)
    covered = models.PositiveIntegerField("覆盖", default=0)
    rows = EncryptedTextField("内容", purpose="import.rows", blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "导入"

    def __str__(self) -> str:
        return f"import {self.pk}"
