from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from orgs.models import Center, Department, Window

ANSWERS_WITHIN = 30  # minutes; what 随驻 units are asked for where nothing else is agreed


class Residency(models.Model):
    """How a department is present in a centre: always, by turns, or on call.

    The contact is whom the centre turns to when nobody of the department is there; somebody
    without an account has a name and a telephone. On which weekdays a rotating department comes
    is for `ShiftTemplate` to say.
    """

    class Kind(models.TextChoices):
        RESIDENT = "resident", "常驻"
        ROTATING = "rotating", "轮驻"
        ON_CALL = "on_call", "随驻"

    department = models.ForeignKey(
        Department, models.CASCADE, related_name="residencies", verbose_name="单位"
    )
    center = models.ForeignKey(
        Center, models.CASCADE, related_name="residencies", verbose_name="中心"
    )
    kind = models.CharField("入驻方式", max_length=10, choices=Kind)
    window = models.ForeignKey(
        Window, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="窗口"
    )
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="值班联系人",
    )
    contact_name = models.CharField("联系人姓名", max_length=50, blank=True)
    contact_phone = models.CharField("联系人电话", max_length=20, blank=True)
    answers_within = models.PositiveSmallIntegerField("几分钟内回应", default=ANSWERS_WITHIN)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "入驻"
        constraints = [
            models.UniqueConstraint(
                fields=["department", "center"], name="residency_once_per_center"
            ),
            models.CheckConstraint(
                condition=Q(answers_within__gte=1), name="residency_answers_within_a_minute"
            ),
        ]

    def __str__(self) -> str:
        return f"residency {self.pk}"

    @property
    def contact_words(self) -> str:
        """The name of the contact; "" when none is named."""
        return self.contact.name if self.contact else self.contact_name

    @property
    def public_phone(self) -> str:
        """What may hang on a wall: a number given for duty or the unit's, never a person's own."""
        return self.contact_phone or self.department.phone

    @property
    def phone_words(self) -> str:
        """The telephone to ring: the one given here, else the contact's, else the unit's."""
        own = self.contact.phone if self.contact else ""
        return self.contact_phone or own or self.department.phone
