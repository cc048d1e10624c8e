"""Who sees which case, and what a list or a page loads. The one place where rows are chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from orgs.calendars import Revisions
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib.prepared import IsAny

if TYPE_CHECKING:
    from cases.models import Assignment, Case, CaseEvent  # noqa: F401

KEPT = 2000  # ways of seeing cases a process keeps

# Not Q(): an empty Q means "everything" alone, and vanishes under |.
NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Sight:
    """All that decides which cases somebody sees: two with the same sight see the same."""

    user_id: int  # 0 where it does not matter who it is
    centers: frozenset[int]
    reach: frozenset[int]  # the centres and those below them
    others: frozenset[int]  # all other centres there are
    units: frozenset[int]
    sees_own: bool
    mediates: bool

    @cached_property
    def key(self) -> str:
        """The same for the same sight, in every process; another for any other."""
        sets = (self.centers, self.reach, self.others, self.units)
        said = (self.user_id, self.sees_own, self.mediates, *map(sorted, sets))
        return sha256(repr(said).encode()).hexdigest()

    @property
    def only_units(self) -> bool:
        return bool(self.units) and not (self.centers or self.mediates or self.sees_own)


def sight_of(user: User) -> Sight:
    """Kept with the person, as the posts of today are."""
    known: Sight | None = vars(user).get("_sight")
    if known is None:
        known = vars(user)["_sight"] = _sight_of(user)
    return known


def _sight_of(user: User) -> Sight:
    posts = user.posts_giving(Permission.VIEW_CENTER)
    reach = frozenset(pk for post in posts for pk in post.reach)
    units = {post.department_id for post in user.posts_giving(Permission.VIEW_UNIT)} - {None}
    sees_own, mediates = user.can(Permission.VIEW_OWN), user.can(Permission.MEDIATE)
    return Sight(
        user_id=user.pk if sees_own or mediates else 0,
        centers=frozenset(post.center_id for post in posts),
        reach=reach,
        others=frozenset(user.all_centers - reach) if posts else frozenset(),
        units=frozenset(pk for pk in units if pk is not None),
        sees_own=sees_own,
        mediates=mediates,
    )


def visible_cases(user: User, prefix: str = "") -> Q:
    """Who sees which case, said once. `prefix` leads from a related row to its case.

    A centre sees the cases of its own region and those it had before they moved; a unit sees
    every case it ever had a part in; a mediator those they are let into; others see what they
    registered themselves.
    Subqueries, never joins: a join needs .distinct(), and PostgreSQL will not lock DISTINCT rows.
    Kept with the person, as the posts of today are: a page with a menu asks a dozen times.
    """
    known: dict[str, Q] = vars(user).setdefault("_visible_cases", {})
    if prefix not in known:
        known[prefix] = _seen_by(sight_of(user), prefix)
    return known[prefix]


def _seen_by(sight: Sight, prefix: str) -> Q:
    """Of the sight and nothing else: what is remembered by it must be everybody's with the same."""
    parts = apps.get_model("cases", "Assignment").objects.filter(unit__in=sight.units)
    if sight.only_units:  # alone, so that it may be as many as it likes
        return Q(**{f"{prefix}pk__in": parts.values("case")})
    seen = NOTHING
    if sight.centers:
        seen |= _in_reach(sight.reach, sight.others, f"{prefix}center")
        formerly = apps.get_model("cases", "CaseCenter").objects.filter(center__in=sight.centers)
        seen |= Q(IsAny(F(f"{prefix}pk"), ArraySubquery(formerly.values("case"))))
    if sight.units:
        seen |= Q(IsAny(F(f"{prefix}pk"), ArraySubquery(parts.values("case"))))
    if sight.sees_own:
        seen |= Q(**{f"{prefix}registered_by": sight.user_id})
    if sight.mediates:
        admissions = apps.get_model("cases", "Admission").objects
        let_in = admissions.filter(user=sight.user_id, until=None)
        seen |= Q(IsAny(F(f"{prefix}pk"), ArraySubquery(let_in.values("case"))))
    return seen


def seen_by(user: User) -> CaseQuerySet:
    """All cases that somebody sees, put together once for everybody with the same sight."""
    found: CaseQuerySet = _kept_seen_by(sight_of(user)).all()
    return found


@lru_cache(KEPT)
def _kept_seen_by(sight: Sight) -> CaseQuerySet:
    known: CaseQuerySet = apps.get_model("cases", "Case").objects.filter(_seen_by(sight, ""))
    return known


def in_reach(user: User, column: str) -> Q:
    """The column names a centre whose cases this person sees for being at one above."""
    sight = sight_of(user)
    return _in_reach(sight.reach, sight.others, column)


