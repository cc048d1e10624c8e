"""The only door to a change of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Model
from django_fsm import TransitionNotAllowed

from cases.acts import act_of, refusal, why_not
from cases.clocks import Clocks, clocks_of
from cases.history import record
from cases.loading import load_assignments, load_places
from cases.models import Assignment, Case, CaseEvent
from cases.position import position
from cases.signals import case_changed
from cases.vocabulary import Stage
from orgs.models import Department, User
from orgs.models.calendar import REFERENCE
from orgs.models.people import Footing
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound, WrongState
from zongzhi.lib.prepared import Given, Prepared, Statement, update

KEPT = 1024  # people whose way of seeing cases a process keeps


@dataclass
class Change:
    """A case on its way through the door: locked, with its open assignments and its clocks."""

    case: Case
    by: User | None
    now: datetime
    clocks: Clocks
    reference: int | None  # the revision of the reference data
    data: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    public: bool = False
    unit: Department | None = None
    event: CaseEvent | None = None
    saves: list[Statement] = field(default_factory=list)  # what goes in with the line of history

    @property
    def lead(self) -> Assignment:
        """The open lead assignment. The act's `when` has made sure that there is one."""
        lead = self.case.lead
        if lead is None:
            raise WrongState(f"{self.case.short_number} 现在没有主办单位")
        return lead

    def part_of(self, user: User) -> Assignment | None:
        """The open assignment this person's unit has in the case; the lead's before others."""
        units = {post.department_id for post in user.posts_today}
        return next((a for a in self.case.open_assignments if a.unit_id in units), None)

    def on_behalf_of(self, user: User | None) -> None:
        """The history says that this person's unit did it, when it has a part in the case."""
        part = self.part_of(user) if user is not None else None
        self.unit = part.unit if part else None

    def load_assignments(self) -> None:
        """Bring the open assignments of the case as they now are."""
        load_assignments([self.case], self.reference)

    def save(self, row: Model, *names: str) -> None:
        """Save these fields of a row of this case with the line of history, in one statement.

        For what nobody looks up before the door has closed; once for each row.
        """
        self.saves.append(update(row, names))

    def end_assignments(self, ending: Assignment.Ending) -> list[Department]:
        """Close every open part; the units they belonged to, so that they can be told."""
        ended = list(self.case.open_assignments)
        for assignment in ended:
            self.end_assignment(assignment, ending)
        return [assignment.unit for assignment in ended]

    def end_assignment(self, assignment: Assignment, ending: Assignment.Ending) -> None:
        assignment.ended_at, assignment.ending = self.now, ending
        assignment.save(update_fields=["ended_at", "ending"])
        self.case.open_assignments.remove(assignment)


@contextmanager
def changing(
    case_id: int, verb: str, *, by: User, version: int | None = None, invited: bool = False
) -> Iterator[Change]:
    """See it, lock it, may you, do it, place it, save it, record it: all or nothing.

    `invited`: the caller has found a row of its own by which somebody who need not see the case
    is asked about it (a whistle, a task of a session); the act's `who` still decides.

    The caller's block changes the locked case, the only copy worth changing, through `Change`.
    Raises NotFound for a case that is not there or not visible, NotAllowed for somebody else's
    act, WrongState when it is not the time. If the block raises, nothing has happened.
    """
    act = act_of(verb)
    with transaction.atomic():
        case = lock(case_id, visible_to=None if invited else by)
        if not act.who(by, case):
            raise NotAllowed(refusal(act, case))
        if act.done is not None and (sentence := act.done(case)):
            raise AlreadyDone(sentence)
        if reason := why_not(act, case):
            raise WrongState(reason)
        if version is not None and version != case.version:
            raise WrongState("写的时候这件事有了变化，核对后再提交")
        change = _change(case, by)
        yield from _pass_through(change, verb)


@contextmanager
def changing_by_system(
    case_id: int, verb: str, *, by: User | None = None, still: Callable[[Change], bool]
) -> Iterator[Change | None]:
    """The same door for what follows by itself: a sweep, the citizen's own rating, a grid's task.

    `still` looks again, under the lock, whether there is something to do; when there is not,
    the block gets None and nothing is recorded. `by` is who did what it follows from, if anybody.
    """
    with transaction.atomic():
        case = lock(case_id)
        change = _change(case, by)
        if still(change):
            yield from _pass_through(change, verb)
        else:
            yield None


def lock(case_id: int, *, visible_to: User | None = None) -> Case:
    """Lock one case and load its open assignments; on it, what `revisions()` says now.

    Raises NotFound.
    """
    footing = visible_to.footing if visible_to else None
    locking = _kept_locking(footing) if footing else _locking(visible_to)
    case = locking.first(id=case_id)
    if case is None:
        raise NotFound("没有这件事项，核对编号后再查")
    reference = case.revisions.get(REFERENCE)
    load_places([case], reference)
    load_assignments([case], reference)
    return case


def _locking(visible_to: User | None) -> Prepared[Case]:
    rows = Case.objects.all() if visible_to is None else Case.objects.visible_to(visible_to)
    locked = rows.locked().filter(pk=Given("id", BigIntegerField())).order_by()
    return Prepared(locked.with_revisions)


@lru_cache(KEPT)
def _kept_locking(footing: Footing) -> Prepared[Case]:
    return _locking(footing.user)


def _change(case: Case, by: User | None) -> Change:
    return Change(
        case=case,
        by=by,
        now=clock.now(),
        clocks=clocks_of(case.center, case.revisions),
        reference=case.revisions.get(REFERENCE),
    )


def _pass_through(change: Change, verb: str) -> Iterator[Change]:
    case = change.case
    before, was = Stage(case.stage), _columns(case)
    try:
        yield change
    except TransitionNotAllowed as exc:
        raise WrongState(f"{case.short_number} 现在是“{case.staff_label}”，不能这样做") from exc
    place(case, change.clocks, now=change.now)
    case.version += 1
    change.event = record(
        case,
        verb,
        by=change.by,
        before=before,
        unit=change.unit,
        data=change.data,
        text=change.text,
        public=change.public,
        saving=lambda: [_saving(case, was), *change.saves],
    )
    case_changed.send(Case, change=change, before=before)


def _saving(case: Case, was: dict[str, Any]) -> Statement:
    now = _columns(case)
    return update(case, {"updated_at"} | {name for name in now if now[name] != was[name]})


def _columns(case: Case) -> dict[str, Any]:
    """What the row holds, by the names of its fields; lists apart, so that a change is seen."""
    values = ((field.name, getattr(case, field.attname)) for field in Case._meta.concrete_fields)
    return {name: list(v) if isinstance(v, list) else v for name, v in values}


def place(case: Case, clocks: Clocks, *, now: datetime) -> None:
    """Write where the case stands into its columns. Nothing else writes them."""
    where = position(case, clocks, now=now)
    case.label = where.label
    case.label_since = where.label_since
    case.actor = where.actor
    case.unit_id = where.unit_id
    case.due_clock = where.due_clock
    case.due_at = where.due_at
    case.near_at = where.near_at
    case.claim_due_at = where.claim_due_at
    case.handling_due_at = where.handling_due_at
