"""Dispatching, handling, supervising, asking: what happens to a case on its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from cases import policies
from cases.acts import Act, When, always, arcs, staying
from cases.clocks import limit_of
from cases.forms import NoInput
from cases.loading import OF_CASES
from cases.models import Assignment, Case, CaseEvent
from cases.services.course import said
from cases.thresholds import Threshold
from cases.vocabulary import Label, Stage
from dispatch import forms
from dispatch.direct import may_dispatch, may_recall
from dispatch.level_forms import EscalateForm
from dispatch.models import Request, Supervision
from dispatch.procedure import levels
from dispatch.services import asking, assigning, handling, moving, supervising
from dispatch.sheets import sheets_of
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.prepared import Prepared, grouped

_T, _H, _S = Stage.TRIAGE, Stage.HANDLING, Stage.SUPERVISION
# What `load_papers` leaves on a case.
MOVES_DOWN, REQUESTS = "loaded_moves_down", "loaded_requests"
_TO_TRIAGE = arcs(((_T, _H), _T), (_S, _S))


def _not_yet_dispatched(case: Case) -> str | None:
    return "已经派出，要换单位点“改派”" if case.lead else None


def _dispatched(case: Case) -> str | None:
    if case.lead is None:
        return None
    lead = case.lead
    who = f"{lead.dispatched_by.name} " if lead.dispatched_by else ""
    return f"{who}{said(lead.dispatched_at)} 已经把 {case.short_number} 派给{lead.unit.name}"


def _waiting_for_claim(case: Case) -> str | None:
    if case.lead is None:
        return "还没派出"
    if case.lead.claimed_at:
        return "已经签收"
    minutes = limit_of(case, Threshold.RECALL_MINUTES, case.lead.dispatched_at)
    if clock.now() - case.lead.dispatched_at > timedelta(minutes=minutes):
        return f"派出超过 {minutes} 分钟，不能撤回。要换单位点“改派”"
    return _not_returned(case)


def _not_returned(case: Case) -> str | None:
    lead = case.lead
    waiting = lead is not None and lead.returned_at is not None and case.ruled_at is None
    return "已经退回，先裁定" if waiting else None


def _may_be_reassigned(case: Case) -> str | None:
    return "还没派出" if case.lead is None else _not_returned(case)


def _recalled(case: Case) -> str | None:
    if case.label != Label.TO_DISPATCH:
        return None
    return f"{case.short_number} 现在待分流，没有要撤回的派出"


def _somebody_has_to_claim(case: Case) -> str | None:
    if case.lead is None:
        return "还没派出"
    if case.lead.returned_at and not case.ruled_at:
        return "已经退回，等分流员裁定"
    return None


def _something_is_claimed(case: Case) -> str | None:
    last = max((a.claimed_at for a in case.open_assignments if a.claimed_at), default=None)
    if last is None:
        return "还没签收"
    minutes = limit_of(case, Threshold.UNDO_CLAIM_MINUTES, last)
    if clock.now() - last <= timedelta(minutes=minutes):
        return None
    return f"签收超过 {minutes} 分钟，不能撤销。要换单位点“申请改派”"


def _may_be_returned(case: Case) -> str | None:
    lead = case.lead
    if lead is None:
        return "还没派出"
    if case.ruled_at and lead.dispatched_at > case.ruled_at:  # sent again since
        return "这件这一轮已经退回过一次，不能再退。有新情况点“申请改派”"
    if case.ruled_at:
        ruled = f"这件 {said(case.ruled_at)} 已经裁定由{lead.unit.name}办，不能再退"
        return f"{ruled}。有新情况点“申请改派”"
    if lead.claimed_at:
        return f"{said(lead.claimed_at)} 已签收。要换单位点“申请改派”"
    return None


def _returned(case: Case) -> str | None:
    lead = case.lead
    if lead is None or lead.returned_at is None or case.ruled_at:
        return None
    return f"{case.short_number} {said(lead.returned_at)} 已经退回，等分流员裁定"


def _waiting_for_ruling(case: Case) -> str | None:
    return None if case.lead and case.lead.returned_at else "没有退回，不用裁定"


def _ruled(case: Case) -> str | None:
    if case.ruled_at is None:
        return None
    return f"{case.short_number} {said(case.ruled_at)} 已经裁定"


def _with_a_unit(case: Case) -> str | None:
    return None if case.lead else "还没派出"


def _at_work(case: Case) -> str | None:
    """Claimed by the lead, not paused, not yet reported."""
    lead = case.lead
    if lead is None or lead.claimed_at is None:
        return "还没签收"
    if lead.reported_at:
        return "已经反馈结果，正等审核"
    return "正在暂停计时，先恢复" if lead.paused_at else None


def _may_report(case: Case) -> str | None:
    lead = case.lead
    if lead is None or not any(a.claimed_at for a in case.open_assignments):
        return "待签收的事项还不能反馈结果，先签收"
    if lead.paused_at:
        return "正在暂停计时，先恢复"
    return None


def _reported(case: Case) -> str | None:
    lead = case.lead
    if lead is None or lead.reported_at is None:
        return None
    return f"{lead.unit.name} {said(lead.reported_at)} 已经反馈结果，正等审核"


def _may_be_approved(case: Case) -> str | None:
    return None if case.lead and case.lead.reported_at else "还没反馈结果"


def _approved(case: Case) -> str | None:
    if case.approved_at is None:
        return None
    return f"{case.short_number} {said(case.approved_at)} 已经审核通过"


def _not_supervised(case: Case) -> str | None:
    return None if case.lead else "还没派出，没有可督办的单位"


def _supervised(case: Case) -> str | None:
    if case.stage != Stage.SUPERVISION or _open_sheet(case) is None:
        return None
    return f"{case.short_number} {said(case.supervised_at)} 已经督办"


def _open_sheet(case: Case) -> Supervision | None:
    return next((sheet for sheet in sheets_of(case) if sheet.closed_at is None), None)


def _may_be_answered(case: Case) -> str | None:
    return None if _open_sheet(case) else "改派以后还没有新的督办单"


def _may_be_lifted(case: Case) -> str | None:
    sheet = _open_sheet(case)
    if sheet is None:
        return "改派以后还没有新的督办单"
    unanswered = f"{sheet.unit.name}还没答复，答复以后才能解除督办"
    return None if sheet.answered_at else unanswered


def _paused(case: Case) -> str | None:
    return None if case.lead and case.lead.paused_at else "没有暂停计时"


def _asked(kind: Request.Kind) -> When:
    """Whether it has been asked for and not yet been decided."""

    def asked(case: Case) -> str | None:
        waiting = any(r.kind == kind and r.decided_at is None for r in _requests(case))
        return f"{case.short_number} 的{kind.label}已经申请过，正等批复" if waiting else None

    return asked


def _may_be_extended(case: Case) -> str | None:
    if (reason := _at_work(case)) or case.lead is None:
        return reason
    if clock.now() > case.lead.handling_due_at:
        return f"办理期限 {said(case.lead.handling_due_at)} 已过，不能再申请延期"
    lead, kind = case.lead, Request.Kind.EXTENSION
    given = (r.kind == kind and r.assignment_id == lead.pk for r in _granted(case))
    return "这一轮已经延过一次期，不能再延" if any(given) else None


def _requests(case: Case) -> list[Request]:
    """What has been asked for in this case; `load_papers` has it where there are many cases."""
    loaded: list[Request] | None = getattr(case, REQUESTS, None)
    return list(case.requests.select_related("assignment")) if loaded is None else loaded


def _granted(case: Case) -> list[Request]:
    return [request for request in _requests(case) if request.granted]


def _may_move_up(case: Case) -> str | None:
    if case.center.parent_id is None:
        return "上面没有中心可以提级"
    kind = Request.Kind.ESCALATION
    given = (r.kind == kind and r.round == case.round for r in _granted(case))
    if not any(given) or levels.may_go_on(case):
        return None
    return "这一轮已经提级过一次"


def _may_move_down(case: Case) -> str | None:
    if reason := _not_yet_dispatched(case):
        return reason
    if not case.center.has_lower:
        return "下面没有中心可以下派"
    loaded: list[CaseEvent] | None = getattr(case, MOVES_DOWN, None)
    moved = _MOVES_DOWN(cases=[case.pk]) if loaded is None else loaded
    again = any(event.round == case.round for event in moved)
    return "这一轮已经下派过一次" if again else None


def _claimed_it(user: User, case: Case) -> bool:
    mine = any(part.claimed_by_id == user.pk for part in case.open_assignments)
    return mine and policies.takes_part(user, case)


def _own(user: User, case: Case) -> Assignment | None:
    units = user.units_today
    for part in case.open_assignments:
        if part.unit_id in units:
            return part
    return None


def _own_part_is_claimed(user: User, case: Case) -> str | None:
    part = _own(user, case)
    return "本单位已经签收" if part and part.claimed_at else None


def _own_part_may_not_be_reported(user: User, case: Case) -> str | None:
    part = _own(user, case)
    if part is None or part.claimed_at is None:
        return "待签收的事项还不能反馈结果，先签收"
    if part.reported_at is not None:
        return "本单位已经反馈"
    waiting = [a for a in case.open_assignments if not a.is_lead and a.reported_at is None]
    if part.is_lead and waiting:
        units = "、".join(a.unit.name for a in waiting)
        return f"协办单位{units}还没反馈，等反馈了再报结果"
    return None


def _nothing_to_decide(user: User, case: Case) -> str | None:
    pending = [request for request in _requests(case) if request.decided_at is None]
    mine = [asked for asked in pending if asking.may_decide(asked, user)]
    return None if mine else "没有等这个账号批的申请"


_REQUESTS = Prepared(lambda: Request.objects.select_related("assignment").filter(OF_CASES))
_MOVES_DOWN = Prepared(
    lambda: CaseEvent.objects.filter(OF_CASES, verb="push-down").only("case", "round").order_by()
)


def load_papers(cases: Sequence[Case]) -> None:
    """Load what the rules above read, so that asking them of many cases asks nothing more."""
    open_cases = [case for case in cases if case.stage in (_T, _H, _S)]
    for case in open_cases:
        if (
            case.history_length == 1
        ):  # just registered: nothing has been asked for, nor was it moved
            setattr(case, REQUESTS, [])
            setattr(case, MOVES_DOWN, [])
    _load(_REQUESTS, open_cases, REQUESTS)
    if len(open_cases) > 1:
        levels.load_standings([case for case in open_cases if _granted(case)])
    waiting = [case for case in open_cases if case.label == Label.TO_DISPATCH]
    if len(waiting) > 1:  # of one, few ask
        _load(_MOVES_DOWN, waiting, MOVES_DOWN)


def _load(rows: Prepared[Any], cases: Sequence[Case], name: str) -> None:
    """Put the rows of each of these cases on it, under that name."""
    missing = [case.pk for case in cases if not hasattr(case, name)]
    found = grouped(rows(cases=missing), "case_id") if missing else {}
    for case in cases:
        if not hasattr(case, name):
            mine = found.get(case.pk, [])
            for row in mine:
                row.case = case  # or each would ask for it again
            setattr(case, name, mine)


ACTS = (
    Act(
        verb="dispatch",
        label="派出",
        who=may_dispatch,
        when=_not_yet_dispatched,
        done=_dispatched,
        arcs=staying(_T, _S),
        service=assigning.dispatch_case,
        form=forms.DispatchForm,
        main=True,
        rank=10,
    ),
    Act(
        verb="recall",
        label="撤回派出",
        who=may_recall,
        when=_waiting_for_claim,
        done=_recalled,
        arcs=staying(_T, _S),
        service=assigning.recall_dispatch,
        form=NoInput,
        rank=40,
    ),
    Act(
        verb="claim",
        label="签收",
        who=policies.takes_part,
        when=_somebody_has_to_claim,
        own_part=_own_part_is_claimed,
        arcs=arcs((_T, (_H, _T)), (_H, _H), (_S, _S)),
        service=handling.claim_case,
        form=NoInput,
        main=True,
        rank=10,
    ),
    Act(
        verb="undo-claim",
        label="撤销签收",
        who=_claimed_it,
        when=_something_is_claimed,
        arcs=arcs((_H, (_T, _H)), (_S, _S), (_T, _T)),
        service=handling.undo_claim,
        form=NoInput,
        rank=65,
    ),
    Act(
        verb="assign",
        label="指派",
        who=policies.heads,
        when=_with_a_unit,
        arcs=staying(_T, _H, _S),
        service=handling.assign_handler,
        form=forms.AssignForm,
        rank=35,
    ),
    Act(
        verb="return",
        label="退回",
        who=policies.leads,
        when=_may_be_returned,
        done=_returned,
        arcs=staying(_T, _S),
        service=assigning.return_case,
        form=forms.ReturnForm,
        tells_why=True,
        rank=60,
    ),
    Act(
        verb="rule",
        label="裁定",
        who=policies.can_triage,
        when=_waiting_for_ruling,
        done=_ruled,
        arcs=staying(_T, _S),
        service=assigning.rule_on_return,
        form=forms.RuleForm,
        main=True,
        rank=10,
    ),
    Act(
        verb="request-reassign",
        label="申请改派",
        who=policies.leads,
        when=_at_work,
        done=_asked(Request.Kind.REASSIGNMENT),
        arcs=staying(_H, _S),
        service=assigning.request_reassignment,
        form=forms.RequestReassignForm,
        rank=62,
    ),
    Act(
        verb="reassign",
        label="改派",
        who=policies.can_triage,
        when=_may_be_reassigned,
        arcs=_TO_TRIAGE,
        service=assigning.reassign_case,
        form=forms.ReassignForm,
        rank=50,
    ),
    Act(
        verb="report",
        label="反馈结果",
        who=policies.takes_part,
        when=_may_report,
        done=_reported,
        own_part=_own_part_may_not_be_reported,
        arcs=staying(_H, _S, _T),
        service=handling.report_result,
        form=forms.ReportForm,
        main=True,
        tells_why=True,
        rank=15,
    ),
    Act(
        verb="send-back",
        label="退回补办",
        who=policies.can_approve,
        who_asks=True,
        when=_may_be_approved,
        arcs=staying(_H, _S),
        service=handling.send_back,
        form=forms.SendBackForm,
        rank=20,
    ),
    Act(
        verb="approve",
        label="审核通过",
        who=policies.can_approve,
        who_asks=True,
        when=_may_be_approved,
        done=_approved,
        arcs=arcs(((_H, _S), Stage.FOLLOW_UP)),
        service=handling.approve_result,
        form=NoInput,
        main=True,
        rank=10,
    ),
    Act(
        verb="supervise",
        label="督办",
        who=policies.can_supervise,
        when=_not_supervised,
        done=_supervised,
        arcs=arcs(((_T, _H, _S), _S)),
        service=supervising.supervise_case,
        form=forms.SuperviseForm,
        rank=52,
    ),
    Act(
        verb="answer",
        label="答复督办",
        who=policies.leads,
        when=_may_be_answered,
        arcs=staying(_S),
        service=supervising.answer_supervision,
        form=forms.AnswerForm,
        main=True,
        rank=12,
    ),
    Act(
        verb="lift",
        label="解除督办",
        who=policies.can_supervise,
        when=_may_be_lifted,
        arcs=arcs((_S, (_T, _H))),
        service=supervising.lift_supervision,
        form=forms.LiftForm,
        rank=25,
    ),
    Act(
        verb="extend",
        label="申请延期",
        who=policies.leads,
        when=_may_be_extended,
        done=_asked(Request.Kind.EXTENSION),
        arcs=staying(_H),
        service=asking.request_extension,
        form=forms.ExtendForm,
        rank=40,
    ),
    Act(
        verb="pause",
        label="申请暂停计时",
        who=policies.leads,
        when=_at_work,
        done=_asked(Request.Kind.PAUSE),
        arcs=staying(_H, _S),
        service=asking.request_pause,
        form=forms.PauseForm,
        rank=42,
    ),
    Act(
        verb="decide",
        label="批复申请",
        who=policies.can_decide,
        when=always,
        own_part=_nothing_to_decide,
        arcs=staying(_T, _H, _S) | arcs((_H, _T)),
        service=asking.decide_request,
        form=forms.DecideForm,
        main=True,
        rank=5,
    ),
    Act(
        verb="resume",
        label="恢复计时",
        who=policies.leads,
        when=_paused,
        arcs=staying(_H, _S),
        service=asking.resume_case,
        form=NoInput,
        main=True,
        rank=14,
    ),
    Act(
        verb="escalate",
        label="申请提级",
        who=policies.can_triage,
        when=_may_move_up,
        done=_asked(Request.Kind.ESCALATION),
        arcs=staying(_H, _S) | arcs((_H, _T)),
        service=moving.request_escalation,
        form=EscalateForm,
        rank=72,
    ),
    Act(
        verb="push-down",
        label="下派",
        who=policies.can_triage,
        when=_may_move_down,
        arcs=staying(_T, _S),
        service=moving.push_down,
        form=forms.PushDownForm,
        rank=74,
    ),
)
