from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.models import Case
from cases.querysets import OfCaseQuerySet
from cases.vocabulary import LegalRoute
from mediation.models.bodies import Body
from mediation.models.mediators import Mediator
from orgs.models import Center, Department


class Mediation(models.Model):
    """One proceeding to settle a case, from 受理 to its end: one dossier, one number.

    A case has at most one that is open; a later round may open another. Voluntary: one party's
    clear refusal ends it (人民调解法 arts. 3, 17, 26).
    """

    class Origin(models.TextChoices):
        """案件来源, as the official statistics count them."""

        APPLIED = "applied", "依申请"
        OFFERED = "offered", "主动调解"
        COURT = "court", "法院委托移送"
        PROCURATOR = "procurator", "检察院委托移送"
        POLICE = "police", "公安委托移送"
        PETITION = "petition", "信访委托移送"
        ELSEWHERE = "elsewhere", "其他部门委托移送"

    class Ending(models.TextChoices):
        AGREED = "agreed", "达成协议"
        REFUSED = "refused", "一方不愿调解"
        FAILED = "failed", "调解不成"
        OVER_TIME = "over_time", "超过期限"
        WITHDRAWN = "withdrawn", "申请人撤回"
        CASE_ENDED = "case_ended", "事项终止"
        MOVED = "moved", "事项转走"

    case = models.ForeignKey(Case, models.PROTECT, related_name="mediations")
    center = models.ForeignKey(Center, models.PROTECT, related_name="+")
    body = models.ForeignKey(
        Body, models.PROTECT, null=True, related_name="mediations", verbose_name="调解组织"
    )
    unit = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", verbose_name="承办单位"
    )
    round = models.PositiveSmallIntegerField("第几次办理")
    year = models.PositiveSmallIntegerField("年")
    serial = models.PositiveIntegerField("第几号")
    origin = models.CharField("来源", max_length=12, choices=Origin)
    is_hard = models.BooleanField("疑难", default=False)
    demands = models.TextField("申请事项", blank=True)
    claimed = models.DecimalField(
        "主张金额（元）", max_digits=14, decimal_places=2, null=True, blank=True
    )
    started_on = models.DateField("受理日期")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    informed_on = models.DateField("告知权利义务", null=True)
    host = models.ForeignKey(
        Mediator, models.PROTECT, null=True, related_name="hosted", verbose_name="主持的调解员"
    )
    helpers = models.ManyToManyField(
        Mediator, blank=True, related_name="helped", verbose_name="一起调解的"
    )
    ending = models.CharField("怎么结束的", max_length=12, choices=Ending, blank=True)
    ended_on = models.DateField("结束日期", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    ended_why = models.TextField("结束的情况", blank=True)
    route = models.CharField("告知的途径", max_length=15, choices=LegalRoute, blank=True)
    no_crime_people = models.PositiveIntegerField("防止民转刑（人）", default=0)
    no_petition_people = models.PositiveIntegerField("防止群体性上访（人）", default=0)
    filed_on = models.DateField("立卷日期", null=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    kept_for = models.CharField("保管期限", max_length=10, blank=True)
    dossier_note = models.TextField("卷宗情况说明", blank=True)
    checked_on = models.DateField("卷宗检查合格", null=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "调解"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_on=None), name="one_open_mediation_per_case"
            ),
            models.UniqueConstraint(
                fields=["center", "body", "year", "serial"],
                name="mediation_number_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ending="")
                | Q(Q(ended_on__gte=F("started_on")), ~Q(ending="")),
                name="mediation_ends_somehow",
            ),
        ]
        indexes = [
            models.Index(fields=["center", "started_on"], name="mediation_by_start"),
            models.Index(fields=["center", "ended_on"], name="mediation_by_end"),
        ]

    def __str__(self) -> str:
        return f"mediation {self.pk}"

    # What `mediation.proceedings.with_standing` brings.
    admitted: list[int]
    objected: list[str]
    chosen: int | None
    consent: str | None
    how_chosen: str | None
    has_planned: bool
    has_signatures: bool
    has_to_do: bool
    is_handed_over: bool

    @property
    def is_open(self) -> bool:
        return self.ended_on is None

    @property
    def number(self) -> str:
        """「（2026）示人调字第 12 号」"""
        word = (self.body.case_word if self.body else "") or ""
        return f"（{self.year}）{word}人调字第 {self.serial} 号"
