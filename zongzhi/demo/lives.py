"""A case on its way: a course of steps, each a moment to wait for and an act to do then."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from random import Random
from typing import Protocol, TypeAlias

from cases.models import Case, DisputeType
from cases.vocabulary import Source
from grids.models import Grid
from orgs.models import Region, User
from zongzhi.demo import county, stories
from zongzhi.demo.hours import Hours
from zongzhi.demo.people import SEXES, Citizen, citizen
from zongzhi.demo.places import Places
from zongzhi.lib import clock

When: TypeAlias = Callable[["Life"], datetime]
Deed: TypeAlias = Callable[["Life"], None]
Step: TypeAlias = tuple[When, Deed]


@dataclass
class World:
    """The county as it was built, its hours, and who does what where."""

    places: Places
    hours: Hours
    types: dict[str, DisputeType]

    @cached_property
    def _holders(self) -> dict[tuple[str, str], list[str]]:
        """Usernames by (role, department); triage and clerks count by their centre's."""
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for person in county.PEOPLE:
            for post in person.posts:
                found[(post.role, post.department)].append(person.username)
        return found

    @cached_property
    def _center_codes(self) -> dict[int, str]:
        return {center.pk: code for code, center in self.places.centers.items()}

    @cached_property
    def _users_by_id(self) -> dict[int, User]:
        return {user.pk: user for user in self.places.users.values()}

    def user(self, username: str) -> User:
        return self.places.users[username]

    def user_with_id(self, pk: int) -> User:
        """The one copy of this person, whose posts are loaded once for the whole year."""
        return self._users_by_id[pk]

    def center_code(self, pk: int) -> str:
        return self._center_codes[pk]

    def holders(self, role: county.Role, department: str) -> list[User]:
        return [self.user(name) for name in self._holders[(role, department)]]

    def triage_of(self, center: str) -> list[User]:
        return self.holders("triage", county.CENTER[center].department)


@dataclass
class Life:
    """One case: what it is about, who is in it, and the steps still before it."""

    world: World
    draw: Random
    story: stories.Story
    serial: int  # which citizens these are
    registrar: str
    course: list[Step]
    village: str
    lead: str  # code of the unit the centre thinks of
    assisting: tuple[str, ...] = ()
    source: Source = Source.WINDOW
    grid: Grid | None = None
    terse: bool = False  # long ago: little more than what the figures of the year need
    _case: Case | None = field(default=None, repr=False)
    _taken: int = 0

    @property
    def case(self) -> Case:
        """The case as the last act left it. Nothing may ask before it is registered."""
        if self._case is None:
            raise LookupError("this case is not registered yet")
        return self._case

    @case.setter
    def case(self, case: Case) -> None:
        self._case = case

    @property
    def kind(self) -> stories.DisputeKind:
        return stories.KIND[self.story.type]

    @property
    def center(self) -> str:
        """The division code of the centre that is in charge now."""
        return self.world.center_code(self.case.center_id)

    @property
    def region(self) -> Region:
        return self.world.places.regions[self.village]

    @cached_property
    def applicant(self) -> Citizen:
        return citizen(2 * self.serial, "female" if self.story.female else None)

    @cached_property
    def respondent(self) -> Citizen:
        other = next(sex for sex in SEXES if sex != self.applicant.sex)
        return citizen(2 * self.serial + 1, other if self.story.spouses else None)

    @cached_property
    def amounts(self) -> tuple[int, int]:
        """What is asked for and what is agreed on, in yuan."""
        least, most = self.story.amount or (1000, 9000)
        step = 100 if most > 2000 else 10
        asked = max(step, self.draw.randint(least, most) // step * step)
        return asked, max(step, int(asked * self.draw.uniform(0.6, 0.95)) // step * step)

    @cached_property
    def opponent(self) -> str:
        """The name of the other side: a unit's or a person's."""
        is_unit = self.story.against == "unit"
        return self.draw.choice(self.story.units) if is_unit else self.respondent.name

    @cached_property
    def told(self) -> tuple[str, str]:
        """The narrative, and how it ends if it ends well."""
        place = f"{self.region.name}{self.draw.randint(1, 9)}组"
        asked, settled = self.amounts
        return self.story.tell(self.applicant.name, self.opponent, place, asked, settled)

    @property
    def next_moment(self) -> datetime | None:
        """When it wants to act next; None when its course is run."""
        if self._taken == len(self.course):
            return None
        when, _ = self.course[self._taken]
        return when(self)

    def act(self) -> None:
        _, deed = self.course[self._taken]
        self._taken += 1
        deed(self)


class Walker(Protocol):
    """Anything that acts now and then."""

    @property
    def next_moment(self) -> datetime | None: ...

    def act(self) -> None: ...


def walk(walkers: Iterable[Walker], *, until: datetime) -> None:
    """Let everybody act, in the order of time, with the clock at that moment; what is later
    than `until` has not happened yet."""
    order = count()
    queue: list[tuple[datetime, int, Walker]] = []

    def wait(walker: Walker, earliest: datetime) -> None:
        moment = walker.next_moment
        if moment is not None and (moment := max(moment, earliest)) <= until:
            heapq.heappush(queue, (moment, next(order), walker))

    for walker in walkers:
        wait(walker, datetime.min.replace(tzinfo=clock.SHANGHAI))
    while queue:
        moment, _, walker = heapq.heappop(queue)
        with clock.at(moment):
            walker.act()
            wait(walker, moment)


# ------------------------------------------------------------------ moments


def at(moment: datetime, deed: Deed) -> Step:
    """At a moment fixed beforehand; a course begins like this."""
    return (lambda life: moment), deed


def wait(minutes: float, deed: Deed) -> Step:
    """After so many working minutes."""
    return (lambda life: life.world.hours.later(clock.now(), minutes)), deed


def share(fraction: float, deed: Deed) -> Step:
    """When that share of the time until the current due time is used up: always in time."""

    def when(life: Life) -> datetime:
        hours, now = life.world.hours, clock.now()
        due = life.case.due_at
        left = hours.minutes_between(now, due) if due else 0
        return hours.later(now, max(5, left * fraction))

    return when, deed


def after_due(minutes: float, deed: Deed) -> Step:
    """On the morning after the current due time: the sweep has been there."""

    def when(life: Life) -> datetime:
        return life.world.hours.morning_after(clock.local(life.case.due_at or clock.now()), minutes)

    return when, deed


def next_days(days: int, deed: Deed) -> Step:
    """In the course of the n-th working day from now."""

    def when(life: Life) -> datetime:
        hours = life.world.hours
        moment = clock.now()
        for _ in range(days):
            moment = hours.morning_after(moment, life.draw.randint(20, 300))
        return moment

    return when, deed


def calendar_days(days: int, deed: Deed) -> Step:
    """In working hours, after so many calendar days."""

    def when(life: Life) -> datetime:
        return life.world.hours.later(clock.now() + timedelta(days=days), 45)

    return when, deed


def steps(*rows: Sequence[Step] | Step) -> list[Step]:
    """One course out of single steps and stretches of them."""
    course: list[Step] = []
    for row in rows:
        if isinstance(row, tuple):
            course.append(row)
        else:
            course.extend(row)
    return course
