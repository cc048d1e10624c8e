from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cases.models import DisputeType
from mediation.models.bodies import Body
from mediation.querysets import MediatorQuerySet
from orgs.models import Center, Region
from zongzhi.lib.fields import EncryptedTextField


class MediatorLevel(models.Model):
    """A grade mediators are assessed at: 一至四级, 特级; each county says which there are."""

    name = models.CharField("等级", max_length=20, unique=True)
    rank = models.PositiveSmallIntegerField("次序（小的在前）")
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["rank", "pk"]
        verbose_name = verbose_name_plural = "调解员等级"

    def __str__(self) -> str:
        return self.name


class Mediator(models.Model):
    """Somebody who may mediate: a 人民调解员, an expert of the pool, one the court has invited.

    What the parties are shown is name, title, speciality, languages and when there is time; never
    how many cases or with what success.
    """

    class Kind(models.TextChoices):
        PEOPLE = "people", "人民调解员"
        EXPERT = "expert", "专家"
        INVITED = "invited", "特邀调解员"
        LAWYER = "lawyer", "律师"
        COUNSELLOR = "counsellor", "心理咨询师"

    center = models.ForeignKey(
        Center, models.PROTECT, related_name="mediators", verbose_name="中心"
    )
    body = models.ForeignKey(
        Body, models.PROTECT, null=True, blank=True, related_name="mediators", verbose_name="组织"
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mediator",
        verbose_name="账号",
    )
    name = models.CharField("姓名", max_length=30)
    gender = models.CharField("性别", max_length=1, choices=[("m", "男"), ("f", "女")], blank=True)
    id_number = EncryptedTextField("身份证号", purpose="mediator.id_number", blank=True)
    id_number_key = models.CharField(max_length=64, blank=True)
    phone = EncryptedTextField("电话", purpose="mediator.phone", blank=True)
    kind = models.CharField("身份", max_length=12, choices=Kind, default=Kind.PEOPLE)
    is_full_time = models.BooleanField("专职", default=False)
    title = models.CharField("介绍（群众看得到）", max_length=40, blank=True)  # 退休法官
    work_unit = models.CharField("工作单位", max_length=60, blank=True)
    home = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="家在哪个村"
    )
    specialities = models.ManyToManyField(
        DisputeType, blank=True, related_name="+", verbose_name="擅长"
    )
    languages = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name="会说"
    )
    areas = models.ManyToManyField(Region, blank=True, related_name="+", verbose_name="服务片区")
    level = models.ForeignKey(
        MediatorLevel,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mediators",
        verbose_name="等级",
    )
    leveled_on = models.DateField("定级日期", null=True, blank=True)
    is_active = models.BooleanField("在册", default=True)
    left_why = models.CharField("为什么不在册", max_length=100, blank=True)

    objects = MediatorQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "调解员"
        constraints = [
            models.UniqueConstraint(
                fields=["center", "id_number_key"],
                condition=~Q(id_number_key=""),
                name="mediator_once_per_center",
            ),
        ]

    def __str__(self) -> str:
        return f"mediator {self.pk}"


class Honour(models.Model):
    """金牌调解员 and the like, with who gave it."""

    mediator = models.ForeignKey(Mediator, models.CASCADE, related_name="honours")
    name = models.CharField("称号", max_length=40)
    by = models.CharField("谁授的", max_length=40, blank=True)
    given_on = models.DateField("日期", null=True, blank=True)

    class Meta:
        ordering = ["-given_on", "pk"]
        verbose_name = verbose_name_plural = "荣誉"

    def __str__(self) -> str:
        return f"honour {self.pk}"


class Service(models.Model):
    """任期: a post in a body for a term; three years by 人民调解法 art. 9."""

    class Post(models.TextChoices):
        CHAIR = "chair", "主任"
        VICE = "vice", "副主任"
        MEMBER = "member", "委员"
        HIRED = "hired", "聘任"

    mediator = models.ForeignKey(Mediator, models.CASCADE, related_name="services")
    post = models.CharField("职务", max_length=10, choices=Post)
    since = models.DateField("从")
    until = models.DateField("到")

    class Meta:
        ordering = ["-since", "pk"]
        verbose_name = verbose_name_plural = "任期"
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="service_ends_later"),
        ]

    def __str__(self) -> str:
        return f"service {self.pk}"


class Training(models.Model):
    """培训: so many hours on a day."""

    mediator = models.ForeignKey(Mediator, models.CASCADE, related_name="trainings")
    on = models.DateField("日期")
    subject = models.CharField("内容", max_length=60)
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1)

    class Meta:
        ordering = ["-on", "pk"]
        verbose_name = verbose_name_plural = "培训"

    def __str__(self) -> str:
        return f"training {self.pk}"


class WeeklyHours(models.Model):
    """When somebody can usually be booked: a weekday (0 is Monday) from one time to another."""

    mediator = models.ForeignKey(Mediator, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField("星期")
    opens = models.TimeField("从")
    closes = models.TimeField("到")

    class Meta:
        ordering = ["weekday", "opens"]
        verbose_name = verbose_name_plural = "常有空的时间"
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, closes__gt=F("opens")), name="weekly_hours_are_hours"
            ),
        ]

    def __str__(self) -> str:
        return f"hours {self.pk}"


class Absence(models.Model):
    """Days on which somebody cannot be booked, both included."""

    mediator = models.ForeignKey(Mediator, models.CASCADE, related_name="absences")
    since = models.DateField("从")
    until = models.DateField("到")
    why = models.CharField("事由", max_length=60, blank=True)

    class Meta:
        ordering = ["since", "pk"]
        verbose_name = verbose_name_plural = "没空的日子"
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="absence_ends_later"),
        ]

    def __str__(self) -> str:
        return f"absence {self.pk}"
