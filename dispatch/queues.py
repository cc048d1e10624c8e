"""What waits at the desks of the centre: each queue said once, for its page and for its number."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from cases.models import Case
from cases.querysets import NOTHING, CaseQuerySet
from cases.vocabulary import Label
from dispatch.models import Circular, Request, Talk
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
