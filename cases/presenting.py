"""What the page of one case shows: its bar, its steps, its facts, and what to tell the visitor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cases.acts import Act, allowed, missing
from cases.lights import Shown, lights, part_light
from cases.models import Assignment, Case, Party
from cases.querysets import LEADS
from cases.rows import flags, risk_text
from cases.vocabulary import Closure, Label, PartyRole, Result, Special, Stage, Willing
from orgs.calendars import calendar_of, revisions
from orgs.models import User
from zongzhi.lib import clock, dates
from zongzhi.lib.identity import IdKind, mask_identity, mask_name, mask_phone

_SCREEN_STAGES = tuple(Stage)


@dataclass(frozen=True)
class Step:
    """One of the six stages in the bar."""

    name: str
    state: str
    date: str


@dataclass(frozen=True)
class PartyShown:
    """A party with its numbers behind the mask, unless they have just been revealed."""

    pk: int
    role: str
    name: str
    phone: str
    id_kind: str
    id_number: str
    address: str
    masked: bool

    @property
    def id_label(self) -> str:
        return IdKind(self.id_kind).number_label


@dataclass(frozen=True)
class Helper:
    """An assisting unit, with the light of its own part."""

    name: str
    light: Shown


@dataclass(frozen=True)
class CasePage:
    """Everything the frame of the case page draws, whichever tab is open."""

    case: Case
    lead: Assignment | None
    lights: list[Shown]
    steps: list[Step]
    label: str
    flags: tuple[str, ...]
    risk_text: str
    who: list[str]
    helpers: list[Helper]
    due_line: str
    due_explained: str
    parties: list[PartyShown]
    acts: list[Act]
    missing: list[str]
    say: str

    @property
    def beside(self) -> list[Act]:
        """The acts drawn beside the case; the others stand on their own tab."""
        return [act for act in self.acts if not act.tab]

    @property
    def on_tabs(self) -> bool:
        return len(self.beside) < len(self.acts)

    @property
    def applicant(self) -> PartyShown | None:
        return next((p for p in self.parties if p.role == PartyRole.APPLICANT.label), None)

    @property
    def respondents(self) -> list[PartyShown]:
        return [p for p in self.parties if p.role == PartyRole.RESPONDENT.label]

    @property
    def place(self) -> str:
        return place_of(self.case)

    @property
    def involved(self) -> str:
        """「17 人，38,600 元」"""
        case = self.case
        people = f"{case.visitors_count} 人"
        if case.visits_count > 1:
            people = f"{case.visits_count} 批 {case.visitors_count} 人次"
        money = f"，{case.amount:,.2f}".removesuffix(".00") + " 元" if case.amount else ""
        return people + money

    @property
    def special(self) -> str:
        return "、".join(Special(flag).label for flag in self.case.special)

    @property
    def willing(self) -> str:
        return Willing(self.case.willing_to_mediate).label

    @property
    def result(self) -> str:
        return Result(self.lead.result).label if self.lead and self.lead.result else ""

    @property
    def closure(self) -> str:
        return Closure(self.case.closure).label if self.case.closure else ""


def case_page(case: Case, user: User, now: datetime, *, revealed: int | None = None) -> CasePage:
    """The page of a case that `for_detail` has loaded; `revealed` is a party just unmasked."""
    if not hasattr(case, "revisions"):
        case.revisions = revisions()
    calendar = calendar_of(case.center, now=case.revisions)
    lead = case.lead or last_lead(case)
    running = lights(case, lead, calendar, now)
    return CasePage(
        case=case,
        lead=lead,
        lights=running,
        steps=steps(case),
        label=Label(case.label).label,
        flags=flags(case),
        risk_text=risk_text(case),
        who=_who(case, lead),
        helpers=[
            Helper(part.unit.name, part_light(part, calendar, now))
            for part in case.open_assignments
            if not part.is_lead
        ],
        due_line=_due_line(case, running),
        due_explained=running[0].explained if running else "",
        parties=[show_party(p, case, open_now=p.pk == revealed) for p in case.parties.all()],
        acts=sorted(allowed(user, case), key=lambda act: (not act.main, act.rank)),
        missing=missing(user, case),
        say=what_to_say(case, lead, now.date()),
    )


def place_of(case: Case) -> str:
    """「弥城镇和谐社区」; the place alone where it lies in no town."""
    region = case.occurred_region
    parent = region.parent
    in_town = parent is not None and parent.level == "town"
    return f"{parent.name}{region.name}" if in_town and parent else region.name


def last_lead(case: Case) -> Assignment | None:
    """The lead's part that ended last: whose result it was."""
    loaded: list[Assignment] | None = getattr(case, LEADS, None)
    if loaded is not None:
        return loaded[0] if loaded else None
    parts = case.assignments.select_related("unit", "handler").filter(role="lead")
    return parts.order_by("-pk").first()


def steps(case: Case) -> list[Step]:
    """The six stages, each with its date; 督办 of a case never supervised did not happen."""
    when = {
        Stage.ACCEPTANCE: case.accepted_at,
        Stage.TRIAGE: case.dispatched_at,
        Stage.HANDLING: case.claimed_at,
        Stage.SUPERVISION: case.supervised_at,
        Stage.FOLLOW_UP: case.approved_at,
        Stage.CLOSED: case.closed_at,
    }
    return [_step(case, stage, when[stage]) for stage in _SCREEN_STAGES]


