"""What happened to a case, as people read it: title, who, when, a line or two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from cases import policies
from cases.acts import act_of
from cases.models import Attempt, Case, CaseEvent
from cases.vocabulary import Grievance, RatedBy, Result, Satisfaction, Settled, Stage
from orgs.models import Center, Department, User
from zongzhi.lib import dates

SHOWN = 100
FILTERS = {
    "all": "全部",
    "written": "只看人写的",
    "moved": "只看流转",
    "calls": "只看电话来访",
}
_CALLS = ("register", "revisit", "follow-up", "rate")
_NOT_ACTS = {
    "register": "登记",
    "rate": "来访人评价",
    "recalculate": "日历有变，期限重算",
    "mark": "督办牌",
    "give-grid-task": "派网格任务",
    "grid-arrives": "网格员到场",
    "grid-answers": "网格任务有结果",
    "drop-grid-task": "撤销网格任务",
}
# What the citizen did or was there for; everything else is internal unless marked public.
_THEIR_OWN = ("register", "revisit", "rate")
_WORDS_ONLY = ("note", "amend", "revisit", "assign")
# Who is called or asked is not who did it.
_ABOUT_A_UNIT = (
    "dispatch",
    "reassign",
    "rule",
    "supervise",
    "lift",
    "approve",
    "whistle",
    "arrive",
    "rate-whistle",
    "cancel-whistle",
)
_WHEN = {"now": "马上来", "today": "今天来", "appointed": "约了时间"}
_ANSWERS = {"coming": "马上到", "later": "改约", "no": "来不了"}
_SPEED = {"fast": "快", "fair": "一般", "slow": "慢"}
_QUALITY = {"good": "好", "fair": "一般", "poor": "差"}
_COLORS = {"yellow": "黄牌", "red": "红牌"}
_RULINGS = {"uphold": "维持原派", "reassign": "改派", "joint": "上会商"}


@dataclass(frozen=True)
class Entry:
    """A line of the history, ready to be drawn."""

    title: str
    text: str
    who: str
    at: datetime
    internal: bool
    known_time: bool = True
    url: str = ""
    link: str = ""
    stage: str = ""
    verb: str = ""


def events_of(case: Case, *, reader: User, only: str = "all") -> QuerySet[CaseEvent]:
    """The rows of one history that this person may read, newest first, ready for `entries_of`."""
    rows = CaseEvent.objects.filter(case=case).select_related("words", "by", "unit")
    if not policies.can_read_ratings(reader, case):
        rows = rows.exclude(_not_followed_up())
    if only == "written":
        rows = rows.exclude(text_digest="").exclude(by=None)
    elif only == "moved":
        rows = rows.exclude(verb__in=_WORDS_ONLY)
    elif only == "calls":
        rows = rows.filter(verb__in=_CALLS)
    return rows.order_by("-seq")


def _not_followed_up() -> Q:
    """A word of the citizen that the centre has still to ask about.

    The unit complained of must not learn of it before whoever calls the citizen back.
    """
    since = CaseEvent.objects.filter(
        case=OuterRef("case"), verb="follow-up", seq__gt=OuterRef("seq")
    )
    closed_by_itself = Q(from_stage=Stage.FOLLOW_UP, to_stage=Stage.CLOSED)
    return Q(verb="rate") & ~closed_by_itself & ~Q(Exists(since))


def entries_of(events: Iterable[CaseEvent]) -> list[Entry]:
    """The lines for these rows; one query for the units and one for the centres they name."""
    loaded = list(events)
    units = Department.objects.in_bulk(
        _ids(loaded, "lead", "suggested", "assisting", "unit", "units")
    )
    moves = [event for event in loaded if event.verb in ("push-down", "decide", "escalate")]
    centers = Center.objects.in_bulk(_ids(moves, "from", "to")) if moves else {}
    return [_entry(event, units, centers) for event in loaded]


def title_of(verb: str) -> str:
    """The Chinese name of what was done."""
    try:
        return act_of(verb).label
    except KeyError:
        return _NOT_ACTS.get(verb, verb)


def _ids(events: Iterable[CaseEvent], *names: str) -> set[int]:
    found: set[int] = set()
    for event in events:
        for name in names:
            value = event.data.get(name)
            found.update(value if isinstance(value, list) else [value] if value else [])
    return {pk for pk in found if isinstance(pk, int)}


def _entry(event: CaseEvent, units: dict[int, Department], centers: dict[int, Center]) -> Entry:
    words = getattr(event, "words", None)
    text = words.text if words else ""
    if words and words.erased_at:
        text = "（文字已依法删除）"
    detail = _detail(event, units, centers)
    title = "添加材料" if event.data.get("attachment") else title_of(event.verb)
    return Entry(
        title=title,
        text="。".join(part for part in (detail, text.rstrip("。")) if part),
        who=_who(event),
        at=event.at,
        internal=not event.is_public and event.verb not in _THEIR_OWN,
        stage=event.to_stage,
        verb=event.verb,
    )


def _who(event: CaseEvent) -> str:
    if event.by is None:
        return "来访人" if event.verb == "rate" else "系统"
    doers_own = event.verb not in _ABOUT_A_UNIT
    return f"{event.by.name}（{event.unit.name}）" if event.unit and doers_own else event.by.name


def _detail(event: CaseEvent, units: dict[int, Department], centers: dict[int, Center]) -> str:
    data = event.data
    match event.verb:
        case "dispatch" | "reassign":
            return _sent(data, units)
        case "rule":
            ruling = _RULINGS.get(data.get("ruling", ""), "")
            return "，".join(part for part in (ruling, _sent(data, units)) if part)
        case "return" | "request-reassign":
            unit = units.get(data.get("suggested") or 0)
            return f"建议由{unit.name}办" if unit else ""
        case "report" | "approve":
            result = data.get("result")
            return Result(result).label if result else ""
        case "push-down":
            return _moved(data, centers)
        case "escalate":
            return "，".join(
                part for part in (data.get("because", ""), _moved(data, centers)) if part
            )
        case "decide":
            granted = "同意" if data.get("granted") else "不同意"
            return "，".join(part for part in (granted, _moved(data, centers)) if part)
        case _:
            return _together(event.verb, data, units) or _small(event.verb, data)


def _together(verb: str, data: dict[str, Any], units: dict[int, Department]) -> str:
    """Who was called, who sits together, who was told: the names and the kind of answer."""
    named = [units[pk].name for pk in _ids_of(data) if pk in units]
    match verb:
        case "attempt":
            kind, outcome = data.get("kind", ""), Attempt.Outcome(data["outcome"]).label
            return f"第 {data.get('n')} 次{kind}，{outcome}"
        case "whistle" | "arrive" | "cancel-whistle":
            return "，".join([*named, *filter(None, [_WHEN.get(data.get("when", ""))])])
        case "answer-whistle":
            return _ANSWERS.get(data.get("answer", ""), "")
        case "rate-whistle":
            speed = f"响应{_SPEED.get(data.get('speed', ''), '')}"
            return "，".join([*named, speed, f"办理{_QUALITY.get(data.get('quality', ''), '')}"])
        case "convene" | "refer-clue":
            return "，".join([str(data.get("name") or data.get("number", "")), "、".join(named)])
        case _ if data.get("mediation"):
            return str(data.get("words", ""))
        case "minute" | "cancel-session" | "finish-task":
            tasks = [f"任务 {data['tasks']} 项"] if data.get("tasks") else []
            return "，".join([str(data.get("name", "")), *tasks])
    return ""


def _ids_of(data: dict[str, Any]) -> list[int]:
    one = data.get("unit")
    return [one] if isinstance(one, int) else list(data.get("units", []))


def _small(verb: str, data: dict[str, Any]) -> str:
    match verb:
        case "inform":
            on = dates.day(date.fromisoformat(data["on"]))
            return f"{on} {data['how']}"
        case "extend-term":
            return f"延长 {data['days']} 天"
        case "claim":
            return "协办" if data.get("role") == "assisting" else ""
        case "supervise":
            lapsed = ["没批的延期申请失效"] if data.get("lapsed") else []
            marked = ["记黄牌"] if data.get("mark") else []
            return "，".join([str(data.get("number", "")), *marked, *lapsed])
        case "mark" | "revoke-mark":
            return _COLORS.get(data.get("color", ""), "")
        case "follow-up" | "rate":
            return _opinion(data)
        case "revisit":
            return f"{data.get('visitors', 1)} 人"
        case _:
            return _about_time(verb, data)


def _about_time(verb: str, data: dict[str, Any]) -> str:
    match verb:
        case "extend":
            return f"{data['days']} 个工作日" if data.get("days") else ""
        case "pause":
            return f"到 {data['until']}" if data.get("until") else ""
        case "resume":
            return f"暂停了 {data['days']} 个工作日" if data.get("days") else ""
        case "recalculate":
            return " → ".join(_minute(data.get(name)) for name in ("from", "to"))
    return ""


def _minute(text: str | None) -> str:
    return dates.moment(datetime.fromisoformat(text)) if text else "不计时"


def _opinion(data: dict[str, Any]) -> str:
    said = data.get("satisfaction", "")
    if said == "unreached":
        return f"打不通（第 {data['attempt']} 次）" if data.get("attempt") else "打不通"
    settled = data.get("settled")
    words = [Settled(settled).label] if settled else []
    words += [Satisfaction(said).label] if said else []
    words += [Grievance(reason).label for reason in data.get("reasons", [])]
    words += [RatedBy(data["rated_by"]).label] if data.get("rated_by") else []
    words += ["要求重新办理"] if data.get("redo") else []
    return "，".join(words)


def _sent(data: dict[str, Any], units: dict[int, Department]) -> str:
    lead = units.get(data.get("lead") or 0)
    if lead is None:
        return ""
    helpers = [units[pk].name for pk in data.get("assisting", []) if pk in units]
    sent = f"派{lead.name}主办" + (f"、{'、'.join(helpers)}协办" if helpers else "")
    return sent + _by_rule(data, units)


def _by_rule(data: dict[str, Any], units: dict[int, Department]) -> str:
    """Which rule sent it (直派), or which one was not followed."""
    if data.get("direct"):
        return f"，按规则 {data['rule']} 直派"
    unit = units.get(data.get("suggested") or 0)
    return f"（规则 {data['rule']} 建议{unit.name}）" if unit and data.get("rule") else ""


def _moved(data: dict[str, Any], centers: dict[int, Center]) -> str:
    to = centers.get(data.get("to") or 0)
    return f"移到{to.name}" if to else ""
