"""What the citizen reads behind the slip. Never the other party, the narrative or a note."""

from __future__ import annotations

from dataclasses import dataclass

from cases.models import Case, Rating
from cases.presenting import last_lead
from cases.vocabulary import PUBLIC_LABELS, Closure, Label, PartyRole, Result, Stage
from zongzhi.lib import clock, dates
from zongzhi.lib.identity import normalise_phone

STEPS = ("登记", "交给办理单位", "办理中", "告诉您结果", "请您评价")
_RESULTS = {
    Result.RESOLVED: "办理单位说：您反映的事解决了",
    Result.PARTLY: "办理单位说：您反映的事解决了一部分",
    Result.UNRESOLVED: "办理单位说：您反映的事没能解决",
    Result.GUIDED: "办理单位说：这件事要走诉讼、仲裁等法定途径，已经告诉您怎么走",
}
_REASONS = {
    Closure.WITHDRAWN: "您自己撤回了",
    Closure.DECLINED: "不由综治中心办，该走的途径已经告诉您",
    Closure.MERGED: "和另一件同样的事一起办",
    Closure.TRANSFERRED: "已经移送给主管机关",
}


@dataclass(frozen=True)
class Step:
    """One of the five steps a citizen knows."""

    name: str
    date: str
    state: str


@dataclass(frozen=True)
class Progress:
    """Where the matter stands, in words for the one who brought it."""

    short_number: str
    silent: bool
    label: str = ""
    reason: str = ""
    unit: str = ""
    promise: str = ""
    late: str = ""
    steps: tuple[Step, ...] = ()
    has_result: bool = False
    result: str = ""
    may_rate: bool = False
    call_back: bool = False


def progress_of(case: Case, *, opened: bool) -> Progress:
    """The page of one case; the result only when `opened` by the last four digits."""
    if case.is_silent:
        return Progress(case.short_number, silent=True)
    lead = last_lead(case)
    has_result = bool(lead and lead.result and case.approved_at)
    result = _RESULTS[Result(lead.result)] if has_result and opened and lead else ""
    return Progress(
        case.short_number,
        silent=False,
        label=PUBLIC_LABELS[Label(case.label)],
        reason=_REASONS.get(Closure(case.closure), "") if case.closure else "",
        unit=case.unit.name if case.unit and case.dispatched_at else "",
        promise=_promise(case),
        late=_late(case),
        steps=_steps(case),
        has_result=has_result,
        result=result,
        may_rate=not no_rating(case),
        call_back=case.complained_at is not None and case.is_open,
    )


def no_rating(case: Case) -> str:
    """Why there is nothing to rate now, as a sentence; "" when there is."""
    if case.stage != Stage.FOLLOW_UP and not case.is_finished:
        return "现在还没有结果，有结果以后再来评价"
    given = _ratings(case)
    if given and (len(given) > 1 or case.stage == Stage.FOLLOW_UP):
        at = clock.local(given[-1].at)
        return f"您已经在 {at.month} 月 {at.day} 日评过了，谢谢"
    return ""


def _ratings(case: Case) -> list[Rating]:
    """What was given in this round, in that order; loaded before where there are many cases."""
    return [rating for rating in case.ratings.all() if rating.round == case.round]


def knows_phone(case: Case, last_4: str) -> bool:
    """Whether these are the last four digits of the applicant's telephone."""
    typed = normalise_phone(last_4)
    phones = [p.phone for p in case.parties.all() if p.role == PartyRole.APPLICANT and p.phone]
    return len(typed) == 4 and any(phone.endswith(typed) for phone in phones)


def _promise(case: Case) -> str:
    if case.promised_at is None or case.approved_at or not case.is_open:
        return ""
    return dates.day(clock.local(case.promised_at).date())


def _late(case: Case) -> str:
    """「比答应您的日子晚了 2 天」; nobody can edit it away."""
    if not _promise(case) or case.promised_at is None:
        return ""
    days = (clock.today() - clock.local(case.promised_at).date()).days
    return f"比答应您的日子晚了 {days} 天，我们已在催办" if days > 0 else ""


def _steps(case: Case) -> tuple[Step, ...]:
    if case.stage == Stage.CLOSED and not case.is_finished:
        return ()
    handed = case.dispatched_at if case.lead or case.approved_at else None
    rated = next((rating.at for rating in _ratings(case)), None)
    when = (case.registered_at, handed, case.claimed_at, case.approved_at, rated)
    done = [case.registered_at, handed, case.approved_at, case.approved_at, rated]
    current = next((i for i, at in enumerate(done) if at is None), len(done))
    return tuple(
        Step(
            name,
            dates.day(clock.local(at).date()) if at and i < current else "",
            "done" if i < current else "current" if i == current else "ahead",
        )
        for i, (name, at) in enumerate(zip(STEPS, when, strict=True))
    )
