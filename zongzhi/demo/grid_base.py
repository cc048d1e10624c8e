"""What stands in the grids of two villages, and the inspections of the last weeks. All invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import cycle
from random import Random

from grids.base_searching import number_key
from grids.inspection_periods import KIND_OF, last_of, start_of
from grids.models import Grid, InspectionReport, Resident, Site
from grids.services.inspections import ZERO
from orgs.models import Center, Post, User
from orgs.models.places import Level
from orgs.permissions import Permission
from zongzhi.demo import county
from zongzhi.demo.lives import World
from zongzhi.demo.people import citizen, landline

VILLAGES = (county.HEXIE, "990101100201")  # and 上坝村
PEOPLE = 60  # of a grid
FIRST = 3_000_000  # nobody of the year's matters lives here twice
BACK = 20  # working days
HEADS = (("house", 4), ("organization", 2), ("venue", 3), ("facility", 2))
NAMES = {
    "house": ("迎宾路 12 号", "迎宾路 27 号", "学府巷 3 号", "学府巷 5 号"),
    "organization": ("农机合作社", "果蔬分拣点"),
    "venue": ("便民超市", "文化活动室", "小饭店"),
    "facility": ("变压器", "灌溉闸门"),
}
FOUND = (
    "两家为灌溉放水先后有口角，约好周六一起看水",
    "外出返乡的两户为宅基地边界有意见，已去现场量过",
    "小饭店排烟朝着邻居窗户，店主答应改管子",
    "老人赡养费三个月没有给，子女各说各的",
)
MEASURES = ("村干部包户，三天内回头看", "请驻村律师一起上门", "列入本周例会，责任到人")


def build_base(world: World) -> None:
    """After the register and the year: the people of two villages and what was reported of all."""
    now = world.hours.now
    for village in VILLAGES:
        grids = Grid.objects.filter(code__startswith=village, is_active=True)
        for n, grid in enumerate(grids.exclude(kind=Grid.Kind.MICRO).order_by("code")):
            _people(grid, FIRST + int(village[6:]) % 1000 * 1000 + n * PEOPLE)
            _sites(grid)
    _inspections(world, now)


def _people(grid: Grid, first: int) -> None:
    """Some have no number yet: a list of names came from the village."""
    people = [citizen(index) for index in range(first, first + PEOPLE)]
    Resident.objects.bulk_create(
        Resident(name=one.name, grid=grid, id_number_key=number_key(one.id_number) if n % 9 else "")
        for n, one in enumerate(people)
    )


def _sites(grid: Grid) -> None:
    place = grid.region.name
    for kind, count in HEADS:
        for n, name in enumerate(NAMES[kind][:count]):
            index = int(grid.code[6:15]) * 7 + n
            Site.objects.create(
                kind=kind,
                name=name if kind == "house" else f"{place}{name}",
                address=f"{place} {n + 1} 组",
                grid=grid,
                contact=citizen(FIRST + index).name if kind != "facility" else "",
                phone=landline(3000 + index % 900) if kind in ("organization", "venue") else "",
                note="每季度看一次漏电保护" if kind == "facility" else "",
            )


# ------------------------------------------------------------------ 日排查、周分析、月调度


def _inspections(world: World, now: datetime) -> None:
    """By every centre that has somebody to say it; today's are still to be said."""
    random = Random(20260713)
    texts, measures = cycle(FOUND), cycle(MEASURES)
    rows = []
    for center, by in _speakers(now.date()):
        kind = KIND_OF[Level(center.level)]
        for start, said_at in _periods(world, kind):
            if random.random() < 0.05:
                continue  # nobody said anything
            found = random.choice((0, 0, 0, 1, 2)) if kind == "day" else random.randrange(2, 9)
            settled = random.randrange(found + 1)
            rows.append(
                _row(center, by, start, said_at)
                | {
                    "found": found,
                    "settled": settled,
                    "passed_up": (found - settled) // 2,
                    "text": next(texts) if found else str(ZERO[kind]),
                    "measures": next(measures) if found else "",
                }
            )
    made = InspectionReport.objects.bulk_create(InspectionReport(**row) for row in rows)
    _correct(next(one for one in reversed(made) if one.found and one.kind == "day"))


def _correct(first: InspectionReport) -> None:
    """One that was said wrong, and said again an hour later."""
    InspectionReport.objects.create(
        kind=first.kind,
        center=first.center,
        period_start=first.period_start,
        found=first.found + 1,
        settled=first.settled,
        passed_up=first.passed_up,
        text=f"{first.text}；傍晚又来了一户，为出租房押金",
        measures=first.measures,
        by=first.by,
        at=first.at + timedelta(hours=1),
        corrects=first,
    )


def _speakers(today: date) -> list[tuple[Center, User]]:
    posts = Post.objects.held_on(today).filter(
        role__permissions__contains=[Permission.TRIAGE.value], center__level__in=KIND_OF
    )
    found: dict[int, tuple[Center, User]] = {}
    for post in posts.select_related("center", "user").order_by("center", "pk"):
        found.setdefault(post.center_id, (post.center, post.user))
    return list(found.values())


def _periods(world: World, kind: str) -> list[tuple[date, datetime]]:
    """The starts of the periods that are over, and when their report came in."""
    hours = world.hours
    days = [hours.workday_before(n) for n in range(BACK, 0, -1)]
    starts = {start_of(kind, day): day for day in days}  # the last working day of each
    return [
        (start, hours.calendar.opens(day) + timedelta(hours=8))
        for start, day in starts.items()
        if last_of(kind, start) < hours.now.date()
    ]


def _row(center: Center, by: User, start: date, at: datetime) -> dict[str, object]:
    kind = KIND_OF[Level(center.level)]
    return {"kind": kind, "center": center, "period_start": start, "by": by, "at": at}
