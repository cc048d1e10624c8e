"""What waits at the desks of the centre: each queue said once, for its page and for its number."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from cases.models import Case
from cases.querysets import NOTHING, CaseQuerySet
from cases.vocabulary import Label
from dispatch.models import Circular, Clue, ClueTarget, JointTask, Request, Talk, Whistle
from dispatch.querysets import ClueQuerySet, TaskQuerySet, WhistleQuerySet
from dispatch.units import own_units
from orgs.models import User
from orgs.permissions import Permission

# The tabs of 分流台, in the order they are worked off.
DESK = {
    Label.TO_ACCEPT.value: "待受理",
    Label.TO_DISPATCH.value: "待分流",
    Label.TO_RULE.value: "退回裁定",
    Label.TO_APPROVE.value: "待审核",
}
REQUESTS = "requests"  # 待批申请, the last tab: requests, not cases


def desk_queue(user: User, tab: str) -> CaseQuerySet:
    """Cases that wait for this triage officer under one tab, in their own centres."""
    centers = {post.center_id for post in user.posts_giving(Permission.TRIAGE)}
    waiting = Case.objects.visible_to(user).open()
    return waiting.filter(center__in=centers, label=tab)


def oldest_first(cases: CaseQuerySet) -> CaseQuerySet:
    return cases.order_by("label_since", "pk")


def pending_requests(user: User) -> QuerySet[Request]:
    """Requests that are this person's to decide; nobody decides their own.

    The same rule as `asking.may_decide`, as a query.
    """
    mine = NOTHING
    triage = {post.center_id for post in user.posts_giving(Permission.TRIAGE)}
    if triage:
        mine |= Q(case__center__in=triage) & Q(
            kind__in=[Request.Kind.PAUSE, Request.Kind.REASSIGNMENT]
        )
        mine |= Q(case__center__parent__in=triage, kind=Request.Kind.ESCALATION)
    units = {post.department_id for post in user.posts_giving(Permission.HEAD)} - {None}
    if units:
        mine |= Q(assignment__unit__in=units, kind=Request.Kind.EXTENSION)
    deciders = {post.center_id for post in user.posts_giving(Permission.DECIDE)}
    if deciders:
        mine |= Q(case__center__in=deciders, kind=Request.Kind.EXTENSION)
    pending = Request.objects.visible_to(user).filter(mine, decided_at=None)
    return pending.exclude(by=user)


def whistles_of(user: User) -> WhistleQuerySet:
    """吹哨 this person has to do with: sent by their centre, or calling their unit."""
    mine = Q(unit__in=own_units(user)) | Q(center__in=_desks(user))
    return Whistle.objects.visible_to(user).filter(mine)


def whistles_calling(user: User) -> WhistleQuerySet:
    """Whistles that this person's unit has still to answer."""
    return Whistle.objects.unanswered().filter(unit__in=own_units(user))


def tasks_of(user: User) -> TaskQuerySet:
    """会商任务 this person has to do with: their unit's, or given by their centre."""
    mine = Q(unit__in=own_units(user)) | Q(session__center__in=_desks(user))
    return JointTask.objects.visible_to(user).filter(mine)


def tasks_to_do(user: User) -> TaskQuerySet:
    """我的会商任务: open tasks of this person's unit."""
    return JointTask.objects.open().filter(unit__in=own_units(user))


def clues_sent(user: User) -> ClueQuerySet:
    """线索 their own centre has sent."""
    return Clue.objects.visible_to(user).filter(center__in=_desks(user))


def clues_received(user: User) -> ClueQuerySet:
    """线索 sent to this person's unit."""
    targets = ClueTarget.objects.filter(unit__in=own_units(user))
    return Clue.objects.visible_to(user).filter(pk__in=targets.values("clue"))


def clues_to_sign(user: User) -> ClueQuerySet:
    """线索 this person's unit has not yet signed for."""
    targets = ClueTarget.objects.unsigned().filter(unit__in=own_units(user))
    return Clue.objects.visible_to(user).filter(pk__in=targets.values("clue"))


def _desks(user: User) -> set[int]:
    """The centres whose desk, or whose lead, this person is."""
    posts = user.posts_giving(Permission.TRIAGE) + user.posts_giving(Permission.DECIDE)
    return {post.center_id for post in posts}


def pending_talks(user: User) -> QuerySet[Talk]:
    """建议约谈 that are this person's to decide: leaders of the centre or of the one above.

    The same rule as `talking.can_decide`, as a query.
    """
    deciders = {post.center_id for post in user.posts_giving(Permission.DECIDE)}
    mine = Q(center__in=deciders) | Q(center__parent__in=deciders)
    return Talk.objects.visible_to(user).filter(mine, decided_at=None)


def drafts_to_issue(user: User) -> QuerySet[Circular]:
    """通报 that are written and wait for this leader to issue them."""
    deciders = {post.center_id for post in user.posts_giving(Permission.DECIDE)}
    mine = Q(center__in=deciders) | Q(center__parent__in=deciders)
    return Circular.objects.visible_to(user).filter(mine, issued_at=None).exclude(text="")
