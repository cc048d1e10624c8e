from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.models import Attachment
from cases.querysets import visible_cases
from mediation.models.proceedings import Mediation
from orgs.models import Center, User
from zongzhi.lib.fields import EncryptedTextField


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def visible_to(self, user: User) -> InquiryQuerySet:
        """Those of the cases this person sees."""
        return self.filter(visible_cases(user, prefix="mediation__case__"))


class Inquiry(models.Model):
    """调查记录: who was asked, where and when, and what they said. Added to, never changed."""

    mediation = models.ForeignKey(Mediation, models.PROTECT, related_name="inquiries")
    at = models.DateTimeField("时间")
    place = models.CharField("地点", max_length=60)
    subject = models.CharField("事由", max_length=100)
    asked = models.CharField("被调查人", max_length=60)
    asked_by = models.CharField("调查人", max_length=60)
    recorder = models.CharField("记录人", max_length=30, blank=True)
    text = EncryptedTextField("内容", purpose="inquiry.text")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField("填写时间")

    objects = InquiryQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = verbose_name_plural = "调查记录"

    def __str__(self) -> str:
        return f"inquiry {self.pk}"


class DossierFile(models.Model):
    """Where a file of the case lies in the dossier; without a row its name decides."""

    class Part(models.TextChoices):
        """The parts of the dossier that files of the case may belong to."""

        APPLICATION = "application", "申请书或受理登记表"
        RIGHTS = "rights", "当事人权利义务告知书"
        IDENTITY = "identity", "身份证明"
        AGENCY = "agency", "授权委托书"
        INQUIRY = "inquiry", "调查记录"
        EVIDENCE = "evidence", "证据材料"
        RECORD = "record", "调解记录"
        AGREEMENT = "agreement", "调解协议书"
        PERFORMANCE = "performance", "履行凭证"
        VISIT = "visit", "回访记录"
        CONFIRMATION = "confirmation", "司法确认有关材料"
        NOTE = "note", "卷宗情况说明"
        OUT = "out", "不放进卷宗"

    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="files")
    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="+")
    part = models.CharField("放在哪一部分", max_length=15, choices=Part)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "卷内材料"
        constraints = [
            models.UniqueConstraint(
                fields=["mediation", "attachment"], name="file_has_one_place_in_a_dossier"
            ),
        ]

    def __str__(self) -> str:
        return f"dossier file {self.pk}"


class SubsidyRule(models.Model):
    """What a county says of 以案定补 besides the amounts."""

    center = models.OneToOneField(Center, models.CASCADE, related_name="subsidy_rule")
    pays_full_time = models.BooleanField("专职调解员也补", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "以案定补规则"

    def __str__(self) -> str:
        return f"subsidy rule {self.pk}"
