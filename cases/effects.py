"""What a page says after an act: that it is done, and where the case stands now."""

from __future__ import annotations

from cases.acts import Act
from cases.models import Case
from cases.vocabulary import Closure, Label
from zongzhi.lib import dates

_DONE = {
    "note": "进展已记下",
    "amend": "更正已保存，前后都留着",
    "add-party": "当事人已补充",
    "revisit": "这次来访已记下",
    "claim": "已签收，由你办理",
    "undo-claim": "签收已撤销",
    "recall": "派出已撤回",
    "request-reassign": "已申请改派，等分流员定",
    "extend": "已申请延期，等本单位负责人批",
    "pause": "已申请暂停计时，等分流员批",
    "escalate": "已申请提级，等上一级中心批",
    "decide": "已批复",
    "report": "结果已反馈，等审核",
    "send-back": "已退回补办",
    "approve": "审核已通过，转回访",
    "return": "已退回，等分流员裁定",
    "rule": "已裁定",
    "answer": "已答复督办",
    "lift": "督办已解除",
    "resume": "已恢复计时",
    "assign": "已指派",
    "instruct": "已批示，回复以后会告诉你",
    "answer-instruction": "已回复批示",
    "accept-instruction": "已阅，批示办结",
    "revoke-mark": "督办牌已取消",
    "follow-up": "回访已记下",
    "unmerge": "并案已撤销",
    "attempt": "这一次已记下",
    "inform": "书面告知已记下",
    "extend-term": "法定期限已延长",
    "whistle": "哨已吹，等单位应",
    "answer-whistle": "已应哨",
    "arrive": "到场已记下",
    "rate-whistle": "评哨已记下",
    "cancel-whistle": "吹哨已撤",
    "convene": "会商已安排，参加的单位都通知了",
    "minute": "会商纪要已记下，任务都交办了",
    "cancel-session": "会商已取消",
    "finish-task": "会商任务已报",
    "refer-clue": "线索已移送，事项接着办",
    "start-mediation": "调解已启动",
    "tell-rights": "权利义务已告知",
    "refuse-mediation": "不愿调解已记下，调解终止，途径已告知",
    "end-mediation": "调解已终止，途径已告知",
    "extend-mediation": "调解期限已延长",
    "choose-mediator": "调解员已选好",
    "consent-mediator": "对方同意已记下",
    "object-mediator": "要换一位已记下",
    "appoint-mediator": "调解员已安排",
    "tell-conflict": "回避情形已记下",
    "schedule-session": "调解已安排",
    "move-session": "调解已改期",
    "call-off-session": "这次调解已取消",
    "record-session": "这次调解已记下",
    "agree": "协议已写好",
    "amend-agreement": "协议已改好",
    "sign": "签名盖章已记下",
    "scan-agreement": "签字件已传",
    "void-agreement": "协议已作废，可以写新的",
    "perform": "履行已记下",
    "apply-confirmation": "司法确认申请已记下",
    "court-takes": "法院受理已记下",
    "court-decides": "司法确认结果已记下",
    "receive-referral": "已接收，3 个工作日内答复接不接受",
    "take-referral": "已接受",
    "decline-referral": "已答复不接受",
    "extend-referral": "期限已延长",
    "return-referral": "结果已回复",
    "file-dossier": "卷宗已立，等别人检查",
    "check-dossier": "卷宗检查结果已记下",
}


def said_after(act: Act, case: Case) -> str:
    """「0403-012 已派给人社局，4月4日 17:30 前签收。」"""
    return f"{case.short_number} {_done(act, case)}。"


def _done(act: Act, case: Case) -> str:
    if act.verb in ("dispatch", "reassign") and case.unit is not None and case.claim_due_at:
        verb = "已派给" if act.verb == "dispatch" else "已改派"
        return f"{verb}{case.unit.name}，{dates.moment(case.claim_due_at)} 前签收"
    words = _DONE.get(act.verb, f"已{act.label}")
    if act.verb == "escalate" and case.label == Label.TO_DISPATCH:
        words = f"已提级，由{case.center.name}接着办"
    if case.label == Label.ENDED and case.closure:
        return f"{words}，已终止（{Closure(case.closure).label}）"
    if case.label == Label.DONE and case.closure:
        return f"{words}，{Closure(case.closure).label}"
    return words
