"""网格事件 of the last weeks: invented, in every stage and light, some raised to cases; tasks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from cases.models import Case, DisputeType
from cases.services.registration import PartyInput, Registration, register_case
from cases.vocabulary import PartyRole, Source, Special, Willing
from grids.duty_lists import duties_in_force
from grids.event_sweep import sweep
from grids.models import Grid, GridEvent, GridRole
from grids.services import events as act
from grids.services.reporting import Report, report_event
from grids.services.tasks import arrive, finish_task, give_task
from grids.vocabulary import Category
from orgs.models import Region, User
from orgs.permissions import Permission
from zongzhi.demo import county
from zongzhi.demo.lives import World
from zongzhi.lib import clock

C = Category
SEEN: tuple[tuple[Category, str, str], ...] = (
    (C.FACILITY, "村口路灯不亮三天了，晚上老人走路看不见", "3组村口"),
    (C.FACILITY, "窨井盖破了半边，放学时候学生都从那里过", "小学门口"),
    (C.FACILITY, "健身器材的扶手松了，小孩在上面荡", "文化活动室旁"),
    (C.FACILITY, "公交站牌被车撞歪，压在人行道上", "公交站"),
    (C.HAZARD, "楼道里堆着旧家具和纸箱，还有电动车拉线充电", "2栋1单元"),
    (C.HAZARD, "老屋山墙裂了一指宽，下雨往下掉砖", "5组"),
    (C.HAZARD, "鱼塘边护栏断了两米，旁边就是小路", "村东鱼塘"),
    (C.HAZARD, "小饭店的液化气瓶放在灶台边，没有报警器", "集市"),
    (C.ENVIRONMENT, "垃圾桶满了两天没人清，招苍蝇", "菜市场后门"),
    (C.ENVIRONMENT, "有人往沟里倒建筑垃圾，水排不走", "1组水沟"),
    (C.ENVIRONMENT, "养殖户的粪水流到路上，气味大", "4组路口"),
    (C.DISPUTE, "两家为屋后排水沟吵起来，说要找人来", "2组"),
    (C.DISPUTE, "楼上漏水到楼下，说了三次没修，今天在楼道里争", "6栋"),
    (C.DISPUTE, "卖菜的占了店门口，和店主推了几下", "集市南头"),
    (C.DISPUTE, "工地上七八个人说工钱拖了两个月，想去找老板", "安置房工地"),
    (C.SECURITY, "夜里有人挨家推车门，监控拍到背影", "小区停车场"),
    (C.SECURITY, "有人上门推销保健品，专找独居老人", "老年活动室"),
    (C.HELP, "独居老人摔了一跤，行动不便，买菜做饭困难", "3栋"),
    (C.HELP, "低保户的医保缴费没成功，不会在手机上办", "7组"),
    (C.HELP, "孩子转学材料不知道找哪里办", "社区服务站"),
    (C.OTHER, "下周村里办喜事，要占道摆席三天", "主路"),
)
SETTLED = (
    "当面说好了，两家各让一步，沟当天清了",
    "已经让店主把气瓶挪到外面，装了报警器",
    "联系环卫当天清走了",
    "陪老人去办好了，留了电话",
)
DONE = ("换了灯泡和一段线，晚上去看已经亮了", "围挡装好，警示牌立了", "清运完，和养殖户签了整改单")
UNTRUE = (
    ("unfounded", "去现场看过，没有这回事"),
    ("outside", "不在网格事项清单里，已告诉网格员找谁"),
    ("unfounded", "是前年的照片，已经修过"),
    ("outside", "属于物业自己的事，已转告物业"),
)
WHY = "要动用专业队伍，村里和镇里办不了，请上级安排单位处置"
MINUTE = timedelta(minutes=1)


class _Maker:
    """Brings events to where they are, each act at its own moment, by somebody whose act it is."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hours = world.hours
        self.random = Random(20260706)
        roles = GridRole.objects.filter(kind=GridRole.Kind.FULL_TIME).select_related("grid")
        self.served = list(roles.order_by("grid__code"))
        self.at = world.hours.now

    def user(self, pk: int) -> User:
        return self.world.user_with_id(pk)

    def on(self, days: int) -> None:
        self.at = self.hours.on(days, self.random.randrange(10, 300))

    def later(self, minutes: int) -> bool:
        """Go on by so many working minutes; False when that has not come yet."""
        at = self.hours.later(self.at, minutes)
        if at >= self.hours.now:
            return False
        self.at = at
        return True

    def report(self, role: GridRole | None = None, *, settled: bool = False) -> GridEvent:
        role = role or self.random.choice(self.served)
        category, text, place = self.random.choice(SEEN)
        report = Report(
            client_id=uuid.UUID(int=self.random.getrandbits(128), version=4),
            grid=role.grid,
            category=category,
            text=text,
            place=place,
            is_urgent=not settled and category == C.HAZARD and self.random.random() < 0.3,
            settled_on_spot=settled,
            result=self.random.choice(SETTLED) if settled else "",
        )
        with clock.at(self.at):
            event, _ = report_event(report, by=self.user(role.user_id))
        return event

    def do(
        self,
        call: Callable[..., GridEvent],
        event: GridEvent,
        *,
        by: User | None = None,
        **given: Any,
    ) -> GridEvent:
        """By whoever deals with events at the centre where it now is, unless `by` says."""
        by = by or self.dealer(event)
        with clock.at(self.at):
            return call(event_id=event.pk, by=by, **given)

    def dealer(self, event: GridEvent) -> User:
        found = User.objects.holding(Permission.TRIAGE, center=event.center).order_by("pk").first()
        if found is None:
            raise LookupError(f"nobody deals with events at centre {event.center_id}")
        return self.user(found.pk)

    def verify(self, event: GridEvent, **given: Any) -> GridEvent:
        valid = self.random.random() < 0.9
        return self.do(act.verify_event, event, **{"truth": "true", "valid": valid, **given})

    def to_county(self, event: GridEvent, code: str = "") -> GridEvent:
        """Passed up as far as the county, and there given to a unit."""
        event = self.verify(event, then="up", text=WHY)
        while event.center_id != self.world.places.centers[county.COUNTY].pk:
            if not self.later(40):
                return event
            event = self.do(act.pass_up_event, event, text=WHY)
        if code and self.later(50):
            unit = self.world.places.units[code]
            event = self.do(act.assign_event, event, to="unit", unit=unit)
        return event

    def answered(self, event: GridEvent, code: str) -> GridEvent:
        event = self.to_county(event, code)
        if event.unit is None or not self.later(self.random.randrange(200, 700)):
            return event
        by = self.world.holders("handler", code)[0]
        return self.do(act.feed_back_event, event, by=by, text=self.random.choice(DONE))

    def by_the_centre(self) -> None:
        event = self.report()
        if self.later(45):
            event = self.verify(event, then="center")
        if event.stage == "handling" and self.later(240):
            self.do(act.finish_event, event, result=self.random.choice(DONE))

    def by_the_worker(self) -> None:
        role = self.random.choice(self.served)
        event, by = self.report(role), self.user(role.user_id)
        if self.later(60):
            event = self.verify(event, then="worker", worker=by)
        if event.stage == "handling" and self.later(300):
            event = self.do(act.feed_back_event, event, by=by, text=self.random.choice(DONE))
        if event.stage == "feedback" and self.later(100):
            self.do(act.finish_event, event)

    def by_its_worker(self, event: GridEvent, role: GridRole, *, again: bool) -> None:
        """Done by who reported it; `again`: not well enough at first."""
        by = self.user(role.user_id)
        event = self.verify(event, then="worker", worker=by)
        for sent_back in (True, False) if again else (False,):
            self.later(150)
            self.do(act.feed_back_event, event, by=by, text=self.random.choice(DONE))
            self.later(40)
            if sent_back:
                self.do(act.send_back_event, event, text="去看过，还没弄好，再去一次")
        self.do(act.finish_event, event)

    def checked(self, code: str) -> None:
        event = self.answered(self.report(), code)
        if event.stage == "feedback" and self.later(90):
            event = self.do(act.request_check_event, event)
        if event.stage == "checking" and self.later(200):
            self.do(act.check_event, event, passed=True)


def _of_the_town(make: _Maker) -> list[GridRole]:
    return [role for role in make.served if role.grid.code.startswith(county.QINGSHI[:9])]


def build_grid_events(world: World) -> None:
    """About 120 events, and what was asked of the grids; the sweep has told who is late."""
    make = _Maker(world)
    _over(make)
    _waiting(make, _of_the_town(make))
    _handled(make, _of_the_town(make))
    _raised(make)
    _tasks(world, make)
    _last_month(make)
    sweep(world.hours.now)


def _over(make: _Maker) -> None:
    """Those that are done, as most are."""
    for n in range(42):
        make.on(1 + n % 28)
        make.report(settled=True)
    for n in range(14):
        make.on(2 + n * 2 % 27)
        make.by_the_centre()
    for n in range(12):
        make.on(4 + n * 2 % 25)
        make.by_the_worker()
    for n in range(10):
        make.on(10 + n * 2)
        make.checked(("ZJ", "GA", "MZ")[n % 3])
    for n, (truth, text) in enumerate(UNTRUE):
        make.on(3 + n * 3)
        event = make.report()
        make.later(70)
        make.verify(event, truth=truth, text=text)
    make.on(6)
    role = make.served[0]
    first, again = make.report(role), make.report(role)
    make.later(30)
    make.verify(again, truth="duplicate", duplicate_of=first)
    make.verify(first, then="worker", worker=make.user(role.user_id))


def _last_month(make: _Maker) -> None:
    """和谐社区 last month: each grid had two who reported, so that its numbers are nobody's own."""
    this_month = make.hours.now.date().replace(day=1)
    last_day = next(n for n in count(1) if make.hours.workday_before(n) < this_month)
    served = GridRole.objects.filter(grid__code__startswith=county.HEXIE).select_related("grid")
    reporting = served.exclude(kind=GridRole.Kind.HEAD).order_by("grid__code", "pk")
    for n, role in enumerate([*reporting] * 3):
        make.on(last_day + 2 + n * 5 // 6)
        event = make.report(role)
        make.later(60)
        if n % 3 == 2:
            make.by_its_worker(event, role, again=n % 2 == 1)
        else:
            event = make.verify(event, then="center")
            make.later(3000 if n % 7 == 6 else 240)  # one in seven is forgotten for days
            make.do(act.finish_event, event, result=make.random.choice(DONE))


def _waiting(make: _Maker, town: list[GridRole]) -> None:
    """Those that the centres of the cast have to look at, some of them late."""
    for n in range(9):
        make.at = make.hours.ago(20 + 25 * n)
        make.report(town[n % len(town)])
    for n in range(3):
        make.on(1 + n)
        make.report(town[n])
    for n in range(2):
        make.at = make.hours.ago(40 + 30 * n)
        make.do(act.ask_event, make.report(town[n]), text="写清在哪一栋、什么时候看到的")
    for n in range(5):
        make.at = make.hours.ago(60 + 90 * n)
        event = make.report(town[n % len(town)])
        make.later(25)
        make.verify(event, then="up" if n % 2 else "later", text=WHY)


def _handled(make: _Maker, town: list[GridRole]) -> None:
    """Those that a worker or a unit has, or that wait to be looked at again."""
    for n in range(4):
        make.on(1 + 2 * n)
        role = town[n % len(town)]
        event = make.report(role)
        make.later(30)
        make.verify(event, then="worker", worker=make.user(role.user_id))
    for n, code in enumerate(("ZJ", "RS", "GA", "ZJ", "RS", "MZ")):
        make.on(1 + 2 * n)
        event = make.report()
        make.later(30)
        make.to_county(event, code)
    for n, code in enumerate(("ZJ", "GA", "RS")):
        make.on(4 + n)
        make.answered(make.report(), code)
    for n in range(3):
        make.on(3 + n)
        event = make.report(town[n % len(town)])
        make.later(30)
        event = make.verify(event, then="center")
        make.later(100)
        event = make.do(act.feed_back_event, event, text=make.random.choice(DONE))
        if n:
            make.later(20)
            make.do(act.request_check_event, event)


def _raised(make: _Maker) -> None:
    """网格报大事: raised by the town to cases, where they go their own way."""
    town_clerk = make.world.user("town_clerk")
    types = {row.code: row for row in DisputeType.objects.all()}
    grids = _of_the_town(make)
    for n, (name, code) in enumerate((("龙素英", "02"), ("沙建平", "10"), ("杞秀兰", "17"))):
        make.on(2 + n)
        event = make.report(grids[n % len(grids)])
        make.later(30)
        by = make.dealer(event)
        event = make.verify(event, then="later" if by == town_clerk else "up", text=WHY)
        make.later(30)
        registration = Registration(
            source=Source.GRID,
            narrative=f"{event.text}。村里劝过两次没有谈拢，要求镇里出面调解",
            type=types[code],
            occurred_region=Region.objects.get(code=event.area),
            parties=[PartyInput(PartyRole.APPLICANT, name)],
            special=[Special.NONE],
            willing_to_mediate=Willing.YES,
            grid=event.grid,
            grid_event=event.number,
            submission_id=uuid.UUID(int=make.random.getrandbits(128), version=4),
        )
        with clock.at(make.at):
            register_case(registration, by=town_clerk)


def _last(case: Case) -> datetime:
    """When something was last done to it: nothing is written before that."""
    return case.events.latest("seq").at


def _tasks(world: World, make: _Maker) -> None:
    """Asked of a grid by the town: for cases of its own, and from the list where there is one."""
    now, town_clerk = world.hours.now, world.user("town_clerk")
    grid = Grid.objects.get(code=county.THIRD_GRID)
    cases = Case.objects.visible_to(town_clerk).open().order_by("-pk")[:3]
    by = world.user("grid")
    for n, case in enumerate(cases):
        asked = max(world.hours.ago(120 + 200 * n), _last(case))
        with clock.at(asked):
            due: datetime = world.hours.later(now, 90 + 200 * n)
            task = give_task(
                grid=grid,
                by=town_clerk,
                text=(
                    "先到场稳控：两家还在争，先隔开，等司法所的人到",
                    "回访：问上次说好的事办了没有",
                )[n % 2],
                due_at=due,
                case_number=case.number,
            )
        if n == 2:
            with clock.at(max(world.hours.ago(60), asked)):
                arrive(task_id=task.pk, by=by)
                finish_task(task_id=task.pk, by=by, result="上门问过，已经按说好的办了")
    with clock.at(world.hours.ago(300)):
        duty = duties_in_force(world.places.centers[county.QINGSHI]).first()
        if duty is not None:
            give_task(
                grid=grid,
                by=town_clerk,
                text=f"{duty.name}：这周走一遍，有情况马上报",
                due_at=world.hours.morning_after(now, 300),
                duty=duty,
            )
