"""转为事项: a grid event too big for the grid becomes a case, and the end of the case ends it.

网格办小事、报大事. The event keeps the case's number; the case does not know the grids above it:
what becomes of a case is heard by `follow_case`, in the transaction of the change.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse

from cases.door import Change as CaseChange
from cases.models import Attachment, Case
from cases.vocabulary import FINISHED, SILENT, Closure, Stage
from grids.acts import EventAct
from grids.door import Change, changing, changing_by_system
from grids.event_forms import EventForm
from grids.event_policies import handles
from grids.models import EventLine, EventPhoto, GridEvent
from grids.services.events import tell_center, to_checking
from grids.vocabulary import Category, EventActor, EventStage
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import NotFound
from zongzhi.lib.stored import keeping, path_to

# The dispute type that a category reads like, where there is one.
TYPES = {Category.ENVIRONMENT: "09"}


def begun_from(number: str, user: User) -> dict[str, Any]:
    """What the registration form begins with: the words, the place, the number of the event."""
    event = GridEvent.objects.visible_to(user).filter(number=number).first()
    if event is None:
        return {}
    when = dates.moment(event.reported_at)
    place = f"，{event.place}" if event.place else ""
    return {
        "narrative": f"{event.text}（网格上报 {event.short_number}，{when}{place}）",
        "place": event.area,
        "type": TYPES.get(Category(event.category), ""),
        "grid_event": event.number,
    }


def raise_event(number: str, case: Case, *, by: User) -> GridEvent:
    """Tie the event to this case, in the transaction that registers it or notes the visit."""
    event = GridEvent.objects.visible_to(by).filter(number=number).only("pk").first()
    if event is None:
        raise NotFound("没有这件网格事件，核对编号后再转")
    with changing(event.pk, "raise", by=by) as change:
        event = change.event
        event.handle()
        event.unit = event.worker = None
        _belong(event, case)
        change.text = f"转为事项 {case.short_number}"
        change.data = {"case": case.number}
        _copy_photos(event, case, by)
    return event


def _belong(event: GridEvent, case: Case) -> None:
    event.case_number, event.actor = case.number, EventActor.CASE


def _copy_photos(event: GridEvent, case: Case, by: User) -> None:
    """The photos as attachments of the case: files of its own, which live as long as it does."""
    for number, photo in enumerate(event.photos.all(), start=1):
        path = path_to(photo.stored_as)
        if path.exists():
            _copy(photo, f"网格照片{number}", event, case, by)


def _copy(photo: EventPhoto, name: str, event: GridEvent, case: Case, by: User) -> None:
    ending = "jpg" if photo.media_type == "image/jpeg" else photo.media_type.rpartition("/")[2]
    with path_to(photo.stored_as).open("rb") as content, keeping(content) as kept:
        Attachment.objects.create(
            case=case,
            name=f"{name}.{ending}",
            stored_as=kept.stored_as,
            media_type=photo.media_type,
            size=kept.size,
            sha256=kept.sha256,
            source=Attachment.Source.SITE,
            note=f"网格事件 {event.short_number}",
            pages=1,
            may_preview=True,
            uploaded_by=by,
            uploaded_at=clock.now(),
        )


def grid_of_case(*, number: str, by: User, **_: Any) -> str | None:
    """The code of the grid a case lies in, "" when none is known; None when it is not visible."""
    case = Case.objects.visible_to(by).filter(number=number).select_related("grid").first()
    if case is None:
        return None
    return case.grid.code if case.grid else ""


def _raise_by_act(**_: Any) -> GridEvent:
    """A case has nine required things: they are asked for by 登记, which then ties the two."""
    raise NotFound("转为事项在登记页上办")


def _has_no_case(event: GridEvent) -> str | None:
    if event.actor == EventActor.CASE:
        return f"{event.short_number} 已经转成事项 {event.case_number}"
    if event.stage == EventStage.HANDLING and event.actor != EventActor.CENTER:
        return f"{event.short_number} 已经交办，等反馈，或者先改派"
    return None


def _raises(user: User, event: GridEvent) -> bool:
    return handles(user, event) and user.can(Permission.REGISTER)


RAISE = EventAct(
    verb="raise",
    label="转为事项",
    done="转为事项",
    who=_raises,
    when=_has_no_case,
    arcs=frozenset(
        (stage, EventStage.HANDLING) for stage in (EventStage.VERIFIED, EventStage.HANDLING)
    ),
    service=_raise_by_act,
    form=EventForm,
    rank=35,
    page=lambda event: f"{reverse('cases:new')}?event={event.number}",
)


# --- What becomes of the case ---------------------------------------------------------------------


def follow_case(*, change: CaseChange, before: Stage, **_: Any) -> None:
    """A case that ends or begins again takes its grid events along."""
    case = change.case
    over = case.stage == Stage.CLOSED
    if over == (before == Stage.CLOSED):
        return
    events = _events_of(case, over=over)
    for pk in events.order_by("pk").values_list("pk", flat=True):
        _follow(pk, change)


def _events_of(case: Case, *, over: bool) -> Any:
    """Those with its number; and, when a merge is undone, those that went along with it."""
    found = Q(case_number=case.number)
    if not over:
        merged = EventLine.objects.filter(verb="case-merged", data__merged=case.number)
        found |= Q(pk__in=merged.values("event"))
    return GridEvent.objects.filter(found)


def _follow(event_id: int, change: CaseChange) -> None:
    case = change.case
    verb = _verb(case)
    with changing_by_system(event_id, verb, by=change.by, still=_follows) as found:
        if found is None:
            return
        found.data = {"case": case.number}
        if case.stage != Stage.CLOSED:
            _again(found, case)
        elif case.closure == Closure.MERGED:
            _move(found, case)
        else:
            _end(found, case)


def _verb(case: Case) -> str:
    if case.stage != Stage.CLOSED:
        return "case-reopened"
    if case.closure == Closure.MERGED:
        return "case-merged"
    return "case-closed" if case.closure in FINISHED else "case-ended"


def _follows(event: GridEvent) -> bool:
    """While nobody else has taken it over since: a unit has it now, or it ended otherwise."""
    if event.merged_into_id is not None or event.unit_id is not None:
        return False
    return event.worker_id is None and event.stage not in (EventStage.REPORTED, EventStage.VERIFIED)


def _again(found: Change, case: Case) -> None:
    event = found.event
    event.handle()
    event.done_at, event.outcome = None, ""
    event.handled_at = event.seen_at = None
    _belong(event, case)
    found.text = f"事项 {case.short_number} 又在办"


def _move(found: Change, case: Case) -> None:
    target = case.merged_into
    if target is None:
        return
    _belong(found.event, target)
    found.data = {"merged": case.number, "case": target.number}
    found.text = f"事项 {case.short_number} 并入 {target.short_number}，随 {target.short_number} 办"


def _end(found: Change, case: Case) -> None:
    """With a result the grid goes and sees; without one the centre has it again, and the reason."""
    event = found.event
    closure = Closure(case.closure).label
    found.text = f"事项 {case.short_number} {closure}"
    if case.closure in FINISHED:
        event.result, event.handled_at = found.text, found.now
        to_checking(found)
        return
    if case.closure_text and not set(case.special) & {str(flag) for flag in SILENT}:
        found.text = f"{found.text}：{case.closure_text}"
    event.handle()
    event.actor = EventActor.CENTER
    tell_center(found, "转成的事项没有结果，回到本中心，要另外处置")
