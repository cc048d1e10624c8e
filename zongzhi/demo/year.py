"""The ordinary cases of a year: how many on which day, what about, and how they go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from cases.services.registration import record_consultation
from cases.vocabulary import Result, Satisfaction, Source
from zongzhi.demo import county, doings, mediating, stories
from zongzhi.demo.lives import (
    Life,
    Step,
    World,
    after_due,
    at,
    calendar_days,
    next_days,
    share,
    steps,
    wait,
)
from zongzhi.demo.mediation_sessions import held

YEAR = timedelta(days=365)
TERSE_BEFORE = timedelta(days=45)

# How often people come about what, in a hundred or so.
OFTEN = {
    "01": 10, "02": 12, "03": 7, "04": 8, "05": 4, "06": 6, "07": 8, "08": 5, "09": 4, "10": 12,
    "11": 6, "12": 1, "13": 2, "14": 5, "15": 3, "16": 5, "17": 9, "99": 5,
}  # fmt: skip
NEAR_HOME = ("01", "02", "03", "06", "07")  # what towns and villages settle themselves

COUNTY_CLERKS = {"clerk": 40, "clerk2": 28, "clerk4": 22, "clerk1": 10}
GRID_WORKERS = tuple(duty.username for duty in county.GRID_DUTIES if duty.role == "full_time")
TOWN_CLERKS = {
    town.code: next(
        person.username
        for person in county.PEOPLE
        if any(post.role == "triage" and post.center == town.code for post in person.posts)
    )
    for town in county.TOWNS
}


def ordinary_lives(world: World, number: int, first_serial: int) -> Iterator[Life]:
    """So many cases over the last year, more of them the nearer the present."""
    seed = f"{world.hours.now:%Y-%m-%d}"
    moments = arrivals(world, number, Random(f"arrivals {seed}"))
    for serial, moment in enumerate(moments, start=first_serial):
        yield ordinary_life(world, serial, moment, Random(f"life {seed} {serial}"))


def arrivals(world: World, number: int, draw: Random) -> list[datetime]:
    """When cases are registered: in working hours, three times as many a day as a year ago."""
    hours = world.hours
    days = hours.workdays(hours.now.date() - YEAR)
    weights = [_weight(n, len(days)) for n in range(len(days))]
    chosen = draw.choices(days, weights=weights, k=number)
    moments = [_moment_on(world, day, draw) for day in chosen]
    return sorted(moment for moment in moments if moment <= hours.now)


def _weight(n: int, days: int) -> float:
    to_go = days - 1 - n
    if to_go == 0:
        return 4
    return 5 if to_go < 12 else 1 + 2 * n / days


def _moment_on(world: World, day: date, draw: Random) -> datetime:
    """Most people come in the morning; on the last day only until now."""
    hours = world.hours
    opens, closes = hours.calendar.opens(day), hours.calendar.closes(day)
    open_for = hours.minutes_between(opens, min(closes, hours.now))
    return hours.later(opens, open_for * draw.random() ** 1.3)


# ------------------------------------------------------------------ what about, and where


def ordinary_life(world: World, serial: int, begins: datetime, draw: Random) -> Life:
    by = draw.choices(["county", "town", "village", "grid", "hotline"], [60, 20, 5, 9, 6])[0]
    if by in ("county", "hotline"):
        life = _at_the_county(world, serial, draw, hotline=by == "hotline")
    else:
        life = _nearer_home(world, serial, draw, by)
    life.terse = world.hours.now - begins > TERSE_BEFORE
    if life.terse and draw.random() < 0.6:
        life.assisting = ()
    life.course = steps([at(begins, doings.register)], ordinary_course(life))
    return life


def _at_the_county(world: World, serial: int, draw: Random, *, hotline: bool) -> Life:
    story = draw_story(draw, tuple(OFTEN))
    village = draw_village(draw, story)
    names, weights = list(COUNTY_CLERKS), list(COUNTY_CLERKS.values())
    source = draw.choices(
        [Source.WINDOW, Source.PHONE, Source.ONLINE, Source.PETITION, Source.COURT],
        [84, 7, 4, 3, 2],
    )[0]
    town = county.CENTER[county.REGION[village].parent].department
    units = [town if code == stories.TOWN else code for code in (story.lead, *story.assisting)]
    return Life(
        world=world,
        draw=draw,
        story=story,
        serial=serial,
        registrar="hotline" if hotline else draw.choices(names, weights)[0],
        course=[],
        village=village,
        lead=units[0],
        assisting=tuple(units[1:2]) if draw.random() < 0.55 else (),
        source=Source.HOTLINE if hotline else source,
    )


def _nearer_home(world: World, serial: int, draw: Random, by: str) -> Life:
    """Taken in by a town, a village, or a grid worker, and settled there by the same centre."""
    story = draw_story(draw, NEAR_HOME, light=by != "town")
    grid = None
    if by == "grid":
        registrar = "grid" if draw.random() < 0.4 else draw.choice(GRID_WORKERS)
        duty = next(d for d in county.GRID_DUTIES if d.username == registrar)
        grid, village = world.places.grids[duty.grid], duty.grid[:12]
    else:
        village = county.HEXIE if draw.random() < 0.25 else draw_village(draw, story)
        registrar = _village_head(village)
    center = village
    if by == "town":
        center = county.REGION[village].parent
        registrar = TOWN_CLERKS[center]
    return Life(
        world=world,
        draw=draw,
        story=story,
        serial=serial,
        registrar=registrar,
        course=[],
        village=village,
        lead=county.CENTER[center].department,
        source=Source.GRID if by == "grid" else Source.WINDOW,
        grid=grid,
    )


def _village_head(village: str) -> str:
    return next(
        d.username for d in county.GRID_DUTIES if d.role == "head" and d.grid[:12] == village
    )


def draw_story(draw: Random, types: tuple[str, ...], *, light: bool = False) -> stories.Story:
    """A story of one of these types; the grave ones are rare, and a village has none of them."""
    kind = stories.KIND[draw.choices(types, [OFTEN[code] for code in types])[0]]
    weights = {"low": 4.0, "medium": 3.0, "high": 0.0 if light else 0.8}
    return draw.choices(kind.stories, [weights[story.risk] for story in kind.stories])[0]


def draw_village(draw: Random, story: stories.Story) -> str:
    ending = {"village": "村", "community": "社区", "any": ""}[story.where]
    fitting = [v.code for v in county.VILLAGES if v.name.endswith(ending)]
    return draw.choice(fitting)


# ------------------------------------------------------------------ how it goes


def ordinary_course(life: Life) -> list[Step]:
    """From registration to the end, with the turns that cases take now and then."""
    draw = life.draw
    coming = [] if life.source == Source.WINDOW else [share(draw.uniform(0.1, 0.6), doings.accept)]
    sent = [share(draw.uniform(0.05, 0.5), doings.dispatch)]
    chance = draw.random()
    if chance < 0.02:
        return steps(coming, [share(0.4, doings.decline)])
    if chance < 0.03:
        return steps(coming, [share(0.5, doings.transfer)])
    if chance < 0.055:
        return steps(coming, sent, taking(life), [next_days(1, doings.withdraw)])
    if _goes_up(life):
        return steps(coming, sent, going_up(life), settling(life))
    if _is_returned(life):
        sent = steps(sent, [share(0.3, doings.give_back), share(0.2, doings.rule)])
    # A simple one is due at once with its claim: it can only be late as a whole.
    late = draw.random() if life.story.complexity != "simple" else 1
    return steps(
        coming, sent, taking(life, late=late < 0.025), settling(life, late=0.025 < late < 0.07)
    )


def _is_returned(life: Life) -> bool:
    at_home = county.DEPARTMENT[life.lead].kind == "center"
    return not at_home and life.draw.random() < 0.1


def _goes_up(life: Life) -> bool:
    """A town or village that cannot settle it asks the centre above."""
    at_home = county.DEPARTMENT[life.lead].kind == "center"
    registered_below = life.registrar not in (*COUNTY_CLERKS, "hotline")
    return at_home and registered_below and life.draw.random() < 0.07


def going_up(life: Life) -> list[Step]:
    center = county.DEPARTMENT[life.lead].center
    upper = county.REGION[center].parent
    lead = "RMTJ" if upper == county.COUNTY else county.CENTER[upper].department
    return [
        share(0.3, doings.claim),
        share(0.4, doings.note),
        share(0.3, doings.ask_escalation),
        wait(150, doings.escalate_to(lead)),
        share(0.3, doings.dispatch),
        share(0.4, doings.claim),
    ]


def taking(life: Life, *, late: bool = False) -> list[Step]:
    """The lead and its helpers take it; when late, the sweep has made a 督办单 of it."""
    draw = life.draw
    if late:
        overdue = [after_due(draw.randint(20, 90), doings.claim), wait(40, doings.answer)]
        claimed = steps(overdue, [wait(120, doings.lift())])
    else:
        claimed = [share(draw.uniform(0.1, 0.7), doings.claim)]
    if draw.random() < 0.08 and county.DEPARTMENT[life.lead].kind != "center":
        claimed.append(wait(30, doings.assign))
    if life.assisting:
        claimed.append(wait(draw.randint(10, 60), doings.claim_parts))
    return claimed


def settling(life: Life, *, late: bool = False) -> list[Step]:
    return steps(working(life), reporting(life, late=late), asking(life))


def working(life: Life) -> list[Step]:
    """Notes, visits and requests while the unit is at it."""
    draw = life.draw
    seldom = 0.4 if life.terse else 1
    told = draw.random() < 0.6 * seldom
    course = [share(draw.uniform(0.1, 0.3), doings.tell)] if told else []
    if draw.random() < 0.3 * seldom:
        course.append(share(draw.uniform(0.1, 0.3), doings.note))
    if life.source == Source.WINDOW and draw.random() < 0.06:
        course.append(share(0.15, doings.come_again))
    if life.story.amount and draw.random() < 0.04:
        course.append(share(0.1, doings.correct))
    course += _asking_for_time(life)
    if life.assisting:
        course.append(share(draw.uniform(0.1, 0.4), doings.answer_parts))
    return steps(course, _mediating(life))


def _mediating(life: Life) -> list[Step]:
    """What a mediation body does lately; how it goes is drawn apart from the rest of the case."""
    if life.terse or county.DEPARTMENT[life.lead].kind != "body":
        return []
    chance = Random(f"mediation {life.serial}").random()
    if chance < 0.15:
        return steps(
            [wait(20, mediating.start), wait(15, mediating.choose)],
            list(held("failed")),
            [wait(30, mediating.fail)],
        )
    if chance < 0.6:
        return steps(mediating.settled(0), mediating.filed())
    if chance < 0.8:
        return steps(mediating.settled(0, form="oral"), mediating.filed())
    return mediating.settled(5, 40)


def _asking_for_time(life: Life) -> list[Step]:
    draw, chance = life.draw, life.draw.random()
    if life.story.complexity == "simple" or county.DEPARTMENT[life.lead].kind == "center":
        return []
    if chance < 0.05:
        granted = draw.random() < 0.8
        decide = doings.grant_extension if granted else doings.refuse_extension
        return [share(0.5, doings.ask_extension), share(0.2, decide)]
    if chance < 0.08:
        days = draw.randint(6, 20)
        pause = [share(0.2, doings.ask_pause(days)), wait(60, doings.grant_pause)]
        return steps(pause, [calendar_days(days + 1, doings.tell)])
    return []


def reporting(life: Life, *, late: bool) -> list[Step]:
    draw = life.draw
    result = draw_result(draw)
    reported = [share(draw.uniform(0.15, 0.85), doings.report(result))]
    if late:
        overdue = [after_due(draw.randint(20, 200), doings.answer), wait(90, doings.lift())]
        reported = steps(overdue, [next_days(draw.randint(1, 3), doings.report(result))])
    if draw.random() < 0.06:
        more = [share(0.3, doings.return_for_more), share(0.5, doings.tell)]
        reported = steps(reported, more, [share(0.4, doings.report(result))])
    return steps(reported, [share(draw.uniform(0.1, 0.7), doings.approve)])


def draw_result(draw: Random) -> Result:
    return draw.choices(list(Result), [88, 5, 3, 4])[0]


def draw_satisfaction(draw: Random) -> Satisfaction:
    return draw.choices(list(Satisfaction), [24, 47, 16, 10, 3])[0]


def asking(life: Life) -> list[Step]:
    """The citizen's word: on the slip's page, on the telephone, or never."""
    draw = life.draw
    satisfaction = draw_satisfaction(draw)
    bad = satisfaction in (Satisfaction.UNSATISFIED, Satisfaction.VERY_UNSATISFIED)
    redo = bad and draw.random() < 0.5
    if draw.random() < 0.12:
        rated = [share(draw.uniform(0.05, 0.5), doings.rate(satisfaction, wants_redo=redo))]
        return steps(rated, [share(0.4, doings.call(satisfaction))]) if bad else rated
    vain = draw.random()
    if vain < 0.02:
        return [next_days(1, doings.call_in_vain)] * 3
    course = [next_days(1, doings.call_in_vain)] if vain < 0.12 else []
    course.append(share(draw.uniform(0.1, 0.6), doings.call(satisfaction, redo=redo)))
    return steps(course, again(life)) if redo else course


def again(life: Life) -> list[Step]:
    """第 2 次办理."""
    draw = life.draw
    return [
        share(0.2, doings.tell),
        share(draw.uniform(0.2, 0.6), doings.report(Result.RESOLVED)),
        share(0.4, doings.approve),
        next_days(2, doings.call(Satisfaction.SATISFIED)),
    ]


# ------------------------------------------------------------------ only asking


@dataclass
class Advice:
    """Somebody who only asks something (咨询): a visit and no case."""

    world: World
    moment: datetime
    clerk: str
    about: stories.Consultation
    given: bool = False

    @property
    def next_moment(self) -> datetime | None:
        return None if self.given else self.moment

    def act(self) -> None:
        self.given = True
        by = self.world.user(self.clerk)
        record_consultation(by=by, category=self.about.category, text=self.about.text)


def consultations(world: World, number: int) -> Iterator[Advice]:
    draw = Random(f"consultations {world.hours.now:%Y-%m-%d}")
    names, weights = list(COUNTY_CLERKS), list(COUNTY_CLERKS.values())
    for moment in arrivals(world, number, draw):
        clerk = "town_clerk" if draw.random() < 0.1 else draw.choices(names, weights)[0]
        yield Advice(world, moment, clerk, draw.choice(stories.CONSULTATIONS))
