"""法定期限 as cases go: begun, met, extended, told of; the last day after a calendar correction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from cases import statutory
from cases.clocks import clocks_of, limit_of, local_day
from cases.door import Change, changing, lock
from cases.models import Case, StatutoryTerm
from cases.recalculation import Moved
from cases.statutory import begin, drop_all, meet, midnight, terms_of
from cases.thresholds import Threshold
from cases.vocabulary import Clock, Closure, Source, Stage
from orgs.models import User
from orgs.models.notices import Topic
from orgs.models.people import Holders
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import Invalid, WrongState


def inform(*, case_id: int, by: User, on: date, how: str, text: str = "") -> Case:
    """记书面告知: the petitioner has been told in writing (信访工作条例第二十三条).

    Raises Invalid for a day before the matter arrived or after today.
    """
    with changing(case_id, "inform", by=by) as change:
        term = _running(change.case, Clock.PETITION_NOTICE)
        if not term.started_on <= on <= local_day(change.now):
            begun = dates.day(term.started_on)
            raise Invalid(errors={"on": [f"告知的日子在 {begun} 到今天之间"]})
        meet(change.case, Clock.PETITION_NOTICE, on, how)
        change.text, change.data = text, {"on": on.isoformat(), "how": how}
        change.public = True
    return change.case


def extend_term(*, case_id: int, by: User, days: int, text: str, told: bool = False) -> Case:
    """延长法定期限: once, by a leader, with the reason, which the petitioner is told (第三十四条).

    At most as many days as the rule of the day gives on which the period began. Raises Invalid for
    more, and when nobody has told the petitioner; WrongState when it has been extended.
    """
    with changing(case_id, "extend-term", by=by) as change:
        term = _running(change.case, Clock.PETITION)
        most = limit_of(change.case, Threshold.PETITION_MORE_DAYS, midnight(term.started_on))
        if not 1 <= days <= most:
            raise Invalid(errors={"days": [f"延长 1 到 {most} 天"]})
        if not told:
            raise Invalid(errors={"told": ["先把延长的理由告知来访人，再勾上"]})
        if term.extended_days:
            raise WrongState(f"{change.case.short_number} 的办结期限已经延长过一次")
        statutory.extend(change.case, Clock.PETITION, days, text, by)
        change.text = text
        change.data = {"days": days, "before": term.last_day.isoformat()}
        change.public = True
    return change.case


def _running(case: Case, which: Clock) -> StatutoryTerm:
    for term in terms_of(case):
        if term.clock == which:
            return term
    raise WrongState(f"{case.short_number} 没有在走的“{which.label}”期限")


def follow_the_law(change: Change, before: Stage) -> None:
    """Inside the transaction of any act: what its change of stage means for the periods."""
    case, today = change.case, local_day(change.now)
    ordered = statutory.ON_ACCEPTANCE.get(Source(case.source))
    if ordered and before == Stage.ACCEPTANCE and case.accepted_at == change.now:
        begin(case, ordered, today)
    if case.stage == Stage.FOLLOW_UP and before != Stage.FOLLOW_UP:
        meet(case, Clock.PETITION, today, "审核通过")
    if not case.is_open and before != Stage.CLOSED:
        if case.closure == Closure.DECLINED:
            meet(case, Clock.PETITION_NOTICE, today, "不予受理告知")
        drop_all(case, change.now)


# ---------- what the sweep tells of, once each


def terms_to_tell_of(*, now: datetime) -> Iterable[int]:
    """Periods that have come near or passed since somebody was told; the first to end first."""
    today = local_day(now)
    # Of a right people are told in words of its own (`mediation.services.confirming`).
    running = statutory.running().exclude(clock__in=statutory.RIGHTS)
    near = Q(near_on__lte=today, reminded_at=None)
    over = Q(last_day__lt=today, raised_at=None)
    return list(running.filter(near | over).order_by("last_day", "pk").values_list("pk", flat=True))


def tell_of_term(*, term_id: int) -> None:
    """临期: the centre's 分流员 and the lead unit; 超期: its leaders too. Once each."""
    with transaction.atomic():
        term = StatutoryTerm.objects.get(pk=term_id)
        case = lock(term.case_id)
        term.refresh_from_db()
        now, today = clock.now(), local_day(clock.now())
        if not term.is_running or today < term.near_on:
            return
        over = today > term.last_day
        if term.raised_at or (term.reminded_at and not over):
            return
        term.reminded_at = term.reminded_at or now
        term.raised_at = now if over else None
        term.save(update_fields=["reminded_at", "raised_at"])
        _tell(case, term, over=over)


def _tell(case: Case, term: StatutoryTerm, *, over: bool) -> None:
    last = dates.day(term.last_day)
    state = f"法定期限 {last} 已过" if over else f"法定期限 {last} 到"
    people = [Holders(Permission.TRIAGE, center=case.center)]
    if case.lead is not None:
        people.append(Holders(Permission.HANDLE, department=case.lead.unit))
    if over:
        people.append(Holders(Permission.DECIDE, center=case.center))
    for holders in people:
        notify(
            holders,
            text=f"{case.short_number} {term.get_clock_display()}：{state}",
            url=case.get_absolute_url(),
            topic=Topic.OVERDUE if over else Topic.NEAR,
        )


# ---------- when the calendar is corrected


def recalculate_terms() -> list[Moved]:
    """Work the last days of running periods out again; those of which cases have moved."""
    moved = []
    running = StatutoryTerm.objects.filter(met_on=None, dropped_at=None)
    for pk in running.order_by("pk").values_list("pk", flat=True):
        found = _recalculate(pk)
        moved += [found] if found else []
    return moved


@transaction.atomic
def _recalculate(term_id: int) -> Moved | None:
    rows = StatutoryTerm.objects.select_for_update(of=("self",)).select_related("case__center")
    term = rows.get(pk=term_id)
    clocks, before = clocks_of(term.case.center), term.last_day
    statutory.reckon(term, clocks)
    if not term.is_running or term.last_day == before:
        return None
    term.save(update_fields=["last_day", "near_on"])
    closes = clocks.calendar.closes
    return Moved(term.case.number, closes(before), closes(term.last_day))
