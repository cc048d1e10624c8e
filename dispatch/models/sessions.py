from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cases.models import Case
from dispatch.querysets import SessionQuerySet, TaskQuerySet
from orgs.models import Center, Department, Room


class JointSession(models.Model):
    """会商: a chair, units, a room, an agenda; its minutes become tasks of units."""

    class Kind(models.TextChoices):
        LEADERS = "leaders", "多长联调"
        TRADE = "trade", "行业联动"
        COUNCIL = "council", "联席会议"

    class State(models.TextChoices):
        PLANNED = "planned", "已安排"
        HELD = "held", "已开"
        CANCELLED = "cancelled", "取消"

    center = models.ForeignKey(Center, models.PROTECT, related_name="sessions")
    kind = models.CharField("类型", max_length=10, choices=Kind)
    year = models.PositiveSmallIntegerField("年")
    serial = models.PositiveIntegerField("第几期")
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="主持"
    )
    room = models.ForeignKey(Room, models.PROTECT, related_name="sessions", verbose_name="房间")
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    agenda = models.TextField("议题")
    cases = models.ManyToManyField(Case, related_name="sessions")
    convened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    convened_at = models.DateTimeField("安排时间")
    held_at = models.DateTimeField("记纪要时间", null=True)
    minuted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    conclusions = models.TextField("议定事项", blank=True)
    cancelled_at = models.DateTimeField("取消时间", null=True)
    cancelled_why = models.CharField("为什么取消", max_length=200, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = verbose_name_plural = "会商"
        constraints = [
            models.UniqueConstraint(
                fields=["center", "kind", "year", "serial"], name="session_number_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(held_at=None) | Q(cancelled_at=None), name="session_held_or_cancelled"
            ),
        ]
        indexes = [
            models.Index(fields=["room", "starts_at"], name="session_in_room"),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("dispatch:session", args=[self.pk])

    @property
    def number(self) -> str:
        """「2025年第3期」"""
        return f"{self.year}年第{self.serial}期"

    @property
    def name(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def booking(self) -> str:
        """Whose the bookings of its room and chair are."""
        return f"joint session {self.pk}"

    @property
    def state(self) -> State:
        if self.cancelled_at:
            return self.State.CANCELLED
        return self.State.HELD if self.held_at else self.State.PLANNED


class SessionUnit(models.Model):
    """A unit asked to a session, and whether it came."""

    session = models.ForeignKey(JointSession, models.CASCADE, related_name="seats")
    unit = models.ForeignKey(Department, models.PROTECT, related_name="+")
    came = models.BooleanField("到会", default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "unit"], name="session_seat_once"),
        ]

    def __str__(self) -> str:
        return f"seat {self.pk}"


class JointTask(models.Model):
    """会商任务: what a unit has been given to do by the minutes, with a light of its own.

    The unit sees the task with the point of the agenda; the case only if it has a part in it.
    """

    session = models.ForeignKey(JointSession, models.CASCADE, related_name="tasks")
    case = models.ForeignKey(Case, models.CASCADE, related_name="joint_tasks")
    unit = models.ForeignKey(Department, models.PROTECT, related_name="joint_tasks")
    what = models.CharField("要办什么", max_length=300)
    given_at = models.DateTimeField("交办时间")
    due_at = models.DateTimeField("到期")
    near_at = models.DateTimeField("临期")
    done_at = models.DateTimeField("办完时间", null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    result = models.TextField("办得怎样", blank=True)
    reminded_at = models.DateTimeField("临期提醒", null=True)
    raised_at = models.DateTimeField("超期报告", null=True)
    dropped_at = models.DateTimeField("不用再办", null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = verbose_name_plural = "会商任务"
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None) | ~Q(result=""), name="task_done_says_how"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(done_at=None, dropped_at=None),
                name="task_open_by_due",
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("dispatch:task", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None
