"""排查: reported once, corrected with the first kept, asked for once in the evening."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse

from grids.inspection_periods import KIND_OF, ends_today, open_periods, start_of, words
from grids.models import InspectionReport
from orgs.calendars import calendars_of
from orgs.models import Center, Notice, Post, User
from orgs.models.people import Holders
from orgs.models.places import Level
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, WrongState

EVENING = 16  # o'clock: late enough that the day is known, early enough that somebody is there


@dataclass(frozen=True)
class Said:
    """What a report says."""

    found: int = 0
    settled: int = 0
    passed_up: int = 0
    text: str = ""
    measures: str = ""


ZERO = {
    InspectionReport.Kind.DAY: "今天没有发现",
    InspectionReport.Kind.WEEK: "这一周没有发现",
    InspectionReport.Kind.MONTH: "这个月没有发现",
}


def visible_reports(user: User) -> QuerySet[InspectionReport]:
    """Those of one's own centre and of all below it."""
    reach = {pk for post in user.posts_giving(Permission.VIEW_CENTER) for pk in post.reach}
    own = {post.center_id for post in user.posts_giving(Permission.TRIAGE)}
    return InspectionReport.objects.filter(center__in=reach | own).select_related("center", "by")


def report_inspection(*, center: Center, start: date, said: Said, by: User) -> InspectionReport:
    """Say it for a period, once. Raises AlreadyDone with who and when for the second time."""
    kind = _kind_for(center, by)
    if start not in open_periods(kind, clock.today()):
        raise WrongState(f"{words(kind, start)}的{kind.label}现在不能报")
    _check(said)
    try:
        with transaction.atomic():
            return _write(center, kind, start, said, by)
    except IntegrityError:
        first = InspectionReport.objects.select_related("by").get(
            kind=kind, center=center, period_start=start, corrects=None
        )
        when = f"{clock.local(first.at):%m-%d %H:%M}"
        raise AlreadyDone(f"{first.by.name} {when} 已经报过，有变化点“更正”") from None


def correct_inspection(*, pk: int, said: Said, by: User) -> InspectionReport:
    """Say it anew; what was said first stays beside it."""
    seen = visible_reports(by).select_for_update(of=("self",)).filter(pk=pk)
    with transaction.atomic():
        wrong = seen.get()
        kind = _kind_for(wrong.center, by)
        _check(said)
        if InspectionReport.objects.filter(corrects=wrong).exists():
            raise AlreadyDone("这一份已经更正过，打开最新的一份再更正")
        return _write(wrong.center, kind, wrong.period_start, said, by, corrects=wrong)


def _write(
    center: Center,
    kind: InspectionReport.Kind,
    start: date,
    said: Said,
    by: User,
    corrects: InspectionReport | None = None,
) -> InspectionReport:
    return InspectionReport.objects.create(
        kind=kind,
        center=center,
        period_start=start,
        found=said.found,
        settled=said.settled,
        passed_up=said.passed_up,
        text=said.text.strip(),
        measures=said.measures.strip(),
        by=by,
        at=clock.now(),
        corrects=corrects,
    )


def _kind_for(center: Center, by: User) -> InspectionReport.Kind:
    if not any(post.center_id == center.pk for post in by.posts_giving(Permission.TRIAGE)):
        raise NotAllowed("排查由本中心的分流员报")
    if center.level not in KIND_OF:
        raise WrongState("市级中心不报排查，只看下级的")
    return KIND_OF[Level(center.level)]


def _check(said: Said) -> None:
    if said.settled + said.passed_up > said.found:
        raise Invalid(errors={"found": ["当场化解和报上级的加起来，不能比排查出的多"]})
    if said.found and not said.text.strip():
        raise Invalid(errors={"text": ["还没写情况：在哪、什么事、现在怎样"]})


# --- In the evening -------------------------------------------------------------------------------


def centers_silent(*, now: datetime) -> Iterator[int]:
    """Centres with a triage officer that have not reported what ends today."""
    today = clock.local(now).date()
    if clock.local(now).hour < EVENING:
        return
    posts = Post.objects.held_on(today).filter(
        role__permissions__contains=[Permission.TRIAGE.value], user__is_active=True
    )
    centers = list(Center.objects.filter(level__in=KIND_OF, pk__in=posts.values("center")))
    calendars = calendars_of(centers)
    said = {
        (kind, pk)
        for kind in KIND_OF.values()
        for pk in InspectionReport.objects.filter(
            kind=kind, period_start=start_of(kind, today)
        ).values_list("center", flat=True)
    }
    for center in centers:
        kind = KIND_OF[Level(center.level)]
        if ends_today(kind, calendars[center.pk], today) and (kind, center.pk) not in said:
            yield center.pk


def remind_center(*, center_id: int) -> None:
    """Tell its triage officers, once for a period, however often the sweep comes."""
    with transaction.atomic():
        center = Center.objects.select_for_update(no_key=True).get(pk=center_id)
        kind = KIND_OF[Level(center.level)]
        start = start_of(kind, clock.today())
        url = f"{reverse('grids:inspection_new')}?start={start}&center={center.pk}"
        if Notice.objects.filter(url=url).exists():
            return
        notify(
            Holders(Permission.TRIAGE, center=center),
            text=f"{words(kind, start)}的{kind.label}还没有报，没有发现也报一下",
            url=url,
        )
