"""The acts of a grid event, as one table. Buttons, `allowed_acts`, API verbs and the door read it.

The floor above adds its own (转为事项) at start-up, as with the acts of a case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from grids.models import EventLine, GridEvent
from grids.vocabulary import EventStage
from orgs.models import User
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import AlreadyDone, NotAllowed, WrongState

if TYPE_CHECKING:
    from grids.event_forms import EventForm

Who = Callable[[User, GridEvent], bool]
# Why the act is not open now, as a sentence, or None when it is.
When = Callable[[GridEvent], str | None]


def always(event: GridEvent) -> str | None:
    return None


@dataclass(frozen=True)
class EventAct:
    """One thing that can be done to an event: who may, when, and what does it.

    `arcs` lists every stage the act may be done in with every stage it may lead to.
    `service` takes `event_id`, `by` and the cleaned fields of `form` as keywords.
    """

    verb: str
    label: str
    done: str  # what the history says: 王芳 核实了
    who: Who
    arcs: frozenset[tuple[EventStage, EventStage]]
    service: Callable[..., GridEvent]
    form: type[EventForm]
    when: When = always
    main: bool = False
    rank: int = 50
    # Where the act is done when it needs a page of another floor.
    page: Callable[[GridEvent], str] | None = None

    @cached_property
    def stages(self) -> frozenset[EventStage]:
        return frozenset(source for source, _ in self.arcs)


@dataclass
class _Registry:
    acts: dict[str, EventAct] = field(default_factory=dict)


_registry = _Registry()


def register(*acts: EventAct) -> None:
    """Add acts to the table. Raises ValueError when a verb is taken."""
    for act in acts:
        if act.verb in _registry.acts:
            raise ValueError(f"the act {act.verb} is registered twice")
        _registry.acts[act.verb] = act


def act_of(verb: str) -> EventAct:
    """The act of that verb; KeyError when there is none."""
    return _registry.acts[verb]


def all_acts() -> list[EventAct]:
    """Every act, in the order a page offers them."""
    return sorted(_registry.acts.values(), key=lambda act: (act.rank, act.verb))


def why_not(act: EventAct, event: GridEvent) -> str | None:
    """Why the act is not open in this state, whoever asks; None when it is."""
    if event.stage not in act.stages:
        return f"“{event.get_stage_display()}”环节的网格事件不能“{act.label}”"
    return act.when(event)


def allowed(user: User, event: GridEvent) -> list[EventAct]:
    """What the door would let this person do to this event now."""
    may: dict[Who, bool] = {}  # several acts ask the same of the person
    found = []
    for act in all_acts():
        if why_not(act, event) is not None:
            continue
        if act.who not in may:
            may[act.who] = act.who(user, event)
        if may[act.who]:
            found.append(act)
    return found


def already(act: EventAct, event: GridEvent) -> str | None:
    """Who has done just this and when, if it was the last thing done; None when it was not."""
    last = event.lines.exclude(verb="note").order_by("-seq").select_related("by").first()
    if last is None or last.verb != act.verb:
        return None
    return f"{who_and_when(last)}已经{act.done}了 {event.short_number}，不用再办"


def refuse(act: EventAct, event: GridEvent, user: User) -> None:
    """Nothing when the act is theirs to do now; else raise what to say.

    AlreadyDone when somebody has just done it, NotAllowed for somebody else's act, WrongState when
    it is not the time.
    """
    not_theirs, not_now = not act.who(user, event), why_not(act, event)
    if (not_theirs or not_now) and (sentence := already(act, event)):
        raise AlreadyDone(sentence)
    if not_theirs:
        raise NotAllowed(refusal(act, event))
    if not_now:
        raise WrongState(not_now)


def who_and_when(line: EventLine) -> str:
    name = line.by.name if line.by else "系统"
    return f"{name} {dates.moment(line.at, clock.today())} "


def refusal(act: EventAct, event: GridEvent) -> str:
    """What to say to somebody who sees the event but whose act this is not."""
    whose = {
        "center": event.center.name,
        "unit": event.unit.name if event.unit else "",
        "worker": "网格员",
        "case": f"事项 {event.case_number} 的主办单位",
    }.get(event.actor, "")
    if not whose:
        return f"{event.short_number} 已经办结，不能再“{act.label}”"
    return f"{event.short_number} 现在由{whose}办，这个账号不能“{act.label}”"
