"""The light of a case as pages show it: colour, shape, words, date, and how it was counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from cases.models import Assignment, Case
from cases.vocabulary import Clock, Label, Stage
from zongzhi.lib import dates
from zongzhi.lib.light import NO_LIGHT, Colour, Light, colour, light
from zongzhi.lib.worktime import Calendar

# What started a centre's own clock, for the sentence that explains a due time.
_STARTED_BY = {
    Clock.ACCEPTANCE: "登记",
    Clock.DISPATCH: "受理",
    Clock.APPROVAL: "反馈结果",
    Clock.RULING: "退回",
    Clock.FOLLOW_UP: "审核通过",
    Clock.CALL_BACK: "来访人评价",
    Clock.REDO: "重新办理",
}


@dataclass(frozen=True)
class Shown:
    """A light ready to be drawn; `name` is the clock where more than one is shown."""

    colour: str
    mark: str
    words: str
    date: str = ""
    explained: str = ""
    name: str = ""


def light_of(
    case: Case,
    calendar: Calendar,
    now: datetime,
    *,
    reported_at: datetime | None = None,
    reported_due_at: datetime | None = None,
) -> Light:
    """The one light of a case in a list, from columns of the case.

    `reported_at` and its due time are those of the accepted result: on time is judged by them.
    """
    if case.stage == Stage.CLOSED:
        return light(now, reported_due_at, None, calendar, finished_at=reported_at or now)
    if case.label == Label.PAUSED:
        since = case.label_since
        return light(now, since, None, calendar, paused_since=since)
    found = light(now, case.due_at, case.near_at, calendar)
    if case.label == Label.TO_CLAIM:
        return replace(found, words=f"签收{found.words}")
    return found


def colour_of(case: Case, now: datetime) -> Colour:
    """The colour of `light_of` alone, as an open case has it."""
    if case.label == Label.PAUSED:
        return colour(now, case.label_since, None, paused=True)
    return colour(now, case.due_at, case.near_at)


def row_light(case: Case, calendar: Calendar, now: datetime) -> Shown:
    """The light of a row that `for_list` has loaded."""
    found = light_of(
        case,
        calendar,
        now,
        reported_at=getattr(case, "reported_at", None),
        reported_due_at=getattr(case, "reported_due_at", None),
    )
    return _shown(found, case.due_at, now)


def lights(case: Case, last: Assignment | None, calendar: Calendar, now: datetime) -> list[Shown]:
    """All lights of one case, the running one first; `last` is the lead's part, ended or not."""
    lead = case.lead
    if case.stage == Stage.CLOSED or lead is None:
        return [_centre(case, last, calendar, now)]
    handling = _handling(lead, calendar, now)
    running = [handling]
    if lead.claimed_at is None:
        running.insert(0, _claim(lead, calendar, now))
    if case.label in (Label.TO_APPROVE, Label.TO_RULE):
        running.insert(0, _centre(case, last, calendar, now))
    return running


def part_light(part: Assignment, calendar: Calendar, now: datetime) -> Shown:
    """The light of one unit's own part: of its claim until it has claimed, then of its handling."""
    if part.claimed_at is None and part.reported_at is None:
        shown = _claim(part, calendar, now)
        return replace(shown, words=f"签收{shown.words}")
    return _handling(part, calendar, now)


def _centre(case: Case, last: Assignment | None, calendar: Calendar, now: datetime) -> Shown:
    found = light_of(
        case,
        calendar,
        now,
        reported_at=last.reported_at if last else None,
        reported_due_at=last.handling_due_at if last else None,
    )
    if not case.due_at or not case.due_clock:
        return _shown(found, None, now)
    clock = Clock(case.due_clock)
    start = case.complained_at if clock == Clock.CALL_BACK else case.label_since
    explained = calendar.explain(start or case.label_since, case.due_at).sentence(
        _STARTED_BY.get(clock, clock.label)
    )
    return replace(_shown(found, case.due_at, now), explained=explained, name=clock.label)


def _claim(lead: Assignment, calendar: Calendar, now: datetime) -> Shown:
    found = light(now, lead.claim_due_at, lead.claim_near_at, calendar)
    explained = calendar.explain(lead.dispatched_at, lead.claim_due_at).sentence()
    return replace(_shown(found, lead.claim_due_at, now), explained=explained, name="签收")


def _handling(lead: Assignment, calendar: Calendar, now: datetime) -> Shown:
    found = light(
        now,
        lead.handling_due_at,
        lead.handling_near_at,
        calendar,
        paused_since=lead.paused_at,
        finished_at=lead.reported_at,
    )
    if lead.reported_at:
        found = replace(found, words=found.words.replace("办结", "反馈"))
    begun = "派出" if lead.clock_from == lead.dispatched_at else "退回补办"
    explained = calendar.explain(
        lead.clock_from, lead.handling_due_at, lead.paused_days, lead.extended_days
    ).sentence(begun)
    shown = _shown(found, lead.handling_due_at, now)
    return replace(shown, explained=explained, name="办理")


def _shown(found: Light, due: datetime | None, now: datetime) -> Shown:
    if found is NO_LIGHT:
        return Shown("none", "", "")
    date = dates.moment(due, now.date()) + " 到期" if due and found.colour != "done" else ""
    return Shown(found.colour, found.mark, found.words, date)
