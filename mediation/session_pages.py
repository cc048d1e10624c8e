"""What the pages of sessions show: a session with its people, today's, one's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from cases.models import Case
from cases.policies import can_triage
from cases.presenting import PartyShown, show_party
from mediation.models import Mediator, Presence, Session
from mediation.timetable import Day, day_of, of_one
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock

SHOWN = 8
MINE = {
    "planned": "已安排",
    "unrecorded": "没记录",
    "held": "已开",
    "all": "全部",
}


def of_mediator_user(user: User) -> QuerySet[Session]:
    """Sessions this person hosts or helps with."""
    helps = Session.helpers.through.objects.filter(mediator__user=user).values("session")
    return Session.objects.visible_to(user).filter(Q(host__user=user) | Q(pk__in=helps))


def own_planned(user: User) -> QuerySet[Session]:
    """The number of 我的调解: what is arranged and not yet written down."""
    return of_mediator_user(user).filter(state=Session.State.PLANNED)


def mine(user: User, view: str, now: datetime) -> QuerySet[Session]:
    rows = of_mediator_user(user)
    return {
        "planned": rows.filter(state=Session.State.PLANNED, ends_at__gte=now),
        "unrecorded": rows.filter(state=Session.State.PLANNED, ends_at__lt=now),
        "held": rows.filter(state=Session.State.HELD),
    }.get(view, rows)


def for_list(rows: QuerySet[Session]) -> QuerySet[Session]:
    return rows.select_related(
        "host", "room", "attempt", "mediation__case", "mediation__case__center"
    ).prefetch_related("presences__party")


@dataclass(frozen=True)
class Shown:
    """A session as a list or a card shows it."""

    session: Session
    is_late: bool  # over, and not written down
    before: str = ""  # 上次谈到哪

    @property
    def case(self) -> Case:
        return self.session.mediation.case

    @property
    def parties(self) -> list[Presence]:
        return list(self.session.presences.all())

    @property
    def state(self) -> str:
        if self.session.outcome:
            return str(self.session.get_outcome_display())
        return "没记录" if self.is_late else str(self.session.get_state_display())


def shown(sessions: Iterable[Session], now: datetime) -> list[Shown]:
    return [Shown(row, row.is_planned and row.ends_at < now) for row in sessions]


@dataclass
class Today:
    """今天的调解, for the workbench: the next one large, the day as a line, the rest as a list."""

    rows: list[Shown] = field(default_factory=list)
    next: Shown | None = None
    contacts: list[tuple[Presence, PartyShown]] = field(default_factory=list)
    line: Day | None = None
    late: int = 0


def today_of(user: User, now: datetime) -> Today | None:
    """What is on today for this person; None for somebody who has nothing to do with it."""
    if user.can(Permission.MEDIATE):
        mediator = Mediator.objects.filter(user=user).select_related("center").first()
        if mediator is not None:
            return _of_mediator(user, mediator, now)
    if not (user.can(Permission.HANDLE) or user.can(Permission.TRIAGE)):
        return None
    rows = list(_today(Session.objects.visible_to(user).filter(_own(user)), now)[:SHOWN])
    return Today(rows=shown(rows, now)) if rows else None


def _own(user: User) -> Q:
    """Of one's own unit or centre: a leader of many looks at the timetable instead."""
    units = {post.department_id for post in user.posts_giving(Permission.HANDLE)} - {None}
    centers = {post.center_id for post in user.posts_giving(Permission.TRIAGE)}
    return Q(mediation__unit__in=units) | Q(mediation__center__in=centers)


def _today(rows: QuerySet[Session], now: datetime) -> QuerySet[Session]:
    start = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = rows.filter(starts_at__gte=start, starts_at__lt=start + timedelta(days=1))
    rows = rows.filter(state__in=[Session.State.PLANNED, Session.State.HELD])
    return for_list(rows).order_by("starts_at", "pk")


def _of_mediator(user: User, mediator: Mediator, now: datetime) -> Today:
    rows = shown(_today(of_mediator_user(user), now), now)
    coming = next((row for row in rows if row.session.is_planned and not row.is_late), None)
    page = Today(
        rows=rows,
        line=day_of(mediator.center, clock.local(now).date(), of_one(mediator), user),
        late=mine(user, "unrecorded", now).count(),
    )
    if coming is not None:
        page.next = Shown(coming.session, False, before_of(coming.session, user, coming.case))
        page.contacts = [(one, show_party(one.party, coming.case)) for one in coming.parties]
    return page


def before_of(session: Session, user: User, case: Case) -> str:
    """上次谈到哪: when, what came of it, and the end of what was written down, where this person
    may read it."""
    earlier = Session.objects.filter(
        mediation=session.mediation_id, state=Session.State.HELD, starts_at__lt=session.starts_at
    )
    last = earlier.select_related("host").order_by("-starts_at", "-pk").first()
    if last is None:
        return ""
    came = f"{last.when.partition('–')[0]} {last.get_outcome_display()}。"
    if not may_read_record(user, last, case):
        return f"{came}当事人要求不公开，经过只给参加调解的人看。"
    return came + (last.record if len(last.record) <= 120 else f"…{last.record[-120:]}")


def may_read_record(user: User, session: Session, case: Case) -> bool:
    """不公开: only who mediates reads how it went (人民调解法 art. 23)."""
    if not session.is_private:
        return True
    here = {session.host.user_id, *(one.user_id for one in session.helpers.all())}
    return user.pk in here or user.pk == session.recorded_by_id or can_triage(user, case)
