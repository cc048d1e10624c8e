"""The cases that must be there on the day somebody looks: every state, and work for everyone.

Each begins at a moment counted back from the present and stops where it is wanted; what was to
come after now is simply not reached. Days are working days before the desk day (`hours.Hours`):
an ordinary case dispatched on day 7 is due today, one of day 8 was due yesterday.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from cases.models import Document
from cases.vocabulary import Result, Satisfaction, Source
from zongzhi.demo import county, doings, mediating, stories
from zongzhi.demo import together as joint
from zongzhi.demo.county import HEXIE, QINGSHI
from zongzhi.demo.doings import call, report
from zongzhi.demo.lives import Life, Step, World, after_due, at, next_days, share, steps, wait
from zongzhi.demo.mediation_sessions import arrange, held
from zongzhi.demo.year import draw_village

SHANGBA, SHIWAN = "990101100201", "990101100203"  # villages of 青石镇

SENT = [wait(20, doings.dispatch)]
CLAIMED = steps(SENT, [wait(45, doings.claim), wait(10, doings.claim_parts)])
AT_WORK = steps(CLAIMED, [wait(90, doings.tell)])
ANSWERED_PARTS = steps(AT_WORK, [wait(60, doings.answer_parts)])
REPORTED = steps(ANSWERED_PARTS, [wait(200, report())])
APPROVED = steps(REPORTED, [wait(60, doings.approve)])
PAUSED = steps(AT_WORK, [wait(60, doings.ask_pause(28)), wait(60, doings.grant_pause)])


K = Document.Kind
ASSIGNED = [wait(15, doings.paper(K.ASSIGNMENT)), wait(20, doings.lead_signs)]
NOTED = [wait(15, doings.paper(K.TRANSFER_NOTE)), wait(20, doings.sign_papers)]
HELPED = [wait(15, doings.paper(K.COOPERATION))]
WARNED = [wait(15, doings.paper(K.WARNING))]
SHEET = [wait(10, doings.paper(K.SUPERVISION))]
MINUTES = [wait(30, doings.paper(K.MINUTES))]
SIGNED = [wait(20, doings.sign_papers)]
ENTRUSTED = [wait(15, doings.paper(K.ENTRUSTMENT)), wait(20, doings.sign_papers)]


def result(kind: Result) -> list[Step]:
    return steps(ANSWERED_PARTS, [wait(200, report(kind)), wait(60, doings.approve)])


@dataclass
class Stage:
    """Where the scenes are set: hands out citizens and keeps the scenes short to write."""

    world: World
    serial: int = 0

    def scene(
        self,
        story: str,
        begins: datetime,
        *course: Sequence[Step],
        by: str = "clerk",
        village: str = "",
        lead: str = "",
        source: Source = Source.WINDOW,
    ) -> Life:
        """One case; `story` is its type and its place among that type's, as in 10.2."""
        self.serial += 1
        draw = Random(f"scene {self.world.hours.now:%Y-%m-%d} {self.serial}")
        code, nth = story.split(".")
        told = stories.KIND[code].stories[int(nth)]
        village = village or draw_village(draw, told)
        town = county.CENTER[county.REGION[village].parent].department
        units = [town if u == stories.TOWN else u for u in (told.lead, *told.assisting)]
        life = Life(
            world=self.world,
            draw=draw,
            story=told,
            serial=self.serial,
            registrar=by,
            course=steps([at(begins, doings.register)], *course),
            village=village,
            lead=lead or units[0],
            assisting=() if lead else tuple(dict.fromkeys(units[1:])),
            source=source,
        )
        if by == "grid":
            life.grid = self.world.places.grids[county.THIRD_GRID]
        return life


def scenes(world: World) -> Iterator[Life]:
    stage = Stage(world)
    everybody = (labour, housing, police, mediators, county_desk, callers, town, village, endings)
    for act in (*everybody, together, neighbours):
        yield from act(stage)


