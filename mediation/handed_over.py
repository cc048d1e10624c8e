"""What other organs have handed over, as the rules read it: 诉调, 警调, 访调, 检调."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import models

from cases.loading import OF_CASES
from cases.models import Case
from cases.vocabulary import Clock
from mediation import proceedings
from mediation.models import Mediation, Referral
from mediation.proceedings import MEDIATIONS
from orgs.calendars import calendar_of
from zongzhi.lib.prepared import Prepared, grouped

REFERRAL = "loaded_referral"  # what the procedure leaves on many cases
ANSWER_DAYS = 3  # working days to take it on or not (人民法院在线调解规则, 2022)
KIND = Referral.Kind
# The period that runs from the day the materials were signed for (特邀调解规定 art. 27).
CLOCKS = {
    KIND.COMMISSIONED.value: Clock.COMMISSIONED,
    KIND.ENTRUSTED.value: Clock.ENTRUSTED,
    KIND.ENTRUSTED_SUMMARY.value: Clock.ENTRUSTED_SUMMARY,
}
FROM_COURT = tuple(CLOCKS)


class Longer(models.TextChoices):
    """Why a court's period ends later."""

    AGREED = "agreed", "延长"
    APPRAISAL = "appraisal", "鉴定不计入"


_OPEN = Prepared(lambda: Referral.objects.open().filter(OF_CASES).order_by("pk"))


def load_referrals(cases: Sequence[Case]) -> None:
    """Bring the open one to the few cases that have legal periods; the others cost nothing.

    Whoever is handed a case marks it so, whether the law gives a period for that kind or not. Where
    a period is that of the mediation alone, the mediation knows, if it is at hand.
    """
    missing = [case for case in cases if not hasattr(case, REFERRAL)]
    asked = [case.pk for case in missing if _may_have_one(case)]
    found = grouped(_OPEN(cases=asked), "case_id") if asked else {}
    for case in missing:
        setattr(case, REFERRAL, next(iter(found.get(case.pk, [])), None))


def _may_have_one(case: Case) -> bool:
    at_hand: list[Mediation] | None = getattr(case, MEDIATIONS, None)
    known = bool(at_hand) and not any(row.is_handed_over for row in at_hand or ())
    return case.statutory_since is not None and not known


def open_referral(case: Case) -> Referral | None:
    """The one that has been handed over and not yet been answered for good."""
    if not hasattr(case, REFERRAL):
        load_referrals([case])
    found: Referral | None = getattr(case, REFERRAL)
    return found


def forget(case: Case) -> None:
    """It has changed, and what the mediations of the case say of it."""
    proceedings.forget(case)
    vars(case).pop(REFERRAL, None)


def answer_by(referral: Referral) -> date:
    """Until when it must be taken on or not."""
    calendar = calendar_of(referral.case.center)
    return calendar.workday_after(referral.received_on, ANSWER_DAYS)
