"""The words of a case, as they are stored and as people read them. Nothing here does anything."""

from __future__ import annotations

from django.db.models import TextChoices


class Stage(TextChoices):
    """The six stages, in order. Only transitions of `Case` change them."""

    ACCEPTANCE = "acceptance", "受理"
    TRIAGE = "triage", "分流"
    HANDLING = "handling", "调处"
    SUPERVISION = "supervision", "督办"
    FOLLOW_UP = "follow_up", "回访"
    CLOSED = "closed", "结案"


class Label(TextChoices):
    """What staff read: the finer place of a case inside its stage."""

    TO_ACCEPT = "to_accept", "待受理"
    TO_DISPATCH = "to_dispatch", "待分流"
    TO_CLAIM = "to_claim", "待签收"
    TO_RULE = "to_rule", "退回待裁定"
    HANDLING = "handling", "办理中"
    MEDIATING = "mediating", "调解中"
    JOINT = "joint", "联合会商"
    PAUSED = "paused", "暂停计时"
    TO_APPROVE = "to_approve", "待审核"
    TO_FOLLOW_UP = "to_follow_up", "待回访"
    DONE = "done", "已办结"
    ENDED = "ended", "已终止"


class Actor(TextChoices):
    """Who must act next. An open case always has one."""

    TRIAGE = "triage", "分流员"
    UNIT = "unit", "主办单位"
    FOLLOW_UP = "follow_up", "回访员"
    NOBODY = "nobody", "–"


class Clock(TextChoices):
    """The clocks that can run on a case."""

    ACCEPTANCE = "acceptance", "受理"
    DISPATCH = "dispatch", "分流"
    CLAIM = "claim", "签收"
    HANDLING = "handling", "办理"
    APPROVAL = "approval", "审核"
    RULING = "ruling", "裁定"
    FOLLOW_UP = "follow_up", "回访"
    CALL_BACK = "call_back", "不满意回访"
    REDO = "redo", "重新办理"

    # What the law gives, beside the centre's own: `cases.statutory`.
    PETITION_NOTICE = "petition_notice", "信访书面告知"
    PETITION = "petition", "信访办结"
    MEDIATION = "mediation", "调解"
    COMMISSIONED = "commissioned", "法院委派调解"
    ENTRUSTED = "entrusted", "法院委托调解（普通程序）"
    ENTRUSTED_SUMMARY = "entrusted_sum", "法院委托调解（简易程序）"
    CONFIRMATION = "confirmation", "申请司法确认"


class Source(TextChoices):
    WINDOW = "window", "窗口来访"
    PHONE = "phone", "来电"
    ONLINE = "online", "网上"
    HOTLINE = "hotline", "12345 热线"
    GRID = "grid", "网格上报"
    COURT = "court", "法院委派"
    POLICE = "police", "公安移交"
    PETITION = "petition", "信访转来"
    SUPERIOR = "superior", "上级推送"
    SUBORDINATE = "subordinate", "下级报送"


class Special(TextChoices):
    """Special situations (`ux.md` §2.3). `none` is a deliberate answer, not a default."""

    NONE = "none", "都没有"
    THREAT = "threat", "扬言过激"
    VIOLENCE = "violence", "家暴/受伤"
    MINOR = "minor", "涉未成年人"
    GROUP = "group", "5人以上"
    IN_COURT = "in_court", "已起诉/报警"


# Nothing about these cases may show on paper or on the citizen page beyond that they exist.
SILENT = (Special.VIOLENCE, Special.MINOR)


class Authority(TextChoices):
    """Whom the law wants told at once (强制报告)."""

    POLICE = "police", "公安"
    CIVIL = "civil", "民政"
    EDUCATION = "education", "教育"
    WOMEN = "women", "妇联"


class Willing(TextChoices):
    YES = "yes", "愿意"
    NO = "no", "不愿意"
    UNDECIDED = "undecided", "再想想"


class Complexity(TextChoices):
    SIMPLE = "simple", "简单"
    ORDINARY = "ordinary", "一般"
    COMPLEX = "complex", "复杂"


class Risk(TextChoices):
    LOW = "low", "低"
    MEDIUM = "medium", "中"
    HIGH = "high", "高"


