"""What is done about a grid event after it was reported; everything through the one door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from grids.door import Change, changing, changing_by_system
from grids.event_centers import manned_above
from grids.event_policies import handles, serving
from grids.models import GridEvent
from grids.vocabulary import NOT_SO, EventActor, EventStage, Outcome
from orgs.models import Center, Department, User
from orgs.models.people import Holders
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib.errors import Invalid, WrongState

RESULT_LEAST = 5
TRUE = "true"


@dataclass(frozen=True)
class Handler:
    """Who is to do it: a unit, a grid worker, or the centre itself when both are empty."""

    unit: Department | None = None
    worker: User | None = None

    @property
    def actor(self) -> EventActor:
        if self.unit is not None:
            return EventActor.UNIT
        return EventActor.CENTER if self.worker is None else EventActor.WORKER

    @property
    def name(self) -> str:
        if self.unit is not None:
            return self.unit.name
        return self.worker.name if self.worker else "中心自己办"


def verify_event(
    *,
    event_id: int,
    by: User,
    truth: str,
    valid: bool | None,
    then: str = "",
    unit: Department | None = None,
    worker: User | None = None,
    duplicate_of: GridEvent | None = None,
    text: str = "",
) -> GridEvent:
    """核实, and in one go what is to be done: `then` is center, unit, worker, up or later.

    `valid` is the threshold of a valid report (长塘: 时间、地点、人物、起因经过), judged once; None
    when nobody judged it, as of one that ends here, whatever was ticked before.
    """
    valid = None if truth in NOT_SO else valid
    with changing(event_id, "verify", by=by) as change:
        event = change.event
        event.is_valid, event.verified_at = valid, change.now
        change.data = {"truth": truth, "valid": valid}
        if truth in NOT_SO:
            _end(change, Outcome(truth), text, duplicate_of)
        else:
            event.verify()
            _then(change, then, Handler(unit, worker), text)
    return event


def _then(change: Change, then: str, handler: Handler, text: str) -> None:
    if then == "up":
        _move(change, _parent(change.event), text)
    elif then in ("center", "unit", "worker"):
        _give(change, handler, text)
    else:
        change.text = text


def _end(change: Change, outcome: Outcome, text: str, same: GridEvent | None) -> None:
    event = change.event
    if outcome == Outcome.DUPLICATE:
        event.merged_into = _same(event, same)
        text = f"和 {event.merged_into.short_number} 是同一件。{text}".strip()
    event.outcome = outcome
    event.result = event.result or text
    event.finish()
    change.text = text
    _tell_reporter(change)


def _same(event: GridEvent, other: GridEvent | None) -> GridEvent:
    """The event that is followed instead; never this one, by whatever way round.

    It is held until this one is done: of two that name each other at once, one has to wait.
    """
    if other is None:
        raise Invalid(errors={"duplicate_of": ["还没填和哪一件重复"]})
    while other.merged_into is not None:
        other = other.merged_into
    if other.pk == event.pk:
        raise Invalid(errors={"duplicate_of": ["不能和自己重复，填另一件的编号"]})
    rows = GridEvent.objects.select_for_update(of=("self",), skip_locked=True)
    held: GridEvent | None = rows.filter(pk=other.pk, merged_into=None).order_by().first()
    if held is None:
        raise WrongState(f"{other.short_number} 正有人在办，过一会再试")
    return held


def ask_event(*, event_id: int, by: User, text: str) -> GridEvent:
    """退回补充: the reporter is to say what is missing; the centre's clock goes on."""
    with changing(event_id, "ask", by=by) as change:
        change.event.asked = change.text = text
        _tell(serving(change.event), change, "要补充情况")
    return change.event


def supplement_event(*, event_id: int, by: User, text: str) -> GridEvent:
    """补充: what was asked for; the report itself stays as it was written."""
    with changing(event_id, "supplement", by=by) as change:
        change.event.asked = ""
        change.text = text
        tell_center(change, "补充了情况，待核实")
    return change.event


def assign_event(
    *,
    event_id: int,
    by: User,
    to: str,
    unit: Department | None = None,
    worker: User | None = None,
    text: str = "",
    verb: str = "assign",
) -> GridEvent:
    """交办 to a unit, a worker of the grid, or the centre itself."""
    with changing(event_id, verb, by=by) as change:
        chosen = Handler(unit if to == "unit" else None, worker if to == "worker" else None)
        _give(change, chosen, text)
    return change.event


