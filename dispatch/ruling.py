"""What 分流员 reads before ruling on a return: both arguments, and how often it was handed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases.models import Assignment, Case
from dispatch.models import Return, RuleHit
from orgs.models import Department
from zongzhi.lib import dates

EXCERPT = 120  # characters of a unit's duties; the whole list is in the back room


@dataclass(frozen=True)
class Duties:
    """What a unit is there for, as its 职责 say it."""

    unit: str
    text: str


@dataclass(frozen=True)
class Ruling:
    """A return beside what once led to the unit that gives the case back."""

    row: Return
    sent: str
    rule: str
    conditions: str
    duties: Sequence[Duties]
    hop: int

    @property
    def suggested(self) -> Department | None:
        return self.row.suggested


def ruling_on(case: Case) -> Ruling | None:
    """The return of a case that waits for its ruling; None when none does."""
    rows = case.returns.filter(ruled_at=None).order_by("-pk")
    row = rows.select_related("suggested", "assignment__unit", "assignment__dispatched_by").first()
    if row is None:
        return None
    part = row.assignment
    hit = RuleHit.objects.filter(assignment=part).select_related("rule__rules", "suggested").first()
    sender = part.dispatched_by.name if part.dispatched_by else "系统"
    units = [part.unit, *([row.suggested] if row.suggested else [])]
    return Ruling(
        row=row,
        sent=f"{sender} {dates.moment(part.dispatched_at)} 派给{part.unit.name}",
        rule=_said(hit),
        conditions=hit.rule.reason if hit else "",
        duties=[Duties(unit.name, _excerpt(unit.duties)) for unit in units if unit.duties],
        hop=hops_of(case),
    )


def _said(hit: RuleHit | None) -> str:
    if hit is None:
        return "没有规则命中，人工派的"
    rule = f"规则 {hit.rule.code}（第 {hit.rule.rules.number} 版）建议{hit.suggested.name}"
    return f"{rule}，照派" if hit.followed else f"{rule}，没照派"


def _excerpt(duties: str) -> str:
    return duties if len(duties) <= EXCERPT else f"{duties[:EXCERPT]}…"


def hops_of(case: Case) -> int:
    """第几手: how often this round was put into a unit's hands, the upheld ones again counted.

    A dispatch that was recalled never reached them.
    """
    leads = case.assignments.filter(round=case.round, role=Assignment.Role.LEAD)
    given = leads.exclude(ending=Assignment.Ending.RECALLED).count()
    upheld = Return.objects.filter(
        case=case, assignment__round=case.round, ruling=Return.Ruling.UPHOLD
    )
    return given + upheld.count()
