"""Thousands of random acts on grid events: by those they are offered to, and by others.

Whatever happens: an open event has somebody who must act, its history adds up to where it stands,
nothing leaves the table of arcs, and what is refused leaves nothing.
"""

from __future__ import annotations

import os
import uuid
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from cases.door import changing as changing_case
from cases.models import Case, DisputeType
from cases.services import closing
from cases.services.course import close, merge_case, unmerge_case
from cases.services.registration import PartyInput, Registration, register_case
from cases.vocabulary import Closure, PartyRole, Source, Special, Willing
from grids.acts import EventAct, act_of, all_acts, allowed
from grids.event_policies import handles
from grids.event_stranding import move_stranded
from grids.event_sweep import sweep
from grids.models import EventLine, EventReminder, GridEvent
from grids.querysets import EventQuerySet
from grids.vocabulary import EventActor, EventStage
from orgs.models import Notice, User
from orgs.permissions import RoleCode
from tests.county import person
from tests.grids.field import Field
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError

STEPS = 200
SEEDS = range(int(os.environ.get("RANDOM_LIVES", "6")))
MOST_OPEN = 8
WORDS = "路灯线路老化，要换一段线"

S = EventStage
# What follows from a case, or from somebody's leaving; the rest is in the registry.
BY_ITSELF = {
    "center-left": {(stage, stage) for stage in S if stage != S.DONE},
    "worker-left": {
        (S.REPORTED, S.REPORTED),
        (S.HANDLING, S.VERIFIED),
        (S.CHECKING, S.CHECKING),
    },
    "case-closed": {(S.HANDLING, S.CHECKING)},
    "case-ended": {(S.HANDLING, S.HANDLING)},
    "case-merged": {(S.HANDLING, S.HANDLING)},
    "case-reopened": {
        (stage, S.HANDLING) for stage in (S.HANDLING, S.FEEDBACK, S.CHECKING, S.DONE)
    },
}


