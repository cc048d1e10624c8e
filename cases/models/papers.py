from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.models.case import Case
from cases.querysets import OfCaseQuerySet, visible_cases
from orgs.models import Department, User
from zongzhi.lib.fields import EncryptedTextField


class DocumentQuerySet(OfCaseQuerySet):
    def for_receipts(self) -> Self:
        """With who has signed for them and who has not."""
        receipts = Receipt.objects.select_related("unit", "signed_by")
        return self.prefetch_related(models.Prefetch("receipts", queryset=receipts))


class Document(models.Model):
    """文书: a paper the centre made, word for word, with its version. Added to, never changed.

    `content` is what both the print page and the Word file are drawn from (`cases.composing`).
    `about` is the row of a higher floor that it speaks of (a part in the case, a 督办单); 0 is the
    case itself. What kinds there are, and who makes them: `cases.paper_kinds`.
    """

    class Kind(models.TextChoices):
        REGISTRATION = "registration", "登记表"
        ACCEPTED = "accepted", "受理告知书"
        DECLINED = "declined", "不予受理告知书"
        ASSIGNMENT = "assignment", "交办单"
        TRANSFER_NOTE = "transfer_note", "转办通知单"
        COOPERATION = "cooperation", "协作联系单"
        ENTRUSTMENT = "entrustment", "委托调处函"
        MEDIATION_REPLY = "mediation_reply", "调处回复函"
        SUPERVISION = "supervision", "督办单"
        TALK = "talk", "约谈记录"
        WARNING = "warning", "预警函"
        MINUTES = "minutes", "会议纪要"
        # Of the dossier of a mediation, in its order (司法部 2010 年人民调解文书格式).
        MED_APPLICATION = "med_application", "人民调解申请书"
        MED_INTAKE = "med_intake", "人民调解受理登记表"
        MED_RIGHTS = "med_rights", "当事人权利义务告知书"
        MED_INQUIRY = "med_inquiry", "人民调解调查记录"
        MED_RECORD = "med_record", "人民调解记录"
        MED_AGREEMENT = "med_agreement", "人民调解协议书"
        MED_ORAL = "med_oral", "人民调解口头协议登记表"
        MED_VISIT = "med_visit", "人民调解回访记录"
        MED_CONFIRM = "med_confirm", "司法确认申请书"
        MED_REPLY = "med_reply", "委派委托调解复函"
        MED_ENDED = "med_ended", "调解终止告知书"
        MED_COVER = "med_cover", "卷宗封面"
        MED_CONTENTS = "med_contents", "卷内目录"
        MED_NOTE = "med_note", "卷宗情况说明"
        MED_BACK = "med_back", "卷宗封底"

    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    kind = models.CharField("文书", max_length=15, choices=Kind)
    about = models.PositiveBigIntegerField("针对哪一条", default=0, db_default=0)
    version = models.PositiveSmallIntegerField("第几版")
    number = models.CharField("文号", max_length=40)
    content = EncryptedTextField("内容", purpose="document.content")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("生成时间")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "文书"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "about", "version"], name="document_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.pk}"


class Printing(models.Model):
    """One time that a paper of a case was printed; the second time it says 补打."""

    class What(models.TextChoices):
        SLIP = "slip", "回执"
        DOCUMENT = "document", "文书"
        WORD = "word", "文书（word）"

    case = models.ForeignKey(Case, models.PROTECT, related_name="printings")
    what = models.CharField("打印了什么", max_length=10, choices=What)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="printings")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "打印"

    def __str__(self) -> str:
        return f"printing {self.pk}"


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_cases(user, prefix="document__case__"))

    def waiting(self) -> Self:
        """Not signed, of the newest version: nobody signs for one that has been replaced."""
        newer = Document.objects.filter(
            case=OuterRef("document__case"),
            kind=OuterRef("document__kind"),
            about=OuterRef("document__about"),
            version__gt=OuterRef("document__version"),
        )
        return self.filter(~Exists(newer), signed_at=None)

    def of_units(self, units: Iterable[int | None], centers: Iterable[int]) -> Self:
        """Of these units, or of those that are one of these centres."""
        return self.filter(Q(unit__in=list(units)) | Q(unit__runs__in=list(centers)))

    def for_list(self) -> Self:
        return self.select_related("unit", "document__case", "document__made_by")


class Receipt(models.Model):
    """签收回执: a unit that a paper went to, and who of it signed when.

    Written with the paper, signed once by a conditional update; a signed one never changes (a
    trigger sees to it). A paper made anew has receipts of its own, the old ones stay.
    """

    document = models.ForeignKey(
        Document, models.PROTECT, related_name="receipts", verbose_name="文书"
    )
    unit = models.ForeignKey(
        Department, models.PROTECT, related_name="receipts", db_index=False, verbose_name="签收单位"
    )
    sent_at = models.DateTimeField("送出时间")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="签收人",
    )
    signed_at = models.DateTimeField("签收时间", null=True)
    note = models.CharField("备注", max_length=100, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "签收回执"
        constraints = [
            models.UniqueConstraint(fields=["document", "unit"], name="receipt_once_per_unit"),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="receipt_is_signed_by_somebody",
            ),
        ]
        indexes = [
            # 待签回执 of one unit.
            models.Index(fields=["unit"], condition=Q(signed_at=None), name="receipt_waiting"),
        ]

    def __str__(self) -> str:
        return f"receipt {self.pk}"
