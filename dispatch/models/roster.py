"""排班: who stands where on which half day, by which pattern, and what was changed afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from orgs.models import Center, Department, Room, User, Window
from orgs.permissions import Permission, RoleCode


class Half(models.TextChoices):
    """Half a day; a whole day on the roster is two rows. The values sort as the day goes."""

    MORNING = "am", "上午"
    AFTERNOON = "pm", "下午"


class Duty(models.TextChoices):
    """What is on the roster besides departments."""

    RECEPTION = "reception", "领导接访"
    LEADERSHIP = "leadership", "班子轮班"
    COUNSELLING = "counselling", "心理咨询"
    LAWYER = "lawyer", "律师值班"


class ShiftQuerySet(models.QuerySet["Shift"]):
    def visible_to(self, user: User) -> Self:
        """The rosters of the centres somebody has a post in, and of those they look after."""
        centers = {post.center_id for post in user.posts_today}
        for post in user.posts_giving(Permission.VIEW_CENTER):
            centers |= set(post.reach)
        return self.filter(center__in=centers)

    def standing(self) -> Self:
        return self.filter(state=Shift.State.PLANNED)

    def gaps(self) -> Self:
        """空缺: planned, the person is away, and nobody has stepped in."""
        return self.filter(state=Shift.State.AWAY)

    def for_roster(self) -> Self:
        return self.select_related("person", "department", "window", "room")


class Place(models.Model):
    """Who and where, as a shift and its template both say it."""

    center = models.ForeignKey(Center, models.CASCADE, related_name="+")
    half = models.CharField("半天", max_length=2, choices=Half)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    duty = models.CharField("值班", max_length=15, choices=Duty, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    name = models.CharField("姓名", max_length=50, blank=True)  # of somebody without an account
    phone = models.CharField("电话", max_length=20, blank=True)
    window = models.ForeignKey(Window, models.SET_NULL, null=True, related_name="+")
    room = models.ForeignKey(Room, models.SET_NULL, null=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def who(self) -> str:
        return self.person.name if self.person else self.name

    @property
    def what(self) -> str:
        """人社局, or 心理咨询."""
        return self.department.name if self.department else self.get_duty_display()

    @property
    def key(self) -> str:
        """How an address names the row of the roster."""
        return self.department.code if self.department else f"duty-{self.duty}"

    @property
    def where(self) -> str:
        place = self.window or self.room
        return str(place) if place else ""


def of_a_unit_or_a_duty(name: str) -> models.CheckConstraint:
    unit = Q(department__isnull=False, duty="")
    return models.CheckConstraint(
        condition=unit | (Q(department=None) & ~Q(duty="")), name=f"{name}_of_a_unit_or_a_duty"
    )


def names_somebody(name: str) -> models.CheckConstraint:
    account = Q(person__isnull=False, name="", phone="")
    return models.CheckConstraint(
        condition=account | (Q(person=None) & ~Q(name="")), name=f"{name}_names_somebody"
    )


class Shift(Place):
    """One half day of one department or duty, and who stands there.

    Nobody is checked in: that somebody is there is what the roster says, unless a person says
    otherwise. A half day that was taken off the roster stays as 不排, so that the template does
    not put it back.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "排定"
        AWAY = "away", "请假"
        MISSED = "missed", "没来"
        CANCELLED = "cancelled", "不排"

    day = models.DateField("日期")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PLANNED)
    reason = models.CharField("原因", max_length=100, blank=True)
    gap_reason = models.CharField("空缺的说明", max_length=100, blank=True)
    by_hand = models.BooleanField("人工排的", default=False)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        ordering = ["day", "half", "pk"]
        verbose_name = verbose_name_plural = "班次"
        constraints = [
            of_a_unit_or_a_duty("shift"),
            names_somebody("shift"),
            models.UniqueConstraint(
                fields=["center", "department", "day", "half"],
                condition=Q(department__isnull=False),
                name="shift_once_per_unit",
            ),
            models.UniqueConstraint(
                fields=["center", "duty", "day", "half"],
                condition=~Q(duty=""),
                name="shift_once_per_duty",
            ),
            models.UniqueConstraint(
                fields=["person", "day", "half"],
                condition=Q(state="planned"),
                name="shift_nobody_stands_twice",
            ),
            models.UniqueConstraint(
                fields=["center", "name", "phone", "day", "half"],
                condition=Q(state="planned", person=None),
                name="shift_no_guest_stands_twice",
            ),
        ]
        indexes = [
            # Every page with a unit on it asks for the coming two weeks of a centre.
            models.Index(fields=["center", "day"], name="shift_by_center_and_day"),
        ]

    def __str__(self) -> str:
        return f"shift {self.pk}"

    @property
    def is_gap(self) -> bool:
        return self.state == self.State.AWAY