def _in_reach(reach: frozenset[int], others: frozenset[int], column: str) -> Q:
    """Whoever reaches most centres is said by the others: a long list tempts the database to
    collect nearly every case by an index."""
    few, beyond = (others, True) if len(others) < len(reach) else (reach, False)
    named = Q(IsAny(F(column), Value(sorted(few), ArrayField(models.BigIntegerField()))))
    return ~named if beyond else named


def newest_seen(
    user: User, cases: CaseQuerySet, most: int, *, until: datetime | None = None, below: int = 0
) -> CaseQuerySet:
    """The same, if nobody reads further than `most` rows back from `until`, newest first.

    What was registered at that very moment is not among them, but for those with smaller ids
    than `below`.

    For somebody who sees little, and for no narrower list: the database would otherwise walk
    through everybody's newest cases to find those of one unit or one village.
    """
    newest = newest_ids(user, most, until=until, below=below)
    return cases if newest is None else cases.filter(pk__in=newest)


def newest_of_all(user: User, most: int) -> CaseQuerySet:
    """Of all that somebody sees the newest, at least `most`; not in order.

    Where their ids are found at once they are not asked again whether they are seen: that takes
    the database as long as finding them.
    """
    known: CaseQuerySet = apps.get_model("cases", "Case").objects.all()
    newest = newest_ids(user, most)
    rows = seen_by(user) if newest is None else known.filter(pk__in=newest)
    return rows.with_revisions()


def newest_ids(
    user: User, most: int, *, until: datetime | None = None, below: int = 0
) -> models.QuerySet[Any, Any] | None:
    """The ids among which are the newest that somebody sees, and none they do not see.

    Each of their reasons to see a case has an index of its own. None where the reasons are too
    many, or reach so far that everybody's newest cases are the shorter way.
    """
    sight = sight_of(user)
    if len(sight.units) > 1 or not (sight.only_units or len(sight.reach) == 1):
        return None
    newest = _Newest(most, until, below)
    found = [newest.of_unit(unit) for unit in sight.units]
    known = apps.get_model("cases", "Case").objects
    if sight.centers:
        former = apps.get_model("cases", "CaseCenter").objects.filter(center__in=sight.centers)
        found += [newest.of(known.filter(center__in=sight.reach))]
        found += [newest.of(known.filter(pk__in=former.values("case")))]
    if sight.sees_own:
        found += [newest.of(known.filter(registered_by=sight.user_id))]
    if sight.mediates:
        admissions = apps.get_model("cases", "Admission").objects
        let_in = admissions.filter(user=sight.user_id, until=None).values("case")
        found += [newest.of(known.filter(pk__in=let_in))]
    return found[0].union(*found[1:], all=True) if found[1:] else found[0]


@dataclass(frozen=True)
class _Newest:
    """The ids of the newest of some rows, as an index gives them."""

    most: int
    until: datetime | None
    below: int

    def of(self, cases: CaseQuerySet) -> models.QuerySet[Any, Any]:
        rows = self._until(cases, "registered_at", "pk")
        return rows.order_by("-registered_at", "-pk").values("pk")[: self.most]

    def of_unit(self, unit: int) -> models.QuerySet[Any, Any]:
        parts = apps.get_model("cases", "Assignment").objects.filter(unit=unit)
        newest = ("case_registered_at", "case")
        rows = self._until(parts, *newest).order_by(*(f"-{name}" for name in newest))
        return rows.distinct(*newest).values("case")[: self.most]

    def _until(self, rows: Any, at: str, pk: str) -> models.QuerySet[Any, Any]:
        found: models.QuerySet[Any, Any] = rows
        if self.until is None:
            return found
        if not self.below:
            return found.filter(**{f"{at}__lt": self.until})
        earlier = Q(**{f"{at}__lt": self.until}) | Q(**{f"{pk}__lt": self.below})
        return found.filter(earlier, **{f"{at}__lte": self.until})


def was_open(moment: datetime) -> Q:
    """Not closed then, as far as the columns tell; said as the index of open cases says it."""
    return ~Q(stage="closed") | Q(closed_at__gt=moment)


def _was_at(stage: str, moment: datetime) -> Exact:
    """Whether the next act since then found it there; for rows that have changed since only."""
    events = apps.get_model("cases", "CaseEvent").objects.filter(case=OuterRef("pk"))
    since = events.filter(at__gt=moment).order_by("seq").values("from_stage")
    then = Coalesce(Subquery(since[:1]), F("stage"), output_field=models.CharField())
    return Exact(then, Value(stage))


