from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateTimeRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q, Value


class Bookable(models.Model):
    """What can be at one place at a time only: a room, a mediator, a party.

    `key` is that of `orgs.booking.Resource`: what it is and its id, or the keyed hash of who it is.
    """

    key = models.CharField("是什么", max_length=80, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "可预约的"

    def __str__(self) -> str:
        return f"bookable {self.pk}"


class Booking(models.Model):
    """What is taken by what, from when to when. The database keeps two from overlapping.

    `owner` names the row that booked it (`mediation 12`), so that all of its bookings can be
    released together; `what` is what another reads instead: 「0401-003」, 「县领导接访」.
    """

    bookable = models.ForeignKey(Bookable, models.PROTECT, related_name="bookings", db_index=False)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    owner = models.CharField("谁约的", max_length=40)
    what = models.CharField("做什么", max_length=60)
    released_at = models.DateTimeField("放开", null=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = verbose_name_plural = "预约"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_it_starts"
            ),
            # Ranges of one number instead of `=`: that needs no extension of the database.
            ExclusionConstraint(
                name="booked_by_one_at_a_time",
                expressions=[
                    (
                        Func(
                            F("bookable"),
                            F("bookable"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            RangeBoundary(),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(released_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["owner"], name="booking_by_owner"),
            models.Index(fields=["bookable", "starts_at"], name="booking_by_time"),
        ]

    def __str__(self) -> str:
        return f"booking {self.pk}"
