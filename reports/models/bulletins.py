"""月度通报 and 季度排名: how units are scored, what a month came to, who objected, what was wrong.

Units are compared, and grids as units; never persons (国办函〔2026〕12号): a grid whose numbers are
one person's has no row. A sealed bulletin never moves: the database refuses it.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from grids.models import Grid
from orgs.models import Center, Department, User
from orgs.permissions import Permission


class Scheme(models.Model):
    """One version of how the units of a group are scored, in force from a month on.

    A change is another version; none is ever edited, so that a bulletin can always be reckoned
    again by the one it was made with.
    """

    class Group(models.TextChoices):
        DEPARTMENTS = "departments", "部门"
        TOWNS = "towns", "镇街"
        VILLAGES = "villages", "村社区"
        BODIES = "bodies", "调解组织"
        GRIDS = "grids", "网格"

    class Publicity(models.TextChoices):
        OWN = "own", "各单位只看本单位和中位数"
        ALL = "all", "各单位看全部名次"

    center = models.ForeignKey(Center, models.PROTECT, related_name="schemes")
    group = models.CharField("对象", max_length=12, choices=Group)
    version = models.PositiveSmallIntegerField("第几版")
    name = models.CharField("名称", max_length=40)
    effective = models.DateField("从哪个月起（1 日）")
    is_active = models.BooleanField("起草通报", default=True)
    small_sample = models.PositiveSmallIntegerField("一项不足几件不算", default=5)
    bonus_cap = models.DecimalField(
        "人工加分最多", max_digits=4, decimal_places=1, default=Decimal(5)
    )
    yellow = models.DecimalField("黄牌一张扣", max_digits=4, decimal_places=1, default=Decimal(5))
    red = models.DecimalField("红牌一张扣", max_digits=4, decimal_places=1, default=Decimal(10))
    publicity = models.CharField("发布范围", max_length=4, choices=Publicity, default=Publicity.OWN)
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["center_id", "group", "version"]
        verbose_name = verbose_name_plural = "评分方案"
        constraints = [
            models.UniqueConstraint(
                fields=["center", "group", "version"], name="scheme_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"scheme {self.pk}"


class SchemeLine(models.Model):
    """One line of a scheme: an indicator of the dictionary and how many points it is worth."""

    class Kind(models.TextChoices):
        SHARE = "share", "按比例得分"
        BANDED = "banded", "按分档系数扣分"

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField("第几项")
    indicator = models.CharField("指标", max_length=40)  # a key of `reports.indicators`
    kind = models.CharField("算法", max_length=6, choices=Kind, default=Kind.SHARE)
    weight = models.PositiveSmallIntegerField("权重")

    class Meta:
        ordering = ["scheme_id", "position"]
        verbose_name = verbose_name_plural = "评分项"
        constraints = [
            models.UniqueConstraint(fields=["scheme", "indicator"], name="scheme_line_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="scheme_line_weighs_something"),
        ]

    def __str__(self) -> str:
        return f"scheme line {self.pk}"


def own_units(user: User) -> Q:
    """The units a person speaks of as 本单位, as a condition on `Department`.

    Those of the posts in a unit, and the units that the centres of the posts are: a town is a unit
    to the county.
    """
    units = [post.department_id for post in user.posts_giving(Permission.VIEW_UNIT)]
    centers = [post.center_id for post in user.posts_giving(Permission.VIEW_CENTER)]
    return Q(pk__in=[pk for pk in units if pk is not None]) | Q(runs__in=centers)


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def visible_to(self, user: User) -> Self:
        """Whoever supervises or leads the centre; a compared unit from the checking on."""
        units = Department.objects.filter(own_units(user)).values("pk")
        rows = [
            Exists(model.objects.filter(bulletin=OuterRef("pk"), unit__in=units))
            for model in (DraftRow, BulletinRow)
        ]
        compared = ~Q(state=Bulletin.State.DRAFT) & (Q(rows[0]) | Q(rows[1]))
        return self.filter(Q(center__in=_led_by(user)) | compared)

    def published(self) -> Self:
        return self.filter(state=Bulletin.State.PUBLISHED)


def _led_by(user: User) -> set[int]:
    wanted = (Permission.SUPERVISE, Permission.DECIDE)
    return {pk for name in wanted for post in user.posts_giving(name) for pk in post.reach}


class Bulletin(models.Model):
    """月度通报 or 季度排名 of a quarter: drafted, checked by the units, sealed, published."""

    class Period(models.TextChoices):
        MONTH = "month", "月度通报"
        QUARTER = "quarter", "季度排名"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        CHECKING = "checking", "核对中"
        SEALED = "sealed", "已定稿"
        PUBLISHED = "published", "已发布"

    center = models.ForeignKey(Center, models.PROTECT, related_name="bulletins")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="bulletins")
    group = models.CharField("对象", max_length=12, choices=Scheme.Group)
    period = models.CharField("周期", max_length=8, choices=Period, default=Period.MONTH)
    since = models.DateField("从哪天起")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    # What it is reckoned by, in words and numbers of its own: lines, deductions, limits, and for
    # a quarter its months. See `reports.scoring.Rules`.
    rules = models.JSONField("口径")
    as_of = models.DateTimeField("数据时点")
    drafted_at = models.DateTimeField("起草时间")
    counted_at = models.DateTimeField("计数时间")
    sent_at = models.DateTimeField("发出核对", null=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    check_until = models.DateTimeField("核对到什么时候", null=True)
    sealed_at = models.DateTimeField("定稿时间", null=True)
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField("发布时间", null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    publicity = models.CharField(
        "发布范围", max_length=4, choices=Scheme.Publicity, default=Scheme.Publicity.OWN
    )
    number = models.CharField("文号", max_length=40, blank=True)
    # From the sealing on, whatever becomes of the centre.
    center_name = models.CharField("中心", max_length=50, blank=True)
    median = models.DecimalField("得分中位数", max_digits=8, decimal_places=2, null=True)
    taken_back_at = models.DateTimeField("收回", null=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    taken_back_why = models.CharField("为什么收回", max_length=200, blank=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "pk"]
        verbose_name = verbose_name_plural = "月度通报"
        constraints = [
            models.UniqueConstraint(
                fields=["center", "group", "period", "since"], name="bulletin_once_per_period"
            ),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="bulletin_number_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "checking"), sealed_at=None, published_at=None)
                | Q(state="sealed", sealed_at__isnull=False, published_at=None)
                | (
                    Q(state="published", sealed_at__isnull=False, published_at__isnull=False)
                    & ~Q(number="")
                ),
                name="bulletin_state_as_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"bulletin {self.pk}"

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None

    @property
    def said_by(self) -> str:
        """The centre as it was called at the sealing; before that, as it is called."""
        return self.center_name or self.center.name

    @property
    def is_quarter(self) -> bool:
        return self.period == self.Period.QUARTER

    @property
    def last_day(self) -> date:
        """The last day of its month or quarter."""
        months = self.since.year * 12 + self.since.month - 1 + (3 if self.is_quarter else 1)
        return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)

    @property
    def span_words(self) -> str:
        """2025年3月, or 2025年第1季度."""
        if self.is_quarter:
            return f"{self.since.year}年第{(self.since.month + 2) // 3}季度"
        return f"{self.since.year}年{self.since.month}月"

    @property
    def title(self) -> str:
        """2025年3月部门通报, 2025年第1季度镇街排名."""
        what = "排名" if self.is_quarter else "通报"
        return f"{self.span_words}{Scheme.Group(self.group).label}{what}"

    @property
    def is_of_grids(self) -> bool:
        """Grids bear no yellow and red marks: those are on units."""
        return self.group == Scheme.Group.GRIDS

    @property
    def who(self) -> str:
        """What each of its rows is, in a word."""
        return "网格" if self.is_of_grids else "单位"


class OfOne(models.Model):
    """Something said of one of those that are compared: a unit, or a grid.

    `unit` is the unit itself; of a grid, the one that answers for it: it reads, checks and objects.
    """

    unit = models.ForeignKey(Department, models.PROTECT, related_name="+")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def compared_id(self) -> int:
        """Tells it from the others of its bulletin, which are all units or all grids."""
        return self.unit_id if self.grid_id is None else self.grid_id

    @property
    def code(self) -> str:
        """Of the grid or the unit: how addresses, forms and the API name it."""
        return self.unit.code if self.grid is None else self.grid.code

    @property
    def called(self) -> str:
        """As it is called now; a bulletin calls it as it did at the drafting."""
        return self.unit.name if self.grid is None else self.grid.name


def with_code(code: str) -> Q:
    """What is said of the unit or grid with this code."""
    return Q(grid=None, unit__code=code) | Q(grid__code=code)


class _Row(OfOne):
    """What one unit came to."""

    unit_name = models.CharField("单位", max_length=110)  # as it was called then
    numbers = models.JSONField("各项", default=dict)  # {indicator: {"part": n, "whole": n}}
    months = models.JSONField("各月得分", default=dict)  # of a quarter: {"2025-03": "91.40"}
    # Which of the scores before it are those after a slip: months of a quarter, and "previous".
    corrected = models.JSONField("更正后的", default=list)
    points = models.JSONField("各项得分", default=dict)  # {indicator: "22.50"}
    yellow = models.PositiveIntegerField("黄牌", default=0)
    red = models.PositiveIntegerField("红牌", default=0)
    deduction = models.DecimalField("扣分", max_digits=8, decimal_places=2, default=Decimal(0))
    bonus = models.DecimalField("加分", max_digits=6, decimal_places=2, default=Decimal(0))
    sample = models.PositiveIntegerField("样本", default=0)
    score = models.DecimalField("得分", max_digits=8, decimal_places=2, null=True)
    previous = models.DecimalField("上期", max_digits=8, decimal_places=2, null=True)
    is_small = models.BooleanField("样本不足", default=False)

    class Meta:
        abstract = True
        ordering = ["pk"]

    @property
    def told(self) -> str:
        """Who reads it as its own and hears of slips: itself, or who answers for the grid."""
        return self.unit_name if self.grid is None else self.unit.name


class DraftRow(_Row):
    """A row while it may still move."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="draft_rows")
    agreed_at = models.DateTimeField("核对无误", null=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta(_Row.Meta):
        verbose_name = verbose_name_plural = "通报草稿的行"
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "unit", "grid"], nulls_distinct=False, name="draft_row_once"
            ),
        ]

    def __str__(self) -> str:
        return f"draft row {self.pk}"


