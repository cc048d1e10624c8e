"""The menu of each role, in the words of its work. An entry exists only where its page does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from cases.drafts import drafts_of
from cases.receipts import SENT, waiting_mine, waiting_sent
from cases.vocabulary import Label
from dispatch.queues import (
    DESK,
    REQUESTS,
    clues_to_sign,
    desk_queue,
    pending_requests,
    pending_talks,
    tasks_to_do,
    whistles_of,
)
from grids.models import GridEvent
from grids.querysets import waiting_at_desk
from grids.services.tasks import own_tasks
from mediation.session_pages import own_planned
from orgs.delivering import not_sent
from orgs.models import User
from orgs.models.people import Footing
from orgs.permissions import Permission, RoleCode
from reports.counting import Counted, Params, list_url, listed

FOLLOW_UP: Params = {"view": "todo", "label": Label.TO_FOLLOW_UP.value}
TO_CLAIM: Params = {"view": "todo", "label": Label.TO_CLAIM.value}
AT_WORK = ",".join([Label.HANDLING, Label.MEDIATING, Label.JOINT, Label.PAUSED])
MINE: Params = {"mine": "handler", "label": AT_WORK}
ASSISTING: Params = {"mine": "assisting"}
SUPERVISED: Params = {"view": "supervised", "open": "1"}
RECEIVED: Params = {"mine": "first", "open": "1"}
REGISTERED: Params = {"mine": "registered"}


UNREAD = "unread"
KEPT = 1024  # menus a process keeps


@dataclass(frozen=True)
class Entry:
    """A line of the menu. `rows` are what its number counts; without them it has no number."""

    label: str
    url: str
    key: str = ""
    sub: bool = False
    rows: QuerySet[Any] | None = None


@dataclass(frozen=True)
class Menu:
    """A person's menu as their posts of today make it, and how its numbers are counted."""

    entries: tuple[Entry, ...]
    counted: Counted


def menu_of(user: User) -> Menu:
    """The entries of all the posts a person holds today, each page once."""
    footing = user.footing
    return _kept_menu(footing) if footing else _menu(user)


@lru_cache(KEPT)
def _kept_menu(footing: Footing) -> Menu:
    return _menu(footing.user)


def _menu(user: User) -> Menu:
    seen: dict[str, Entry] = {}
    for entry in _entries(user):
        seen.setdefault(entry.url, entry)
    lists = {entry.url: entry.rows for entry in seen.values() if entry.rows is not None}
    return Menu(tuple(seen.values()), Counted({UNREAD: user.notices.unread(), **lists}))


def _entries(user: User) -> Iterator[Entry]:
    yield Entry("工作台", reverse("reports:workbench"))
    if is_leader(user):
        yield from _leader(user)
    if user.can(Permission.REGISTER):
        yield Entry("新登记", reverse("cases:new"), key="F2")
    for permission, entries in (
        (Permission.MEDIATE, _mediator),
        (Permission.TRIAGE, _triage),
        (Permission.REGISTER, _clerk),
        (Permission.HANDLE, _unit),
    ):
        if user.can(permission):
            yield from entries(user)
    yield from _given_events(user)
    for permission, label, page in (
        (Permission.TRIAGE, "排查", "grids:inspections"),
        (Permission.VIEW_CENTER, "人口", "grids:residents"),
        (Permission.GRID_WORK, "人口", "grids:residents"),
        (Permission.VIEW_CENTER, "房屋、单位、场所", "grids:sites"),
        (Permission.GRID_WORK, "房屋、单位、场所", "grids:sites"),
        (Permission.SUPERVISE, "督办台", "dispatch:supervision"),
        (Permission.SUPERVISE, "约谈", "dispatch:talks"),
        (Permission.SUPERVISE, "通报", "dispatch:circulars"),
        (Permission.SUPERVISE, "月度通报", "reports:bulletins"),
        (Permission.VIEW_CENTER, "全部事项", "cases:list"),
        (Permission.BOARD, "看板", "reports:board"),
        (Permission.BOARD, "研判", "reports:briefs"),
        (Permission.BOARD, "台账和报表", "reports:ledgers"),
        (Permission.BOARD, "指标怎么算", "reports:indicators"),
        (Permission.MEDIATE, "我的空闲时间", "mediation:own_time"),
        (Permission.MEDIATION, "调解员", "mediation:mediators"),
        (Permission.MEDIATION, "调解组织", "mediation:bodies"),
        (Permission.MEDIATION, "人民调解统计", "mediation:statistics"),
        (Permission.MEDIATION, "以案定补", "mediation:subsidies"),
        (Permission.GRIDS, "网格", "grids:register"),
        (Permission.VIEW_CENTER, "网格地图", "grids:map"),
        (Permission.GRIDS, "事项清单", "grids:duties"),
        (Permission.GRIDS, "网格员培训", "grids:trainings"),
        (Permission.GRIDS, "网格员补贴", "grids:allowances"),
        (Permission.ROLES, "人员", "orgs:people"),
        (Permission.ROLES, "角色权限", "orgs:roles"),
        (Permission.SETTINGS, "工作日历", "settings:calendar"),
        (Permission.SETTINGS, "办理期限", "settings:clocks"),
        (Permission.SETTINGS, "消息通道", "orgs:channels"),
        (Permission.ROSTER, "排班表", "dispatch:roster"),
        (Permission.SETTINGS, "入驻与场所", "dispatch:premises"),
        (Permission.SETTINGS, "专班", "dispatch:groups"),
        (Permission.SETTINGS, "分流规则", "routing:rules"),
        (Permission.SETTINGS, "督办和层级规则", "settings:thresholds"),
        (Permission.SETTINGS, "评分方案", "reports:schemes"),
        (Permission.SETTINGS, "研判周期", "reports:brief_rhythm"),
        (Permission.SETTINGS, "大屏口令", "reports:displays"),
        (Permission.SETTINGS, "单位与字典", "admin:index"),
        (Permission.LOGS, "日志", "orgs:logs"),
    ):
        if user.can(permission):
            yield Entry(label, reverse(page))
            if page == "orgs:channels":
                yield Entry("没有发出", reverse("orgs:deliveries"), sub=True, rows=not_sent())
    yield from _own(user)


