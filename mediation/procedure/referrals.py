"""委派、委托、移送: handed over by a court, the police, a petition office, a procurator."""

from __future__ import annotations

from cases.acts import Act, staying
from cases.forms import NoInput
from cases.models import Case
from cases.vocabulary import Stage
from mediation import referral_forms as forms
from mediation.handed_over import CLOCKS, load_referrals, open_referral
from mediation.policies import mediates
from mediation.services import referrals

__all__ = ["ACTS", "load_referrals"]

_AT_WORK = (Stage.TRIAGE, Stage.HANDLING, Stage.SUPERVISION)
# The answer may still be owed when the case has gone on.
_AFTER = (*_AT_WORK, Stage.FOLLOW_UP, Stage.CLOSED)
_NOTHING = "没有要办的委派、委托"


def _none_is_open(case: Case) -> str | None:
    return "已经有一件委派、委托在办" if open_referral(case) else None


def _waits(case: Case) -> str | None:
    """Nobody has said yet whether it is taken on."""
    row = open_referral(case)
    if row is None:
        return _NOTHING
    return None if row.taken_on is None else "已经接受了"


def _is_taken(case: Case) -> str | None:
    row = open_referral(case)
    if row is None:
        return _NOTHING
    return None if row.taken_on else "还没接受，先接受"


def _has_a_period(case: Case) -> str | None:
    if reason := _is_taken(case):
        return reason
    row = open_referral(case)
    return None if row is not None and row.kind in CLOCKS else "这种对接没有法定期限"


ACTS = (
    Act(
        verb="receive-referral",
        label="接收委派委托",
        who=mediates,
        who_asks=True,
        when=_none_is_open,
        arcs=staying(*_AT_WORK),
        service=referrals.receive_referral,
        form=forms.ReceiveForm,
        rank=58,
    ),
    Act(
        verb="take-referral",
        label="接受委派委托",
        who=mediates,
        who_asks=True,
        when=_waits,
        arcs=staying(*_AFTER),
        service=referrals.take_referral,
        form=NoInput,
        rank=20,
    ),
    Act(
        verb="decline-referral",
        label="不接受委派委托",
        who=mediates,
        who_asks=True,
        when=_waits,
        arcs=staying(*_AFTER),
        service=referrals.decline_referral,
        form=forms.DeclineForm,
        rank=21,
    ),
    Act(
        verb="extend-referral",
        label="双方同意延长",
        who=mediates,
        who_asks=True,
        when=_has_a_period,
        arcs=staying(*_AT_WORK),
        service=referrals.extend_referral,
        form=forms.ExtendForm,
        rank=59,
    ),
    Act(
        verb="return-referral",
        label="回复委派委托",
        who=mediates,
        who_asks=True,
        when=_is_taken,
        arcs=staying(*_AFTER),
        service=referrals.return_referral,
        form=forms.ReturnForm,
        rank=40,
    ),
)