def reassign_event(
    *,
    event_id: int,
    by: User,
    to: str,
    text: str,
    unit: Department | None = None,
    worker: User | None = None,
) -> GridEvent:
    """改派: somebody else is to do it, with a word why; the time begins anew."""
    return assign_event(
        event_id=event_id, by=by, to=to, unit=unit, worker=worker, text=text, verb="reassign"
    )


def _give(change: Change, handler: Handler, text: str) -> None:
    event = change.event
    event.handle()
    event.unit, event.worker, event.actor = handler.unit, handler.worker, handler.actor
    change.restart = True
    change.text = f"{handler.name}。{text}" if text else handler.name
    change.data |= {"to": handler.actor.value, "wanted": text}
    if handler.unit is not None:
        change.data["unit"] = handler.unit.pk
    _tell_handler(change, "要处置")


def pass_up_event(*, event_id: int, by: User, text: str) -> GridEvent:
    """报上级: the centre above says who does it; the one below goes on reading."""
    with changing(event_id, "pass-up", by=by) as change:
        change.event.wait_for_assignment()
        _move(change, _parent(change.event), text)
    return change.event


def pass_down_event(*, event_id: int, by: User, center: Center, text: str = "") -> GridEvent:
    """转下级: it is for a centre below, nearer to the place."""
    with changing(event_id, "pass-down", by=by) as change:
        _move(change, center, text)
    return change.event


def _parent(event: GridEvent) -> Center:
    """The nearest centre above where somebody is: what is passed up must not lie with nobody."""
    found = manned_above(event.center)
    if found is None:
        raise WrongState(f"{event.center.name}上面没有能接的中心，不能报上级")
    return found


def _move(change: Change, center: Center, text: str) -> None:
    event = change.event
    event.center, event.unit, event.worker = center, None, None
    change.restart = True
    change.data["center"] = center.pk
    change.text = f"{center.name}。{text}" if text else center.name
    tell_center(change, "到本中心，待办")


def feed_back_event(*, event_id: int, by: User, text: str) -> GridEvent:
    """反馈: what was done about it. Photos of the result are sent beside it."""
    with changing(event_id, "feedback", by=by) as change:
        event = change.event
        event.result, event.handled_at = text, change.now
        change.text = text
        event.answer()
        tell_center(change, "有反馈，待看")
    return event


def hand_back_event(*, event_id: int, by: User, text: str) -> GridEvent:
    """退回中心: it is not theirs, with the reason (滨州条例: 不属于职责范围的及时说明)."""
    with changing(event_id, "hand-back", by=by) as change:
        event = change.event
        event.wait_for_assignment()
        event.unit = event.worker = None
        change.text = text
        tell_center(change, "退回中心，要另外交办")
    return event


def send_back_event(*, event_id: int, by: User, text: str) -> GridEvent:
    """退回重办: what was fed back is not enough; the same ones go on."""
    with changing(event_id, "send-back", by=by) as change:
        back_to_handler(change, text)
    return change.event


def back_to_handler(change: Change, text: str) -> None:
    """Whoever had it has it again. A case that is closed cannot: then the centre, who is told."""
    event = change.event
    event.handle()
    event.handled_at = event.done_at = None
    event.actor = Handler(event.unit, event.worker).actor
    change.text = change.data["wanted"] = text
    _tell_handler(change, "没办好，要接着处置")


def request_check_event(*, event_id: int, by: User, text: str = "") -> GridEvent:
    """请网格员核查: somebody of the grid goes and sees whether it is done."""
    with changing(event_id, "request-check", by=by) as change:
        change.text = change.data["wanted"] = text
        to_checking(change)
    return change.event


def to_checking(change: Change) -> None:
    """The grid goes and sees; where nobody serves it today, the centre does."""
    event = change.event
    event.inspect()
    there = serving(event)
    event.actor = EventActor.WORKER if there.exists() else EventActor.CENTER
    if event.actor == EventActor.WORKER:
        _tell(there, change, "办完了，去看一下")
    else:
        tell_center(change, "待核查")


def check_event(*, event_id: int, by: User, passed: bool, text: str = "") -> GridEvent:
    """核查: it is done, and the event ends; or it is not, and goes back."""
    with changing(event_id, "check", by=by) as change:
        change.data = {"passed": passed}
        if passed:
            change.text = text or "办好了"
            settle(change)
        else:
            back_to_handler(change, text)
    return change.event