class Result(TextChoices):
    """What the lead department reports."""

    RESOLVED = "resolved", "解决了"
    PARTLY = "partly", "部分解决"
    UNRESOLVED = "unresolved", "没解决"
    GUIDED = "guided", "引导到法定途径"


class Closure(TextChoices):
    """How a case ended. The first three are 办结; only `substantive` counts as resolved."""

    SUBSTANTIVE = "substantive", "实质性办结"
    STAGED = "staged", "阶段性办结"
    PROCEDURAL = "procedural", "程序性办结"
    WITHDRAWN = "withdrawn", "撤回"
    DECLINED = "declined", "不予受理"
    MERGED = "merged", "并案"
    TRANSFERRED = "transferred", "移送"


FINISHED = (Closure.SUBSTANTIVE, Closure.STAGED, Closure.PROCEDURAL)

CLOSURE_OF_RESULT = {
    Result.RESOLVED: Closure.SUBSTANTIVE,
    Result.PARTLY: Closure.STAGED,
    Result.UNRESOLVED: Closure.PROCEDURAL,
    Result.GUIDED: Closure.PROCEDURAL,
}


class DeclineReason(TextChoices):
    """Why a matter is not taken on (不予受理)."""

    LITIGATION = "litigation", "已进入诉讼、仲裁、复议"
    PETITION = "petition", "已由信访机构受理"
    SETTLED = "settled", "已依法处理并有结论"
    SECRET = "secret", "涉密或涉隐私"
    OTHER_PLACE = "other_place", "不属本地管辖"
    OTHER = "other", "其他"


class LegalRoute(TextChoices):
    """Where the citizen is told to turn instead."""

    LAWSUIT = "lawsuit", "诉讼"
    ARBITRATION = "arbitration", "仲裁"
    REVIEW = "review", "行政复议"
    PETITION = "petition", "信访"
    INSPECTION = "inspection", "纪检监察"
    ELSEWHERE = "elsewhere", "其他机关"


class Satisfaction(TextChoices):
    """The national five levels; `unreached` is a call nobody answered and never a rating."""

    VERY_SATISFIED = "very_satisfied", "非常满意"
    SATISFIED = "satisfied", "满意"
    BASICALLY = "basically", "基本满意"
    UNSATISFIED = "unsatisfied", "不满意"
    VERY_UNSATISFIED = "very_unsatisfied", "非常不满意"


DISSATISFIED = (Satisfaction.UNSATISFIED, Satisfaction.VERY_UNSATISFIED)


class Settled(TextChoices):
    """What the citizen says became of the matter."""

    RESOLVED = "resolved", "解决了"
    PARTLY = "partly", "解决了一部分"
    UNRESOLVED = "unresolved", "没解决"


class Grievance(TextChoices):
    """What a dissatisfied citizen may tap, besides or instead of words."""

    SLOW = "slow", "拖得久"
    NO_CONTACT = "no_contact", "没人联系"
    UNFAIR = "unfair", "结果不公"
    RUDE = "rude", "态度不好"
    BROKEN_PROMISE = "broken_promise", "说好的没做到"


class RatedBy(TextChoices):
    """How a word on satisfaction came in: only the first is free of anybody's hand."""

    SCAN = "scan", "本人扫码"
    TABLET = "tablet", "窗口平板"
    STAFF = "staff", "电话代录"


class Channel(TextChoices):
    PHONE = "phone", "电话"
    VISIT = "visit", "上门"
    SMS = "sms", "短信"
    ONLINE = "online", "本人网上"


class PartyRole(TextChoices):
    APPLICANT = "applicant", "来访人"
    RESPONDENT = "respondent", "对方"
    AGENT = "agent", "代理人"
    DELEGATE = "delegate", "代表"


PUBLIC_LABELS = {
    Label.TO_ACCEPT: "已登记",
    Label.TO_DISPATCH: "已登记",
    Label.TO_CLAIM: "已交给办理单位",
    Label.TO_RULE: "已交给办理单位",
    Label.HANDLING: "正在办理",
    Label.MEDIATING: "正在办理",
    Label.JOINT: "正在办理",
    Label.PAUSED: "正在办理",
    Label.TO_APPROVE: "正在办理",
    Label.TO_FOLLOW_UP: "已有结果",
    Label.DONE: "已办完",
    Label.ENDED: "已结束",
}
