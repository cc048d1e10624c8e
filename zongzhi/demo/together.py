"""What people do together: whistles, sessions, attempts of a level, clues, a 专班."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cases.models import DisputeType
from cases.services.attempts import add_attempt
from dispatch.models import Clue, JointSession
from dispatch.services.clues import receive_clue, refer_clue
from dispatch.services.convening import Given, convene, minute
from dispatch.services.grouping import save_group
from dispatch.services.whistling import answer_whistle, arrive, rate_whistle, whistle_for
from orgs.models import Room
from zongzhi.demo import county
from zongzhi.demo.doings import handler_of, triage_of, unit_of
from zongzhi.demo.lives import Deed, Life, World
from zongzhi.lib import clock

GROUP = "物业和房地产专班"


def found_group(world: World) -> None:
    """专班 for 物业 and 房屋宅基地, led by 住建局."""
    units = world.places.units
    save_group(
        group_id=None,
        center=world.places.centers[county.COUNTY],
        by=world.user("sysadmin"),
        name=GROUP,
        types=list(DisputeType.objects.filter(code__in=["03", "17"])),
        lead=units["ZJ"],
        members=[units[code] for code in ("ZJ", "ZR", "SJ", "XFD")],
        contact=world.user("zhujian").name,
        phone=units["ZJ"].phone,
        is_active=True,
    )


def whistle(unit: str, text: str, place: str = "3号窗口") -> Deed:
    def deed(life: Life) -> None:
        life.case = whistle_for(
            case_id=life.case.pk,
            by=triage_of(life),
            unit=unit_of(life, unit),
            when="now",
            place=place,
            text=text,
        )

    return deed


def come(unit: str) -> Deed:
    """马上到."""

    def deed(life: Life) -> None:
        life.case = answer_whistle(
            case_id=life.case.pk, by=handler_of(life, unit), answer="coming", text="十分钟到"
        )

    return deed


def note_arrival(life: Life) -> None:
    life.case = arrive(case_id=life.case.pk, by=triage_of(life))


def rate(life: Life) -> None:
    life.case = rate_whistle(
        case_id=life.case.pk,
        by=triage_of(life),
        speed="fast",
        quality="good",
        text="到得快，当场把消防通道的责任说清了",
    )


def meet(*units: str, agenda: str, on_the_desk_day: bool = False) -> Deed:
    """多长联调 on the next working day at nine, or on the one after the desk day."""

    def deed(life: Life) -> None:
        hours = life.world.hours
        here = life.world.places.centers[county.COUNTY]
        day = hours.desk_day if on_the_desk_day else clock.now().date()
        starts = hours.calendar.opens(hours.calendar.workday_after(day, 1)) + timedelta(minutes=30)
        life.case = convene(
            case_id=life.case.pk,
            by=triage_of(life),
            kind=JointSession.Kind.LEADERS,
            chair=life.world.user("leader"),
            room=Room.objects.get(center=here, name="矛盾纠纷调处室"),
            starts_at=starts,
            ends_at=starts + timedelta(minutes=90),
            agenda=agenda,
            units=[unit_of(life, code) for code in units],
        )

    return deed


def take_minutes(life: Life) -> None:
    """Two tasks: one is done soon, one is due about now."""
    life.case = minute(
        case_id=life.case.pk,
        by=triage_of(life),
        came=[unit_of(life, code) for code in ("ZJ", "ZR")],
        text="由住建局牵头核实交付条件，自然资源局核对用地手续；两家的意见一起答复业主。",
        tasks=[
            Given(unit_of(life, "ZJ"), "到现场核对竣工验收备案，列出没达到的交付条件"),
            Given(unit_of(life, "ZR"), "核对用地手续，书面答复中心"),
        ],
    )


ATTEMPTS = (
    "双方都到了，对占多少地说法差得远，没谈拢。",
    "一方说在外地务工，没有来，打电话也不接。",
    "请了村里老支书一起谈，愿意各让一步，但赔多少谈不拢。",
)


def attempts(*outcomes: str) -> Iterator[Deed]:
    """One deed for each attempt of the level."""

    def one(text: str, outcome: str) -> Deed:
        def deed(life: Life) -> None:
            life.case = add_attempt(
                case_id=life.case.pk, by=handler_of(life), outcome=outcome, text=text
            )

        return deed

    for text, outcome in zip(ATTEMPTS, outcomes, strict=True):
        yield one(text, outcome)


def refer(life: Life) -> None:
    """移送线索 to 公安局 and to the town."""
    life.case = refer_clue(
        case_id=life.case.pk,
        by=triage_of(life),
        kind=Clue.Kind.OFFENCE,
        units=[unit_of(life, "GA"), unit_of(life, county.CENTER[county.QINGSHI].department)],
        text="同一劳务公司在另外两处工地也拖欠工资，涉及三十多人，疑似层层转包。",
    )


def sign_clue(life: Life) -> None:
    """公安局 signs its receipt; the town has not yet."""
    clue = Clue.objects.get(case=life.case)
    receive_clue(clue_id=clue.pk, by=handler_of(life, "GA"))