def _own(user: User) -> Iterator[Entry]:
    if user.posts_today:
        yield Entry("我的工作量", reverse("reports:mine"))


def is_leader(user: User) -> bool:
    """Whether the board is this person's first page."""
    return any(post.role.code == RoleCode.LEADER.value for post in user.posts_today)


def _mediator(user: User) -> Iterator[Entry]:
    yield Entry("我的调解", reverse("mediation:mine"), rows=own_planned(user))
    yield Entry("调解安排", f"{reverse('mediation:grid')}?by=mediators", sub=True)


def _event_url(view: str) -> str:
    return f"{reverse('grids:events')}?view={view}"


def _events(user: User) -> Iterator[Entry]:
    """网格事件: to verify, its own to do, what has come back, what it asked of its grids."""
    seen = GridEvent.objects.visible_to(user)
    yield Entry("网格事件", reverse("grids:event_desk"), rows=waiting_at_desk(user))
    own = seen.done_by_centers_of(user)
    yield Entry("本中心在办", _event_url("own"), sub=True, rows=own)
    answered = seen.awaiting(user).filter(stage="feedback")
    yield Entry("待看反馈", f"{_event_url('mine')}&stage=feedback", sub=True, rows=answered)
    yield Entry("全部网格事件", reverse("grids:events"), sub=True)
    yield Entry("网格任务", reverse("grids:tasks"), sub=True, rows=own_tasks(user).open())


def _given_events(user: User) -> Iterator[Entry]:
    """What a unit or a grid worker has been given; a centre has its own lines."""
    works = user.can(Permission.HANDLE) or user.can(Permission.GRID_WORK)
    if works and not user.can(Permission.TRIAGE):
        seen = GridEvent.objects.visible_to(user)
        yield Entry("网格事件", _event_url("mine"), rows=seen.awaiting(user))
    if user.can(Permission.GRID_WORK):
        yield Entry("网格员手机页", reverse("phone:home"), sub=True)
    if user.can(Permission.REGISTER) and user.can(Permission.VIEW_CENTER):
        yield Entry("代网格员录入", reverse("paper:choose"), sub=True)


def _leader(user: User) -> Iterator[Entry]:
    yield Entry("看板", reverse("reports:board"))
    yield Entry("等我批的", reverse("dispatch:requests"), rows=pending_requests(user))
    talks = f"{reverse('dispatch:talks')}?view=mine"
    yield Entry("等我定的约谈", talks, sub=True, rows=pending_talks(user))
    yield Entry("督办", reverse("dispatch:supervision"))
    yield Entry("月度通报", reverse("reports:bulletins"))
    yield Entry("事项查询", reverse("cases:list"))
    yield Entry("大屏", reverse("reports:screen"))


