from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from orgs.models import Center, Department, User
from orgs.permissions import Permission


class TalkQuerySet(models.QuerySet["Talk"]):
    def visible_to(self, user: User) -> Self:
        """The centres this person supervises or leads, and the unit itself, before and after."""
        reach: set[int] = set()
        for permission in (Permission.SUPERVISE, Permission.DECIDE):
            reach.update(pk for post in user.posts_giving(permission) for pk in post.reach)
        units = {post.department_id for post in user.posts_giving(Permission.VIEW_UNIT)} - {None}
        return self.filter(Q(center__in=reach) | Q(unit__in=units))


class Talk(models.Model):
    """约谈: proposed, decided by a leader, held, and followed until its commitments are kept.

    What the sweep proposes about one unit is one talk until somebody has decided it.
    """

    center = models.ForeignKey(Center, models.PROTECT, related_name="talks")
    unit = models.ForeignKey(Department, models.PROTECT, related_name="talks")
    cases = models.ManyToManyField(Case, related_name="talks", blank=True)
    reason = models.CharField("约谈事由", max_length=500)
    proposed_at = models.DateTimeField("建议时间")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField("决定时间", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    is_called = models.BooleanField("约谈", default=False)
    refused_for = models.CharField("为什么不约谈", max_length=300, blank=True)
    meet_at = models.DateTimeField("约谈时间", null=True)
    place = models.CharField("约谈地点", max_length=60, blank=True)
    invited = models.CharField("通知谁来", max_length=100, blank=True)
    held_at = models.DateTimeField("谈话时间", null=True)
    host = models.CharField("约谈人", max_length=60, blank=True)
    present = models.CharField("被约谈人", max_length=200, blank=True)
    facts = models.TextField("事实", blank=True)
    minutes = models.TextField("谈话内容", blank=True)
    recorded_at = models.DateTimeField("记录时间", null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    chased_at = models.DateTimeField("催过记录", null=True)
    closed_at = models.DateTimeField("结束时间", null=True)

    objects = TalkQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "约谈"
        constraints = [
            models.UniqueConstraint(
                fields=["center", "unit"],
                condition=Q(proposed_by=None, decided_at=None),
                name="talk_one_proposal_per_unit",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, is_called=False, refused_for="")
                | Q(decided_at__isnull=False, is_called=True, meet_at__isnull=False, refused_for="")
                | (Q(decided_at__isnull=False, is_called=False) & ~Q(refused_for="")),
                name="talk_called_or_refused_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(recorded_at=None)
                | Q(is_called=True, held_at__isnull=False, recorded_by__isnull=False),
                name="talk_recorded_after_it_was_called",
            ),
        ]

    def __str__(self) -> str:
        return f"talk {self.pk}"

    @property
    def state(self) -> str:
        """Where it stands, in a word."""
        if self.decided_at is None:
            return "建议约谈"
        if not self.is_called:
            return "不约谈"
        if self.recorded_at is None:
            return "已约，待谈"
        return "已结束" if self.closed_at else "已谈，等兑现"


class Commitment(models.Model):
    """整改承诺: what the unit has promised in a talk, until when, and whether it has kept it."""

    talk = models.ForeignKey(Talk, models.CASCADE, related_name="commitments")
    what = models.CharField("承诺什么", max_length=300)
    until = models.DateField("什么时候前")
    kept = models.BooleanField("兑现了", default=False)
    settled_at = models.DateTimeField("核对时间", null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    text = models.CharField("核对说明", max_length=300, blank=True)
    told_at = models.DateTimeField("到期提醒过", null=True)

    class Meta:
        ordering = ["until", "pk"]
        verbose_name = verbose_name_plural = "整改承诺"
        indexes = [
            models.Index(fields=["until"], condition=Q(settled_at=None), name="commitment_open"),
        ]

    def __str__(self) -> str:
        return f"commitment {self.pk}"