def labour(stage: Stage) -> Iterator[Life]:
    """人社局: some to claim, a full desk, and a head who must decide."""
    on, ago, scene = stage.world.hours.on, stage.world.hours.ago, stage.scene
    yield scene("10.2", ago(55), SENT)
    yield scene("11.2", ago(190), SENT, by="clerk2")
    yield scene("10.0", on(1, 200), SENT)
    unclaimed = [after_due(60, doings.paper(K.SUPERVISION))]
    yield scene("10.6", on(3, 60), SENT, unclaimed, by="clerk4")  # nobody claims it: 督办
    yield scene("10.3", on(7, 100), AT_WORK, ASSIGNED, HELPED)  # due today
    yield scene("10.1", on(6, 80), AT_WORK, NOTED)
    yield scene("11.0", on(5, 60), AT_WORK, [wait(20, doings.paper(K.ASSIGNMENT))], by="clerk2")
    yield scene("10.4", on(13, 90), AT_WORK)  # 督办 that nobody answers: 约谈 proposed
    yield scene("11.3", on(9, 90), AT_WORK, [after_due(90, doings.answer)])
    warned = steps(WARNED, SIGNED, [wait(60, doings.supervise())], SHEET, SIGNED)
    threat = [wait(80, doings.answer), wait(30, doings.tell)]
    yield scene("10.5", on(6, 30), AT_WORK, warned, threat)
    yield scene("11.3", on(5, 70), REPORTED, [wait(60, doings.return_for_more)])
    yield scene("11.4", on(8, 60), PAUSED)
    joint = [wait(60, doings.give_back), wait(90, doings.rule_joint("ZJ", "GA"))]
    taken = [wait(60, doings.claim), wait(20, doings.claim_parts), wait(60, doings.tell)]
    yield scene("10.0", on(4, 30), SENT, joint, taken)
    yield scene("11.2", on(5, 50), AT_WORK, [wait(400, doings.ask_extension)])
    yield scene("11.6", on(4, 90), AT_WORK, [wait(300, doings.ask_pause(20))], by="clerk4")
    yield scene("11.1", on(3, 80), AT_WORK, [wait(200, doings.ask_reassignment)])
    yield scene("10.6", on(2, 60), REPORTED)
    redo = [next_days(2, call(Satisfaction.UNSATISFIED, redo=True)), next_days(1, doings.tell)]
    yield scene("10.4", on(14, 60), APPROVED, redo)


def housing(stage: Stage) -> Iterator[Life]:
    on, ago, scene = stage.world.hours.on, stage.world.hours.ago, stage.scene
    yield scene("17.0", ago(130), SENT)
    yield scene("17.4", on(1, 120), SENT, by="clerk2")
    yield scene("17.2", on(7, 30), AT_WORK)  # due today
    yield scene("03.5", on(9, 60), AT_WORK, by="clerk4")
    yield scene("17.7", on(15, 60), AT_WORK, ASSIGNED)
    # Over the end of the month, whatever day it is: last month's circular has somebody to name.
    yield scene("17.5", on(31, 60), AT_WORK, [after_due(90, doings.answer)])
    yield scene("17.6", on(1, 150), SENT, [wait(90, doings.give_back)])
    yield scene("08.3", on(1, 60), SENT, [wait(60, doings.give_back)], by="clerk2")
    yield scene("03.6", on(2, 100), REPORTED)


def police(stage: Stage) -> Iterator[Life]:
    """公安局, with what must stay silent."""
    on, ago, scene = stage.world.hours.on, stage.world.hours.ago, stage.scene
    yield scene("01.2", on(3, 40), AT_WORK, WARNED)
    yield scene("01.6", on(2, 60), CLAIMED)
    yield scene("99.5", ago(70), SENT)


def mediators(stage: Stage) -> Iterator[Life]:
    on, ago, scene = stage.world.hours.on, stage.world.hours.ago, stage.scene
    yield scene("04.0", ago(95), SENT, [wait(5, doings.paper(K.ENTRUSTMENT))])
    yield scene("04.4", on(1, 100), SENT, by="clerk2")
    yield scene("04.2", on(4, 60), AT_WORK, ENTRUSTED)
    yield scene("04.5", on(7, 60), AT_WORK)  # due today
    yield scene("06.0", on(3, 60), AT_WORK, [wait(30, mediating.start), wait(20, mediating.choose)])
    yield scene("03.3", on(1, 60), CLAIMED)
    reply = [wait(30, doings.paper(K.MEDIATION_REPLY))]
    yield scene("04.1", on(2, 30), AT_WORK, ENTRUSTED, REPORTED[len(AT_WORK) :], reply, by="clerk4")
    again = [*held("failed"), wait(60, arrange(days=5))]
    begun = [wait(30, mediating.start), wait(20, mediating.choose)]
    yield scene("01.0", on(3, 120), AT_WORK, begun, again)
    yield scene(
        "07.4", on(5, 120), AT_WORK, begun, list(held("absent")), [wait(60, arrange(days=7))]
    )
    yield scene("15.4", on(6, 60), PAUSED, by="clerk2")
    yield scene("16.2", on(8, 90), AT_WORK, mediating.settled(2, 30), [wait(60, mediating.apply)])
    agreed = mediating.settled(3, 8, 40, before=("failed",))
    yield scene("15.2", on(9, 90), AT_WORK, agreed, [next_days(3, mediating.pay(0.5))])
    handed = [wait(60, doings.give_back), wait(60, doings.rule)]
    yield scene("11.3", on(6, 100), SENT, handed, [wait(60, doings.claim), wait(60, doings.tell)])
    yield scene("17.1", on(4, 120), AT_WORK, lead="WTW")


