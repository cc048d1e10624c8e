from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from orgs.models import Center
from zongzhi.lib.fields import EncryptedTextField


class BulkImport(models.Model):
    """大批导入: a file of base data on its way: checked, imported as a whole, and forgotten.

    The row is the promise, a task only the hurry: whoever dies, the next sweep goes on from here.
    """

    class Kind(models.TextChoices):
        RESIDENTS = "residents", "人口"
        SITES = "sites", "房屋、单位、场所、设施"

    class State(models.TextChoices):
        CHECKING = "checking", "核对中"
        CHECKED = "checked", "核对好了"
        REFUSED = "refused", "有问题"
        IMPORTING = "importing", "导入中"
        DONE = "done", "已导入"
        STOPPED = "stopped", "中断了"
        DROPPED = "dropped", "没有导入"

    WORKING = (State.CHECKING, State.IMPORTING)  # a worker has to do something
    WAITING = (State.CHECKING, State.CHECKED, State.IMPORTING, State.STOPPED)  # the file is kept

    kind = models.CharField("导入什么", max_length=15, choices=Kind)
    center = models.ForeignKey(Center, models.PROTECT, related_name="+", verbose_name="中心")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁上传"
    )
    at = models.DateTimeField("上传时间")
    digest = models.CharField("文件指纹", max_length=64)  # keyed
    is_sheet = models.BooleanField("是 Excel 表格")
    size = models.PositiveIntegerField("字节")
    state = models.CharField("状态", max_length=10, choices=State, default=State.CHECKING)
    since = models.DateTimeField("这个状态从什么时候起")
    attempts = models.PositiveSmallIntegerField("开始过几次", default=0)
    read_rows = models.PositiveIntegerField("读到第几行", default=0)
    created = models.PositiveIntegerField("新加", default=0)
    covered = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("没有变化", default=0)
    told = EncryptedTextField("核对出来的", purpose="bulk.told", blank=True)  # JSON
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="谁导入",
    )
    ordered_from = models.GenericIPAddressField("来自", null=True)
    done_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "大批导入"
        constraints = [
            # The same file pressed twice is one import.
            models.UniqueConstraint(
                fields=["center", "kind", "digest"],
                condition=Q(state__in=("checking", "checked", "importing", "stopped")),
                name="bulk_file_waits_once",
            ),
        ]
        indexes = [
            # Asked by the sweep of every minute.
            models.Index(
                fields=["id"],
                condition=Q(state__in=("checking", "importing")),
                name="bulk_import_to_do",
            ),
        ]

    def __str__(self) -> str:
        return f"bulk import {self.pk}"


class BulkPart(models.Model):
    """A piece of the file, sealed; gone with the import, or when nobody comes back for it."""

    upload = models.ForeignKey(BulkImport, models.CASCADE, related_name="parts")
    at = models.PositiveSmallIntegerField()
    sealed = EncryptedTextField(purpose="bulk.part")  # base64 of compressed bytes

    class Meta:
        ordering = ["upload", "at"]
        verbose_name = verbose_name_plural = "大批导入的文件"
        constraints = [
            models.UniqueConstraint(fields=["upload", "at"], name="bulk_part_once"),
        ]

    def __str__(self) -> str:
        return f"part {self.at} of bulk import {self.upload_id}"
