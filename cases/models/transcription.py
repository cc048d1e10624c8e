from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.models.case import Case
from cases.querysets import OfCaseQuerySet


class UpperPlatform(models.Model):
    """上级平台: a system that cases are copied into by hand, and what its page asks, in order."""

    name = models.CharField("平台名称", max_length=50, unique=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "上级平台"

    def __str__(self) -> str:
        return self.name


class UpperField(models.Model):
    """One field of that page: its label there, what fills it from a case, and their codes."""

    class Value(models.TextChoices):
        """The GB/T 31000 data set as a case can fill it (`ux.md` §2.3.10)."""

        TITLE = "title", "事件名称"
        OCCURRED_ON = "occurred_on", "发生日期"
        PLACE = "place", "发生地点"
        SCALE = "scale", "事件规模"
        CATEGORY = "category", "事件类别"
        PEOPLE = "people", "涉及人数"
        NARRATIVE = "narrative", "事件简述"
        ORGANIZATION = "organization", "涉及单位"
        PERSON_NAME = "person_name", "主要当事人姓名"
        PERSON_ID_KIND = "person_id_kind", "证件类型"
        PERSON_ID = "person_id", "证件号码"
        PERSON_SEX = "person_sex", "性别"
        PERSON_PHONE = "person_phone", "联系电话"
        PERSON_ADDRESS = "person_address", "居住地址"
        DUE_ON = "due_on", "化解时限"
        METHOD = "method", "化解方式"
        UNIT = "unit", "化解组织"
        HANDLER = "handler", "化解责任人"
        HANDLER_PHONE = "handler_phone", "责任人电话"
        SETTLED = "settled", "化解是否成功"
        RESULT = "result", "化解情况"
        JUDGED_ON = "judged_on", "考评日期"
        JUDGEMENT = "judgement", "考评意见"

    platform = models.ForeignKey(UpperPlatform, models.CASCADE, related_name="fields")
    position = models.PositiveSmallIntegerField("第几项")
    label = models.CharField("对方页面上叫", max_length=30)
    value = models.CharField("填什么", max_length=20, choices=Value)
    codes = models.TextField(
        "对应代码", blank=True, help_text="一行一个，写成“个体=01”；没有写到的原样抄"
    )

    class Meta:
        ordering = ["platform_id", "position", "pk"]
        verbose_name = verbose_name_plural = "要抄的项"

    def __str__(self) -> str:
        return self.label

    def code_of(self, word: str) -> str:
        """Their code for our word; "" when they have none of their own."""
        pairs = (line.partition("=") for line in self.codes.replace("＝", "=").splitlines())
        return next((code.strip() for ours, _, code in pairs if ours.strip() == word), "")


class Transcription(models.Model):
    """已转录: somebody copied the case into a platform, and what number it has there.

    A correction is another row; the newest counts.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="transcriptions")
    platform = models.ForeignKey(UpperPlatform, models.PROTECT, related_name="+")
    their_number = models.CharField("对方编号", max_length=50)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "转录"
        indexes = [models.Index(fields=["platform", "at"], name="transcription_by_time")]

    def __str__(self) -> str:
        return f"transcription {self.pk}"
