from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django_fsm import RETURN_VALUE, FSMField, transition

from cases.models.reference import DisputeType
from cases.querysets import CaseQuerySet
from cases.vocabulary import (
    FINISHED,
    SILENT,
    Actor,
    Clock,
    Closure,
    Complexity,
    Label,
    RatedBy,
    Risk,
    Satisfaction,
    Source,
    Special,
    Stage,
    Willing,
)
from grids.models import Grid
from orgs.models import Center, Department, Region, Window
from zongzhi.lib.models import ProtectedStage, ReadInBulk, TimeStamped

if TYPE_CHECKING:
    from cases.models.handling import Assignment
    from cases.models.people import Party

OPEN = (Stage.ACCEPTANCE, Stage.TRIAGE, Stage.HANDLING, Stage.SUPERVISION, Stage.FOLLOW_UP)


class Case(ProtectedStage, ReadInBulk, TimeStamped):
    """A registered matter (事项) and where it stands.

    `stage` moves by the transitions below and by nothing else. Everything from `label` to
    `near_at` is what `cases.position` works out from the stage, the open assignment and the
    clocks; the door writes it, `manage.py verify_cases` checks it.
    """

    number = models.CharField("编号", max_length=16)
    short_number = models.CharField("短号", max_length=10)
    token = models.CharField("查询码", max_length=22)
    submission_id = models.UUIDField("提交号", unique=True, default=uuid.uuid4)
    center = models.ForeignKey(
        Center, models.PROTECT, related_name="cases", verbose_name="中心", db_index=False
    )

    stage = FSMField("阶段", choices=Stage, default=Stage.ACCEPTANCE, protected=True)
    label = models.CharField("状态", max_length=15, choices=Label, default=Label.TO_ACCEPT)
    label_since = models.DateTimeField("到这一步的时间")
    actor = models.CharField("该谁办", max_length=10, choices=Actor, default=Actor.TRIAGE)
    unit = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="主办单位",
        db_index=False,
    )
    suggested_unit = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="登记时建议的去向",
        db_index=False,
    )
    due_clock = models.CharField("在走的时限", max_length=15, choices=Clock, blank=True)
    due_at = models.DateTimeField("到期", null=True)
    near_at = models.DateTimeField("临期", null=True)
    claim_due_at = models.DateTimeField("签收到期", null=True)
    handling_due_at = models.DateTimeField("办理到期", null=True)

    title = models.CharField("名称", max_length=100)
    narrative = models.TextField("事情和要求")
    type = models.ForeignKey(
        DisputeType, models.PROTECT, related_name="+", verbose_name="类型", db_index=False
    )
    source = models.CharField("来源", max_length=15, choices=Source)
    occurred_region = models.ForeignKey(
        Region, models.PROTECT, related_name="+", verbose_name="发生地"
    )
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, related_name="cases", db_index=False)
    special = ArrayField(
        models.CharField(max_length=10, choices=Special), verbose_name="特别情况", default=list
    )
    willing_to_mediate = models.CharField("愿意调解", max_length=10, choices=Willing)
    amount = models.DecimalField("涉及金额（元）", max_digits=14, decimal_places=2, null=True)
    not_found = models.CharField("查不到的原因", max_length=200, blank=True)
    complexity = models.CharField("复杂程度", max_length=10, choices=Complexity, blank=True)
    risk = models.CharField("风险", max_length=10, choices=Risk, blank=True)

    round = models.PositiveSmallIntegerField("第几次办理", default=1)
    is_joint = models.BooleanField("联合会商", default=False)
    # A mediation runs: kept by whoever starts and ends one, so that a list need not ask.
    is_mediating = models.BooleanField("调解中", default=False, db_default=False)
    ruled_at = models.DateTimeField("本轮退回裁定", null=True)
    complained_at = models.DateTimeField("来访人评了不满意", null=True)
    visits_count = models.PositiveSmallIntegerField("批次", default=1)
    visitors_count = models.PositiveIntegerField("人次", default=1)
    version = models.PositiveIntegerField("版本", default=1)

    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name="登记人",
        db_index=False,
    )
    first_receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="首接人"
    )
    window = models.ForeignKey(Window, models.SET_NULL, null=True, related_name="+", db_index=False)
    registered_at = models.DateTimeField("登记时间")
    accepted_at = models.DateTimeField("受理时间", null=True)
    dispatched_at = models.DateTimeField("本轮派出", null=True)
    claimed_at = models.DateTimeField("本轮签收", null=True)
    supervised_at = models.DateTimeField("督办", null=True)
    # Since when an instruction of a leader waits to be answered and taken note of.
    instructed_at = models.DateTimeField("领导批示", null=True)
    whistled_at = models.DateTimeField("第一次吹哨", null=True)
    # Rules of mediation and of statutory periods ask nothing about cases that never had any.
    mediated_at = models.DateTimeField("第一次启动调解", null=True)
    statutory_since = models.DateTimeField("有法定期限", null=True)
    approved_at = models.DateTimeField("办结（审核通过）", null=True)
    closed_at = models.DateTimeField("结案", null=True)
    promised_at = models.DateTimeField("答应来访人的日子", null=True)
    closure = models.CharField("结案方式", max_length=15, choices=Closure, blank=True)
    closure_text = models.TextField("结案说明", blank=True)
    satisfaction = models.CharField("满意度", max_length=20, choices=Satisfaction, blank=True)
    rated_by = models.CharField("怎么评的", max_length=10, choices=RatedBy, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", db_index=False
    )

    history_length = models.PositiveIntegerField(default=0)
    history_head = models.CharField(max_length=64, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事项"
        # Every index is written with every case: foreign keys have one of their own only where a
        # list asks by them, and none beside a longer one that begins the same.
        constraints = [
            models.UniqueConstraint(fields=["number"], name="case_number_once"),
            models.UniqueConstraint(fields=["token"], name="case_token_once"),
            # A case that is not closed always has somebody who must act, and a closed one nobody.
            models.CheckConstraint(
                condition=Q(stage="closed", actor="nobody")
                | (~Q(stage="closed") & ~Q(actor="nobody")),
                name="case_open_has_an_actor",
            ),
            models.CheckConstraint(
                condition=~Q(actor="unit") | Q(unit__isnull=False),
                name="case_unit_that_must_act_is_named",
            ),
            models.CheckConstraint(
                condition=Q(stage="closed", closed_at__isnull=False)
                | (~Q(stage="closed") & Q(closed_at=None)),
                name="case_closed_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["short_number"],
                opclasses=["varchar_pattern_ops"],  # for = and for LIKE '0403-%'
                name="case_by_short_number",
            ),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="case_merged"
            ),
            models.Index(fields=["grid"], condition=Q(grid__isnull=False), name="case_of_grid"),
            # 全部事项, newest first, by keyset.
            models.Index(fields=["-registered_at", "-id"], name="case_newest"),
            # 工作台 and lists by what is due first, open cases only.
            # What the board counts stands in the index: it never looks at the cases themselves.
            models.Index(
                fields=["due_at", "id"],
                include=["center", "near_at", "risk", "complained_at", "round"],
                condition=~Q(stage="closed"),
                name="case_due",
            ),
            models.Index(
                fields=["center", "label", "due_at"],
                condition=~Q(stage="closed"),
                name="case_queue",
            ),
            models.Index(
                fields=["unit", "label", "due_at"],
                condition=~Q(stage="closed"),
                name="case_unit_queue",
            ),
            # Filters of the list: one column, then newest first.
            models.Index(fields=["label", "-registered_at", "-id"], name="case_by_label"),
            models.Index(fields=["unit", "-registered_at", "-id"], name="case_by_unit"),
            models.Index(fields=["type", "-registered_at", "-id"], name="case_by_type"),
            models.Index(fields=["center", "-registered_at", "-id"], name="case_by_center"),
            models.Index(
                fields=["-registered_at", "-id"], condition=Q(risk="high"), name="case_high_risk"
            ),
            models.Index(
                fields=["-registered_at", "-id"],
                condition=Q(satisfaction__in=["unsatisfied", "very_unsatisfied"]),
                name="case_unsatisfied",
            ),
            models.Index(fields=["registered_by", "-registered_at"], name="case_by_clerk"),
            # 本月办结, 满意率: what was approved or closed in a period.
            models.Index(
                fields=["approved_at"], condition=Q(approved_at__isnull=False), name="case_approved"
            ),
            models.Index(
                fields=["closed_at"], condition=Q(closed_at__isnull=False), name="case_closed_at"
            ),
        ]

    def __str__(self) -> str:
        return self.number  # never a person's name: this lands in logs

    def get_absolute_url(self) -> str:
        return reverse("cases:detail", args=[self.number])

    # What a case is, from loaded fields only.

    @property
    def is_open(self) -> bool:
        return bool(self.stage != Stage.CLOSED)

    @property
    def is_silent(self) -> bool:
        """Violence at home or a minor: no QR on the slip, no type or unit on the citizen page."""
        return any(flag in self.special for flag in SILENT)

    @property
    def is_finished(self) -> bool:
        """Ended by a result (办结), not by withdrawal, refusal, merging or transfer."""
        return self.closure in FINISHED

    @property
    def staff_label(self) -> str:
        """The label staff read; a supervised case carries 督办中 before it."""
        label = Label(self.label).label
        return f"督办中 · {label}" if self.stage == Stage.SUPERVISION else label

    @property
    def open_assignments(self) -> list[Assignment]:
        """What the door or `for_detail()` has loaded; a case without them may not be asked."""
        loaded: list[Assignment] = self._open_assignments
        return loaded

    _open_assignments: list[Assignment]
    revisions: dict[str, int]  # where `lock` or `with_revisions` has put them
    loaded_parties: list[Party]  # where `load_for_reading` or registering has put them
    not_sent = ""  # why registering it did not send it on, where the window wanted that

    @property
    def lead(self) -> Assignment | None:
        for part in self._open_assignments:  # asked by nearly every rule: no generator
            if part.is_lead:
                return part
        return None

    @property
    def base(self) -> Stage:
        """Where the case would be without supervision: unclaimed is triage, claimed is handling."""
        lead = self.lead
        return Stage.HANDLING if lead is not None and lead.claimed_at else Stage.TRIAGE

    # The arcs. Each changes this row in memory; the door checks, saves and records.

    @transition(stage, source=Stage.ACCEPTANCE, target=Stage.TRIAGE)
    def accept(self) -> None:
        """The centre takes the matter on."""

    @transition(
        stage, source=[Stage.ACCEPTANCE, Stage.TRIAGE, Stage.SUPERVISION], target=Stage.CLOSED
    )
    def decline(self) -> None:
        """The matter is not the centre's; the legal route has been told."""

    @transition(
        stage,
        source=[Stage.TRIAGE, Stage.SUPERVISION],
        target=RETURN_VALUE(Stage.TRIAGE, Stage.SUPERVISION),
    )
    def stay_in_triage(self) -> Stage:
        """Dispatched, recalled, returned, ruled on: still to be claimed, supervised or not."""
        return Stage(self.stage)

    @transition(
        stage,
        source=[Stage.TRIAGE, Stage.SUPERVISION],
        target=RETURN_VALUE(Stage.HANDLING, Stage.SUPERVISION),
    )
    def claim(self) -> Stage:
        return Stage.SUPERVISION if self.stage == Stage.SUPERVISION else Stage.HANDLING

    @transition(
        stage,
        source=[Stage.HANDLING, Stage.SUPERVISION],
        target=RETURN_VALUE(Stage.TRIAGE, Stage.SUPERVISION),
    )
    def undo_claim(self) -> Stage:
        return Stage.SUPERVISION if self.stage == Stage.SUPERVISION else Stage.TRIAGE

    @transition(
        stage,
        source=[Stage.TRIAGE, Stage.HANDLING, Stage.SUPERVISION],
        target=RETURN_VALUE(Stage.TRIAGE, Stage.SUPERVISION),
    )
    def back_to_triage(self) -> Stage:
        """Another unit, or another level, is to take it: nobody has claimed it yet."""
        return Stage.SUPERVISION if self.stage == Stage.SUPERVISION else Stage.TRIAGE

    @transition(
        stage,
        source=[Stage.HANDLING, Stage.SUPERVISION],
        target=RETURN_VALUE(Stage.HANDLING, Stage.SUPERVISION),
    )
    def stay_in_handling(self) -> Stage:
        """Reported, or sent back for more: still with the unit, supervised or not."""
        return Stage(self.stage)

    @transition(
        stage,
        source=[Stage.TRIAGE, Stage.HANDLING, Stage.SUPERVISION],
        target=Stage.SUPERVISION,
    )
    def supervise(self) -> None:
        """The centre watches until the unit has answered; one that takes over is asked anew."""

    @transition(stage, source=Stage.SUPERVISION, target=RETURN_VALUE(Stage.TRIAGE, Stage.HANDLING))
    def lift(self) -> Stage:
        return self.base

    @transition(stage, source=[Stage.HANDLING, Stage.SUPERVISION], target=Stage.FOLLOW_UP)
    def approve(self) -> None:
        """The centre finds that the result answers what was asked."""

    @transition(stage, source=Stage.FOLLOW_UP, target=Stage.CLOSED)
    def close(self) -> None:
        """The citizen has been asked."""

    @transition(stage, source=Stage.FOLLOW_UP, target=Stage.FOLLOW_UP)
    def stay_in_follow_up(self) -> None:
        """Nobody answered, or a rating calls for a call: still to be followed up."""

    @transition(stage, source=Stage.FOLLOW_UP, target=Stage.HANDLING)
    def redo(self) -> None:
        """The citizen is not satisfied and wants it done again by the same unit."""

    @transition(stage, source=list(OPEN), target=Stage.CLOSED)
    def end(self) -> None:
        """Withdrawn, merged or transferred: it ends without a result."""

    @transition(stage, source=Stage.CLOSED, target=Stage.TRIAGE)
    def reopen(self) -> None:
        """A closed matter starts again, or a merged one stands on its own again."""
