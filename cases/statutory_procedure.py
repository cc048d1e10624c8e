"""The acts on periods the law gives: 书面告知 and 延长 of what a petition asks for."""

from __future__ import annotations

from cases import policies
from cases import statutory_forms as forms
from cases.acts import Act, staying
from cases.models import Case
from cases.procedure import OPEN
from cases.services import statutory as services
from cases.statutory import runs_for_the_centre, terms_of
from cases.vocabulary import Clock


def _notice_runs(case: Case) -> str | None:
    terms = terms_of(case) if runs_for_the_centre(case) else []
    runs = any(term.clock == Clock.PETITION_NOTICE for term in terms)
    return None if runs else "没有要书面告知的期限在走"


def _may_be_extended(case: Case) -> str | None:
    for term in terms_of(case) if runs_for_the_centre(case) else []:
        if term.clock == Clock.PETITION:
            return "办结期限已经延长过一次" if term.extended_days else None
    return "没有信访办结期限在走"


ACTS = (
    Act(
        verb="inform",
        label="书面告知",
        button="记书面告知",
        who=policies.can_triage,
        when=_notice_runs,
        concerns=runs_for_the_centre,
        arcs=staying(*OPEN),
        service=services.inform,
        form=forms.InformForm,
        rank=19,
    ),
    Act(
        verb="extend-term",
        label="延长法定期限",
        who=policies.leads_the_centre,
        when=_may_be_extended,
        concerns=runs_for_the_centre,
        arcs=staying(*OPEN),
        service=services.extend_term,
        form=forms.ExtendTermForm,
        rank=72,
    ),
)
