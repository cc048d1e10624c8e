from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q, Subquery
from django.utils.functional import cached_property

from orgs.models.calendar import REFERENCE, Revision
from orgs.models.places import STEM_LENGTHS, Center, Department, Window
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.prepared import Given, Prepared

NONE: frozenset[int] = frozenset()
KEPT = 4096  # people whose posts a process keeps

PASSWORD_LASTS = timedelta(days=90)  # GB/T 22239-2019: changed at intervals; 90 days is usual


class Role(models.Model):
    """A named bundle of permissions. Which ones is the security administrator's to say."""

    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=30)
    permissions = ArrayField(
        models.CharField(max_length=30, choices=Permission), verbose_name="权限", default=list
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "角色"

    def __str__(self) -> str:
        return self.name


class PostQuerySet(models.QuerySet["Post"]):
    def held_on(self, day: date) -> Self:
        """Posts in force on that day; the last day counts."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)

    def for_rules(self) -> Self:
        """With all that rules ask of a post, in one query.

        `reach` is every centre inside the region of the post's own: ids, not a subquery, so that
        the database knows whether it is about to look for few cases or for most of them.
        """
        related = self.select_related("role", "center__region", "department", "window")
        return related.annotate(reach=_Reach("center__region__code", "center__region__level"))


class _Reach(Func):
    """The ids of the centres inside a region, from its code and level; see `Region.stem`.

    In SQL of its own: every request asks this, and as expressions it takes longer to put
    together than to answer.
    """

    arg_joiner = ", CASE "
    template = (
        "ARRAY(SELECT inner_center.id FROM orgs_center inner_center"
        " JOIN orgs_region inner_region ON inner_region.id = inner_center.region_id"
        " WHERE starts_with(inner_region.code, left(%(expressions)s "
        + " ".join(f"WHEN '{level.value}' THEN {n}" for level, n in STEM_LENGTHS.items())
        + " END)))"
    )
    output_field = ArrayField(models.BigIntegerField())


class Post(models.Model):
    """What one person is, where, from when to when. A one-person village holds several."""

    user = models.ForeignKey("orgs.User", models.CASCADE, related_name="posts")
    role = models.ForeignKey(Role, models.PROTECT, related_name="posts")
    center = models.ForeignKey(Center, models.PROTECT, related_name="posts")
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="posts"
    )
    window = models.ForeignKey(Window, models.SET_NULL, null=True, blank=True, related_name="posts")
    since = models.DateField("起")
    until = models.DateField("止（含当天）", null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "岗位"
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")),
                name="post_ends_after_it_begins",
            ),
        ]

    reach: list[int]  # what `for_rules()` has loaded

    def __str__(self) -> str:
        return f"post {self.pk}"

    def gives(self, permission: Permission) -> bool:
        return permission.value in self.role.permissions


@dataclass(frozen=True)
class _Standing:
    """What somebody's posts of one day allow; shared by every request, so never changed."""

    posts: tuple[Post, ...]
    giving: dict[str, list[Post]]
    centers: dict[str, frozenset[int]]
    departments: dict[str, frozenset[int]]
    units: frozenset[int]


@lru_cache(KEPT)
def _standing(user_id: int, day: date, revision: int | None) -> _Standing:
    """Look it up; under the same revision the tables say the same again."""
    posts = tuple(Post.objects.filter(user=user_id).held_on(day).for_rules())
    giving: dict[str, list[Post]] = {}
    for post in posts:
        for permission in post.role.permissions:
            giving.setdefault(permission, []).append(post)
    return _Standing(
        posts,
        giving,
        centers={name: frozenset(p.center_id for p in given) for name, given in giving.items()},
        departments={
            name: frozenset(p.department_id for p in given if p.department_id is not None)
            for name, given in giving.items()
        },
        units=frozenset(p.department_id for p in posts if p.department_id is not None),
    )


@dataclass(frozen=True)
class Footing:
    """A person as their posts stand: what follows from posts alone may be kept under it."""

    user_id: int
    day: date
    revision: int
    user: User = field(compare=False)


@lru_cache(1)
def _all_centers(revision: int | None) -> frozenset[int]:
    return frozenset(Center.objects.values_list("pk", flat=True))


@lru_cache(KEPT)
def _triage_below(
    centers: frozenset[int], day: date, revision: int | None
) -> dict[int, frozenset[int]]:
    posts = Post.objects.held_on(day).filter(
        role__permissions__contains=[Permission.TRIAGE.value],
        center__parent__in=centers,
        user__is_active=True,
    )
    found: dict[int, frozenset[int]] = {}
    for center_id, user_id in posts.values_list("center_id", "user_id"):
        found[center_id] = found.get(center_id, frozenset()) | {user_id}
    return found


@lru_cache
def _holders(permission: Permission, place: str) -> Prepared[User]:
    day = Given("day", models.DateField())
    posts = Post.objects.filter(
        Q(until=None) | Q(until__gte=day),
        since__lte=day,
        role__permissions__contains=[permission.value],
        **{place: Given("place", models.BigIntegerField())},
    )
    people = User.objects.filter(is_active=True, pk__in=posts.values("user"))
    return Prepared(lambda: people.order_by().only("pk"))


@lru_cache(KEPT)
def _held_by(
    permission: Permission, name: str, place: int, day: date, revision: int | None
) -> tuple[int, ...]:
    return tuple(user.pk for user in _holders(permission, name)(day=day, place=place))


def reference_revision() -> Subquery:
    """The revision of all reference data, for a query that loads a person anyway."""
    return Subquery(Revision.objects.filter(subject=REFERENCE).values("number"))


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def holding(
        self,
        permission: Permission,
        *,
        center: Center | None = None,
        department: Department | None = None,
    ) -> models.QuerySet[User]:
        """Active people whose post of today gives the permission in that centre or department."""
        posts = Post.objects.held_on(clock.now().date()).filter(
            role__permissions__contains=[permission.value]
        )
        if center is not None:
            posts = posts.filter(center=center)
        if department is not None:
            posts = posts.filter(department=department)
        return self.get_queryset().filter(is_active=True, pk__in=posts.values("user"))


@dataclass(frozen=True)
class Holders:
    """Active people whose post of today gives the permission in that centre or department.

    Who they are is for the database to say, when they are told something.
    """

    permission: Permission
    center: Center | None = None
    department: Department | None = None

    def sql(self) -> tuple[str, Sequence[Any]]:
        """A query for their ids, to stand inside another."""
        name, place = self._where
        return _holders(self.permission, name).sql(day=clock.today(), place=place)

    def ids(self, revision: int) -> tuple[int, ...]:
        """Who they are at this revision of the reference data, kept as long as it stands."""
        return _held_by(self.permission, *self._where, clock.today(), revision)

    @property
    def _where(self) -> tuple[str, int]:
        name, place = ("center", self.center) if self.center else ("department", self.department)
        if place is None:
            raise ValueError("holders of a permission where?")
        return name, place.pk


class User(AbstractBaseUser):
    """One person, one account. What they may do follows from their posts, never from a flag."""

    class FontSize(models.TextChoices):
        NORMAL = "normal", "标准"
        LARGE = "large", "大"
        HUGE = "huge", "特大"

    username = models.CharField("账号", max_length=50, unique=True)
    name = models.CharField("姓名", max_length=50)
    phone = models.CharField("电话", max_length=20, blank=True)
    email = models.EmailField("邮箱", max_length=100, blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("演示账号", default=False)
    must_change_password = models.BooleanField("下次登录要改密码", default=True)
    password_set_at = models.DateTimeField("密码设定时间", default=clock.now)
    font_size = models.CharField("字号", max_length=10, choices=FontSize, default=FontSize.NORMAL)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "人员"

    def __str__(self) -> str:
        return self.username  # never the name: this lands in logs

    @cached_property
    def reference_revision(self) -> int | None:
        """The revision of all reference data when this person was loaded; None before the first."""
        rows = Revision.objects.filter(subject=REFERENCE)
        return rows.values_list("number", flat=True).first()

    @cached_property
    def _standing(self) -> _Standing:
        look_up = _standing if self.reference_revision else _standing.__wrapped__
        return look_up(self.pk, clock.now().date(), self.reference_revision)

    @property
    def footing(self) -> Footing | None:
        """What to keep things under that follow from the posts; None when nothing may be kept."""
        revision = self.reference_revision
        return Footing(self.pk, clock.today(), revision, self) if revision else None

    @property
    def posts_today(self) -> Sequence[Post]:
        """The posts in force today, with all that rules ask of them."""
        return self._standing.posts

    @property
    def units_today(self) -> frozenset[int]:
        """The ids of the departments of those posts."""
        return self._standing.units

    @property
    def all_centers(self) -> frozenset[int]:
        """The ids of all centres there are, near or far."""
        look_up = _all_centers if self.reference_revision else _all_centers.__wrapped__
        return look_up(self.reference_revision)

    @cached_property
    def triage_right_below(self) -> dict[int, frozenset[int]]:
        """Active people who triage at the centres one level below one's own, by centre."""
        look_up = _triage_below if self.reference_revision else _triage_below.__wrapped__
        mine = frozenset(post.center_id for post in self.posts_giving(Permission.TRIAGE))
        return look_up(mine, clock.now().date(), self.reference_revision)

    # `_value_`, for a list asks these thousands of times: `value` is a property written in Python.

    def posts_giving(self, permission: Permission) -> list[Post]:
        return self._standing.giving.get(permission._value_, [])

    def can(self, permission: Permission) -> bool:
        """Whether any post of today gives the permission, wherever."""
        return bool(self.posts_giving(permission))

    def can_at(self, permission: Permission, center_id: int | None) -> bool:
        return center_id in self._standing.centers.get(permission._value_, ())

    def can_for(self, permission: Permission, department_ids: Iterable[int | None]) -> bool:
        units = self._standing.departments.get(permission._value_, NONE)
        return not units.isdisjoint(department_ids)

    @property
    def password_is_stale(self) -> bool:
        """Must be changed now: first sign-in, or older than 90 days. Demo accounts never."""
        if self.is_demo:
            return False
        return self.must_change_password or clock.now() - self.password_set_at > PASSWORD_LASTS

    # Django's admin asks these three. Only the system administrator gets in, and only to
    # reference data: cases are not registered there.
    @property
    def is_staff(self) -> bool:
        return self.is_active and self.can(Permission.SETTINGS)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff
