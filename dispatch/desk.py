"""分流台: the queue on the left, one case on the right with everything the next step needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q

from cases.acts import Act, allowed
from cases.clocks import Clocks, clocks_of, limit_of
from cases.forms import ActForm
from cases.models import Case, Party
from cases.presenting import CasePage, case_page
from cases.rows import flags
from cases.thresholds import Threshold
from cases.vocabulary import Clock, Complexity, Label, PartyRole
from dispatch.complained import is_complained_of
from dispatch.duty import OnDuty, on_duty_near
from dispatch.learned import guesses
from dispatch.models import Request, Residency
from dispatch.queues import DESK, REQUESTS, desk_queue, oldest_first, pending_requests
from dispatch.routing import Rule, Verdict
from dispatch.rulebook import facts_of, units_complained_of, verdict_of
from dispatch.ruling import Ruling, ruling_on
from orgs.models import Department, User
from orgs.permissions import Permission
from zongzhi.lib import dates

QUEUE_SHOWN = 50
LOOKED_AT = 200  # newest cases of the same type, for the suggestion
SUGGESTED = 3
USUAL = 10  # so often, and more often than all others together, before a unit is preselected

MAIN_ACT = {
    Label.TO_ACCEPT.value: "accept",
    Label.TO_DISPATCH.value: "dispatch",
    Label.TO_RULE.value: "rule",
    Label.TO_APPROVE.value: "approve",
}
OTHER_ACTS = (
    "convene",
    "whistle",
    "decline",
    "send-back",
    "push-down",
    "escalate",
    "reassign",
    "merge",
    "refer-clue",
    "transfer",
)


@dataclass(frozen=True)
class Tab:
    """A queue, with how many wait in it."""

    key: str
    label: str
    number: int


@dataclass(frozen=True)
class Waiting:
    """One line of the queue."""

    number: str
    short_number: str
    title: str
    type_name: str
    waited: str
    late: bool
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """A unit that could be given the case, with what it has to do already."""

    code: str
    name: str
    initials: str
    kind: str
    open: int
    overdue: int
    why: str = ""
    chosen: bool = False
    beside: str = ""  # the lead beside which a rule wants it as 协办
    duty: OnDuty | None = None


@dataclass(frozen=True)
class Group:
    """Units of one kind in the picker."""

    name: str
    choices: list[Choice]


@dataclass(frozen=True)
class Given:
    """A complexity, with the due time it would give."""

    value: str
    label: str
    due: str
    chosen: bool


@dataclass(frozen=True)
class Pane:
    """The case on the right."""

    case: Case
    shown: CasePage
    act: Act | None
    form: ActForm | None
    others: list[Act]
    earlier: int
    request: Request | None = None
    suggestions: list[Choice] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    complexities: list[Given] = field(default_factory=list)
    rule: Rule | None = None  # the one that speaks for this case
    ruling: Ruling | None = None

    @property
    def helpers(self) -> str:
        """「妇联、民政局」, whom the rule wants as 协办."""
        return "、".join(unit.name for unit in self.rule.assisting) if self.rule else ""

    @property
    def opponents(self) -> str:
        return "、".join(party.name for party in self.shown.respondents) or "未问"


def tabs_of(user: User, counted: dict[str, int]) -> list[Tab]:
    names = {**DESK, REQUESTS: "待批申请"}
    return [Tab(key, label, counted[key]) for key, label in names.items()]


def counts_of(user: User) -> dict[str, int]:
    """How many wait under each tab: one query for the cases, one for the requests."""
    centers = {post.center_id for post in user.posts_giving(Permission.TRIAGE)}
    here = Case.objects.visible_to(user).open().filter(center__in=centers, label__in=list(DESK))
    rows = here.order_by().values_list("label").annotate(Count("pk"))
    found: dict[str, int] = dict(rows)
    numbers = {tab: found.get(tab, 0) for tab in DESK}
    return {**numbers, REQUESTS: pending_requests(user).count()}


def queue_of(user: User, tab: str, now: datetime) -> list[Waiting]:
    """The first of those that wait under a tab, the oldest first."""
    rows = oldest_first(desk_queue(user, tab)).select_related("type")[:QUEUE_SHOWN]
    return [
        Waiting(
            number=case.number,
            short_number=case.short_number,
            title=case.title,
            type_name=case.type.name,
            waited=waited(case.label_since, now),
            late=bool(case.due_at and case.due_at < now),
            flags=flags(case),
        )
        for case in rows
    ]


def waited(since: datetime, now: datetime) -> str:
    """「26 分钟」, 「3 小时」, 「2 天」: how long it has been lying there."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} 分钟"
    if minutes < 24 * 60:
        return f"{minutes // 60} 小时"
    return f"{minutes // (24 * 60)} 天"


