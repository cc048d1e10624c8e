from __future__ import annotations

from datetime import time

from django.core.validators import RegexValidator
from django.db import models
from django.utils.functional import cached_property

READER_ADDRESS = RegexValidator(
    r"^(?:https?|wss?)://(?:127\.0\.0\.1|localhost)(?::\d{1,5})?(?:/[\w./?=&%-]*)?$",
    "读卡服务在窗口电脑上，地址写成 http://127.0.0.1:38088/… 或 ws://127.0.0.1:…",
)
DIVISION_CODE = RegexValidator(r"^\d{12}$", "区划代码应为 12 位数字")


class Level(models.TextChoices):
    """The four levels a centre can stand on, highest first."""

    CITY = "city", "市"
    COUNTY = "county", "县"
    TOWN = "town", "镇街"
    VILLAGE = "village", "村社区"


STEM_LENGTHS = {Level.CITY: 4, Level.COUNTY: 6, Level.TOWN: 9, Level.VILLAGE: 12}


class Region(models.Model):
    """A place of the statistical division code: 2+2+2 digits to the county, 3 town, 3 village."""

    code = models.CharField("区划代码", max_length=12, unique=True, validators=[DIVISION_CODE])
    name = models.CharField("名称", max_length=50)
    level = models.CharField("层级", max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )

    class Meta:
        ordering = ["code"]
        verbose_name = verbose_name_plural = "区划"

    def __str__(self) -> str:
        return self.name

    @property
    def stem(self) -> str:
        """The digits shared by everything inside this region: a subtree is a prefix."""
        return self.code[: STEM_LENGTHS[Level(self.level)]]


class Center(models.Model):
    """A 综治中心 on one of four levels; its working hours are the ones its clocks run in."""

    name = models.CharField("名称", max_length=50)
    region = models.OneToOneField(Region, models.PROTECT, related_name="center")
    level = models.CharField("层级", max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    phone = models.CharField("咨询电话", max_length=20)
    address = models.CharField("地址", max_length=100, blank=True)
    opens_morning = models.TimeField("上午上班", default=time(8, 30))
    closes_morning = models.TimeField("上午下班", default=time(12, 0))
    opens_afternoon = models.TimeField("下午上班", default=time(14, 0))
    closes_afternoon = models.TimeField("下午下班", default=time(17, 30))
    texts_citizens = models.BooleanField(
        "给来访人发短信",
        default=False,
        help_text="登记后和有结果时各发一条；不发给家暴、涉未成年人的事项。短信通道配置好才会发",
    )

    class Meta:
        ordering = ["region__code"]
        verbose_name = verbose_name_plural = "综治中心"

    def __str__(self) -> str:
        return self.name

    @cached_property
    def has_lower(self) -> bool:
        """Whether there is a centre one level below this one."""
        return self.children.exists()

    @property
    def hours(self) -> tuple[tuple[time, time], tuple[time, time]]:
        """Opening hours of a working day, as (from, to) pairs in local time."""
        return (
            (self.opens_morning, self.closes_morning),
            (self.opens_afternoon, self.closes_afternoon),
        )


class Room(models.Model):
    """A room of a centre: 一厅五室 here, 1厅1庭8室 there, each county by names of its own."""

    class Kind(models.TextChoices):
        HALL = "hall", "接待大厅"
        COURT = "court", "庭"
        MEDIATION = "mediation", "调处室"
        COUNSELLING = "counselling", "心理咨询室"
        LEGAL_AID = "legal_aid", "法律援助室"
        ANALYSIS = "analysis", "研判室"
        POLICE = "police", "警民联络室"
        COMMUNITY = "community", "社会组织室"
        OTHER = "other", "其他功能室"

    center = models.ForeignKey(Center, models.CASCADE, related_name="rooms", verbose_name="中心")
    name = models.CharField("名称", max_length=50)
    kind = models.CharField("是什么室", max_length=15, choices=Kind, default=Kind.OTHER)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "功能室"
        constraints = [
            models.UniqueConstraint(fields=["center", "name"], name="room_once_per_center"),
        ]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """Whoever can be given a case: a bureau, a lower or upper centre, a mediation body."""

    class Kind(models.TextChoices):
        BUREAU = "bureau", "部门"
        CENTER = "center", "综治中心"
        BODY = "body", "调解组织"

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=50)
    kind = models.CharField("类别", max_length=10, choices=Kind, default=Kind.BUREAU)
    center = models.ForeignKey(
        Center, models.PROTECT, related_name="departments", verbose_name="所在中心"
    )
    runs = models.OneToOneField(
        Center,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="department",
        verbose_name="本身就是的中心",
    )
    duties = models.TextField("职责", blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    initials = models.CharField("拼音首字母", max_length=30, blank=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "单位"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="center", runs__isnull=False)
                | (~models.Q(kind="center") & models.Q(runs__isnull=True)),
                name="department_of_a_center_names_it",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DutyPhone(models.Model):
    """Whom this centre calls when somebody is in danger, and whom the law wants told."""

    class Kind(models.TextChoices):
        POLICE = "police", "派出所"
        WOMEN = "women", "妇联"
        HOSPITAL = "hospital", "医院"
        CIVIL = "civil", "民政"
        EDUCATION = "education", "教育"

    center = models.ForeignKey(Center, models.CASCADE, related_name="duty_phones")
    kind = models.CharField("哪里", max_length=10, choices=Kind)
    phone = models.CharField("值班电话", max_length=20)

    class Meta:
        ordering = ["center_id", "pk"]
        verbose_name = verbose_name_plural = "值班电话"
        constraints = [
            models.UniqueConstraint(fields=["center", "kind"], name="duty_phone_once_per_center"),
        ]

    def __str__(self) -> str:
        return f"duty phone {self.pk}"


class Window(models.Model):
    """A counter of the reception hall; a department in residence may hold one.

    The reader of identity cards hangs on the computer of the window: the page there speaks to
    the vendor's service on the same computer, never to anything further away.
    """

    class Reader(models.TextChoices):
        NONE = "none", "没有"
        HTTP = "http", "本机读卡服务（HTTP）"
        WEBSOCKET = "websocket", "本机读卡服务（WebSocket）"
        WEDGE = "wedge", "键盘口（像键盘一样打出号码）"

    center = models.ForeignKey(Center, models.CASCADE, related_name="windows")
    number = models.PositiveSmallIntegerField("窗口号")
    name = models.CharField("名称", max_length=30, blank=True)
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, related_name="windows"
    )
    reader = models.CharField("读卡器", max_length=10, choices=Reader, default=Reader.NONE)
    reader_address = models.CharField(
        "读卡服务地址",
        max_length=100,
        blank=True,
        validators=[READER_ADDRESS],
        help_text="厂家读卡服务在窗口电脑上的地址，例如 http://127.0.0.1:38088/read",
    )

    class Meta:
        ordering = ["center_id", "number"]
        verbose_name = verbose_name_plural = "窗口"
        constraints = [
            models.UniqueConstraint(fields=["center", "number"], name="window_once_per_center"),
        ]

    def __str__(self) -> str:
        return f"{self.number}号窗口"