def neighbours(stage: Stage) -> Iterator[Life]:
    """Settled by word of mouth, at one sitting."""
    scene, on = stage.scene, stage.world.hours.on
    agreed = mediating.settled(0, form="oral")
    yield scene("04.3", on(4, 30), AT_WORK, agreed, mediating.filed())


def county_desk(stage: Stage) -> Iterator[Life]:
    """What waits for 分流员: to take on, to send, and one that has been forgotten."""
    on, ago, scene = stage.world.hours.on, stage.world.hours.ago, stage.scene
    yield scene("09.3", ago(35), by="hotline", source=Source.HOTLINE)
    yield scene("99.4", ago(80), source=Source.ONLINE)
    yield scene("08.0", ago(150), by="clerk2", source=Source.PETITION)
    yield scene("02.4", ago(25))
    yield scene("13.4", ago(110), by="clerk4")
    yield scene("14.0", on(3, 100), by="clerk2")
    first = scene("10.0", on(2, 40), AT_WORK)
    yield first
    yield scene("10.0", on(2, 240), [wait(60, doings.merge_into(first))], by="clerk2")
    twin = [wait(40, doings.merge_into(first)), next_days(1, doings.unmerge)]
    yield scene("10.2", on(2, 260), twin)


def callers(stage: Stage) -> Iterator[Life]:
    """What waits for 回访员: due, overdue, nobody at home, and somebody who complained."""
    on, scene = stage.world.hours.on, stage.scene
    yield scene("10.1", on(6, 60), APPROVED)
    yield scene("14.1", on(4, 60), APPROVED)
    yield scene("04.3", on(9, 60), APPROVED, by="clerk2")
    yield scene("11.5", on(4, 90), APPROVED, [next_days(1, doings.call_in_vain)])
    angry = [wait(200, doings.rate(Satisfaction.UNSATISFIED, wants_redo=True))]
    yield scene("10.2", on(2, 20), APPROVED, angry)


def town(stage: Stage) -> Iterator[Life]:
    """青石镇: its own desk, its own cases, one on its way up."""
    on, ago, scene = stage.world.hours.on, stage.world.hours.ago, stage.scene

    def here(story: str, begins: datetime, *course: Sequence[Step]) -> Life:
        return scene(story, begins, *course, by="town_clerk", village=SHANGBA, lead="QSZ")

    yield here("02.6", ago(40))
    yield scene("02.7", ago(90), by="town_clerk", village=HEXIE, lead="QSZ", source=Source.PHONE)
    yield here("02.5", ago(150), SENT)
    yield scene("03.0", on(1, 110), SENT, village=SHIWAN)
    yield here("06.4", on(7, 50), AT_WORK)  # due today
    yield here("07.2", on(1, 90), CLAIMED)
    yield here("02.0", on(3, 70), AT_WORK)
    yield here("02.1", on(5, 60), APPROVED)
    yield here("03.4", on(5, 60), AT_WORK, [wait(200, doings.ask_escalation)])
    up = [wait(200, doings.ask_escalation), wait(100, doings.escalate_to("RMTJ"))]
    taken = [wait(60, doings.dispatch), wait(60, doings.claim), wait(100, doings.tell)]
    yield here("02.1", on(8, 60), AT_WORK, up, taken)
    down = [wait(30, doings.push_to(QINGSHI, "QSZ"))]
    taken = [wait(60, doings.dispatch), wait(60, doings.claim)]
    yield scene("06.4", on(2, 60), down, taken, village=SHIWAN)


