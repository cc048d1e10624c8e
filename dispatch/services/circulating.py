"""通报: drafted when a month is over, written by a person, issued by a leader, never edited."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.clocks import local_day
from dispatch.circulars import facts_by_center, facts_of, month_before
from dispatch.models import Circular, CircularRow
from orgs.calendars import calendars_of
from orgs.models import Center, User
from orgs.models.notices import Topic
from orgs.numbering import next_in
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState


def draft_what_is_due(*, now: datetime) -> list[int]:
    """Drafts for the month before, from the first working morning on; which this call made.

    A centre with nobody to name gets none. The constraint makes each exactly once.
    """
    today = local_day(now)
    month = month_before(today)
    drafted = Circular.objects.filter(month=month, corrects=None).values("center")
    centers = {center.pk: center for center in Center.objects.exclude(pk__in=drafted)}
    calendars = calendars_of(centers.values())
    facts = facts_by_center(month) if centers else {}
    made = []
    for pk in sorted(facts.keys() & centers.keys()):
        first = today.replace(day=1)
        calendar = calendars[pk]
        morning = first if calendar.is_workday(first) else calendar.workday_after(first, 1)
        if now >= calendar.opens(morning):
            made += _draft(centers[pk], now, len(facts[pk]))
    return made


def _draft(center: Center, now: datetime, units: int) -> list[int]:
    month = month_before(local_day(now))
    try:
        with transaction.atomic():
            circular = Circular.objects.create(center=center, month=month, drafted_at=now)
            people = User.objects.holding(Permission.SUPERVISE, center=center)
            text = f"{month.month} 月通报已起草，点名 {units} 个单位，核对后由中心领导印发"
            notify(people, text=text, url=url_of(circular))
    except IntegrityError:  # another worker has made it since we looked
        return []
    return [circular.pk]


def can_issue(user: User, circular: Circular) -> bool:
    """A leader of the centre, or of the one above it."""
    here = user.can_at(Permission.DECIDE, circular.center_id)
    return here or user.can_at(Permission.DECIDE, circular.center.parent_id)


def can_write(user: User, circular: Circular) -> bool:
    supervises = user.can_at(Permission.SUPERVISE, circular.center_id)
    return supervises or can_issue(user, circular)


@transaction.atomic
def write_circular(*, circular_id: int, by: User, text: str) -> Circular:
    """Write the text of a draft. Raises AlreadyDone for one that has been issued."""
    circular = _draft_of(circular_id, by)
    if not can_write(by, circular):
        raise NotAllowed("通报由本中心督办的人写")
    circular.text = text
    circular.save(update_fields=["text"])
    return circular


@transaction.atomic
def issue_circular(*, circular_id: int, by: User) -> Circular:
    """印发: number it, freeze its facts, tell the units it names."""
    circular = _draft_of(circular_id, by)
    if not can_issue(by, circular):
        raise NotAllowed("通报由中心领导印发")
    if not circular.text:
        raise Invalid("正文还没写，写好再印发")
    facts = facts_of(circular.center, circular.month)
    if not facts and circular.corrects is None:
        raise Invalid("现在没有要点名的单位，不用通报")
    now = clock.now()
    year = local_day(now).year
    county = circular.center.name.removesuffix("综治中心")
    serial = next_in(f"circular {circular.center_id} {year}")
    circular.number = f"{county}综通〔{year}〕{serial}号"
    circular.issued_at, circular.issued_by = now, by
    circular.save()
    CircularRow.objects.bulk_create(
        [
            CircularRow(
                circular=circular,
                unit=row.unit,
                overdue=row.overdue,
                unanswered=row.unanswered,
                red=row.red,
                talks=row.talks,
            )
            for row in facts
        ]
    )
    _tell_units(circular)
    return circular


def _tell_units(circular: Circular) -> None:
    """Those it names, and those the corrected one named."""
    about = [pk for pk in (circular.pk, circular.corrects_id) if pk is not None]
    rows = CircularRow.objects.filter(circular__in=about).select_related("unit")
    units = {row.unit_id: row.unit for row in rows}
    what = "更正通报" if circular.corrects_id else "通报"
    text = f"{circular.month.month} 月{what}已印发（{circular.number}），有本单位"
    for pk in sorted(units):
        staff = User.objects.holding(Permission.HANDLE, department=units[pk])
        notify(staff, text=text, url=url_of(circular), topic=Topic.SUPERVISED)


@transaction.atomic
def correct_circular(*, circular_id: int, by: User) -> Circular:
    """更正: a new draft that will name the one it corrects; the issued one stays as it is."""
    original = _seen(circular_id, by)
    if not can_write(by, original):
        raise NotAllowed("更正由本中心督办的人起草")
    if original.issued_at is None:
        raise WrongState("还没印发，直接改正文")
    if original.corrections.filter(issued_at=None).exists():
        raise AlreadyDone("更正已经在起草")
    return Circular.objects.create(
        center=original.center,
        month=original.month,
        corrects=original,
        drafted_at=clock.now(),
        drafted_by=by,
    )


def url_of(circular: Circular) -> str:
    return reverse("dispatch:circular", args=[circular.pk])


def _draft_of(circular_id: int, by: User) -> Circular:
    circular = _seen(circular_id, by)
    if circular.issued_at is not None:
        raise AlreadyDone(f"{circular.number} 已经印发，不能改。有错起草更正")
    return circular


def _seen(circular_id: int, by: User) -> Circular:
    """Held, so that nobody writes into what is being issued."""
    if not Circular.objects.visible_to(by).filter(pk=circular_id).exists():
        raise NotFound("没有这份通报")
    Circular.objects.select_for_update().get(pk=circular_id)
    return Circular.objects.select_related("center__region", "corrects").get(pk=circular_id)
