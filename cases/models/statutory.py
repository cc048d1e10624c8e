from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models.case import Case
from cases.models.reference import ClockRule
from cases.querysets import OfCaseQuerySet
from cases.vocabulary import Clock


class StatutoryTerm(models.Model):
    """法定期限: a period the law gives, running beside the centre's own clocks.

    In calendar days unless its rule says otherwise; no pause and no extension of a unit moves it.
    `about` is the id of the row of a higher floor it belongs to, 0 for the case itself.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="statutory_terms")
    clock = models.CharField("期限", max_length=15, choices=Clock)
    about = models.PositiveBigIntegerField("针对哪一条", default=0)
    started_on = models.DateField("起算")
    days = models.PositiveSmallIntegerField("天数")
    unit = models.CharField("单位", max_length=10, choices=ClockRule.Unit)
    extended_days = models.PositiveSmallIntegerField("延长天数", default=0)
    extended_why = models.CharField("延长的理由", max_length=300, blank=True)
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    excluded_days = models.PositiveSmallIntegerField("不计入的天数", default=0)  # 鉴定
    last_day = models.DateField("最后一天")
    near_on = models.DateField("从哪天起临期")
    met_on = models.DateField("哪天办到", null=True)
    met_how = models.CharField("怎么办到", max_length=200, blank=True)
    dropped_at = models.DateTimeField("不再计", null=True)
    reminded_at = models.DateTimeField("临期提醒", null=True)
    raised_at = models.DateTimeField("超期报告", null=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["last_day", "pk"]
        verbose_name = verbose_name_plural = "法定期限"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "clock", "about"],
                condition=Q(met_on=None, dropped_at=None),
                name="statutory_term_runs_once",
            ),
            models.CheckConstraint(
                condition=Q(extended_days=0) | ~Q(extended_why=""),
                name="statutory_term_extended_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["last_day"],
                condition=Q(met_on=None, dropped_at=None),
                name="statutory_term_running",
            ),
        ]

    def __str__(self) -> str:
        return f"statutory term {self.pk}"

    @property
    def is_running(self) -> bool:
        return self.met_on is None and self.dropped_at is None
