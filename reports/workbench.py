"""工作台: on the left what waits for me, by time left; on the right what I wait for.

A person sees the blocks of every post held today. Every number leads to the rows it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse

from cases.compulsory import open_reports
from cases.drafts import ShownDraft, drafts_of, show
from cases.models import Case, CompulsoryReport
from cases.rows import Row, rows_of
from cases.vocabulary import Actor, Label
from dispatch.duty import OnDuty, by_presence, on_duty
from dispatch.joint_pages import TaskRow, WhistleRow, task_rows, whistle_rows
from dispatch.models import Request, Swap
from dispatch.queues import (
    DESK,
    REQUESTS,
    desk_queue,
    pending_requests,
    tasks_to_do,
    whistles_calling,
    whistles_of,
)
from dispatch.roster import DutyToday, duties_today
from mediation.session_pages import Today, today_of
from orgs import signin
from orgs.models import AccessLog, CalendarDay, Post, User
from orgs.permissions import Permission
from reports import menu
from reports.ahead import STANDING, told
from reports.board import (
    Board,
    Coming,
    board_of,
    coming_of,
    consultations_of,
    requests_to_decide,
    visits_of,
)
from reports.counting import Params, count_all, list_url, listed
from reports.figures import AsOf
from reports.late_units import Unit, units_behind
from zongzhi.lib import dates

SHOWN = 8
DRAFTS_SHOWN = 3
UNANSWERED, TASKS = "unanswered", "tasks"  # what else is counted in the same query


@dataclass(frozen=True)
class Number:
    """A number that leads to its rows."""

    label: str
    url: str
    number: int
    note: str = ""


@dataclass(frozen=True)
class Block:
    """A heading with its number, and the first rows of the list behind it."""

    title: str
    url: str
    total: int
    rows: list[Row]
    empty: str
    act: str = ""  # claim: a button in each row; desk: a link to the desk


@dataclass(frozen=True)
class Todo:
    """Something an administrator should see to."""

    text: str
    url: str


@dataclass
class Workbench:
    """Everything the page draws; an empty part is not drawn."""

    numbers: list[Number] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    requests_total: int = 0
    units: list[Unit] = field(default_factory=list)
    received: list[Number] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    waiting: list[Block] = field(default_factory=list)
    today: list[Number] = field(default_factory=list)
    coming: Coming | None = None
    reports: list[CompulsoryReport] = field(default_factory=list)
    drafts: list[ShownDraft] = field(default_factory=list)
    drafts_total: int = 0
    on_duty: list[OnDuty] = field(default_factory=list)
    duties: list[DutyToday] = field(default_factory=list)
    swaps: list[Swap] = field(default_factory=list)
    whistles: list[WhistleRow] = field(default_factory=list)
    tasks: list[TaskRow] = field(default_factory=list)
    tasks_total: int = 0
    meetings: Today | None = None
    todos: list[Todo] | None = None
    board: Board | None = None
    can_register: bool = False
    can_consult: bool = False

    @property
    def is_idle(self) -> bool:
        """Nothing waits for this person."""
        waits = self.requests or self.reports or self.drafts or self.whistles or self.tasks
        return not waits and not any(block.total for block in self.blocks)


@dataclass(frozen=True)
class _Wanted:
    """A block before it has been counted and read."""

    title: str
    params: Params
    empty: str
    act: str = ""
    side: bool = False
    order: tuple[str, ...] = ("due_at", "pk")
    rows: Callable[[User], QuerySet[Case]] | None = None
    url: str = ""

    def listed(self, user: User) -> QuerySet[Case]:
        return self.rows(user) if self.rows else listed(user, self.params)


def workbench_of(user: User, at: AsOf) -> Workbench:
    """The workbench of one person at one moment."""
    page = Workbench(
        can_register=user.can(Permission.REGISTER),
        can_consult=user.can(Permission.REGISTER) and user.can(Permission.VIEW_CENTER),
    )
    wanted = list(_wanted(user))
    lists: dict[str, QuerySet[Any]] = {f"b{i}": w.listed(user) for i, w in enumerate(wanted)}
    for tab in DESK if user.can(Permission.TRIAGE) else ():
        lists[tab] = desk_queue(user, tab)
    lists[REQUESTS] = pending_requests(user)
    lists[UNANSWERED], lists[TASKS] = whistles_of(user).unanswered(), tasks_to_do(user)
    counted = count_all(lists)
    for index, block in enumerate(wanted):
        drawn = _block(user, block, counted[f"b{index}"], at)
        (page.waiting if block.side else page.blocks).append(drawn)
    if menu.is_leader(user):
        page.board = board_of(user, *told(user, STANDING))
    _requests(user, page, counted[REQUESTS])
    if user.can(Permission.TRIAGE):
        page.numbers = _desk(user, counted)
    if user.can(Permission.SUPERVISE) or user.can(Permission.TRIAGE):
        page.units = page.board.units if page.board else units_behind(user, at)
    if page.can_register:
        _window(user, page, at)
        begun = drafts_of(user).order_by("-saved_at", "-pk")
        page.drafts_total = begun.count()
        page.drafts = [show(draft) for draft in begun[:DRAFTS_SHOWN]]
    if page.can_consult:
        _on_duty(user, page, at)
    page.swaps = list(Swap.objects.waiting_for(user))
    _called(user, page, counted[TASKS], at)
    page.reports = list(open_reports(user)[:SHOWN])
    page.meetings = today_of(user, at.moment)
    page.todos = _administration(user, at)
    return page


def _wanted(user: User) -> Iterator[_Wanted]:
    if user.can(Permission.TRIAGE):
        yield _Wanted(
            "现在先做",
            {},
            "分流台没有等着办的事。",
            act="desk",
            rows=_at_the_desk,
            url=reverse("dispatch:desk"),
        )
    if user.can(Permission.HANDLE):
        yield _Wanted("待签收", menu.TO_CLAIM, "没有待签收的事项。", act="claim")
        yield _Wanted("我在办", menu.MINE, "没有在办的事项。")
        yield _Wanted("被督办", menu.SUPERVISED, "没有被督办的事项。")
        yield _Wanted("协办", menu.ASSISTING, "没有协办的事项。")
        yield _Wanted(
            "已反馈，等审核",
            {"mine": "handler", "label": Label.TO_APPROVE.value},
            "没有等审核的。",
            side=True,
        )
    if user.can(Permission.HEAD):
        yield _Wanted("还没指派到人", {"mine": "unassigned"}, "都指派到人了。", act="assign")
    if user.can(Permission.FOLLOW_UP):
        yield _Wanted("回访", menu.FOLLOW_UP, "没有要回访的事项。", act="follow-up")
    if user.can(Permission.VIEW_OWN):
        yield _Wanted("我报的", menu.REGISTERED, "还没报过事。", order=("-registered_at", "-pk"))


def _at_the_desk(user: User) -> QuerySet[Case]:
    return listed(user, {"view": "todo", "label": ",".join(DESK)}).filter(actor=Actor.TRIAGE)


def _block(user: User, wanted: _Wanted, total: int, at: AsOf) -> Block:
    rows: list[Row] = []
    if total:
        first = wanted.listed(user).for_list()  # type: ignore[attr-defined]
        rows = rows_of(first.order_by(*wanted.order)[:SHOWN], user=user, now=at.moment)
    url = wanted.url or list_url(wanted.params)
    return Block(wanted.title, url, total, rows, wanted.empty, wanted.act)


def _desk(user: User, counted: dict[str, int]) -> list[Number]:
    desk = reverse("dispatch:desk")
    tabs = {**DESK, REQUESTS: "待批申请"}
    numbers = [Number(label, f"{desk}?tab={tab}", counted[tab]) for tab, label in tabs.items()]
    url = f"{reverse('dispatch:whistles')}?view=unanswered"
    return [*numbers, Number("吹哨未应", url, counted[UNANSWERED])]


def _called(user: User, page: Workbench, tasks: int, at: AsOf) -> None:
    """吹哨 that this person's unit must answer, and 我的会商任务, the most urgent first."""
    rows = whistles_calling(user).select_related("case__type", "unit", "center", "sent_by")
    page.whistles = whistle_rows(rows.order_by("answer_due_at", "pk")[:SHOWN], user, at.moment)
    page.tasks_total = tasks
    if tasks:
        mine = tasks_to_do(user).select_related("unit", "case", "session__center")
        page.tasks = task_rows(mine.order_by("due_at", "pk")[:SHOWN], user, at.moment)


def _requests(user: User, page: Workbench, total: int) -> None:
    page.requests_total = total
    if total:
        page.requests = page.board.requests if page.board else requests_to_decide(user)
    if user.can(Permission.HANDLE):
        asked = Request.objects.visible_to(user).filter(by=user, decided_at=None)
        page.asked = list(asked.select_related("case")[:SHOWN])


def _window(user: User, page: Workbench, at: AsOf) -> None:
    """我首接的 by state, and what came to this window today."""
    first = listed(user, menu.RECEIVED)
    by_label = first.order_by().values_list("label").annotate(Count("pk"))
    numbers = dict(by_label)
    page.received = [
        Number(label.label, list_url({**menu.RECEIVED, "label": label.value}), numbers[label])
        for label in Label
        if numbers.get(label)
    ]
    today = at.today.date().isoformat()
    params = {"mine": "registered", "registered_after": today}
    page.today = [Number("登记", list_url(params), listed(user, params).count())]
    asked = {"mine": "1", "since": today, "as_of": at.moment.isoformat()}
    page.coming = coming_of(
        visits_of(user).filter(received_by=user, at__gte=at.today, at__lte=at.moment),
        consultations_of(user).filter(received_by=user, at__gte=at.today, at__lte=at.moment),
        f"{reverse('reports:visits')}?{urlencode(asked)}",
    )