def village(stage: Stage) -> Iterator[Life]:
    """和谐社区, where one person is the whole centre and the grid worker hands in."""
    on, ago, scene = stage.world.hours.on, stage.world.hours.ago, stage.scene
    home = county.CENTER[HEXIE].department
    took_on = [wait(30, doings.accept)]

    def from_grid(story: str, begins: datetime, *course: Sequence[Step]) -> Life:
        source = Source.GRID
        return scene(story, begins, *course, by="grid", village=HEXIE, lead=home, source=source)

    def here(story: str, begins: datetime, *course: Sequence[Step]) -> Life:
        return scene(story, begins, *course, by="village", village=HEXIE, lead=home)

    yield from_grid("02.6", ago(30))
    yield from_grid("02.3", ago(120), took_on, SENT)
    yield from_grid("02.4", on(3, 40), took_on, AT_WORK)
    yield from_grid("02.7", on(2, 40), took_on, REPORTED)
    happy = [next_days(1, call(Satisfaction.SATISFIED))]
    yield from_grid("02.6", on(7, 40), took_on, APPROVED, happy)
    yield here("02.4", on(7, 90), AT_WORK)  # due today
    yield here("02.3", on(4, 60), APPROVED)
    down = [wait(30, doings.push_to(HEXIE, home)), wait(60, doings.dispatch)]
    yield scene("02.4", on(1, 200), down, by="town_clerk", village=HEXIE, lead="QSZ")


def endings(stage: Stage) -> Iterator[Life]:
    """Every way a case can end, and one that begins again."""
    on, scene = stage.world.hours.on, stage.scene
    happy = [next_days(2, call(Satisfaction.VERY_SATISFIED))]
    yield scene("17.3", on(12, 60), APPROVED, happy)
    partly = [next_days(2, call(Satisfaction.BASICALLY))]
    yield scene("08.1", on(12, 90), result(Result.PARTLY), partly)
    guided = [next_days(2, call(Satisfaction.UNSATISFIED))]
    yield scene("16.1", on(11, 60), result(Result.GUIDED), guided, by="clerk2")
    yield scene("14.2", on(12, 30), APPROVED, [next_days(1, doings.call_in_vain)] * 3)
    rated = [wait(300, doings.rate(Satisfaction.SATISFIED))]
    yield scene("06.2", on(5, 30), APPROVED, rated)
    yield scene("15.0", on(6, 60), [share(0.3, doings.decline)])
    yield scene("99.0", on(5, 60), [share(0.3, doings.transfer)], by="clerk4")
    yield scene("01.3", on(6, 120), AT_WORK, [next_days(1, doings.withdraw)])
    again = [next_days(12, doings.reopen), wait(60, doings.dispatch), wait(60, doings.claim)]
    yield scene("04.3", on(20, 60), APPROVED, happy, again)


def together(stage: Stage) -> Iterator[Life]:
    """吹哨, 会商, attempts of a level, 线索: one of each at the point where somebody must look."""
    on, ago, scene = stage.world.hours.on, stage.world.hours.ago, stage.scene
    alone = [wait(20, joint.whistle("XFD", "物业和业主为消防通道争起来，来看通道占用"))]
    yield scene("17.1", ago(85), alone)  # nobody has answered: ▲
    came = [
        wait(30, joint.whistle("SJ", "商家不肯退预付卡，来说清怎么退")),
        wait(10, joint.come("SJ")),
        wait(20, joint.note_arrival),
        wait(90, joint.rate),
    ]
    yield scene("14.2", on(3, 130), AT_WORK, came, by="clerk2")
    tomorrow = joint.meet("ZJ", "ZR", "SJ", agenda="延期交房怎么处理", on_the_desk_day=True)
    yield scene("17.5", on(2, 120), AT_WORK, [wait(60, tomorrow)])
    held = joint.meet("ZJ", "ZR", agenda="小区交付条件和用地手续")
    minutes = [wait(60, held), next_days(2, joint.take_minutes)]
    signed = [wait(40, doings.lead_signs)]
    yield scene("03.5", on(7, 60), AT_WORK, minutes, MINUTES, signed)
    tries = [next_days(1, deed) for deed in joint.attempts("failed", "absent", "failed")]
    yield scene("07.3", on(6, 60), AT_WORK, tries, by="town_clerk", village=SHANGBA, lead="QSZ")
    clue = [wait(60, joint.refer), wait(40, joint.sign_clue)]
    yield scene("10.3", on(1, 30), AT_WORK, clue, by="clerk4")
