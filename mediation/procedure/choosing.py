"""点菜: choosing, consenting, objecting, appointing, 回避: when each is open, and to whom."""

from __future__ import annotations

from cases.acts import Act, staying
from cases.models import Case
from mediation import choosing_forms as forms
from mediation.models import Choice
from mediation.policies import mediates
from mediation.procedure.proceedings import is_running
from mediation.proceedings import AT_WORK, open_mediation
from mediation.services import choosing


def _still_to_choose(case: Case) -> str | None:
    mediation = open_mediation(case)
    if mediation is None:
        return is_running(case)
    if mediation.chosen is None:
        return None
    if mediation.how_chosen == Choice.How.ASSIGNED or mediation.consent == Choice.Consent.AGREES:
        return "调解员已经定了。要换，点“要换一位”或者由中心安排"
    return None


def _waits_for_consent(case: Case) -> str | None:
    mediation = open_mediation(case)
    if mediation is None:
        return is_running(case)
    if mediation.chosen is None or mediation.how_chosen != Choice.How.CHOSEN:
        return "没有等对方同意的调解员"
    return "对方已经同意" if mediation.consent == Choice.Consent.AGREES else None


def _is_chosen(case: Case) -> str | None:
    mediation = open_mediation(case)
    if mediation is None:
        return is_running(case)
    if mediation.chosen is None:
        return "还没选调解员，没有要换的"
    both = set(mediation.objected) >= {"applicant", "respondent"}
    return "双方都已经要求换过一位，由中心安排" if both else None


ACTS = (
    Act(
        verb="choose-mediator",
        label="选调解员",
        who=mediates,
        who_asks=True,
        when=_still_to_choose,
        arcs=staying(*AT_WORK),
        service=choosing.choose_mediator,
        form=forms.ChooseForm,
        rank=29,
    ),
    Act(
        verb="consent-mediator",
        label="对方同意这位调解员",
        who=mediates,
        who_asks=True,
        when=_waits_for_consent,
        arcs=staying(*AT_WORK),
        service=choosing.consent_to_mediator,
        form=forms.ConsentForm,
        rank=30,
    ),
    Act(
        verb="object-mediator",
        label="要换一位调解员",
        who=mediates,
        who_asks=True,
        when=_is_chosen,
        arcs=staying(*AT_WORK),
        service=choosing.object_to_mediator,
        form=forms.ObjectForm,
        rank=34,
    ),
    Act(
        verb="appoint-mediator",
        label="中心安排调解员",
        who=mediates,
        who_asks=True,
        when=is_running,
        arcs=staying(*AT_WORK),
        service=choosing.appoint_mediator,
        form=forms.AppointForm,
        rank=35,
    ),
    Act(
        verb="tell-conflict",
        label="记回避情形",
        who=mediates,
        who_asks=True,
        when=is_running,
        arcs=staying(*AT_WORK),
        service=choosing.tell_conflict,
        form=forms.ConflictForm,
        rank=36,
    ),
)