def _on_duty(user: User, page: Workbench, at: AsOf) -> None:
    """今天在岗: whom a visitor can be taken to, in the centre of the window."""
    center = user.posts_giving(Permission.REGISTER)[0].center
    page.on_duty = by_presence(on_duty(center, at.moment).values())
    page.duties = duties_today(center, at.moment)


def _administration(user: User, at: AsOf) -> list[Todo] | None:
    """需要处理; None for somebody who administers nothing."""
    todos: list[Todo] = []
    administers = False
    for permission, things in (
        (Permission.SETTINGS, _calendars),
        (Permission.ROLES, _accounts),
        (Permission.LOGS, _failures),
    ):
        if user.can(permission):
            administers = True
            todos += things(at)
    return todos if administers else None


def _calendars(at: AsOf) -> list[Todo]:
    year = at.moment.year
    years = [year, year + 1] if at.moment.month >= 11 else [year]
    known = set(
        CalendarDay.objects.filter(center=None, confirmed=True, day__year__in=years)
        .values_list("day__year", flat=True)
        .distinct()
    )
    return [
        Todo(
            f"{missing} 年工作日历没核对，到期日先按周一至周五计算",
            f"{reverse('settings:calendar')}?year={missing}",
        )
        for missing in years
        if missing not in known
    ]


def _accounts(at: AsOf) -> list[Todo]:
    people = reverse("orgs:people")
    todos = []
    if locked := len(signin.locked_usernames()):
        todos.append(Todo(f"锁住的账号 {locked} 个", f"{people}?locked=1"))
    held = Post.objects.held_on(at.moment.date())
    bare = User.objects.filter(is_active=True).exclude(pk__in=held.values("user")).count()
    if bare:
        todos.append(Todo(f"没有岗位的账号 {bare} 个", f"{people}?bare=1"))
    return todos


def _failures(at: AsOf) -> list[Todo]:
    day = at.today.date()
    failed = AccessLog.objects.filter(
        action=AccessLog.Action.SIGN_IN_FAILED, at__gte=at.today
    ).count()
    if not failed:
        return []
    url = f"{reverse('orgs:logs')}?action=sign_in_failed&since={day.isoformat()}"
    return [Todo(f"{dates.day(day)}登录失败 {failed} 次", url)]
