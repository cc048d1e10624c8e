"""研判 of a week, a month or a quarter: sentences with numbers, what people made of them, 审定.

Once 审定 nothing of it moves: the database refuses it.
"""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from cases.vocabulary import Risk
from orgs.models import Center, User
from orgs.models.places import Level
from reports.models.ledgers import reached


class BriefQuerySet(models.QuerySet["Brief"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(center__in=reached(user))


class Brief(models.Model):
    """One draft, made once for each centre and period; sealed when it is 审定.

    Its `kept_rows` are what each number counted when it was drafted.
    """

    class Kind(models.TextChoices):
        WEEK = "week", "周分析"
        MONTH = "month", "月调度"
        QUARTER = "quarter", "季研判"

    center = models.ForeignKey(Center, models.PROTECT, related_name="briefs")
    kind = models.CharField("周期", max_length=8, choices=Kind)
    first = models.DateField("从哪天")
    last = models.DateField("到哪天")
    as_of = models.DateTimeField("数据时点")
    drafted_at = models.DateTimeField("起草时间")
    sealed_at = models.DateTimeField("审定时间", null=True)

    objects = BriefQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "研判"
        constraints = [
            models.UniqueConstraint(fields=["center", "kind", "first"], name="brief_once"),
        ]
        indexes = [models.Index(fields=["center", "-first"], name="brief_by_center")]

    def __str__(self) -> str:
        return f"brief {self.pk}"


class BriefRhythm(models.Model):
    """Whether centres of a level draft briefs of a kind by themselves, where somebody has said so.

    Without a row `reports.rhythm.USUAL` holds.
    """

    level = models.CharField("层级", max_length=10, choices=Level)
    kind = models.CharField("周期", max_length=8, choices=Brief.Kind)
    is_on = models.BooleanField("自动起草")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "研判周期"
        constraints = [
            models.UniqueConstraint(fields=["level", "kind"], name="brief_rhythm_once"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.kind}"


class BriefParagraph(models.Model):
    """A paragraph as it was computed: `parts` are its words, numbers with the key of their rows."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="paragraphs")
    place = models.PositiveSmallIntegerField("第几段")
    heading = models.CharField("小标题", max_length=20)
    parts = models.JSONField("算出来的")

    class Meta:
        ordering = ["place"]
        verbose_name = verbose_name_plural = "研判段落"
        constraints = [
            models.UniqueConstraint(fields=["brief", "place"], name="brief_paragraph_once"),
        ]

    def __str__(self) -> str:
        return f"brief paragraph {self.pk}"


class BriefEdit(models.Model):
    """What somebody wrote instead of a paragraph; the latest is read, all are kept."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="edits")
    paragraph = models.ForeignKey(BriefParagraph, models.CASCADE, related_name="edits")
    text = models.TextField("写的", max_length=3000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "研判修改"

    def __str__(self) -> str:
        return f"brief edit {self.pk}"


class BriefReview(models.Model):
    """初定, 议定 or 审定 of the risk: each once, in this order, by somebody, on a day."""

    class Step(models.TextChoices):
        PROPOSED = "proposed", "初定"
        DISCUSSED = "discussed", "议定"
        DECIDED = "decided", "审定"

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="reviews")
    step = models.CharField("哪一步", max_length=10, choices=Step)
    level = models.CharField("风险", max_length=10, choices=Risk)
    text = models.CharField("意见", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "风险评定"
        constraints = [
            models.UniqueConstraint(fields=["brief", "step"], name="brief_review_step_once"),
        ]

    def __str__(self) -> str:
        return f"brief review {self.pk}"


class BriefMatter(models.Model):
    """A matter named in a brief: its risk goes up or down, or it is struck off (销号), and why."""

    class Move(models.TextChoices):
        UP = "up", "升级"
        DOWN = "down", "降级"
        OFF = "off", "销号"

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="matters")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    move = models.CharField("怎么调", max_length=5, choices=Move)
    reason = models.CharField("理由", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "点名事项"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="brief_matter_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"brief matter {self.pk}"
