"""What a grid worker's phone shows: their grids, what waits for them, what became of things."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse

from grids.duty_lists import duties_in_force
from grids.models import Duty, Grid, GridEvent, GridTask, PatrolNote
from grids.querysets import served_by
from grids.services.reporting import center_for
from grids.vocabulary import EventActor, EventStage, Outcome
from orgs.calendars import calendars_of
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.light import NO_LIGHT, Light, light

USED = 4  # duties offered again
LOOKED_BACK = 40  # reports among which they are looked for
SHOWN = 5  # rows of a list on the first page
_WORD = 24  # characters of a text in a list
NEAR = timedelta(hours=4)  # before a task is due


@dataclass(frozen=True)
class Row:
    """A line of a list: what it is, and how much time is left."""

    text: str
    url: str
    light: Light = NO_LIGHT
    note: str = ""
    due_at: datetime | None = None


def grids_of(user: User) -> QuerySet[Grid]:
    """The grids somebody serves today."""
    return Grid.objects.filter(pk__in=served_by(user)).active().select_related("region__parent")


def duties_for(grids: Collection[Grid]) -> list[Duty]:
    """The duty list in force over these grids, for the search behind the seven groups."""
    if not grids:
        return []
    return list(duties_in_force(center_for(next(iter(grids)))))


def last_used(user: User, listed: Collection[int]) -> list[int]:
    """The last duties somebody reported under, newest first."""
    recent = reported_by(user).order_by("-received_at", "-pk")
    used = recent.values_list("duty", flat=True)[:LOOKED_BACK]
    return [pk for pk in dict.fromkeys(used) if pk is not None and pk in listed][:USED]


def last_place(user: User) -> str:
    """Where the last report was: often it is the same corner."""
    recent = reported_by(user).order_by("-received_at", "-pk")
    return next(iter(recent.values_list("place", flat=True)[:1]), "")


# --- What waits for them, and what became of what they said --------------------------------------


def events_to_do(user: User) -> QuerySet[GridEvent]:
    """Events that wait for a grid worker: to be added to, handled by this one, or looked at."""
    sent = served_by(user).exclude(kind="guide")
    anybody = Q(stage__in=(EventStage.REPORTED, EventStage.CHECKING))
    return GridEvent.objects.visible_to(user).filter(
        anybody | Q(worker=user), actor=EventActor.WORKER, grid__in=sent
    )


def tasks_to_do(user: User) -> QuerySet[GridTask]:
    """Tasks from above in the grids somebody serves today."""
    return GridTask.objects.open().filter(grid__in=served_by(user).exclude(kind="guide"))


def reported_by(user: User) -> QuerySet[GridEvent]:
    """What somebody has reported and may still see."""
    return GridEvent.objects.visible_to(user).filter(reported_by=user)


def answered(user: User) -> QuerySet[GridEvent]:
    """What has become of their reports since they last looked."""
    return reported_by(user).filter(stage=EventStage.DONE, seen_at=None)


def to_do(user: User) -> list[Row]:
    """Everything that waits for this worker, the most pressing first."""
    events = list(events_to_do(user).select_related("center"))
    tasks = list(tasks_to_do(user).select_related("center"))
    calendars = calendars_of({*(e.center for e in events), *(t.center for t in tasks)})
    now = clock.now()
    rows = [
        Row(
            text=f"{asked_of(event)}：{short(event.text)}",
            url=reverse("phone:event", args=[event.number]),
            light=light(now, event.due_at, event.near_at, calendars[event.center_id]),
            due_at=event.due_at,
        )
        for event in events
    ]
    rows += [
        Row(
            text=short(task.text),
            url=reverse("phone:task", args=[task.pk]),
            light=light(now, task.due_at, task.due_at - NEAR, calendars[task.center_id]),
            due_at=task.due_at,
        )
        for task in tasks
    ]
    return sorted(rows, key=lambda row: (row.due_at is None, row.due_at or now))


def asked_of(event: GridEvent) -> str:
    """What a grid worker is to do about it, when it waits for one."""
    if event.stage == EventStage.CHECKING:
        return "去看看办好没有"
    return "要补充" if event.stage == EventStage.REPORTED else "要处置"


def report_rows(events: Iterable[GridEvent]) -> list[Row]:
    """「路灯不亮 → 已处置：城管已修好」."""
    return [
        Row(
            text=short(event.text),
            url=reverse("phone:event", args=[event.number]),
            note=what_became(event),
        )
        for event in events
    ]


def what_became(event: GridEvent) -> str:
    """Where an event stands, in the words of whoever reported it."""
    if event.stage == EventStage.DONE:
        if event.outcome == Outcome.DUPLICATE:
            return short(event.result)
        said = "" if event.settled_on_spot else short(event.result)
        label = event.get_outcome_display()
        return f"{label}：{said}" if said else label
    if event.stage == EventStage.REPORTED:
        return "要补充情况" if event.asked else "等核实"
    if event.actor == EventActor.CASE:
        return "转成了事项，正在办理"
    return {
        EventStage.VERIFIED.value: "已核实，等交办",
        EventStage.HANDLING.value: "正在处置",
        EventStage.FEEDBACK.value: "处置了，等中心看",
        EventStage.CHECKING.value: "处置了，等核查",
    }[event.stage]


# After these somebody else may have it to do; a case that ends asks the grid, in no words.
_ASKED_BY = (
    *("verify", "assign", "reassign", "send-back", "request-check", "check"),
    "case-closed",
)


def wanted_of(event: GridEvent) -> str:
    """The words with which it was given to a grid worker: 「先把路口围起来」; often none."""
    if event.actor != EventActor.WORKER or event.stage == EventStage.REPORTED:
        return ""
    line = event.lines.filter(verb__in=_ASKED_BY).order_by("-seq").first()
    return str(line.data.get("wanted", "")) if line is not None else ""


def followed(event: GridEvent, user: User) -> GridEvent | None:
    """The event that is followed instead of one reported twice, to whoever may see it."""
    if event.merged_into_id is None:
        return None
    return GridEvent.objects.visible_to(user).filter(pk=event.merged_into_id).first()


def patrols_of(user: User) -> QuerySet[PatrolNote]:
    """The notes of the last days, so that nobody writes one twice."""
    return PatrolNote.objects.filter(by=user, grid__in=served_by(user)).select_related("grid")


def short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WORD else f"{line[:_WORD]}…"
