from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django_fsm import FSMField, transition

from grids.models.duties import Duty
from grids.models.grids import Grid
from grids.querysets import EventQuerySet
from grids.vocabulary import Category, EventActor, EventStage, Outcome, StepClock
from orgs.models import Center, Department
from orgs.numbering import short_of
from zongzhi.lib.models import ProtectedStage


class GridEvent(ProtectedStage):
    """What a grid worker has seen: 上报 → 核实 → 处置 → 反馈 → 核查 → 办结.

    网格办小事、报大事: small things are settled on the spot and arrive as 办结; others are looked
    at by the village or town, done by it, given to a department, passed up, or raised to a case,
    whose number the higher floor writes here and whose end closes the event.
    `client_id` is made on the phone: however often a report is sent, it is there once.
    """

    client_id = models.UUIDField("手机上的编号", unique=True, default=uuid.uuid4)
    number = models.CharField("编号", max_length=20)  # 县码6 + YYMMDD + G + serial
    short_number = models.CharField("短号", max_length=12)  # 0403-G07
    grid = models.ForeignKey(
        Grid, models.PROTECT, related_name="events", verbose_name="网格", db_index=False
    )
    area = models.CharField("村社区代码", max_length=12)  # of the grid: a subtree is a prefix
    center = models.ForeignKey(
        Center, models.PROTECT, related_name="+", verbose_name="在哪个中心", db_index=False
    )
    stage = FSMField("环节", choices=EventStage, default=EventStage.REPORTED, protected=True)
    actor = models.CharField("该谁办", max_length=10, choices=EventActor)

    category = models.CharField("类别", max_length=15, choices=Category)
    duty = models.ForeignKey(
        Duty, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    text = models.TextField("说一句")
    place = models.CharField("在哪", max_length=60, blank=True)
    # Only when the worker has tapped for it; shown no finer than a grid.
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    is_urgent = models.BooleanField("要马上处理", default=False)

    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name="谁报的",
        db_index=False,
    )
    # 代网格员录入: who typed in what stood on paper.
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    reported_at = models.DateTimeField("上报时间")  # on the phone, even without a net
    received_at = models.DateTimeField("收到时间")
    settled_on_spot = models.BooleanField("自己办了", default=False)

    unit = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="谁处置（单位）",
        db_index=False,
    )
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="谁处置（网格员）",
        db_index=False,
    )
    case_number = models.CharField("转成的事项", max_length=16, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", db_index=False
    )
    asked = models.CharField("要补充什么", max_length=200, blank=True)

    step = models.CharField("在走的时限", max_length=10, choices=StepClock, blank=True)
    step_since = models.DateTimeField("从什么时候起", null=True)
    due_at = models.DateTimeField("到期", null=True)
    near_at = models.DateTimeField("临期", null=True)
    overdue_steps = models.PositiveSmallIntegerField("超期的环节", default=0)

    verified_at = models.DateTimeField("核实", null=True)
    handled_at = models.DateTimeField("反馈", null=True)
    done_at = models.DateTimeField("办结", null=True)
    outcome = models.CharField("结果", max_length=15, choices=Outcome, blank=True)
    result = models.TextField("怎么处置的", blank=True)
    # The threshold of a valid report, judged once, by the centre: what, where, who, since when.
    is_valid = models.BooleanField("有效上报", null=True)
    # When the reporter has read what became of it.
    seen_at = models.DateTimeField("上报人看过", null=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = verbose_name_plural = "网格事件"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="event_number_once"),
            models.CheckConstraint(
                condition=Q(stage="done", done_at__isnull=False, actor="nobody")
                | (~Q(stage="done") & Q(done_at=None) & ~Q(actor="nobody")),
                name="open_event_has_an_actor",
            ),
            models.CheckConstraint(
                condition=~Q(actor="unit") | Q(unit__isnull=False),
                name="event_unit_that_must_act_is_named",
            ),
            models.CheckConstraint(
                condition=~Q(actor="case") | ~Q(case_number=""),
                name="event_case_that_must_end_is_named",
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="event_newest"),
            models.Index(
                fields=["area", "-received_at", "-id"],
                opclasses=["varchar_pattern_ops", "timestamptz_ops", "int8_ops"],
                name="event_of_area",
            ),
            models.Index(fields=["grid", "-received_at", "-id"], name="event_of_grid"),
            models.Index(
                fields=["center", "actor", "due_at"],
                condition=~Q(stage="done"),
                name="event_queue",
            ),
            models.Index(
                fields=["unit", "-received_at", "-id"],
                condition=Q(unit__isnull=False),
                name="event_of_unit",
            ),
            models.Index(
                fields=["worker", "due_at"],
                condition=Q(worker__isnull=False) & ~Q(stage="done"),
                name="event_for_worker",
            ),
            models.Index(fields=["reported_by", "-received_at", "-id"], name="event_by_reporter"),
            models.Index(
                fields=["due_at"],
                include=["near_at"],
                condition=~Q(stage="done"),
                name="event_due",
            ),
            models.Index(
                fields=["case_number"], condition=~Q(case_number=""), name="event_of_case"
            ),
            models.Index(fields=["short_number"], name="event_by_short_number"),
            # To which units a centre gave this kind of event lately.
            models.Index(
                fields=["center", "category", "verified_at"],
                include=["unit"],
                condition=Q(unit__isnull=False),
                name="event_given_lately",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("grids:event", args=[self.number])

    @property
    def case_short(self) -> str:
        return short_of(self.case_number)

    @property
    def is_open(self) -> bool:
        return str(self.stage) != EventStage.DONE

    @transition(stage, source=EventStage.REPORTED, target=EventStage.VERIFIED)
    def verify(self) -> None:
        """It is so, and it is on the list; who handles it can now be said."""

    @transition(
        stage, source=[EventStage.VERIFIED, EventStage.HANDLING], target=EventStage.VERIFIED
    )
    def wait_for_assignment(self) -> None:
        """Passed up, or given back by whoever was asked: somebody else is to be named."""

    @transition(
        stage,
        source=[
            EventStage.VERIFIED,
            EventStage.HANDLING,
            EventStage.FEEDBACK,
            EventStage.CHECKING,
            EventStage.DONE,
        ],
        target=EventStage.HANDLING,
    )
    def handle(self) -> None:
        """Somebody has it: assigned, sent back, found not done, or its case goes on."""

    @transition(stage, source=EventStage.HANDLING, target=EventStage.FEEDBACK)
    def answer(self) -> None:
        """Whoever handled it has said what came of it."""

    @transition(
        stage, source=[EventStage.HANDLING, EventStage.FEEDBACK], target=EventStage.CHECKING
    )
    def inspect(self) -> None:
        """Somebody goes and sees whether it is done."""

    @transition(
        stage,
        source=[
            EventStage.REPORTED,
            EventStage.VERIFIED,
            EventStage.HANDLING,
            EventStage.FEEDBACK,
            EventStage.CHECKING,
        ],
        target=EventStage.DONE,
    )
    def finish(self) -> None:
        """There is nothing left to do."""


class EventLine(models.Model):
    """What was done about an event, by whom, when. The database refuses to change or delete it."""

    event = models.ForeignKey(GridEvent, models.PROTECT, related_name="lines", db_index=False)
    seq = models.PositiveIntegerField("第几条")
    verb = models.CharField("办了什么", max_length=20)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    from_stage = models.CharField(max_length=10, choices=EventStage, blank=True)
    to_stage = models.CharField(max_length=10, choices=EventStage)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["event_id", "seq"]
        verbose_name = verbose_name_plural = "网格事件经过"
        constraints = [
            models.UniqueConstraint(fields=["event", "seq"], name="event_line_has_its_place"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}/{self.seq} {self.verb}"


class EventPhoto(models.Model):
    """A photo of an event, without what it tells about its maker; sent on its own, once."""

    event = models.ForeignKey(GridEvent, models.PROTECT, related_name="photos")
    client_id = models.UUIDField("手机上的编号", unique=True, default=uuid.uuid4)
    stored_as = models.CharField(max_length=64, unique=True)
    media_type = models.CharField(max_length=30)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    # Taken before anything was done, or to show that it is done.
    of_result = models.BooleanField("处置后的", default=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "照片"

    def __str__(self) -> str:
        return f"photo {self.pk}"


class EventPeriod(models.Model):
    """How long a step of an event may take, from a day on; by category or for all.

    So many working days, the day of start not counted, or so many working hours: a day of one
    centre has seven of them, of another eight.
    """

    step = models.CharField("环节", max_length=10, choices=StepClock)
    category = models.CharField("类别", max_length=15, choices=Category, blank=True)
    is_urgent = models.BooleanField("要马上处理的", default=False)
    days = models.PositiveIntegerField("工作日", default=0)
    hours = models.PositiveIntegerField("工作小时", default=0)
    effective_from = models.DateField("从哪天起")

    class Meta:
        ordering = ["step", "category", "-effective_from"]
        verbose_name = verbose_name_plural = "网格事件期限"
        constraints = [
            models.UniqueConstraint(
                fields=["step", "category", "is_urgent", "effective_from"],
                name="event_period_once_per_day",
            ),
            models.CheckConstraint(
                condition=Q(days=0, hours__gt=0) | Q(days__gt=0, hours=0),
                name="event_period_is_in_days_or_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.days}d {self.hours}h"


class EventReminder(models.Model):
    """That somebody was told that a step is near its end or past it: once for each due time."""

    class Kind(models.TextChoices):
        NEAR = "near", "快到期"
        OVERDUE = "overdue", "超期"

    event = models.ForeignKey(GridEvent, models.CASCADE, related_name="reminders", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "kind", "due_at"], name="event_reminded_once"),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"
