from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notice(models.Model):
    """A line for one person. It is a row before it is anything else, so nothing can lose it.

    The text holds no name, number or address of a party: a notice may be read over a shoulder.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    text = models.CharField("内容", max_length=200)
    url = models.CharField("链接", max_length=100, blank=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("读过", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "消息"
        indexes = [
            # The count in the top bar: unread notices of one person.
            models.Index(
                fields=["user"], condition=models.Q(read_at=None), name="notice_unread_of_user"
            ),
            models.Index(fields=["user", "-id"], name="notice_newest_of_user"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"