class ShiftTemplate(Place):
    """The usual week: on this weekday, this half day, this person stands there."""

    class Weekday(models.IntegerChoices):
        MONDAY = 1, "周一"
        TUESDAY = 2, "周二"
        WEDNESDAY = 3, "周三"
        THURSDAY = 4, "周四"
        FRIDAY = 5, "周五"
        SATURDAY = 6, "周六"
        SUNDAY = 7, "周日"

    weekday = models.PositiveSmallIntegerField("星期", choices=Weekday)

    class Meta:
        ordering = ["weekday", "half", "pk"]
        verbose_name = verbose_name_plural = "排班模板"
        constraints = [
            of_a_unit_or_a_duty("template"),
            names_somebody("template"),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7)), name="template_on_a_day_of_the_week"
            ),
            models.UniqueConstraint(
                fields=["center", "department", "weekday", "half"],
                condition=Q(department__isnull=False),
                name="template_once_per_unit",
            ),
            models.UniqueConstraint(
                fields=["center", "duty", "weekday", "half"],
                condition=~Q(duty=""),
                name="template_once_per_duty",
            ),
        ]

    def __str__(self) -> str:
        return f"shift template {self.pk}"

    def on(self, day: date) -> Shift:
        """The shift this gives on a day."""
        same: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("center_id", "half", "department_id", "duty", "person_id", "name")
        }
        return Shift(
            **same, phone=self.phone, window_id=self.window_id, room_id=self.room_id, day=day
        )


class RosterWeek(models.Model):
    """That the roster of a week has been published, by whom, and why with gaps if with any."""

    center = models.ForeignKey(Center, models.CASCADE, related_name="roster_weeks")
    monday = models.DateField("周一")
    published_at = models.DateTimeField("公示时间")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    gap_reason = models.CharField("空缺的说明", max_length=200, blank=True)

    class Meta:
        ordering = ["monday"]
        verbose_name = verbose_name_plural = "公示的排班"
        constraints = [
            models.UniqueConstraint(fields=["center", "monday"], name="roster_week_once"),
            models.CheckConstraint(
                condition=Q(monday__iso_week_day=1), name="roster_week_begins_on_monday"
            ),
        ]

    def __str__(self) -> str:
        return f"roster {self.monday}"


class ShiftChange(models.Model):
    """What was changed on the roster, by whom; after publication the page says so."""

    class What(models.TextChoices):
        ADDED = "added", "排上"
        PERSON = "person", "换人"
        PLACE = "place", "换地方"
        AWAY = "away", "请假"
        BACK = "back", "销假"
        MISSED = "missed", "没来"
        CANCELLED = "cancelled", "不排"
        SWAPPED = "swapped", "换班"
        STOOD_IN = "stood_in", "替班"

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="changes")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    what = models.CharField("改了什么", max_length=10, choices=What)
    before = models.CharField("原来", max_length=50, blank=True)
    after = models.CharField("现在", max_length=50, blank=True)
    reason = models.CharField("原因", max_length=100, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "排班改动"

    def __str__(self) -> str:
        return f"change {self.pk} of shift {self.shift_id}"


class SwapQuerySet(models.QuerySet["Swap"]):
    def waiting_for(self, user: User) -> Self:
        """What waits for this person's word, and what they wait for; the most urgent first."""
        mine = Q(partner=user) | Q(asked_by=user) | Q(giver=user)
        rows = self.filter(mine, state=Swap.State.ASKED).order_by("expires_at", "pk")
        return rows.select_related(
            "partner",
            "asked_by",
            "shift__department",
            "shift__person",
            "other__department",
            "other__person",
        )


class Swap(models.Model):
    """换班 or 替班 that waits for the other's word. Until it is given nothing changes.

    With `other`, the two people change places; without, `partner` takes over the shift.
    """

    class State(models.TextChoices):
        ASKED = "asked", "等对方同意"
        AGREED = "agreed", "已同意"
        REFUSED = "refused", "没同意"
        EXPIRED = "expired", "过了时间"
        WITHDRAWN = "withdrawn", "已撤回"

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="swaps")
    other = models.ForeignKey(Shift, models.CASCADE, null=True, related_name="swaps_wanted")
    # Who stood there when it was asked; None is somebody without an account.
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    partner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="swaps")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("提出时间")
    expires_at = models.DateTimeField("最晚答复")
    reason = models.CharField("原因", max_length=100, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.ASKED)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField("答复时间", null=True)

    objects = SwapQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "换班"
        constraints = [
            models.UniqueConstraint(
                fields=["shift"], condition=Q(state="asked"), name="swap_one_pending_per_shift"
            ),
            models.CheckConstraint(
                condition=Q(other=None) | ~Q(other=models.F("shift")),
                name="swap_between_two_shifts",
            ),
        ]

    def __str__(self) -> str:
        return f"swap {self.pk}"


def is_staff_of_a_center(user: User) -> bool:
    """A person with a post, not another system: to them telephone numbers are shown."""
    return any(post.role.code != RoleCode.CHANNEL.value for post in user.posts_today)
