from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from orgs.gates import centers_of
from orgs.models import Center, User
from orgs.permissions import Permission


class DisplayQuerySet(models.QuerySet["Display"]):
    def visible_to(self, user: User) -> DisplayQuerySet:
        """Those of the centres a person configures."""
        return self.filter(center__in=centers_of(user, Permission.SETTINGS))

    def in_use(self) -> DisplayQuerySet:
        return self.filter(revoked_at=None)


class Display(models.Model):
    """A screen on a wall: it reads the wall page of one centre, and nothing else.

    Its key is shown once and kept as a hash; it opens only from the address or network it was
    made for, so that a key somebody has copied from the cabinet is worth nothing elsewhere.
    """

    name = models.CharField("名称", max_length=40, help_text="如“一楼大厅大屏”")
    center = models.ForeignKey(Center, models.PROTECT, related_name="displays", verbose_name="中心")
    digest = models.CharField(max_length=64, unique=True)
    network = models.CharField("只能从哪里用", max_length=43)
    created_at = models.DateTimeField("做的时间")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁做的"
    )
    last_seen_at = models.DateTimeField("最近一次取数", null=True)
    revoked_at = models.DateTimeField("收回时间", null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="谁收回"
    )

    objects = DisplayQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "大屏"
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="display_is_revoked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("created_at")),
                name="display_is_revoked_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return f"display {self.pk}"
