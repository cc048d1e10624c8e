"""台账 and 报表 as they were kept: printed editions, sealed ones, corrections; entries by hand.

All of it is only ever added to; the database refuses anything else.
"""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from orgs.models import Center, User
from orgs.permissions import Permission


def reached(user: User) -> set[int]:
    """The centres whose official tables this person reads: those whose board and cases they see."""
    reach: list[set[int]] = [
        {pk for post in user.posts_giving(permission) for pk in post.reach}
        for permission in (Permission.BOARD, Permission.VIEW_CENTER)
    ]
    return reach[0] & reach[1]


class Ledger(models.TextChoices):
    """The two ledgers that name cases (domain.md §1.7)."""

    SALIENT = "salient", "突出矛盾纠纷台账"
    MAJOR = "major", "重大矛盾纠纷排查调处情况"


class LedgerEntry(models.Model):
    """A case put onto a ledger or taken off it by hand, against the rule; the latest word holds."""

    ledger = models.CharField("哪本台账", max_length=8, choices=Ledger)
    case = models.ForeignKey(Case, models.PROTECT, related_name="ledger_entries")
    is_on = models.BooleanField("列入")
    reason = models.CharField("理由", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "台账调整"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="ledger_entry_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"ledger entry {self.pk}"


class LineEdit(models.Model):
    """What somebody wrote instead of the words of one line of a ledger; the latest holds.

    `cells` are all the words that stand otherwise than the case has them, by column; a column
    that is missing follows the case.
    """

    center = models.ForeignKey(Center, models.PROTECT, related_name="line_edits", db_index=False)
    ledger = models.CharField("哪本台账", max_length=8, choices=Ledger)
    period = models.CharField("时间", max_length=7)  # mediation.periods.Period.code
    case = models.ForeignKey(Case, models.PROTECT, related_name="line_edits")
    cells = models.JSONField("写的")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "台账改的文字"
        indexes = [
            models.Index(
                fields=["center", "ledger", "period", "case", "-id"], name="line_edit_of_a_ledger"
            ),
        ]

    def __str__(self) -> str:
        return f"line edit {self.pk}"


class SheetQuerySet(models.QuerySet["Sheet"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(center__in=reached(user))

    def of(self, center: Center, kind: str, period: str) -> Self:
        return self.filter(center=center, kind=kind, period=period)


class Sheet(models.Model):
    """One edition of an official table as it was printed or sealed (封存), numbers and lists in it.

    `table` is what it says, `kept_rows` what each of its numbers counted: what happens to the
    cases later moves neither. A correction is an edition of its own that names the sealed one.
    """

    class Kind(models.TextChoices):
        PERIOD = "period", "矛盾纠纷排查情况"
        HANDLING = "handling", "办件统计"
        SALIENT = Ledger.SALIENT.value, "突出矛盾纠纷台账"
        MAJOR = Ledger.MAJOR.value, "重大矛盾纠纷排查调处情况"
        MEDIATION = "mediation", "人民调解统计"

    center = models.ForeignKey(Center, models.PROTECT, related_name="sheets")
    kind = models.CharField("哪张表", max_length=10, choices=Kind)
    period = models.CharField("时间", max_length=7)  # mediation.periods.Period.code
    version = models.PositiveSmallIntegerField("第几版")
    is_sealed = models.BooleanField("封存", default=False)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="correction", verbose_name="更正哪一版"
    )
    reason = models.CharField("更正原因", max_length=200, blank=True)
    title = models.CharField("标题", max_length=100)
    reporter = models.CharField("填报单位", max_length=60)
    note = models.TextField("说明", max_length=1000, blank=True)
    table = models.JSONField("表")
    as_of = models.DateTimeField("数据时点")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("时间")

    objects = SheetQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "报表"
        constraints = [
            models.UniqueConstraint(
                fields=["center", "kind", "period", "version"], name="sheet_version_once"
            ),
            models.UniqueConstraint(
                fields=["center", "kind", "period"],
                condition=Q(is_sealed=True, corrects=None),
                name="sheet_sealed_once",
            ),
            models.CheckConstraint(
                condition=Q(corrects=None, reason="")
                | (Q(corrects__isnull=False, is_sealed=True) & ~Q(reason="")),
                name="sheet_correction_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"sheet {self.pk}"
