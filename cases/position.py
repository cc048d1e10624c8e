"""Where a case stands, worked out from its stage, its open assignment and its clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cases.clocks import Clocks
from cases.models import Assignment, Case
from cases.vocabulary import Actor, Clock, Closure, Label, Risk, Stage

_CENTRE_CLOCKS = {
    Label.TO_ACCEPT: Clock.ACCEPTANCE,
    Label.TO_DISPATCH: Clock.DISPATCH,
    Label.TO_RULE: Clock.RULING,
    Label.TO_APPROVE: Clock.APPROVAL,
}
_ENDED = (Closure.WITHDRAWN, Closure.DECLINED, Closure.MERGED, Closure.TRANSFERRED)


@dataclass(frozen=True)
class Position:
    """What people read of a case, who must act, and until when."""

    label: Label
    actor: Actor
    unit_id: int | None
    label_since: datetime
    due_clock: str = ""
    due_at: datetime | None = None
    near_at: datetime | None = None
    claim_due_at: datetime | None = None
    handling_due_at: datetime | None = None


def position(case: Case, clocks: Clocks, *, now: datetime) -> Position:
    """The place of a case whose stage and assignments are as they are now.

    Pure: the same case, clocks and moment give the same answer. A centre's own clock starts
    when its label begins; a unit's clocks come with its assignment. `now` only dates a label
    that has just changed.
    """
    lead = case.lead
    label = _label(case, lead)
    since = case.label_since if label == case.label else now
    unit_id = lead.unit_id if lead else case.unit_id
    if label in (Label.DONE, Label.ENDED):
        return Position(label, Actor.NOBODY, unit_id, since)
    if label == Label.TO_FOLLOW_UP:
        return _follow_up(case, clocks, unit_id, since)
    if label in _CENTRE_CLOCKS:
        clock = _CENTRE_CLOCKS[label]
        due = clocks.due(clock, since)
        return Position(
            label,
            Actor.TRIAGE,
            unit_id if lead else None,
            since,
            due_clock=clock,
            due_at=due.at,
            near_at=due.near,
            claim_due_at=lead.claim_due_at if lead and not lead.claimed_at else None,
            handling_due_at=lead.handling_due_at if lead and not lead.reported_at else None,
        )
    assert lead is not None  # every label left is a unit's
    return _with_the_unit(label, lead, since)


def _label(case: Case, lead: Assignment | None) -> Label:
    if case.stage == Stage.CLOSED:
        return Label.ENDED if case.closure in _ENDED else Label.DONE
    if case.stage == Stage.ACCEPTANCE:
        return Label.TO_ACCEPT
    if case.stage == Stage.FOLLOW_UP:
        return Label.TO_FOLLOW_UP
    if lead is None:
        return Label.TO_DISPATCH
    if lead.claimed_at is None:
        return Label.TO_RULE if lead.returned_at and not case.ruled_at else Label.TO_CLAIM
    if lead.paused_at is not None:
        return Label.PAUSED
    if lead.reported_at is not None:
        return Label.TO_APPROVE
    return _at_work(case)


def _at_work(case: Case) -> Label:
    if case.is_joint:
        return Label.JOINT
    return Label.MEDIATING if case.is_mediating else Label.HANDLING


def _follow_up(case: Case, clocks: Clocks, unit_id: int | None, since: datetime) -> Position:
    """Seven days to ask the citizen, one for a high risk, one working day after a complaint."""
    if case.complained_at:
        clock, due = Clock.CALL_BACK, clocks.due(Clock.CALL_BACK, case.complained_at)
    elif case.risk == Risk.HIGH:
        clock, due = Clock.FOLLOW_UP, clocks.after(since, 1)
    else:
        clock, due = Clock.FOLLOW_UP, clocks.due(Clock.FOLLOW_UP, since)
    return Position(
        Label.TO_FOLLOW_UP,
        Actor.FOLLOW_UP,
        unit_id,
        since,
        due_clock=clock,
        due_at=due.at,
        near_at=due.near,
    )


def _with_the_unit(label: Label, lead: Assignment, since: datetime) -> Position:
    if label == Label.PAUSED:
        return Position(label, Actor.UNIT, lead.unit_id, since)
    claiming = label == Label.TO_CLAIM
    return Position(
        label,
        Actor.UNIT,
        lead.unit_id,
        since,
        due_clock=Clock.CLAIM if claiming else Clock.HANDLING,
        due_at=lead.claim_due_at if claiming else lead.handling_due_at,
        near_at=lead.claim_near_at if claiming else lead.handling_near_at,
        claim_due_at=lead.claim_due_at if claiming else None,
        handling_due_at=lead.handling_due_at,
    )
