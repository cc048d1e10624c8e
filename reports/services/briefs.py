"""研判: drafted by the clock, edited by people, its risk 初定 → 议定 → 审定, then sealed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.urls import reverse

from cases.clocks import local_day
from cases.models import Case
from cases.vocabulary import Risk
from orgs.models import Center, User
from orgs.models.places import Level
from orgs.permissions import Permission
from orgs.services import notify
from reports.briefing import Crowds, Period, draft_of, periods_back
from reports.indicators.counting import Scope
from reports.kept import kept_rows
from reports.models import (
    Brief,
    BriefEdit,
    BriefMatter,
    BriefParagraph,
    BriefReview,
    BriefRhythm,
    BriefRows,
)
from reports.models.ledgers import reached
from reports.rhythm import levels_with, rhythm
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

Step = BriefReview.Step
MISSED = 4  # so many periods back what was missed is made up for
CHOICE = {Brief.Kind.WEEK: 12, Brief.Kind.MONTH: 12, Brief.Kind.QUARTER: 4}


def due(kind: Brief.Kind, now: datetime) -> list[tuple[int, date]]:
    """Which centres still lack the brief of which period, the oldest first.

    The last whole one; and of those before it what was missed, since a centre began to have them.
    """
    levels = levels_with(kind)
    centers = Center.objects.filter(level__in=levels).order_by("pk").values_list("pk", flat=True)
    periods = periods_back(kind, local_day(now), MISSED)
    made = Brief.objects.filter(kind=kind, center__level__in=levels)
    begun = dict(made.order_by().values_list("center").annotate(first=Min("first")))
    recent = made.filter(first__gte=periods[-1].first)
    have = set(recent.values_list("center", "first"))
    return [
        (pk, period.first)
        for period in reversed(periods)
        for pk in centers
        if (pk, period.first) not in have
        and (period == periods[0] or (pk in begun and begun[pk] < period.first))
    ]


def draft_brief(
    *,
    center_id: int,
    kind: Brief.Kind,
    now: datetime,
    first: date | None = None,
    crowds: Crowds | None = None,
) -> Brief | None:
    """Draft the brief of the last whole period, or of the one from `first`; once.

    None when another worker has, or it is no whole period of the past.
    """
    center = Center.objects.select_related("region").get(pk=center_id)
    periods = periods_back(kind, local_day(now), CHOICE[kind])
    period = next((one for one in periods if first in (None, one.first)), None)
    if period is None:
        return None
    if Brief.objects.filter(center=center, kind=kind, first=period.first).exists():
        return None
    try:
        with transaction.atomic():
            return _draft(center, period, now, crowds)
    except IntegrityError:  # another worker has made it since we looked
        return None


def draft_by_hand(*, center_id: int, kind: Brief.Kind, first: date, by: User) -> Brief:
    """起草: of a past period that nobody has drafted yet, whatever the rhythm is."""
    if center_id not in centers_to_draft(by):
        raise NotAllowed("研判由本中心督办的人或领导起草")
    found = Brief.objects.filter(center=center_id, kind=kind, first=first)
    if not found.exists():
        made = draft_brief(center_id=center_id, kind=kind, now=clock.now(), first=first)
        if made is not None:
            return made
    brief = found.first()
    if brief is None:
        raise Invalid(errors={"period": ["这个时期还没过完，或者太早"]})
    raise AlreadyDone(f"这个时期的已在{dates.moment(clock.local(brief.drafted_at))}起草")


def centers_to_draft(user: User) -> set[int]:
    """Those whose briefs this person reads, and supervises or leads."""
    wanted = (Permission.SUPERVISE, Permission.DECIDE)
    return {pk for pk in reached(user) if any(user.can_at(one, pk) for one in wanted)}


def _draft(center: Center, period: Period, now: datetime, crowds: Crowds | None) -> Brief:
    draft = draft_of(center, period, now, crowds)
    brief = Brief.objects.create(
        center=center,
        kind=period.kind,
        first=period.first,
        last=period.last,
        as_of=draft.span.as_of,
        drafted_at=now,
    )
    BriefRows.objects.bulk_create(kept_rows(BriefRows, draft.behind, brief=brief))
    BriefParagraph.objects.bulk_create(
        BriefParagraph(brief=brief, place=place, heading=heading, parts=parts)
        for place, (heading, parts) in enumerate(draft.paragraphs, start=1)
    )
    people = User.objects.holding(Permission.SUPERVISE, center=center)
    text = f"{period.words}{period.kind.label}已起草，改好后初定风险"
    notify(people, text=text, url=url_of(brief))
    return brief


def url_of(brief: Brief) -> str:
    return reverse("reports:brief", args=[brief.pk])


def may_write(user: User, brief: Brief) -> bool:
    """Whoever supervises or leads the centre."""
    wanted = (Permission.SUPERVISE, Permission.DECIDE)
    return any(user.can_at(permission, brief.center_id) for permission in wanted)


def may_decide(user: User, brief: Brief) -> bool:
    """审定 is a leader's, of this centre or the one above it."""
    here = user.can_at(Permission.DECIDE, brief.center_id)
    return here or user.can_at(Permission.DECIDE, brief.center.parent_id)


