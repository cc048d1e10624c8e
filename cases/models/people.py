from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.models.case import Case
from cases.querysets import OfCaseQuerySet
from cases.vocabulary import PartyRole
from orgs.models import Center, Window
from zongzhi.lib.fields import EncryptedTextField
from zongzhi.lib.identity import IdKind
from zongzhi.lib.models import ReadInBulk


class Party(ReadInBulk):
    """Someone the case is about. Identity number and phone are encrypted; the keys find them."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="parties")
    role = models.CharField("身份", max_length=10, choices=PartyRole)
    name = models.CharField("姓名或单位名称", max_length=60)
    is_organization = models.BooleanField("是单位", default=False)
    id_kind = models.CharField(
        "证件",
        max_length=10,
        choices=IdKind,
        default=IdKind.RESIDENT,
        db_default=IdKind.RESIDENT,
    )
    id_number = EncryptedTextField("证件号", purpose="party.id_number", blank=True)
    id_number_key = models.CharField(max_length=64, blank=True)
    phone = EncryptedTextField("电话", purpose="party.phone", blank=True)
    phone_key = models.CharField(max_length=64, blank=True)
    address = models.CharField("住址", max_length=100, blank=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "当事人"
        indexes = [
            # 查询框 and 再次来访: by the keyed hash of a phone or identity number.
            models.Index(
                fields=["phone_key"], condition=~models.Q(phone_key=""), name="party_by_phone"
            ),
            models.Index(
                fields=["id_number_key"],
                condition=~models.Q(id_number_key=""),
                name="party_by_id_number",
            ),
        ]

    def __str__(self) -> str:
        return f"party {self.pk}"  # never the name: this lands in logs

    @property
    def resident_number(self) -> str:
        """The number that says sex and date of birth; "" for any other paper, or none."""
        return self.id_number if self.id_kind == IdKind.RESIDENT else ""


class Visit(models.Model):
    """One coming about a case (批次) by so many people (人次)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="visits")
    center = models.ForeignKey(Center, models.PROTECT, related_name="visits", db_index=False)
    at = models.DateTimeField("时间")
    visitors = models.PositiveSmallIntegerField("人数", default=1)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    window = models.ForeignKey(Window, models.SET_NULL, null=True, related_name="+", db_index=False)
    # The form a 再次来访 came by: sent again, it is not counted again.
    submission_id = models.UUIDField("提交号", null=True, unique=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "来访"
        indexes = [
            models.Index(fields=["at"], include=["center", "visitors"], name="visit_by_time"),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"


class Consultation(models.Model):
    """只是咨询: counted as a visit, never as a case; one that became a case counts there."""

    class Category(models.TextChoices):
        LAW = "law", "法律咨询"
        POLICY = "policy", "政策咨询"
        FIND = "find", "找人办事"
        ELSEWHERE = "elsewhere", "投诉转走"
        OTHER = "other", "其他"

    center = models.ForeignKey(Center, models.PROTECT, related_name="consultations")
    category = models.CharField("分类", max_length=10, choices=Category)
    text = models.CharField("一句话", max_length=500)
    name = models.CharField("姓名", max_length=30, blank=True)
    phone = EncryptedTextField("电话", purpose="consultation.phone", blank=True)
    visitors = models.PositiveSmallIntegerField("人数", default=1)
    at = models.DateTimeField("时间")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    became = models.OneToOneField(
        Case, models.PROTECT, null=True, related_name="consultation", verbose_name="转为事项"
    )
    # The form it came by: sent again, it is not counted again.
    submission_id = models.UUIDField("提交号", null=True, unique=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "咨询"
        indexes = [models.Index(fields=["center", "at"], name="consultation_by_center")]

    def __str__(self) -> str:
        return f"consultation {self.pk}"