def _triage(user: User) -> Iterator[Entry]:
    desk = reverse("dispatch:desk")
    yield Entry("分流台", desk)
    for tab, label in DESK.items():
        yield Entry(label, f"{desk}?tab={tab}", sub=True, rows=desk_queue(user, tab))
    yield Entry("待批申请", f"{desk}?tab={REQUESTS}", sub=True, rows=pending_requests(user))
    sent = waiting_sent(user)
    yield Entry("没签回执", f"{reverse('cases:receipts')}?of={SENT}", sub=True, rows=sent)
    unanswered = whistles_of(user).unanswered()
    yield Entry("吹哨", reverse("dispatch:whistles"), sub=True, rows=unanswered)
    yield from _events(user)
    # The day's work first, as it comes; what the desk does like a window follows below.
    if user.can(Permission.FOLLOW_UP):
        yield Entry("回访", list_url(FOLLOW_UP), rows=listed(user, FOLLOW_UP))
    if user.can(Permission.SUPERVISE):
        yield Entry("督办台", reverse("dispatch:supervision"))
        yield Entry("约谈", reverse("dispatch:talks"), sub=True)
        yield Entry("通报", reverse("dispatch:circulars"), sub=True)
    yield Entry("联合会商", reverse("dispatch:sessions"))
    yield Entry("调解安排", reverse("mediation:grid"))
    yield Entry("移送线索", reverse("dispatch:clues"), rows=clues_to_sign(user))
    yield Entry("委派委托", reverse("mediation:referrals"))
    yield Entry("协议履行", reverse("mediation:agreements"))
    yield Entry("全部事项", reverse("cases:list"))
    if user.can(Permission.ROSTER):
        yield Entry("排班表", reverse("dispatch:roster"))
        yield Entry("今日值班", reverse("dispatch:roster_today"), sub=True)
    if user.can(Permission.BOARD):
        yield Entry("看板", reverse("reports:board"))
    if user.can(Permission.SUPERVISE):
        yield Entry("月度通报", reverse("reports:bulletins"))
    yield Entry("上级平台转录", reverse("cases:transcriptions"))


def _clerk(user: User) -> Iterator[Entry]:
    if user.can(Permission.VIEW_CENTER):
        yield Entry("我的登记", list_url(REGISTERED))
        yield Entry("草稿", reverse("cases:drafts"), sub=True, rows=drafts_of(user))
        yield Entry("我首接的", list_url(RECEIVED), sub=True, rows=listed(user, RECEIVED))
        yield Entry("咨询记录", reverse("cases:consultations"))
    else:
        yield Entry("我报的", list_url(REGISTERED))
        yield Entry("草稿", reverse("cases:drafts"), sub=True, rows=drafts_of(user))
    if user.can(Permission.FOLLOW_UP):
        yield Entry("回访", list_url(FOLLOW_UP), rows=listed(user, FOLLOW_UP))
    yield Entry("打印补打", reverse("cases:reprint"))
    if user.can(Permission.VIEW_CENTER):
        yield Entry("今日值班", reverse("dispatch:roster_today"))


def _unit(user: User) -> Iterator[Entry]:
    for label, params in (
        ("待签收", TO_CLAIM),
        ("我在办", MINE),
        ("协办", ASSISTING),
        ("被督办", SUPERVISED),
    ):
        yield Entry(label, list_url(params), rows=listed(user, params))
    yield Entry("待签回执", reverse("cases:receipts"), rows=waiting_mine(user))
    yield Entry("会商任务", f"{reverse('dispatch:tasks')}?view=mine", rows=tasks_to_do(user))
    yield Entry("收到的线索", reverse("dispatch:clues"), rows=clues_to_sign(user))
    yield Entry("协议履行", reverse("mediation:agreements"))
    units = [post.department for post in user.posts_giving(Permission.HANDLE)]
    for unit in {unit.code: unit for unit in units if unit is not None}.values():
        yield Entry("督办情况", reverse("dispatch:unit_supervision", args=[unit.code]), sub=True)
    if user.can(Permission.HEAD):
        yield Entry("等我批的", reverse("dispatch:requests"), rows=pending_requests(user))
    yield Entry("月度通报", reverse("reports:bulletins"))
    codes = {
        post.department.code for post in user.posts_giving(Permission.HANDLE) if post.department
    }
    for code in sorted(codes):
        yield Entry("本单位排班", f"{reverse('dispatch:roster')}?unit={code}")
    if not user.can(Permission.VIEW_CENTER):
        yield Entry("本单位全部", reverse("cases:list"))
        yield Entry("已办结", list_url({"label": Label.DONE.value}))
