"""协议, 签名盖章, 履行, 司法确认: of a case that is being, or has been, mediated."""

from __future__ import annotations

from cases import policies
from cases.acts import Act, staying
from cases.models import Case
from cases.vocabulary import PartyRole, Stage
from mediation import agreement_forms as forms
from mediation.agreed import confirmation_of, is_untouched, settlement_of
from mediation.models import Agreement
from mediation.policies import mediates
from mediation.services import agreements, confirming, performing
from orgs.models import User

_AT_WORK = (Stage.TRIAGE, Stage.HANDLING, Stage.SUPERVISION)
# What was agreed is performed and confirmed after the case has been closed, too.
_AFTER = (*_AT_WORK, Stage.FOLLOW_UP, Stage.CLOSED)


def _follows(user: User, case: Case) -> bool:
    """Whoever has mediated, and whoever asks the citizen afterwards."""
    return mediates(user, case) or policies.can_follow_up(user, case)


def _may_agree(case: Case) -> str | None:
    found = settlement_of(case)
    if found.open is None:
        return "没有在进行的调解，先启动调解"
    if found.draft:
        return "已经有一份协议；要重写，先作废"
    return _nobody_to_agree_with(case)


def _nobody_to_agree_with(case: Case) -> str | None:
    """A list brings the parties; of one case they are asked once."""
    known = getattr(case, "loaded_parties", None)
    parties = case.parties.all() if known is None else known
    if any(party.role == PartyRole.RESPONDENT for party in parties):
        return None
    return "还没有对方当事人，先点“补充当事人”再写协议"


def _may_amend(case: Case) -> str | None:
    draft = settlement_of(case).draft
    if draft is None:
        return "没有没签的协议"
    if not is_untouched(draft):
        return "已经有人签了名，不能再改；双方都要求的，作废重写"
    return _nobody_to_agree_with(case)


def _may_sign(case: Case) -> str | None:
    found = settlement_of(case)
    return None if found.draft else "没有等着签的协议"


def _has_written(case: Case) -> str | None:
    found = settlement_of(case).current
    if found is None or found.form != Agreement.Form.WRITTEN:
        return "没有书面协议"
    return "还没人签名，先记签名盖章" if is_untouched(found) else None


def _has_one(case: Case) -> str | None:
    return None if settlement_of(case).current else "没有协议"


def _has_to_do(case: Case) -> str | None:
    rows = settlement_of(case).agreements
    waiting = any(row.in_force_on and row.has_to_do for row in rows)
    return None if waiting else "没有要履行的条款"


def _may_apply(case: Case) -> str | None:
    agreement = settlement_of(case).in_force
    if agreement is None:
        return "没有生效的协议"
    row = confirmation_of(agreement)
    if row is None or row.outcome in confirming.AGAIN:
        return None
    return "已经申请过司法确认"


def _is_with_the_court(case: Case) -> str | None:
    return None if settlement_of(case).at_court else "没有等着法院的申请"


def _may_be_taken(case: Case) -> str | None:
    agreement = settlement_of(case).at_court
    if agreement is None:
        return _is_with_the_court(case)
    row = confirmation_of(agreement)
    return "法院已经受理了" if row is not None and row.taken_on else None


ACTS = (
    Act(
        verb="agree",
        label="写协议",
        who=mediates,
        who_asks=True,
        when=_may_agree,
        arcs=staying(*_AT_WORK),
        service=agreements.agree,
        form=forms.AgreementForm,
        rank=30,
    ),
    Act(
        verb="amend-agreement",
        label="改协议",
        who=mediates,
        who_asks=True,
        when=_may_amend,
        arcs=staying(*_AT_WORK),
        service=agreements.amend_agreement,
        form=forms.AmendAgreementForm,
        rank=32,
    ),
    Act(
        verb="sign",
        label="记签名盖章",
        who=mediates,
        who_asks=True,
        when=_may_sign,
        arcs=staying(*_AT_WORK),
        service=agreements.sign_agreement,
        form=forms.SignForm,
        rank=31,
    ),
    Act(
        verb="scan-agreement",
        label="传签字件",
        who=_follows,
        who_asks=True,
        when=_has_written,
        arcs=staying(*_AFTER),
        service=agreements.scan_agreement,
        form=forms.ScanForm,
        rank=33,
    ),
    Act(
        verb="void-agreement",
        label="作废协议",
        who=mediates,
        who_asks=True,
        when=_has_one,
        arcs=staying(*_AT_WORK),
        service=agreements.void_agreement,
        form=forms.VoidForm,
        rank=78,
    ),
    Act(
        verb="perform",
        label="记履行",
        who=_follows,
        who_asks=True,
        when=_has_to_do,
        arcs=staying(*_AFTER),
        service=performing.perform,
        form=forms.PerformForm,
        rank=34,
    ),
    Act(
        verb="apply-confirmation",
        label="申请司法确认",
        who=_follows,
        who_asks=True,
        when=_may_apply,
        arcs=staying(*_AFTER),
        service=confirming.apply_for_confirmation,
        form=forms.ApplyForm,
        rank=35,
    ),
    Act(
        verb="court-takes",
        label="记法院受理",
        who=_follows,
        who_asks=True,
        when=_may_be_taken,
        arcs=staying(*_AFTER),
        service=confirming.court_takes,
        form=forms.CourtTakesForm,
        rank=36,
    ),
    Act(
        verb="court-decides",
        label="记司法确认结果",
        who=_follows,
        who_asks=True,
        when=_is_with_the_court,
        arcs=staying(*_AFTER),
        service=confirming.court_decides,
        form=forms.CourtDecidesForm,
        rank=37,
    ),
)
