from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from cases.models import Assignment, Case
from cases.querysets import OfCaseQuerySet
from cases.vocabulary import Complexity, Risk, Special
from orgs.models import Center, Department, Region

RULE_CODE = RegexValidator(r"^R-\d{2,4}$", "编号写成 R-07 这样")


class RuleSet(models.Model):
    """One version of the routing rules (分流规则) of a centre: its whole ordered list.

    A version is added, never changed; going back is a new one that copies an old one.
    """

    center = models.ForeignKey(Center, models.PROTECT, related_name="rule_sets")
    number = models.PositiveIntegerField("版本")
    is_current = models.BooleanField("现在用的", default=True)
    note = models.CharField("改了什么", max_length=200)
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("保存时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["center_id", "-number"]
        verbose_name = verbose_name_plural = "分流规则的版本"
        constraints = [
            models.UniqueConstraint(fields=["center", "number"], name="rule_set_number_once"),
            models.UniqueConstraint(
                fields=["center"], condition=Q(is_current=True), name="rule_set_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"rules of {self.center_id}, version {self.number}"


class RoutingRule(models.Model):
    """A row of one version: what a matter must be like, and to whom it leads then.

    Every condition that is given must hold; of several words, one. The database refuses to change
    a row, or to take one away.
    """

    rules = models.ForeignKey(RuleSet, models.PROTECT, related_name="rows")
    position = models.PositiveSmallIntegerField("第几条")
    code = models.CharField("编号", max_length=10, validators=[RULE_CODE])
    words = ArrayField(models.CharField(max_length=20), verbose_name="出现的词", default=list)
    without = ArrayField(models.CharField(max_length=20), verbose_name="不出现的词", default=list)
    types = ArrayField(models.CharField(max_length=2), verbose_name="类型", default=list)
    place = models.ForeignKey(
        Region, models.PROTECT, null=True, related_name="+", verbose_name="发生地"
    )
    party = models.CharField("对方含", max_length=40, blank=True)
    amount_from = models.DecimalField("金额从", max_digits=14, decimal_places=2, null=True)
    amount_to = models.DecimalField("金额到", max_digits=14, decimal_places=2, null=True)
    special = ArrayField(
        models.CharField(max_length=10, choices=Special), verbose_name="特别情况", default=list
    )
    unit = models.ForeignKey(
        Department, models.PROTECT, related_name="routing_rules", verbose_name="主办"
    )
    assisting = models.ManyToManyField(Department, related_name="+", verbose_name="协办")
    complexity = models.CharField("复杂程度", max_length=10, choices=Complexity, blank=True)
    risk = models.CharField("风险", max_length=10, choices=Risk, blank=True)
    direct = models.BooleanField("可直派", default=False)
    reason = models.CharField("为什么", max_length=200, blank=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["rules_id", "position"]
        verbose_name = verbose_name_plural = "分流规则"
        constraints = [
            models.UniqueConstraint(fields=["rules", "code"], name="routing_rule_code_once"),
            models.UniqueConstraint(fields=["rules", "position"], name="routing_rule_place_once"),
            models.CheckConstraint(
                condition=~Q(words=[])
                | ~Q(types=[])
                | ~Q(special=[])
                | ~Q(party="")
                | Q(place__isnull=False)
                | Q(amount_from__isnull=False)
                | Q(amount_to__isnull=False),
                name="routing_rule_goes_by_something",
            ),
            models.CheckConstraint(
                condition=Q(amount_from=None)
                | Q(amount_to=None)
                | Q(amount_to__gte=F("amount_from")),
                name="routing_rule_amounts_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RuleDraft(models.Model):
    """What somebody is changing in the rules of a centre, until they save it as one version."""

    center = models.ForeignKey(Center, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    based_on = models.ForeignKey(RuleSet, models.CASCADE, null=True, related_name="+")
    rows = models.JSONField(default=list)
    at = models.DateTimeField("改到")

    class Meta:
        verbose_name = verbose_name_plural = "没保存的分流规则"
        constraints = [
            models.UniqueConstraint(fields=["center", "by"], name="rule_draft_one_each"),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class RuleHit(models.Model):
    """Which rule spoke when a case was dispatched, and whether it was followed (照派, 改派)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="rule_hits")
    assignment = models.OneToOneField(Assignment, models.CASCADE, related_name="rule_hit")
    rule = models.ForeignKey(RoutingRule, models.PROTECT, related_name="hits")
    suggested = models.ForeignKey(Department, models.PROTECT, related_name="+")
    chosen = models.ForeignKey(Department, models.PROTECT, related_name="+")
    followed = models.BooleanField("照派")
    direct = models.BooleanField("直派", default=False)
    at = models.DateTimeField("派出")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "规则命中"
        constraints = [
            models.CheckConstraint(
                condition=Q(followed=True, chosen=F("suggested"))
                | (Q(followed=False) & ~Q(chosen=F("suggested"))),
                name="rule_hit_followed_or_not",
            ),
            # What nobody but the rule has chosen is what the rule says.
            models.CheckConstraint(
                condition=Q(direct=False) | Q(followed=True), name="rule_hit_direct_is_followed"
            ),
        ]
        indexes = [models.Index(fields=["rule", "-at", "-id"], name="rule_hit_newest")]

    def __str__(self) -> str:
        return f"rule hit {self.pk}"
