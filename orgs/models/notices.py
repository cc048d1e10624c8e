from __future__ import annotations

import uuid
from datetime import time
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from zongzhi.lib.fields import EncryptedTextField


class Topic(models.TextChoices):
    """What a notice is about. All but the first can also go out by another channel."""

    GENERAL = "general", "一般消息"
    NEAR = "near", "快到期"
    OVERDUE = "overdue", "到期和超期"
    SUPERVISED = "supervised", "被督办"
    URGENT = "urgent", "强制报告（加急）"
    WHISTLE = "whistle", "吹哨"
    PAPER = "paper", "待签回执"


class Channel(models.TextChoices):
    """The ways out of the house. 站内消息 is the notice itself, so it has no `Delivery`."""

    IN_APP = "in_app", "站内消息"
    SMS = "sms", "短信"
    EMAIL = "email", "邮件"


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
    topic = models.CharField(
        "关于什么", max_length=12, choices=Topic, default=Topic.GENERAL, db_default=Topic.GENERAL
    )
    # Once it is set, the deliveries that this notice calls for have been written (orgs.delivering).
    relayed_at = models.DateTimeField("已安排外发", null=True, blank=True)

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
            # Those that may have to go out; ordinary notices never stand in it.
            models.Index(
                fields=["id"],
                condition=Q(relayed_at=None) & ~Q(topic="general"),
                name="notice_to_relay",
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class Subscription(models.Model):
    """消息提醒: that a person does, or does not, want a topic by a channel; else what is usual."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="subscriptions", db_index=False
    )
    topic = models.CharField("关于什么", max_length=12, choices=Topic)
    channel = models.CharField("怎么发", max_length=10, choices=Channel)
    wanted = models.BooleanField("要不要")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "消息提醒"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "topic", "channel"], name="subscription_once_per_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk}"


class Delivery(models.Model):
    """外发: one message to one person by one channel, a row before it is anything else.

    `origin` says what called for it, once: the row is why nothing goes out twice. A worker claims
    the row (`leased_until`) before it sends and marks it afterwards; `request_id` stays the same
    however often it is tried, so that the other side can tell a repetition.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "等着发"
        SENT = "sent", "已发出"
        FAILED = "failed", "对方拒收"
        GIVEN_UP = "given_up", "多次没发出"
        SUPPRESSED = "suppressed", "按规定没发"

    class Why(models.TextChoices):
        """Why it was suppressed."""

        CAP = "cap", "这个号码今天的条数用完"
        STALE = "stale", "过了一天，不再发"
        NO_ADDRESS = "no_address", "没有手机号或邮箱"
        OFF = "off", "这个通道没有配置"

    origin = models.CharField("为什么发", max_length=60, unique=True)
    request_id = models.UUIDField("请求号", default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, models.CASCADE, null=True, related_name="deliveries")
    channel = models.CharField("怎么发", max_length=10, choices=Channel)
    # A colleague, or the phone of somebody who came; the phone is not kept beside the account.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="deliveries"
    )
    phone = EncryptedTextField("手机号", purpose="delivery.phone", blank=True)
    template = models.CharField("模板", max_length=30)
    parameters = models.JSONField("参数", default=dict)
    created_at = models.DateTimeField("时间")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("试过几次", default=0)
    next_try_at = models.DateTimeField("下次发")
    leased_until = models.DateTimeField("正在发", null=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    sent_to = models.CharField(max_length=64, blank=True)  # keyed hash of the phone, for the cap
    error = models.CharField("原因", max_length=40, blank=True)
    provider_id = models.CharField("对方编号", max_length=64, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "外发"
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, phone="") | Q(recipient=None) & ~Q(phone=""),
                name="delivery_goes_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | ~Q(state="sent") & Q(sent_at=None),
                name="delivery_sent_has_a_time",
            ),
        ]
        indexes = [
            # What a worker takes next.
            models.Index(
                fields=["next_try_at"], condition=Q(state="waiting"), name="delivery_to_send"
            ),
            # The list of those that did not go out, and its count in the menu.
            models.Index(
                fields=["id"],
                condition=Q(state__in=["failed", "given_up"]),
                name="delivery_failed",
            ),
            # When a channel last worked.
            models.Index(
                fields=["channel", "-sent_at"],
                condition=Q(state="sent"),
                name="delivery_last_sent",
            ),
            # How many a phone has had today.
            models.Index(
                fields=["sent_to", "sent_at"],
                condition=~Q(sent_to=""),
                name="delivery_of_phone",
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class SendingRule(models.Model):
    """发送规则: one row for the installation; how many a day, and when citizens are left alone."""

    daily_cap = models.PositiveSmallIntegerField("一个号码一天最多几条", default=5)
    citizens_from = models.TimeField("给来访人发，从", default=time(8, 0))
    citizens_until = models.TimeField("到", default=time(20, 0))

    class Meta:
        verbose_name = verbose_name_plural = "发送规则"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="sending_rule_is_one_row"),
            models.CheckConstraint(
                condition=Q(citizens_from__lt=models.F("citizens_until")),
                name="sending_hours_end_after_they_begin",
            ),
            models.CheckConstraint(
                condition=Q(daily_cap__gte=1, daily_cap__lte=50), name="sending_cap_is_sensible"
            ),
        ]

    def __str__(self) -> str:
        return "sending rule"