def finish_event(*, event_id: int, by: User, result: str = "") -> GridEvent:
    """办结 by the centre that has it."""
    with changing(event_id, "finish", by=by) as change:
        event = change.event
        event.result = result or event.result
        if len(event.result) < RESULT_LEAST:
            raise Invalid(errors={"result": [f"怎么处置的写得太短，至少 {RESULT_LEAST} 个字"]})
        change.text = result
        settle(change)
    return event


def settle(change: Change) -> None:
    event = change.event
    event.finish()
    event.outcome = Outcome.CASE_CLOSED if _ended_by_case(event) else Outcome.SETTLED
    event.handled_at = event.handled_at or change.now
    _tell_reporter(change)


def _ended_by_case(event: GridEvent) -> bool:
    """What ended it was its case, and nobody was given it since."""
    of_case = Q(verb__startswith="case-")
    since = Q(verb__in=("assign", "reassign", "feedback")) | Q(verb="check", data__passed=False)
    last = event.lines.filter(of_case | since).order_by("-seq").first()
    return last is not None and last.verb == "case-closed"


def note_event(*, event_id: int, by: User, text: str) -> GridEvent:
    """记一笔: what happened meanwhile; nothing else changes."""
    with changing(event_id, "note", by=by) as change:
        change.text = text
    return change.event


# --- When somebody is gone ------------------------------------------------------------------------


def fall_to(event_id: int, *, lost: Center, center: Center) -> bool:
    """The centre has nobody left who looks at events: the nearest above has it now."""

    def still(event: GridEvent) -> bool:
        return event.is_open and event.center_id == lost.pk

    with changing_by_system(event_id, "center-left", still=still) as change:
        if change is None:
            return False
        # Whoever handles it goes on in the time they were given.
        change.restart = change.event.actor == EventActor.CENTER
        change.event.center, change.data["center"] = center, center.pk
        change.text = f"{lost.name}现在没有人分流，由{center.name}接着办"
        tell_center(change, f"从{lost.name}转来，那里没有人分流了")
    return True


def worker_left(event_id: int, *, by: User | None, still: Callable[[GridEvent], bool]) -> bool:
    """Nobody serves the grid any more of those who had it to do: the centre has it again.

    `by` is who ended the service, or None when its last day has gone by.
    """
    with changing_by_system(event_id, "worker-left", by=by, still=still) as change:
        if change is None:
            return False
        event = change.event
        gone = f"{event.worker.name}不再服务{event.grid.name}" if event.worker else ""
        nobody = f"{event.grid.name}没有能接着办的网格员了"
        change.text = f"{gone or nobody}，回到{event.center.name}"
        event.asked, event.worker, event.actor = "", None, EventActor.CENTER
        if event.stage == EventStage.HANDLING:
            event.wait_for_assignment()
        tell_center(change, "网格员不在这个网格了，回到本中心")
    return True


# --- Telling --------------------------------------------------------------------------------------


def _tell(people: object, change: Change, what: str, *, url: str | None = None) -> None:
    event = change.event
    text = f"网格事件 {event.short_number} {what}"
    url = event.get_absolute_url() if url is None else url
    notify(people, text=text, url=url)  # type: ignore[arg-type]


def tell_center(change: Change, what: str) -> None:
    _tell(Holders(Permission.TRIAGE, center=change.event.center), change, what)


def _tell_handler(change: Change, what: str) -> None:
    event = change.event
    if event.unit is not None:
        _tell(Holders(Permission.HANDLE, department=event.unit), change, what)
    elif event.worker is not None:
        _tell([event.worker], change, what)
    elif event.actor == EventActor.CENTER and not _is_theirs(change):
        tell_center(change, what)


def _is_theirs(change: Change) -> bool:
    """Done by one of the centre that has it: their own desk shows it."""
    return change.by is not None and handles(change.by, change.event)


def _tell_reporter(change: Change) -> None:
    """有回音: whoever reported it hears what became of it."""
    event = change.event
    if change.by == event.reported_by:
        return
    # Who was moved to another grid still hears of it, but has no page of it any more.
    seen = GridEvent.objects.visible_to(event.reported_by).filter(pk=event.pk).exists()
    what = f"有结果：{Outcome(event.outcome).label}"
    _tell([event.reported_by], change, what, url=event.get_absolute_url() if seen else "")
