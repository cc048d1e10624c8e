"""启动调解, 告知, 不愿调解, 终止, 延长: when each is open, and to whom."""

from __future__ import annotations

from cases.acts import Act, staying
from cases.models import Case
from cases.vocabulary import Willing
from mediation import proceeding_forms as forms
from mediation.policies import mediates
from mediation.proceedings import AT_WORK, load_mediations, open_mediation
from mediation.services import proceedings

__all__ = ["ACTS", "is_running", "load_mediations"]

_NO = (
    "登记的是“不愿意调解”，不能启动；告知可以走诉讼、仲裁、行政复议等途径。"
    "后来愿意了，先点“补充更正”改过来"
)


def _may_start(case: Case) -> str | None:
    """Voluntary: one party's clear refusal forbids it (人民调解法 art. 17)."""
    lead = case.lead
    if lead is None or lead.claimed_at is None:
        return "还没签收，签收以后才启动"
    if lead.reported_at:
        return "已经反馈结果，正等审核"
    if mediation := open_mediation(case):
        return f"{mediation.number}正在调解，不用再启动"
    return _NO if case.willing_to_mediate == Willing.NO else None


def is_running(case: Case) -> str | None:
    """Something can be done to a proceeding only while it runs."""
    return None if open_mediation(case) else "没有在进行的调解，先启动调解"


def _not_told(case: Case) -> str | None:
    mediation = open_mediation(case)
    if mediation is None:
        return is_running(case)
    return "权利义务已经告知过了" if mediation.informed_on else None


ACTS = (
    Act(
        verb="start-mediation",
        label="启动调解",
        who=mediates,
        when=_may_start,
        arcs=staying(*AT_WORK),
        service=proceedings.start_mediation,
        form=forms.StartForm,
        rank=27,
    ),
    Act(
        verb="tell-rights",
        label="告知权利义务",
        who=mediates,
        who_asks=True,
        when=_not_told,
        arcs=staying(*AT_WORK),
        service=proceedings.tell_rights,
        form=forms.TellRightsForm,
        rank=28,
    ),
    Act(
        verb="extend-mediation",
        label="双方同意延长",
        who=mediates,
        who_asks=True,
        when=is_running,
        arcs=staying(*AT_WORK),
        service=proceedings.extend_mediation,
        form=forms.ExtendForm,
        rank=38,
    ),
    Act(
        verb="refuse-mediation",
        label="一方不愿调解",
        who=mediates,
        who_asks=True,
        when=is_running,
        arcs=staying(*AT_WORK),
        service=proceedings.refuse_mediation,
        form=forms.RefuseForm,
        rank=39,
    ),
    Act(
        verb="end-mediation",
        label="终止并告知",
        who=mediates,
        who_asks=True,
        when=is_running,
        arcs=staying(*AT_WORK),
        service=proceedings.stop_mediation,
        form=forms.EndForm,
        rank=40,
    ),
)
