from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from mediation.querysets import ReferralQuerySet


class Referral(models.Model):
    """A case that another organ has handed over to be mediated: 诉调, 警调, 访调 对接.

    From a court before 立案 (委派, 30 days) or after it (委托: 15 days, 7 in summary procedure),
    counted from the day the materials were signed for (特邀调解规定 art. 27).
    """

    class Kind(models.TextChoices):
        COMMISSIONED = "commissioned", "法院诉前委派"
        ENTRUSTED = "entrusted", "法院委托（普通程序）"
        ENTRUSTED_SUMMARY = "entrusted_sum", "法院委托（简易程序）"
        POLICE = "police", "警调对接"
        PETITION = "petition", "访调对接"
        PROCURATOR = "procurator", "检调对接"

    class Outcome(models.TextChoices):
        AGREED = "agreed", "达成协议"
        WITHDRAWN = "withdrawn", "撤回起诉或申请"
        FAILED = "failed", "调解不成"
        REFUSED = "refused", "当事人不愿调解"
        OVER_TIME = "over_time", "超过期限"

    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    kind = models.CharField("对接方式", max_length=15, choices=Kind)
    organ = models.CharField("移交机关", max_length=60)
    number = models.CharField("函号或案号", max_length=40, blank=True)
    contact = models.CharField("联系人", max_length=60, blank=True)
    received_on = models.DateField("签收材料日期")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    materials = models.TextField("移交材料", blank=True)
    taken_on = models.DateField("接受日期", null=True)
    declined_on = models.DateField("不接受日期", null=True)
    declined_why = models.CharField("为什么不接受", max_length=200, blank=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome, blank=True)
    returned_on = models.DateField("回复日期", null=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    returned_text = models.TextField("回复内容", blank=True)
    receipt = models.CharField("对方签收", max_length=60, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-pk"]
        verbose_name = verbose_name_plural = "委派、委托、移交"
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "number"], condition=~Q(number=""), name="referral_number_once"
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(returned_on=None, declined_on=None),
                name="one_open_referral_per_case",
            ),
            models.CheckConstraint(
                condition=Q(returned_on=None) | ~Q(outcome=""), name="referral_returned_says_how"
            ),
        ]

    def __str__(self) -> str:
        return f"referral {self.pk}"
