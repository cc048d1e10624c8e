from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Attachment, Party
from cases.querysets import visible_cases
from mediation.models.proceedings import Mediation
from mediation.models.sessions import Session
from orgs.models import User
from zongzhi.lib.fields import EncryptedTextField


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> AgreementQuerySet:
        """The agreements of the cases this person sees."""
        return self.filter(visible_cases(user, prefix="mediation__case__"))


class Agreement(models.Model):
    """调解协议, written or oral.

    A written one is in force from the day it bears every party's signature, the mediator's and the
    body's seal; an oral one from the day it was reached (人民调解法 arts. 28–30).
    """

    class Form(models.TextChoices):
        WRITTEN = "written", "书面协议"
        ORAL = "oral", "口头协议"

    mediation = models.ForeignKey(Mediation, models.PROTECT, related_name="agreements")
    session = models.ForeignKey(Session, models.PROTECT, null=True, related_name="agreements")
    form = models.CharField("形式", max_length=10, choices=Form)
    serial = models.PositiveSmallIntegerField("第几份", default=1)
    facts = EncryptedTextField("主要事实、争议事项", purpose="agreement.facts")
    duties = EncryptedTextField("各方责任", purpose="agreement.duties", blank=True)
    manner = models.CharField("履行方式", max_length=200, blank=True)
    place = models.CharField("履行地点", max_length=100, blank=True)
    reached_on = models.DateField("达成日期")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField("填写时间")
    mediator_signed_on = models.DateField("调解员签名", null=True)
    sealed_on = models.DateField("盖章", null=True)
    in_force_on = models.DateField("生效日期", null=True)
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, related_name="+", verbose_name="签字件"
    )
    void_why = models.CharField("为什么作废", max_length=200, blank=True)
    voided_at = models.DateTimeField("作废时间", null=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "调解协议"
        constraints = [
            models.UniqueConstraint(
                fields=["mediation", "serial"], name="agreement_has_its_number"
            ),
            models.UniqueConstraint(
                fields=["mediation"],
                condition=Q(voided_at=None),
                name="one_agreement_that_holds",
            ),
        ]

    def __str__(self) -> str:
        return f"agreement {self.pk}"

    # What `mediation.agreed.settlement_of` brings.
    has_signatures: bool
    has_to_do: bool


class AgreementTerm(models.Model):
    """One clause: who does what for whom, how much, until when, how."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="terms")
    n = models.PositiveSmallIntegerField("第几条")
    text = EncryptedTextField("内容", purpose="agreement_term.text")
    by_party = models.ForeignKey(
        Party, models.PROTECT, null=True, related_name="+", verbose_name="由谁履行"
    )
    amount = models.DecimalField(
        "金额（元）", max_digits=14, decimal_places=2, null=True, blank=True
    )
    due_on = models.DateField("什么时候以前", null=True, blank=True)
    manner = models.CharField("怎么履行", max_length=60, blank=True)
    reminded_at = models.DateTimeField("到期提醒", null=True)
    done_on = models.DateField("履行完", null=True)

    class Meta:
        ordering = ["n"]
        verbose_name = verbose_name_plural = "协议条款"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "n"], name="term_has_its_number"),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(done_on=None), name="term_to_be_performed"),
        ]

    def __str__(self) -> str:
        return f"term {self.pk}"


class Signature(models.Model):
    """A party has signed, sealed or set its fingerprint."""

    class How(models.TextChoices):
        NAME = "name", "签名"
        SEAL = "seal", "盖章"
        FINGER = "finger", "按指印"

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="signatures")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    how = models.CharField("方式", max_length=10, choices=How)
    on = models.DateField("日期")
    agent = models.CharField("代理人", max_length=30, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "签名"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "party"], name="signed_once"),
        ]

    def __str__(self) -> str:
        return f"signature {self.pk}"


class Performance(models.Model):
    """履行记录: what was paid or done of one clause on a day."""

    term = models.ForeignKey(AgreementTerm, models.CASCADE, related_name="performances")
    on = models.DateField("日期")
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2, null=True)
    text = models.CharField("情况", max_length=200, blank=True)
    is_complete = models.BooleanField("这一条履行完了", default=False)
    proof = models.ForeignKey(
        Attachment, models.PROTECT, null=True, related_name="+", verbose_name="凭证"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("记录时间")

    class Meta:
        ordering = ["on", "pk"]
        verbose_name = verbose_name_plural = "履行记录"

    def __str__(self) -> str:
        return f"performance {self.pk}"


class Confirmation(models.Model):
    """司法确认: both parties ask the court within 30 days of the agreement's coming into force.

    人民调解法 art. 33; 民事诉讼法 arts. 205–206. What excludes it is checked beforehand
    (民诉解释 arts. 355, 358).
    """

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "裁定有效"
        REJECTED = "rejected", "裁定驳回"
        NOT_TAKEN = "not_taken", "法院不受理"
        WITHDRAWN = "withdrawn", "撤回申请"

    # What was wrong may be mended within the thirty days.
    AGAIN = (Outcome.NOT_TAKEN, Outcome.WITHDRAWN)

    agreement = models.OneToOneField(Agreement, models.CASCADE, related_name="confirmation")
    court = models.CharField("法院", max_length=60)
    applied_on = models.DateField("申请日期")
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    materials = models.JSONField("已备材料", default=list)
    taken_on = models.DateField("法院受理", null=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome, blank=True)
    decided_on = models.DateField("裁定日期", null=True)
    number = models.CharField("案号", max_length=40, blank=True)
    text = models.CharField("说明", max_length=200, blank=True)
    earlier = models.JSONField("以前的申请", default=list)  # sentences: not taken, or withdrawn

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "司法确认"

    def __str__(self) -> str:
        return f"confirmation {self.pk}"
