"""强制报告: which authorities the law wants told of a special situation, and how soon.

人民调解法 art. 25 (violence that may come), 未成年人保护法 art. 11, 反家庭暴力法 art. 14.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from cases.models import Case, CompulsoryReport
from cases.vocabulary import Authority, Special
from orgs.models import User
from orgs.permissions import Permission

_TOLD_OF: dict[Special, tuple[Authority, ...]] = {
    Special.THREAT: (Authority.POLICE,),
    Special.VIOLENCE: (Authority.POLICE, Authority.WOMEN),
    Special.MINOR: (Authority.POLICE, Authority.CIVIL, Authority.EDUCATION),
}


def authorities_of(special: Iterable[Special]) -> list[Authority]:
    """Who must be told of these situations, each once."""
    return list(dict.fromkeys(a for flag in special for a in _TOLD_OF.get(flag, ())))


def open_reports(user: User) -> QuerySet[CompulsoryReport]:
    """强制报告没办: those of this person's own centres, the most urgent first.

    The window that took the matter in and the triage desk see to them; a unit sees them in its
    case.
    """
    rights = (Permission.REGISTER, Permission.TRIAGE)
    centers = {post.center_id for right in rights for post in user.posts_giving(right)}
    waiting = CompulsoryReport.objects.visible_to(user).filter(
        settled_at=None, case__center__in=centers
    )
    return waiting.select_related("case").order_by("due_at", "pk")


def reports_of(case: Case) -> list[CompulsoryReport]:
    """What has been or must be reported about a case."""
    if not authorities_of(Special(flag) for flag in case.special):
        return []
    return list(case.compulsory_reports.select_related("settled_by"))