class BulletinRow(_Row):
    """A sealed row. Added at the sealing, never changed: a trigger refuses it."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="rows")
    place = models.PositiveSmallIntegerField("名次", null=True)

    class Meta(_Row.Meta):
        verbose_name = verbose_name_plural = "通报的行"
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "unit", "grid"], nulls_distinct=False, name="bulletin_row_once"
            ),
        ]

    def __str__(self) -> str:
        return f"bulletin row {self.pk}"


class CountedList(OfOne):
    """The very rows that one number of a bulletin counted, whatever became of them since.

    Counted again with the draft; once the bulletin is sealed, a trigger lets nobody touch it.
    """

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="lists")
    cell = models.CharField("哪个数", max_length=50)  # "claim_rate.part", "yellow"
    rows = models.CharField("数的是什么", max_length=40)  # the key of a set
    ids = ArrayField(models.BigIntegerField(), verbose_name="哪些")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "通报的清单"
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "unit", "grid", "cell"],
                nulls_distinct=False,
                name="counted_list_once",
            ),
        ]

    def __str__(self) -> str:
        return f"counted list {self.pk}"


class BonusQuerySet(models.QuerySet["Bonus"]):
    def standing(self) -> Self:
        """Those that have not been taken back."""
        return self.filter(revoked_at=None)


class Bonus(OfOne):
    """人工加分: by a supervisor, with a reason and a paper, for all to see; capped by the scheme.

    One that is taken back stays, with who, when and why.
    """

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="bonuses")
    points = models.DecimalField("加几分", max_digits=4, decimal_places=1)
    reason = models.CharField("理由", max_length=200)
    file_name = models.CharField("材料", max_length=100, blank=True)
    stored_as = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    revoked_at = models.DateTimeField("取消", null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    revoked_why = models.CharField("为什么取消", max_length=200, blank=True)

    objects = BonusQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "人工加分"
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "unit", "grid", "reason"],
                nulls_distinct=False,
                condition=Q(revoked_at=None),
                name="bonus_once",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None, revoked_why="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_why="")),
                name="bonus_revoked_says_why",
            ),
            models.CheckConstraint(condition=Q(points__gt=0), name="bonus_adds_something"),
        ]

    def __str__(self) -> str:
        return f"bonus {self.pk}"


class Objection(OfOne):
    """意见: what a unit's head finds wrong in its row, the answer, and what it changed."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="objections")
    indicator = models.CharField("哪一项", max_length=40, blank=True)  # "" is the whole row
    text = models.CharField("意见", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    answer = models.CharField("答复", max_length=500, blank=True)
    is_upheld = models.BooleanField("采纳", default=False)
    changed = models.CharField("改了什么", max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "意见"
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "unit", "grid", "indicator"],
                nulls_distinct=False,
                condition=Q(answered_at=None),
                name="objection_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"objection {self.pk}"


class Correction(models.Model):
    """更正单 of a published bulletin: what it says, what is right, why. The bulletin stays.

    What is right is typed as numbers; the score they come to is reckoned, and kept with them.
    """

    row = models.ForeignKey(BulletinRow, models.PROTECT, related_name="corrections")
    what = models.CharField("哪一项", max_length=50)  # in words, as it stood there
    was = models.CharField("通报上是", max_length=50)
    now = models.CharField("应当是", max_length=50)
    # The same as numbers: of a line its part and whole, of marks, a bonus and a month their worth.
    key = models.CharField(max_length=40, blank=True)  # a line, or see `reports.slips`
    part = models.PositiveIntegerField("分子", null=True)
    whole = models.PositiveIntegerField("分母", null=True)
    worth = models.DecimalField("数", max_digits=8, decimal_places=2, null=True)
    score_was = models.DecimalField("原来得分", max_digits=8, decimal_places=2, null=True)
    score_now = models.DecimalField("更正后得分", max_digits=8, decimal_places=2, null=True)
    why = models.CharField("为什么", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "更正单"

    def __str__(self) -> str:
        return f"correction {self.pk}"