def _step(case: Case, stage: Stage, at: datetime | None) -> Step:
    order = _SCREEN_STAGES.index
    said = dates.short(at) if at else ""
    if stage == case.stage:
        return Step(stage.label, "current", said if stage == Stage.CLOSED else "")
    lifted = stage == Stage.SUPERVISION and case.stage in (Stage.TRIAGE, Stage.HANDLING)
    if order(stage) > order(Stage(case.stage)) and not (lifted and at):
        return Step(stage.label, "ahead", "")
    return Step(stage.label, "done", said) if at else Step(stage.label, "skipped", "")


def _who(case: Case, lead: Assignment | None) -> list[str]:
    parts = []
    if lead is not None and case.unit_id == lead.unit_id:
        handler = f" {lead.handler.name}" if lead.handler else ""
        parts.append(f"主办 {lead.unit.name}{handler}")
    elif case.unit is not None:
        parts.append(f"主办 {case.unit.name}")
    if case.first_receiver:
        window = f" {case.window}" if case.window else ""
        parts.append(f"首接 {case.first_receiver.name}{window}")
    else:
        parts.append(f"{case.get_source_display()} {case.registered_by.name}登记")
    return parts


def _due_line(case: Case, running: list[Shown]) -> str:
    lead = case.lead
    if case.stage == Stage.CLOSED:
        ended = f"{dates.moment(case.closed_at)} 结案" if case.closed_at else ""
        return f"{dates.moment(case.registered_at)} 登记，{ended}"
    if lead is not None:
        unit = "个工作日" if lead.clock_unit == "working" else "天"
        days = lead.clock_days + lead.extended_days
        return (
            f"{dates.moment(lead.dispatched_at)} 派出，"
            f"{dates.moment(lead.handling_due_at)} 到期（{days} {unit}）"
        )
    due = f"，{running[0].date}" if running and running[0].date else ""
    return f"{dates.moment(case.registered_at)} 登记{due}"


def show_party(party: Party, case: Case, *, open_now: bool = False) -> PartyShown:
    """A party as the page shows it: numbers masked, a child's name too."""
    minor = Special.MINOR in case.special and not party.is_organization
    name = mask_name(party.name, minor=True) if minor and not open_now else party.name
    return PartyShown(
        pk=party.pk,
        role=PartyRole(party.role).label,
        name=name,
        phone=party.phone if open_now else mask_phone(party.phone),
        id_kind=party.id_kind,
        id_number=party.id_number if open_now else mask_identity(party.id_kind, party.id_number),
        address=party.address,
        masked=not open_now and bool(party.phone or party.id_number or minor),
    )


_ENDINGS = {
    Closure.WITHDRAWN: "您的事已经按您的意思撤回了。",
    Closure.DECLINED: "这件事不由综治中心办，该走的途径已经告诉您。",
    Closure.TRANSFERRED: "您的事已经移送给主管机关办理。",
}


def what_to_say(case: Case, lead: Assignment | None, today: date) -> str:
    """「对来访人这样说」: one sentence on where it stands and one on how to ask."""
    ask = f"打 {case.center.phone} 或者来任何窗口都能问。"
    if case.stage == Stage.CLOSED:
        return _closed_words(case) + ask
    if case.label == Label.TO_FOLLOW_UP:
        return f"您的事已经有结果了，我们会打电话问您满不满意。{ask}"
    if lead is None or case.lead is None:
        due = dates.day(clock.local(case.due_at).date(), today) if case.due_at else "尽快"
        return f"您的事已经登记，编号 {case.short_number}，最晚 {due} 交给办理单位。{ask}"
    return f"{_unit_words(case, lead)}{_promise(case, today)}{ask}"


def _unit_words(case: Case, lead: Assignment) -> str:
    if case.label == Label.TO_APPROVE:
        return f"{lead.unit.name}已经报了结果，中心正在核对，核对好就告诉您。"
    handler = lead.handler.name if lead.handler else ""
    if lead.claimed_at is None:
        return f"您的事已经交给{lead.unit.name}。"
    return f"您的事{lead.unit.name}{handler}正在办。"


def _promise(case: Case, today: date) -> str:
    if case.promised_at is None:
        return ""
    promised = clock.local(case.promised_at).date()
    late = (today - promised).days
    if late > 0:
        return f"比答应您的日子晚了 {late} 天，我们已在催办。"
    return f"最晚 {dates.day(promised, today)} 给您答复。"


def _closed_words(case: Case) -> str:
    if case.closure == Closure.MERGED and case.merged_into is not None:
        return f"您的事和 {case.merged_into.short_number} 一起办，结果一样告诉您。"
    if case.closure in _ENDINGS:
        return _ENDINGS[Closure(case.closure)]
    day = dates.day(clock.local(case.closed_at).date()) if case.closed_at else ""
    return f"您的事 {day} 已经办完。有新情况可以再来。"
