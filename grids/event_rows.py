"""Events as lists and pages show them: the light, who has it, what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from grids.acts import act_of
from grids.models import EventLine, EventPhoto, GridEvent
from grids.vocabulary import NOT_SO, EventActor, EventStage, Outcome, StepClock
from orgs.calendars import calendars_of
from orgs.models import User
from zongzhi.lib import dates
from zongzhi.lib.light import light
from zongzhi.lib.worktime import Calendar

TAGS = {
    EventStage.REPORTED: "to_dispatch",
    EventStage.VERIFIED: "to_claim",
    EventStage.HANDLING: "handling",
    EventStage.FEEDBACK: "to_approve",
    EventStage.CHECKING: "to_follow_up",
    EventStage.DONE: "done",
}
_BY_THE_SYSTEM = {
    "report": "上报",
    "case-closed": "转成的事项办结",
    "case-ended": "转成的事项终止",
    "case-merged": "转成的事项并案",
    "case-reopened": "转成的事项重新办理",
    "center-left": "转到上级中心",
    "worker-left": "回到中心",
}


@dataclass(frozen=True)
class Light:
    """A light as `components/light.html` draws it."""

    colour: str
    mark: str
    words: str
    date: str = ""
    explained: str = ""


@dataclass(frozen=True)
class Row:
    """One line of a list of events."""

    event: GridEvent
    light: Light
    who: str
    state: str
    token: str


@dataclass(frozen=True)
class Photos:
    """The photos of an event: those sent with the report, and those that show it is done."""

    before: list[EventPhoto]
    after: list[EventPhoto]


@dataclass(frozen=True)
class Entry:
    """One line of the history, for `components/timeline.html`."""

    title: str
    who: str
    at: datetime
    text: str
    internal: bool = False
    known_time: bool = True
    url: str = ""


def for_rows(events: Iterable[GridEvent], now: datetime) -> list[Row]:
    """The rows of a list; the calendars of their centres cost the same for one as for all."""
    rows = list(events)
    calendars = calendars_of({event.center_id: event.center for event in rows}.values())
    return [
        Row(
            event=event,
            light=light_of(event, calendars[event.center_id], now),
            who=who_has(event),
            state=state_of(event),
            token=TAGS[EventStage(event.stage)],
        )
        for event in rows
    ]


def photos_of(event: GridEvent) -> Photos:
    rows = list(event.photos.all())
    return Photos(
        before=[photo for photo in rows if not photo.of_result],
        after=[photo for photo in rows if photo.of_result],
    )


def light_of(event: GridEvent, calendar: Calendar, now: datetime) -> Light:
    if event.stage == EventStage.DONE:
        late = event.overdue_steps
        return Light("done", "✓", f"办结，{late} 个环节超期" if late else "按时办结")
    if event.actor == EventActor.CASE:
        return Light("none", "", "随事项办")
    found = light(now, event.due_at, event.near_at, calendar)
    if event.due_at is None or not event.step or event.step_since is None:
        return Light(found.colour, found.mark, found.words)
    step = StepClock(event.step).label
    begun = f"{step}从 {dates.moment(event.step_since, now.date())} 起"
    return Light(
        found.colour,
        found.mark,
        f"{step}{found.words}",
        f"{dates.moment(event.due_at, now.date())} 到期",
        f"{begun}，按工作时间算",
    )


def state_of(event: GridEvent) -> str:
    if event.stage == EventStage.DONE:
        return Outcome(event.outcome).label if event.outcome else "办结"
    if event.asked:
        return "待补充"
    return {
        EventStage.REPORTED: "待核实",
        EventStage.VERIFIED: "待交办",
        EventStage.HANDLING: "处置中",
        EventStage.FEEDBACK: "待看反馈",
        EventStage.CHECKING: "待核查",
    }[EventStage(event.stage)]


def who_has(event: GridEvent) -> str:
    """Who must act next, or who did it."""
    if event.actor == EventActor.CASE:
        return f"事项 {event.case_short}"
    if event.actor == EventActor.UNIT or (event.stage == EventStage.DONE and event.unit):
        return event.unit.name if event.unit else ""
    if event.actor == EventActor.WORKER:
        handler = event.worker.name if event.worker and event.stage == EventStage.HANDLING else ""
        return f"网格员 {handler}".strip()
    return event.center.name if event.actor == EventActor.CENTER else ""


def entries_of(event: GridEvent, reader: User) -> list[Entry]:
    """The history, the newest first."""
    lines = event.lines.select_related("by").order_by("-seq")
    return [_entry(line) for line in lines]


def _entry(line: EventLine) -> Entry:
    return Entry(
        title=f"{said(line.verb)}{_and_then(line)}",
        who=line.by.name if line.by else "系统",
        at=line.at,
        text=line.text,
    )


def _and_then(line: EventLine) -> str:
    """核实 says at once what is to be done, or how it ends: 「核实，交办」, 「核实：不属实」."""
    if line.verb != "verify":
        return ""
    if line.data.get("truth") in NOT_SO:
        return f"：{NOT_SO[line.data['truth']]}"
    if "center" in line.data:
        return "，报上级"
    return "，交办" if "to" in line.data else ""


def said(verb: str) -> str:
    """What the history calls it."""
    if verb in _BY_THE_SYSTEM:
        return _BY_THE_SYSTEM[verb]
    try:
        return act_of(verb).label
    except KeyError:
        return "处理"
