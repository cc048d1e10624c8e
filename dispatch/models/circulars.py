from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from orgs.models import Center, Department, User
from orgs.permissions import Permission


class CircularQuerySet(models.QuerySet["Circular"]):
    def visible_to(self, user: User) -> Self:
        """The centre's supervisors and leaders; a named unit as soon as it is issued.

        A correction may no longer name a unit: it is told of it and reads it all the same.
        """
        reach: set[int] = set()
        for permission in (Permission.SUPERVISE, Permission.DECIDE):
            reach.update(pk for post in user.posts_giving(permission) for pk in post.reach)
        units = {post.department_id for post in user.posts_giving(Permission.VIEW_UNIT)} - {None}
        about = Q(circular=OuterRef("pk")) | Q(circular=OuterRef("corrects"))
        named = CircularRow.objects.filter(about, unit__in=units)
        issued = Q(issued_at__isnull=False) & Q(Exists(named))
        return self.filter(Q(center__in=reach) | issued)


class Circular(models.Model):
    """通报: which units a month's end found behind, with the facts as they were when issued.

    The sweep makes the draft; a leader issues it. An issued one is never edited: a correction is
    a circular of its own that names it.
    """

    center = models.ForeignKey(Center, models.PROTECT, related_name="circulars")
    month = models.DateField("哪个月（1 日）")
    number = models.CharField("文号", max_length=40, blank=True)
    text = models.TextField("正文", blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    drafted_at = models.DateTimeField("起草时间")
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    issued_at = models.DateTimeField("印发时间", null=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = CircularQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "通报"
        constraints = [
            models.UniqueConstraint(
                fields=["center", "month"],
                condition=Q(corrects=None),
                name="circular_once_per_month",
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(issued_at=None),
                name="circular_one_correction_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="circular_number_once"
            ),
            models.CheckConstraint(
                condition=Q(issued_at=None, issued_by=None, number="")
                | (
                    Q(issued_at__isnull=False, issued_by__isnull=False)
                    & ~Q(number="")
                    & ~Q(text="")
                ),
                name="circular_issued_by_somebody_with_number_and_text",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"circular {self.pk}"


class CircularRow(models.Model):
    """What an issued circular says of one unit: the cases each of its numbers counts."""

    circular = models.ForeignKey(Circular, models.CASCADE, related_name="rows")
    unit = models.ForeignKey(Department, models.PROTECT, related_name="+")
    overdue = ArrayField(models.BigIntegerField(), verbose_name="月底超期", default=list)
    unanswered = ArrayField(models.BigIntegerField(), verbose_name="督办单没答复", default=list)
    red = ArrayField(models.BigIntegerField(), verbose_name="红牌", default=list)
    talks = models.PositiveSmallIntegerField("约谈", default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["circular", "unit"], name="circular_row_once_per_unit"),
        ]

    def __str__(self) -> str:
        return f"circular row {self.pk}"