class Days:
    """The grid at work, and a clock that only goes forward."""

    def __init__(self, seed: int, field: Field) -> None:
        self.dice = Random(seed)
        self.field = field
        stranger = person("outsider", "石磊", field.county.county, RoleCode.HANDLER)
        village = person("village_triage", "罗正", field.county.village, RoleCode.TRIAGE)
        # Those of the county stay: above them there is nobody.
        self.leaving = [field.town, field.second, village, field.worker, field.handler]
        self.people = [
            field.town,
            field.second,
            field.above,
            field.handler,
            field.worker,
            village,
            stranger,
        ]
        self.seen = 0
        self.done = 0
        field.report()

    def step(self) -> None:
        clock.freeze(clock.now() + timedelta(seconds=7))
        self.dice.choices(
            [
                self.report,
                self.act,
                self.attempt,
                self.time_passes,
                self.case_moves,
                self.somebody_comes_or_goes,
            ],
            weights=[10, 60, 15, 10, 12, 4],
        )[0]()
        self.look()

    def report(self) -> None:
        if GridEvent.objects.open().count() < MOST_OPEN:
            self.field.report(is_urgent=self.dice.random() < 0.2)

    def any_event(self) -> GridEvent:
        events = GridEvent.objects.select_related("center__region", "unit", "worker", "grid")
        rows = list(events.open().order_by("pk"))
        if not rows or self.dice.random() < 0.1:
            rows = list(events.order_by("pk"))
        return self.dice.choice(rows)

    def act(self) -> None:
        """Somebody does what they are offered: it must work."""
        event = self.any_event()
        here = [user for user in self.people if user.is_active]
        for user in self.dice.sample(here, len(here)):
            if GridEvent.objects.visible_to(user).filter(pk=event.pk).exists() and (
                acts := allowed(user, event)
            ):
                break
        else:
            return
        # An event is looked at more often than it is noted down again.
        chosen = self.dice.choices(acts, [1 if a.verb == "note" else 5 for a in acts])[0]
        self.do(chosen, event, user)
        self.done += 1

    def attempt(self) -> None:
        """Somebody sends what nobody offered: refused or not, never half done."""
        event = self.any_event()
        user = self.dice.choice([user for user in self.people if user.is_active])
        before = self.traces()
        try:
            self.do(self.dice.choice(all_acts()), event, user)
        except DomainError:
            assert self.traces() == before

    def traces(self) -> Any:
        rows = list(GridEvent.objects.order_by("pk").values_list())
        return rows, *(m.objects.count() for m in (EventLine, EventReminder, Notice, Case))

    def do(self, act: EventAct, event: GridEvent, user: User) -> None:
        if act.verb == "raise":
            register_case(self.registration(event), by=user)
            return
        form = act.form(self.typed(act.verb, event, user), event=event, user=user)
        if form.is_valid():
            act.service(event_id=event.pk, by=user, **form.arguments())
        elif act in allowed(user, event):
            raise AssertionError((act.verb, form.errors))

    def typed(self, verb: str, event: GridEvent, user: User) -> dict[str, Any]:
        form = act_of(verb).form(event=event, user=user)
        said: dict[str, Any] = {"text": WORDS, "result": WORDS}
        for chooser in ("then", "to"):
            if chooser in form.fields:
                choices = [key for key, _ in form.fields[chooser].choices]
                said[chooser] = self.dice.choice(choices)
        for name, key in (("unit", "code"), ("worker", "username"), ("center", "region__code")):
            if name in form.fields:
                rows = form.fields[name].queryset.order_by("pk")
                said[name] = next(iter(rows.values_list(key, flat=True)), "")
        said["passed"] = str(self.dice.random() < 0.6)
        said["truth"] = self.dice.choices(
            ["true", "unfounded", "outside", "duplicate"], [10, 1, 1, 1]
        )[0]
        said["valid"] = "True"
        other = GridEvent.objects.visible_to(user).exclude(pk=event.pk).order_by("pk")
        fit = [row for row in other if row.merged_into_id is None]
        if fit:
            said["duplicate_of"] = self.dice.choice(fit).number
        elif said["truth"] == "duplicate":
            said["truth"] = "true"
        return said

    def registration(self, event: GridEvent) -> Registration:
        return Registration(
            source=Source.GRID,
            narrative="两家为屋后排水沟争了半年，要求镇里出面调解",
            type=DisputeType.objects.get(code="02"),
            occurred_region=self.field.county.village.region,
            parties=[PartyInput(PartyRole.APPLICANT, "龙素英")],
            special=[Special.NONE],
            willing_to_mediate=Willing.YES,
            grid=event.grid,
            grid_event=event.number,
            submission_id=uuid.uuid4(),
        )

    def case_moves(self) -> None:
        """A case ends well, ends otherwise, goes into another, or begins again."""
        cases = list(Case.objects.order_by("pk"))
        if not cases:
            return
        case, by = self.dice.choice(cases), self.field.town
        before = self.traces()
        try:
            if case.is_open:
                self.end(case, by)
            elif case.closure == Closure.MERGED:
                unmerge_case(case_id=case.pk, by=by)
            else:
                closing.reopen_case(case_id=case.pk, by=by, text="又堵上了，要求再办")
        except DomainError:
            assert self.traces() == before

    def end(self, case: Case, by: User) -> None:
        others = Case.objects.open().exclude(pk=case.pk).order_by("pk")
        if others and self.dice.random() < 0.4:
            into = self.dice.choice(list(others))
            merge_case(case_id=case.pk, by=by, into=into.number, text="是同一件事")
            return
        closure = self.dice.choice([Closure.SUBSTANTIVE, Closure.STAGED, Closure.DECLINED])
        with changing_case(case.pk, "decline", by=by) as change:
            change.case.decline()
            close(change, closure, "谈过了")

    def time_passes(self) -> None:
        clock.freeze(clock.now() + timedelta(hours=self.dice.choice([1, 5, 30, 80])))
        sweep(clock.now())
        told = EventReminder.objects.count()
        assert sweep(clock.now()) == 0
        assert EventReminder.objects.count() == told

    def somebody_comes_or_goes(self) -> None:
        """An account is closed or opened again; the sweep then leaves nothing to nobody."""
        user = self.dice.choice(self.leaving)
        user.is_active = not user.is_active
        user.save(update_fields=["is_active"])
        move_stranded()
        assert move_stranded() == 0
        for event in GridEvent.objects.open().select_related("center__region", "unit", "worker"):
            self.somebody_is_there(event)

    def somebody_is_there(self, event: GridEvent) -> None:
        """Whoever has it, and its centre, can act on it and see it."""
        there = [user for user in self.people if user.is_active]
        assert any(
            handles(user, event) and GridEvent.objects.visible_to(user).filter(pk=event.pk).exists()
            for user in there
        ), (event.number, event.center.name)
        if event.actor == EventActor.WORKER:
            assert self.field.worker.is_active

    # What must always be so

    def look(self) -> None:
        """At what has happened just now; at everything when the days are over."""
        touched = set()
        fresh = EventLine.objects.filter(pk__gt=self.seen).order_by("pk")
        for line in fresh:
            self.seen = line.pk
            touched.add(line.event_id)
            self.in_the_table(line)
        if touched:
            self.all_add_up(GridEvent.objects.filter(pk__in=touched))

    def all_add_up(self, events: EventQuerySet) -> None:
        for event in events.select_related("center__region").prefetch_related("lines"):
            self.adds_up(event)

    def in_the_table(self, line: EventLine) -> None:
        arc = (line.from_stage, line.to_stage)
        if line.verb == "report":
            assert line.to_stage == S.REPORTED
            return
        arcs = BY_ITSELF.get(line.verb) or act_of(line.verb).arcs
        assert arc in arcs, (line.verb, arc)

    def adds_up(self, event: GridEvent) -> None:
        lines = sorted(event.lines.all(), key=lambda line: line.seq)
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
        assert event.version == len(lines)
        assert lines[-1].to_stage == event.stage
        for earlier, later in pairwise(lines):
            assert later.from_stage == earlier.to_stage
            assert later.at >= earlier.at
        open_ = event.stage != S.DONE
        assert (event.actor == EventActor.NOBODY) == (not open_)
        assert (event.done_at is None) == open_
        assert (event.outcome == "") == open_
        assert not self.goes_round(event), "each is left to the other"
        in_a_case = event.actor == EventActor.CASE
        assert (event.due_at is not None) == (open_ and not in_a_case)
        assert event.area.startswith(event.center.region.stem)
        if in_a_case:
            case = Case.objects.get(number=event.case_number)
            assert case.is_open, "an event waits for a case that is over"
        if event.actor == EventActor.WORKER and event.stage == S.HANDLING:
            assert event.worker_id is not None

    def goes_round(self, event: GridEvent) -> bool:
        followed, steps = event.merged_into, 0
        while followed is not None and followed.pk != event.pk:
            followed, steps = followed.merged_into, steps + 1
        return followed is not None


@pytest.mark.parametrize("seed", SEEDS)
def test_no_event_is_ever_without_somebody_who_must_act(
    field: Field, monday: object, seed: int
) -> None:
    days = Days(seed, field)
    for _ in range(STEPS):
        days.step()
    days.all_add_up(GridEvent.objects.all())
    assert days.done > STEPS // 4