# What `for_citizens` leaves on a case: the parts of its leads, the latest first.
LEADS = "loaded_leads"


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_cases(user))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))

    def open(self) -> Self:
        return self.exclude(stage="closed")

    def overdue(self, now: datetime) -> Self:
        return self.open().filter(due_at__lt=now)

    def near_due(self, now: datetime) -> Self:
        """Amber: the light has changed, the time is not yet up."""
        return self.open().filter(near_at__lte=now, due_at__gte=now)

    def open_at(self, moment: datetime | None) -> Self:
        """Open then, whatever has been closed or opened again since; without a moment, now."""
        if moment is None:
            return self.open()
        known = Q(updated_at__lte=moment) | ~Q(_was_at("closed", moment))
        return self.filter(was_open(moment), known)

    def at_stage(self, stage: str, moment: datetime | None) -> Self:
        """At that stage then; without a moment, now."""
        if moment is None:
            return self.filter(stage=stage)
        rows = self if stage == "closed" else self.filter(was_open(moment))
        still = Q(updated_at__lte=moment, stage=stage)
        # In this order: the history is asked of what has changed since, and of nothing else.
        return rows.filter(still | Q(updated_at__gt=moment) & Q(_was_at(stage, moment)))

    def unhappy(self, moment: datetime | None = None) -> Self:
        """不满意待整改: open, and the citizen has complained or it is being done again."""
        complained = Q(complained_at__isnull=False)
        if moment is not None:
            complained &= Q(complained_at__lte=moment)
        return self.open_at(moment).filter(complained | Q(round__gt=1))

    def awaiting(self, user: User) -> Self:
        """待我处理: open cases whose next step is this person's, by their posts of today."""
        mine = NOTHING
        triage = {post.center_id for post in user.posts_giving(Permission.TRIAGE)}
        if triage:
            mine |= Q(actor="triage", center__in=triage)
        units = {post.department_id for post in user.posts_giving(Permission.HANDLE)} - {None}
        if units:
            parts = apps.get_model("cases", "Assignment").objects.filter(
                unit__in=units, role="assisting", ended_at=None, reported_at=None
            )
            mine |= Q(actor="unit", unit__in=units) & ~Q(label="paused")
            mine |= Q(pk__in=parts.values("case"))
        callers = {post.center_id for post in user.posts_giving(Permission.FOLLOW_UP)}
        if callers:
            mine |= Q(actor="follow_up", center__in=callers)
            mine |= Q(actor="follow_up", first_receiver=user)
        return self.open().filter(mine)

    def named(self, number: str) -> Self:
        """By the full number of 16 digits, or by the short one people speak."""
        return self.filter(Q(number=number) | Q(short_number=number)).order_by("-pk")

    def with_revisions(self) -> Self:
        """What `revisions()` says, beside each row: rules of many cases then ask no more."""
        return self.annotate(revisions=Revisions())

    def for_list(self) -> Self:
        """The columns a row of a list shows; `rows_of` brings the rest."""
        accepted = (
            apps.get_model("cases", "Assignment")
            .objects.filter(case=OuterRef("pk"), role="lead", ending="approved")
            .order_by("-pk")
        )
        return self.annotate(
            reported_at=Subquery(accepted.values("reported_at")[:1]),
            reported_due_at=Subquery(accepted.values("handling_due_at")[:1]),
        )

    def with_assignments(self) -> Self:
        """The open assignments, lead first, as `open_assignments`."""
        return self.prefetch_related(open_assignments())

    def for_detail(self) -> Self:
        return self.select_related(
            "type",
            "unit",
            "center",
            "occurred_region__parent",
            "first_receiver",
            "registered_by",
            "window",
            "merged_into",
        ).prefetch_related(open_assignments(), "parties")

    def for_citizens(self) -> Self:
        """What the page behind the slip is made of, for many cases at once."""
        leads = apps.get_model("cases", "Assignment").objects.filter(role="lead")
        parts = leads.select_related("unit", "handler").order_by("-pk")
        return self.select_related("unit", "center").prefetch_related(
            open_assignments(),
            Prefetch("assignments", queryset=parts, to_attr=LEADS),
            "ratings",
        )


def open_assignments() -> Prefetch[str, Any, str]:
    """The open assignments with the people that pages draw."""
    parts = apps.get_model("cases", "Assignment").objects.open()
    rows = parts.select_related("unit", "handler", "claimed_by")
    return Prefetch("assignments", queryset=rows, to_attr="_open_assignments")


class OfCaseQuerySet(models.QuerySet[Any]):
    """Rows that hang from a case: seen by whoever sees the case."""

    def visible_to(self, user: User) -> Self:
        return self.filter(visible_cases(user, prefix="case__"))


class AssignmentQuerySet(OfCaseQuerySet):
    def open(self) -> Self:
        """The parts still running, the lead's first."""
        return self.filter(ended_at=None).order_by("-role", "pk")