def pane_of(user: User, case: Case, now: datetime, *, request: Request | None = None) -> Pane:
    """Everything the next step of a case needs; the case is loaded for its page."""
    open_now = {act.verb: act for act in allowed(user, case)}
    verb = "decide" if request is not None else MAIN_ACT.get(case.label, "")
    act = open_now.get(verb)
    form = act.form(case=case, user=user, on_page=True) if act is not None else None
    rule = verdict_of(case, user.reference_revision) if verb == "dispatch" and act else None
    pane = Pane(
        case=case,
        shown=case_page(case, user, now),
        act=act,
        form=form,
        others=[open_now[other] for other in OTHER_ACTS if other in open_now],
        earlier=earlier_cases(user, case),
        request=request,
        rule=rule.winner if rule else None,
        ruling=ruling_on(case) if verb == "rule" else None,
    )
    if act is not None and form is not None and verb in ("dispatch", "rule"):
        reasons = _returned_to(pane) if pane.ruling else _reasons(user, case, rule)
        _offer_units(pane, user, now, reasons)
    if act is not None and form is not None and verb == "dispatch":
        pane.complexities.extend(_complexities(case, clocks_of(case.center), now, pane.rule))
        if pane.rule and pane.rule.risk:
            form.initial["risk"] = pane.rule.risk
    return pane


def earlier_cases(user: User, case: Case) -> int:
    """How many other matters the same person has brought, as far as this officer may see."""
    theirs = Q(pk__in=[])
    for party in case.parties.all():
        if party.role == PartyRole.APPLICANT:
            theirs |= Q(phone_key=party.phone_key) if party.phone_key else Q(pk__in=[])
            theirs |= Q(id_number_key=party.id_number_key) if party.id_number_key else Q(pk__in=[])
    same = Party.objects.filter(theirs, role=PartyRole.APPLICANT).exclude(case=case)
    return Case.objects.visible_to(user).filter(pk__in=same.values("case")).count()


def _complexities(case: Case, clocks: Clocks, now: datetime, rule: Rule | None) -> Iterable[Given]:
    wanted = rule.complexity if rule and rule.complexity else Complexity.ORDINARY
    for complexity in Complexity:
        due = clocks.due(Clock.HANDLING, now, complexity=complexity, type_id=case.type_id)
        unit = "个工作日" if due.unit == "working" else "天"
        yield Given(
            value=complexity.value,
            label=f"{complexity.label} {due.days} {unit}",
            due=f"{dates.moment(due.at)} 到期",
            chosen=complexity == wanted,
        )


def _offer_units(pane: Pane, user: User, now: datetime, reasons: dict[int, Reason]) -> None:
    """Suggestions with their reasons first, then every unit by how it is present here."""
    case, rule = pane.case, pane.rule
    units = _units(case)
    duties = on_duty_near(case.center, now)
    load = _load(user, now)
    helpers = {unit.code for unit in rule.assisting} if rule else set()

    def choice(unit: Department, *, chosen: bool = False) -> Choice:
        open_now, overdue = load.get(unit.pk, (0, 0))
        return Choice(
            code=unit.code,
            name=unit.name,
            initials=unit.initials,
            kind=_presence(unit, duties),
            open=open_now,
            overdue=overdue,
            why=reasons[unit.pk].words if unit.pk in reasons else "",
            chosen=chosen,
            beside=rule.lead.code if rule and unit.code in helpers else "",
            duty=duties.get(unit.pk),
        )

    by_id = {unit.pk: unit for unit in units}
    suggested = [by_id[pk] for pk in reasons if pk in by_id][:SUGGESTED]
    sure = bool(suggested) and reasons[suggested[0].pk].sure
    pane.suggestions.extend(
        choice(unit, chosen=sure and unit == suggested[0]) for unit in suggested
    )
    groups: dict[str, list[Choice]] = {}
    for unit in units:
        if unit not in suggested:
            groups.setdefault(_presence(unit, duties) or "其他", []).append(choice(unit))
    order = [*Residency.Kind.labels, "调解组织", "综治中心", "其他"]
    pane.groups.extend(Group(name, groups[name]) for name in sorted(groups, key=order.index))


