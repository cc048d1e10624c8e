from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from cases.models import DisputeType
from orgs.models import Department

RULE_CODE = RegexValidator(r"^R-\d{2,4}$", "编号写成 R-07 这样")


class RoutingRule(models.Model):
    """分流规则: words in the text, or a type, lead to a unit. It suggests and says why.

    With a type and words both must fit; a rule without a type goes by its words alone.
    """

    code = models.CharField("编号", max_length=10, unique=True, validators=[RULE_CODE])
    words = ArrayField(
        models.CharField(max_length=20),
        verbose_name="词",
        default=list,
        blank=True,
        help_text="“事情和要求”里出现其中一个就算；用逗号隔开",
    )
    type = models.ForeignKey(
        DisputeType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="类型"
    )
    unit = models.ForeignKey(
        Department, models.PROTECT, related_name="routing_rules", verbose_name="建议单位"
    )
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = verbose_name_plural = "分流规则"
        constraints = [
            models.CheckConstraint(
                condition=~Q(words=[]) | Q(type__isnull=False),
                name="routing_rule_goes_by_something",
                violation_error_message="词和类型至少填一个",
            ),
        ]

    def __str__(self) -> str:
        return self.code
