"""What courts and the police hand over to be mediated, by the day somebody looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cases.models import Case
from cases.vocabulary import PartyRole, Source, Stage
from mediation.services.referrals import receive_referral, return_referral, take_referral
from orgs.models import User
from zongzhi.demo import county
from zongzhi.demo.lives import World
from zongzhi.lib import clock

COURT = "示范县人民法院"
# How it was handed over, how many days ago, and how it was answered.
HANDED = (
    ("commissioned", 28, ""),
    ("commissioned", 6, ""),
    ("commissioned", 9, "failed"),
    ("entrusted", 4, ""),
    ("police", 3, ""),
)


def hand_over(world: World) -> None:
    """What others have handed over: running, to be taken, and answered."""
    cases, triage = _at_work(world), world.user("triage")
    for n, (kind, ago, outcome) in enumerate(HANDED, start=1):
        case = next(cases, None)
        if case is not None:
            _hand_over(case, triage, kind, ago, outcome, n)


def _at_work(world: World) -> Iterator[Case]:
    """Cases of the county that a unit has claimed and that nobody mediates."""
    here = world.places.centers[county.COUNTY]
    rows = Case.objects.filter(
        center=here, stage=Stage.HANDLING, mediated_at=None, label="handling"
    )
    both = rows.filter(parties__role=PartyRole.RESPONDENT).distinct()
    for case in (
        both.exclude(source=Source.PETITION).order_by("-registered_at").select_related("unit")
    ):
        if case.unit is not None:
            yield case


def _hand_over(case: Case, by: User, kind: str, ago: int, outcome: str, n: int) -> None:
    today = clock.today()
    organ = COURT if kind != "police" else "示范县公安局"
    number = f"（{today.year}）示诉前调 {n} 号" if kind != "police" else ""
    receive_referral(
        case_id=case.pk,
        by=by,
        kind=kind,
        organ=organ,
        number=number,
        received_on=today - timedelta(days=ago),
        materials="起诉状、身份证明、证据清单",
    )
    if ago > 3:
        take_referral(case_id=case.pk, by=by)
    if outcome:
        return_referral(
            case_id=case.pk,
            by=by,
            outcome=outcome,
            returned_on=today,
            text="双方差距大，调解不成，材料退回。",
            receipt="立案庭",
        )
