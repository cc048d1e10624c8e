from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.models import Party
from mediation.models.mediators import Mediator
from mediation.models.proceedings import Mediation


class Choice(models.Model):
    """点菜: who was chosen to mediate, by whom, and what the other side says to it.

    人民调解法 art. 19: the parties may choose. Either side may object once; without agreement the
    centre assigns.
    """

    class How(models.TextChoices):
        CHOSEN = "chosen", "当事人选的"
        ASSIGNED = "assigned", "中心安排的"

    class Consent(models.TextChoices):
        NOT_ASKED = "not_asked", "还没问"
        AGREES = "agrees", "同意"
        CHANGE = "change", "要换"

    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="choices")
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="+")
    how = models.CharField("怎么定的", max_length=10, choices=How)
    by_party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    consent = models.CharField(
        "对方是否同意", max_length=10, choices=Consent, default=Consent.NOT_ASKED
    )
    warned = models.CharField("提醒过回避", max_length=200, blank=True)
    overruled_why = models.CharField("有回避情形仍选的理由", max_length=200, blank=True)
    both_agree = models.BooleanField("双方都同意由他调解", default=False)  # 特邀调解规定 art. 15
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_current = models.BooleanField("现在算数", default=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "选调解员"
        constraints = [
            models.UniqueConstraint(
                fields=["mediation"],
                condition=models.Q(is_current=True),
                name="one_current_choice",
            ),
        ]

    def __str__(self) -> str:
        return f"choice {self.pk}"


class Objection(models.Model):
    """要换一位: each side may say so once in a proceeding."""

    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="objections")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    side = models.CharField("哪一方", max_length=10)  # Party.role
    against = models.ForeignKey(Mediator, models.PROTECT, related_name="+")
    why = models.CharField("理由", max_length=200, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "要换调解员"
        constraints = [
            models.UniqueConstraint(fields=["mediation", "side"], name="each_side_objects_once"),
        ]

    def __str__(self) -> str:
        return f"objection {self.pk}"


class Conflict(models.Model):
    """回避情形 that only people know: kin, a stake in it, counsel of one side."""

    class Kind(models.TextChoices):
        KIN = "kin", "近亲属"
        STAKE = "stake", "有利害关系"
        COUNSEL = "counsel", "是一方的代理人"
        OTHER = "other", "其他可能影响公正的关系"

    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="conflicts")
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="+")
    kind = models.CharField("情形", max_length=10, choices=Kind)
    text = models.CharField("说明", max_length=200, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "回避情形"
        constraints = [
            models.UniqueConstraint(
                fields=["mediation", "mediator", "kind"], name="conflict_told_once"
            ),
        ]

    def __str__(self) -> str:
        return f"conflict {self.pk}"