def next_step(brief: Brief) -> BriefReview.Step | None:
    """The step of the review that comes now; None when all is said."""
    done = set(brief.reviews.values_list("step", flat=True))
    return next((step for step in Step if step not in done), None)


@transaction.atomic
def edit_paragraph(
    *, brief_id: int, place: int, text: str, by: User, seen: int | None = None
) -> BriefEdit:
    """Write a paragraph anew; what was computed and every edit before it stay.

    `seen` is the latest edit that was on the page, 0 where there was none: whoever has not seen
    what another has just written does not write over it.
    """
    brief = _open(brief_id, by)
    paragraph = BriefParagraph.objects.filter(brief=brief, place=place).first()
    if paragraph is None:
        raise NotFound("没有这一段")
    last = paragraph.edits.select_related("by").order_by("pk").last()
    if seen is not None and last is not None and last.pk != seen:
        raise WrongState(f"{last.by.name} {dates.moment(last.at)} 改过这一段，核对后再保存")
    return BriefEdit.objects.create(
        brief=brief, paragraph=paragraph, text=text.strip(), by=by, at=clock.now()
    )


@transaction.atomic
def review_brief(*, brief_id: int, step: str, level: Risk, text: str, by: User) -> BriefReview:
    """Say the risk. 审定 seals the brief: nothing of it changes from then on."""
    brief = _open(brief_id, by)
    expected = next_step(brief)
    if step != expected:
        said = brief.reviews.filter(step=step).select_related("by").first()
        if said is not None:
            raise AlreadyDone(f"{said.by.name}已经{Step(step).label}过了")
        if expected is None or step not in Step.values:
            raise WrongState(f"现在该{expected.label}，再点一次" if expected else "已审定")
        raise WrongState(f"先{expected.label}，再{Step(step).label}")
    if step == Step.DECIDED and not may_decide(by, brief):
        raise NotAllowed("审定由中心领导做")
    now = clock.now()
    review = BriefReview.objects.create(
        brief=brief, step=step, level=level, text=text.strip(), by=by, at=now
    )
    if step == Step.DECIDED:
        brief.sealed_at = now
        brief.save(update_fields=["sealed_at"])
    return review


@transaction.atomic
def name_matter(*, brief_id: int, number: str, move: str, reason: str, by: User) -> BriefMatter:
    """Name a matter whose risk goes up or down, or that is struck off. Its case does not change."""
    brief = _open(brief_id, by)
    wrong = {}
    inside = Scope(brief.center).q("")
    case = Case.objects.visible_to(by).filter(inside, number=number.strip()).first()
    if case is None:
        wrong["number"] = ["没有这个编号的事项，写完整的 16 位编号"]
    elif move == BriefMatter.Move.OFF and case.is_open:
        wrong["move"] = [f"{case.short_number} 还没结案，不能销号"]
    if not reason.strip():
        wrong["reason"] = ["还没写“理由”"]
    if wrong or case is None:
        raise Invalid(errors=wrong)
    return BriefMatter.objects.create(
        brief=brief, case=case, move=move, reason=reason.strip(), by=by, at=clock.now()
    )


def _open(brief_id: int, by: User) -> Brief:
    """Held, so that nobody writes into what is being sealed."""
    if not Brief.objects.visible_to(by).filter(pk=brief_id).exists():
        raise NotFound("没有这份研判")
    Brief.objects.select_for_update().get(pk=brief_id)
    brief = Brief.objects.select_related("center__region").get(pk=brief_id)
    if not (may_write(by, brief) or may_decide(by, brief)):
        raise NotAllowed("研判由本中心督办的人或领导写")
    if brief.sealed_at is not None:
        raise AlreadyDone("已经审定封存，不能再改")
    return brief


@transaction.atomic
def set_rhythm(*, wanted: dict[Level, set[Brief.Kind]], by: User, now: datetime) -> bool:
    """Say anew what each level drafts; False when it is so already."""
    if not by.can(Permission.SETTINGS):
        raise NotAllowed("研判周期由系统管理员定")
    before = rhythm()
    changed = [
        (level, kind)
        for level in Level
        for kind in Brief.Kind
        if (kind in before[level]) != (kind in wanted[level])
    ]
    for level, kind in changed:
        said = {"is_on": kind in wanted[level], "by": by, "at": now}
        BriefRhythm.objects.update_or_create(level=level, kind=kind, defaults=said)
    return bool(changed)