def _units(case: Case) -> list[Department]:
    """Bureaux and bodies of this centre and the one above; this centre and those right below."""
    own, upper = case.center_id, case.center.parent_id
    centers = Q(kind=Department.Kind.CENTER)
    near = ~centers & Q(center__in=[own, upper])
    near |= centers & (Q(runs=own) | Q(runs__parent=own))
    return list(Department.objects.filter(near, is_active=True).order_by("pk"))


def _presence(unit: Department, duties: dict[int, OnDuty]) -> str:
    if unit.kind == Department.Kind.BODY:
        return "调解组织"
    if unit.kind == Department.Kind.CENTER:
        return "综治中心"
    return duties[unit.pk].kind if unit.pk in duties else ""


def _load(user: User, now: datetime) -> dict[int, tuple[int, int]]:
    """What each unit has open, and how much of it is overdue."""
    rows = (
        Case.objects.visible_to(user)
        .open()
        .filter(actor="unit")
        .order_by()
        .values_list("unit")
        .annotate(number=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=now)))
    )
    return {unit: (number, overdue) for unit, number, overdue in rows}


@dataclass(frozen=True)
class Reason:
    """Why a unit is suggested; a sure one is chosen already, to be accepted with one key."""

    words: str
    sure: bool


def _reasons(user: User, case: Case, verdict: Verdict | None) -> dict[int, Reason]:
    """Why units are suggested, the best first: the rule, what the window said, what was usual.

    A unit that people complain of is never among them, and of a silent case neither its text nor
    its type suggests anything: only a rule that names its situation, and somebody at the window.
    """
    reasons: dict[int, Reason] = {}
    rule = verdict.winner if verdict else None
    if verdict is not None and rule is not None:
        reasons[rule.lead_id] = Reason(f"{verdict.because} → 规则 {rule.code}", sure=True)
    if case.suggested_unit is not None:
        reasons.setdefault(case.suggested_unit.pk, Reason("登记时建议", sure=True))
    if not case.is_silent:
        for guess in guesses(case.center, facts_of(case)):
            said = f"这类词以前多派（{guess.because}）"
            reasons.setdefault(guess.unit.pk, Reason(said, sure=False))
        for unit, reason in _usual(user, case).items():
            reasons.setdefault(unit, reason)
    return _without_those_complained_of(reasons, case)


def _usual(user: User, case: Case) -> dict[int, Reason]:
    """Where the newest cases of the type went."""
    newest = Case.objects.visible_to(user).filter(type=case.type_id, unit__isnull=False)
    units = newest.order_by("-registered_at", "-pk").values_list("unit", flat=True)[:LOOKED_AT]
    counted = Counter(units)
    total = sum(counted.values())
    return {
        unit: Reason(
            f"近 {total} 件同类派过 {number} 件", sure=number >= USUAL and 2 * number > total
        )
        for unit, number in counted.most_common(SUGGESTED)
        if unit is not None
    }


def _without_those_complained_of(reasons: dict[int, Reason], case: Case) -> dict[int, Reason]:
    against = units_complained_of(case)
    if not against:
        return reasons
    names = Department.objects.filter(pk__in=reasons).values_list("pk", "name")
    barred = {pk for pk, name in names if is_complained_of(name, against)}
    return {pk: reason for pk, reason in reasons.items() if pk not in barred}


def _returned_to(pane: Pane) -> dict[int, Reason]:
    """For a ruling: the unit that the one giving back has named, chosen for 改派."""
    suggested = pane.ruling.suggested if pane.ruling else None
    if suggested is None:
        return {}
    named = {suggested.pk: Reason("退回单位说该由它办", sure=True)}
    return _without_those_complained_of(named, pane.case)


@dataclass(frozen=True)
class Undo:
    """What has just been sent, while it can still be called back."""

    case: Case
    sent: str  # 「公安局主办、妇联协办」
    until: datetime
    left: int  # seconds

    @property
    def clock(self) -> str:
        """「4:58」"""
        return f"{self.left // 60}:{self.left % 60:02}"


def undo_of(user: User, case: Case | None, now: datetime) -> Undo | None:
    """The way back from a dispatch of a moment ago; None when there is none."""
    if case is None or case.lead is None:
        return None
    if not any(act.verb == "recall" for act in allowed(user, case)):
        return None
    minutes = limit_of(case, Threshold.RECALL_MINUTES, case.lead.dispatched_at)
    until = case.lead.dispatched_at + timedelta(minutes=minutes)
    helpers = "、".join(part.unit.name for part in case.open_assignments if not part.is_lead)
    sent = f"{case.lead.unit.name}主办" + (f"、{helpers}协办" if helpers else "")
    left = int((until - now).total_seconds())
    return Undo(case, sent, until, left) if left > 0 else None
