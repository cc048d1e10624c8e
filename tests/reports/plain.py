"""Every set of the dictionary a second time, in plain Python, straight from its words.

Nothing here asks the code that is tested: rows are loaded whole and looked at one by one. What a
set's name says is what its line below does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cases.models import Assignment, Case, CaseCenter, FollowUp, Visit
from dispatch.models import Mark, Request, Return, Supervision
from grids.models import GridEvent
from mediation.models import Agreement, AgreementTerm, Mediation, Referral
from orgs.models import Center
from reports.models import CourtIntake

FINISHED = {"substantive", "staged", "procedural"}
CONTENT = {"very_satisfied", "satisfied", "basically"}
COURT = {"commissioned", "entrusted", "entrusted_sum"}


@dataclass(frozen=True)
class Found:
    """A row of a set: its own id, whose case it is, which unit is judged, how much it counts.

    A row of no case says itself where it lies, and by what it can be told apart.
    """

    pk: int
    case: Case | None
    unit: int | None
    weight: int = 1
    place: str = ""
    groups: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class World:
    """Everything there is, loaded; and the period it is looked at."""

    since: datetime
    until: datetime
    as_of: datetime

    def during(self, moment: datetime | None) -> bool:
        return moment is not None and self.since <= moment < self.until and moment <= self.as_of

    def on(self, day: date | None) -> bool:
        """Days: a day counts once it has begun."""
        if day is None or day > self.as_of.date():
            return False
        return self.since.date() <= day and not day >= self.until.date()

    def known(self, moment: datetime | None) -> bool:
        return moment is not None and moment <= self.as_of

    def begun(self, day: date | None) -> bool:
        return day is not None and day <= self.as_of.date()

    @property
    def cases(self) -> list[Case]:
        return list(Case.objects.select_related("occurred_region", "center__region"))


def everything(since: datetime, until: datetime, as_of: datetime) -> dict[str, list[Found]]:
    """The rows of every set."""
    world = World(since, until, as_of)
    cases = {case.pk: case for case in world.cases}
    found: dict[str, list[Found]] = defaultdict(list)
    for part in (
        _arriving,
        _units,
        _watched,
        _endings,
        _mediated,
        _agreed,
        _handed,
        _in_grids,
    ):
        for key, row in part(world, cases):
            found[key].append(row)
    return found


Rows = Iterator[tuple[str, Found]]
Cases = dict[int, Case]


def _arriving(world: World, cases: Cases) -> Rows:
    raised = {
        asked.case_id
        for asked in Request.objects.all()
        if asked.kind == "escalation" and asked.granted and world.known(asked.decided_at)
    }
    for case in cases.values():
        if world.during(case.registered_at):
            row = Found(case.pk, case, case.unit_id)
            yield "registered", row
            if case.pk in raised:
                yield "escalated", row
        closed_then = (
            case.closed_at and case.closed_at < world.until and world.known(case.closed_at)
        )
        known = case.registered_at < world.until and world.known(case.registered_at)
        if known and not closed_then:
            yield "in_hand", Found(case.pk, case, case.unit_id)
    for visit in Visit.objects.all():
        if world.during(visit.at):
            case = cases[visit.case_id]
            yield "visits", Found(visit.pk, case, case.unit_id)
            yield "visitors", Found(visit.pk, case, case.unit_id, visit.visitors)
            if visit.at > case.registered_at:
                yield "revisits", Found(visit.pk, case, case.unit_id)


def _units(world: World, cases: Cases) -> Rows:
    for part in Assignment.objects.select_related("case"):
        if part.role != "lead":
            continue
        row = Found(part.pk, cases[part.case_id], part.unit_id)
        yield from ((key, row) for key in _of_part(world, part))


def _watched(world: World, cases: Cases) -> Rows:
    for sent in Return.objects.select_related("assignment"):
        if sent.ruling and world.during(sent.ruled_at):
            row = Found(sent.pk, cases[sent.case_id], sent.assignment.unit_id)
            yield "ruled", row
            if sent.ruling == "uphold":
                yield "upheld", row
    for sheet in Supervision.objects.all():
        if world.during(sheet.opened_at):
            yield "supervised", Found(sheet.pk, cases[sheet.case_id], sheet.unit_id)
    for mark in Mark.objects.all():
        if mark.revoked_at is None and world.during(mark.at):
            yield mark.color, Found(mark.pk, cases[mark.case_id], mark.unit_id)


def _of_part(world: World, part: Assignment) -> Iterator[str]:
    yield from _dispatched(world, part)
    yield from _fallen_due(world, part)
    if part.ending == "approved" and world.during(part.ended_at):
        yield "accepted"
        assert part.reported_at is not None
        yield "accepted_in_time" if part.reported_at <= part.handling_due_at else "accepted_late"
    stands = (part.ended_at, part.reported_at, part.paused_at) != (None,) * 3
    late = part.handling_due_at < world.as_of
    if world.known(part.dispatched_at) and late and not stands and not _waits_for_ruling(part):
        yield "overdue_now"


def _dispatched(world: World, part: Assignment) -> Iterator[str]:
    recalled = part.ending == "recalled" and world.known(part.ended_at)
    if world.during(part.dispatched_at) and not recalled:
        yield "dispatched"
        by_then = world.known(part.ended_at) and part.ended_at < world.until
        if part.ending == "approved" and by_then:
            yield "dispatched_and_done"
    over_before = (
        part.claimed_at is None and part.ended_at is not None and part.ended_at < part.claim_due_at
    )
    if world.during(part.claim_due_at) and not recalled and not over_before:
        yield "claim_due"
        if part.claimed_at is not None and part.claimed_at <= part.claim_due_at:
            yield "claimed_in_time"


def _fallen_due(world: World, part: Assignment) -> Iterator[str]:
    over = part.ended_at is not None and part.ended_at < part.handling_due_at
    gone = part.ending in ("ruled", "recalled") or (over and part.ending != "approved")
    waits = part.paused_at is not None or _waits_for_ruling(part)
    if world.during(part.handling_due_at) and not gone and not waits:
        yield "handling_due"
        if part.reported_at is not None and part.reported_at <= part.handling_due_at:
            yield "reported_in_time"


def _waits_for_ruling(part: Assignment) -> bool:
    return part.returned_at is not None and part.case.ruled_at is None and part.ended_at is None


def _endings(world: World, cases: Cases) -> Rows:
    called = {
        (one.case_id, one.round)
        for one in FollowUp.objects.all()
        if one.reached and world.known(one.at)
    }
    above = {
        former.case_id
        for former in CaseCenter.objects.select_related("center")
        if former.center.level in ("city", "county")
    }
    for case in cases.values():
        if case.closure not in FINISHED or not world.during(case.closed_at):
            continue
        row = Found(case.pk, case, case.unit_id)
        yield "closed", row
        if case.round > 1:
            yield "redone", row
        if (case.pk, case.round) in called or case.satisfaction:
            yield "reached", row
        if case.satisfaction:
            yield "rated", row
        if case.satisfaction in CONTENT:
            yield "content", row
        if case.closure == "substantive":
            yield from ((key, row) for key in _resolved(case, was_above=case.pk in above))


def _resolved(case: Case, *, was_above: bool) -> Iterator[str]:
    yield "substantive"
    if case.round == 1 and case.visits_count == 1:
        yield "at_once"
    if was_above:
        return
    if case.center.level in ("town", "village"):
        yield "settled_below"
        yield f"settled_in_{case.center.level}"


def _mediated(world: World, cases: Cases) -> Rows:
    for one in Mediation.objects.all():
        if world.on(one.ended_on):
            row = Found(one.pk, cases[one.case_id], one.unit_id)
            yield "mediated", row
            if one.ending == "agreed":
                yield "agreed", row


def _agreed(world: World, cases: Cases) -> Rows:
    for term in AgreementTerm.objects.select_related("agreement__mediation"):
        mediation = term.agreement.mediation
        row = Found(term.pk, cases[mediation.case_id], mediation.unit_id)
        passed = term.due_on is not None and term.due_on < world.as_of.date()
        if passed and world.on(term.due_on) and _holds(world, term.agreement):
            yield "to_perform", row
            if world.begun(term.done_on):
                yield "performed", row
    for agreement in Agreement.objects.select_related("mediation", "confirmation"):
        mediation = agreement.mediation
        row = Found(agreement.pk, cases[mediation.case_id], mediation.unit_id)
        if world.on(agreement.in_force_on) and _holds(world, agreement):
            yield "in_force", row
            asked = getattr(agreement, "confirmation", None)
            if asked and asked.outcome == "confirmed" and world.begun(asked.decided_on):
                yield "confirmed", row


def _handed(world: World, cases: Cases) -> Rows:
    known = _counties_that_said(world)
    for referral in Referral.objects.all():
        case = cases[referral.case_id]
        if referral.kind in COURT and world.on(referral.received_on):
            yield "from_court", Found(referral.pk, case, case.unit_id)
            if referral.kind == "commissioned":
                yield "commissioned", Found(referral.pk, case, case.unit_id)
                if case.center.region.code[:6] in known:
                    yield "commissioned_of_known", Found(referral.pk, case, case.unit_id)
    for code, said in known.items():
        for row in said.values():
            yield "court_received", Found(row.pk, None, None, row.number, code)


def _counties_that_said(world: World) -> dict[str, dict[date, CourtIntake]]:
    """By county, the last word for each month; of those that have said every whole month."""
    months = []
    day = world.since.date()
    while day < world.until.date():
        months.append(day)
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    if any(one.day != 1 for one in (*months, day)) or day != world.until.date():
        return {}
    said: dict[str, dict[date, CourtIntake]] = defaultdict(dict)
    centers = {center.pk: center.region.code[:6] for center in Center.objects.all()}
    for row in CourtIntake.objects.order_by("pk"):
        if row.month in months:
            said[centers[row.center_id]][row.month] = row
    return {code: rows for code, rows in said.items() if len(rows) == len(months)}


def _in_grids(world: World, cases: Cases) -> Rows:
    events = GridEvent.objects.select_related("grid", "center").prefetch_related("lines")
    for event in events:
        if not world.during(event.received_at):
            continue
        groups = (("town", event.area[:9]), ("center", event.center_id), ("grid", event.grid_id))
        row = Found(event.pk, None, None, 1, event.area, groups)
        yield "events", row
        if world.known(event.done_at) and event.done_at < world.until:
            yield "events_done", row
        late_now = event.due_at is not None and event.due_at < world.as_of
        late = event.overdue_steps > 0 or (event.done_at is None and late_now)
        if event.done_at is not None or late:
            yield "events_judged", row
            if event.done_at is not None and not late:
                yield "events_in_time", row
        if _handled_in_the_grid(event):
            yield from _handled_there(world, event, row, late=late)


def _handled_in_the_grid(event: GridEvent) -> bool:
    elsewhere = event.unit_id or event.case_number or event.center.level not in ("town", "village")
    nothing_to_do = event.outcome in ("unfounded", "outside", "duplicate")
    return not (elsewhere or nothing_to_do or event.settled_on_spot)


def _handled_there(world: World, event: GridEvent, row: Found, *, late: bool) -> Rows:
    if event.done_at is not None or late:
        yield "own_events_judged", row
        if event.done_at is not None and not late:
            yield "own_events_in_time", row
    if world.known(event.done_at) and event.done_at < world.until:
        yield "own_events_done", row
        lines = [line for line in event.lines.all() if world.known(line.at)]
        failed = [x for x in lines if x.verb == "check" and x.data.get("passed") is False]
        if not failed and all(line.verb != "send-back" for line in lines):
            yield "own_events_at_once", row


def _holds(world: World, agreement: Agreement) -> bool:
    void = agreement.voided_at is not None and world.known(agreement.voided_at)
    return world.begun(agreement.in_force_on) and not void


def group_of(row: Found, by: str | None) -> tuple[Any, ...]:
    """The group a row is in, if it can be told."""
    if by is None:
        return (None,)
    if row.case is None:
        return tuple(value for name, value in row.groups if name == by)
    return (GROUPS[by](row, row.case),) if by in GROUPS else ()


GROUPS: dict[str, Callable[[Found, Case], Any]] = {
    "unit": lambda row, case: row.unit,
    "town": lambda row, case: case.occurred_region.code[:9],
    "center": lambda row, case: case.center_id,
    "type": lambda row, case: case.type_id,
    "source": lambda row, case: case.source,
    "level": lambda row, case: case.center.level,
}


def by_group(
    found: dict[str, list[Found]], stem: str, by: str | None
) -> dict[tuple[Any, str], int]:
    """How many of each set, by group, among the cases of a centre's region; nothing that is 0."""
    numbers: dict[tuple[Any, str], int] = defaultdict(int)
    for key, rows in found.items():
        for row in rows:
            place = row.case.center.region.code if row.case else row.place
            if place.startswith(stem):
                for group in group_of(row, by):
                    numbers[group, key] += row.weight
    return {group: number for group, number in numbers.items() if number}
