from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cases.models import Attempt, Party
from mediation.models.mediators import Mediator
from mediation.models.proceedings import Mediation
from mediation.querysets import MeetingQuerySet
from orgs.models import Room
from orgs.models.places import Level
from zongzhi.lib import clock, dates
from zongzhi.lib.fields import EncryptedTextField


class Session(models.Model):
    """场次: one meeting of a mediation, arranged beforehand, written down afterwards.

    `n` is the n-th attempt of its level, given when it has been held (the row of `Attempt`). What
    it holds of room, mediators and parties is booked in `orgs.Booking`.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "已安排"
        HELD = "held", "已开"
        MOVED = "moved", "改期"
        CALLED_OFF = "called_off", "取消"

    class Outcome(models.TextChoices):
        WRITTEN = "written", "达成协议"
        ORAL = "oral", "口头协议"
        FAILED = "failed", "没谈成"
        PUT_OFF = "put_off", "改期"
        ABSENT = "absent", "一方没来"

    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="sessions")
    host = models.ForeignKey(Mediator, models.PROTECT, related_name="sessions")
    host_post = models.CharField("主持人职务", max_length=40, blank=True)
    helpers = models.ManyToManyField(Mediator, blank=True, related_name="+")
    level = models.CharField("层级", max_length=10, choices=Level)
    room = models.ForeignKey(
        Room, models.PROTECT, null=True, blank=True, related_name="mediation_sessions"
    )
    place = models.CharField("地点", max_length=60, blank=True)  # not in a room of ours
    video_link = models.CharField("视频地址", max_length=300, blank=True)
    video_record = models.CharField("录像存在哪里", max_length=300, blank=True)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    state = models.CharField("状态", max_length=12, choices=State, default=State.PLANNED)
    why = models.CharField("为什么改期或取消", max_length=200, blank=True)
    moved_to = models.OneToOneField("self", models.PROTECT, null=True, related_name="moved_from")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField("安排时间")
    outcome = models.CharField("结果", max_length=10, choices=Outcome, blank=True)
    record = EncryptedTextField("经过", purpose="session.record", blank=True)
    is_private = models.BooleanField("不公开", default=False)  # 人民调解法 art. 23
    recorder = models.CharField("记录人", max_length=30, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField("记录时间", null=True)
    asked_at = models.DateTimeField("催过记录", null=True)
    attempt = models.OneToOneField(
        Attempt, models.PROTECT, null=True, related_name="session", verbose_name="第几次"
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = verbose_name_plural = "场次"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | ~Q(outcome=""), name="meeting_held_has_outcome"
            ),
            models.CheckConstraint(
                condition=Q(room__isnull=False) | ~Q(place="") | ~Q(video_link=""),
                name="meeting_is_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="meeting_by_time"),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("mediation:session", args=[self.pk])

    @property
    def booking(self) -> str:
        """Whose the bookings of its room and people are."""
        return f"session {self.pk}"

    @property
    def where(self) -> str:
        """「2号调解室」, a place elsewhere, or 「视频调解」"""
        room = self.room.name if self.room else ""
        return room or self.place or "视频调解"

    @property
    def when(self) -> str:
        """「4月8日 09:00–10:30」"""
        return f"{dates.moment(self.starts_at)}–{clock.local(self.ends_at):%H:%M}"

    @property
    def is_planned(self) -> bool:
        return self.state == self.State.PLANNED


class Presence(models.Model):
    """A party and a session: how it was invited, whether it came, who came in its stead."""

    class Invited(models.TextChoices):
        PHONE = "phone", "电话"
        SMS = "sms", "短信"
        PAPER = "paper", "书面通知"
        FACE = "face", "当面"

    session = models.ForeignKey(Session, models.CASCADE, related_name="presences")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    invited = models.CharField("怎么通知的", max_length=10, choices=Invited, blank=True)
    invited_at = models.DateTimeField("通知时间", null=True)
    came = models.BooleanField("到场", null=True)
    agent = models.CharField("代理人", max_length=30, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "到场"
        constraints = [
            models.UniqueConstraint(fields=["session", "party"], name="presence_once"),
        ]

    def __str__(self) -> str:
        return f"presence {self.pk}"


class Guest(models.Model):
    """Somebody invited with the parties' consent: kin, neighbour, expert (人民调解法 art. 20)."""

    class Kind(models.TextChoices):
        KIN = "kin", "亲属"
        NEIGHBOUR = "neighbour", "邻里"
        COLLEAGUE = "colleague", "同事"
        EXPERT = "expert", "专家"
        UNIT = "unit", "有关单位"
        OTHER = "other", "其他"

    session = models.ForeignKey(Session, models.CASCADE, related_name="guests")
    name = models.CharField("姓名", max_length=30)
    kind = models.CharField("身份", max_length=10, choices=Kind)
    agreed = models.BooleanField("双方同意", default=False)
    came = models.BooleanField("到场", null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "受邀人"

    def __str__(self) -> str:
        return f"guest {self.pk}"
