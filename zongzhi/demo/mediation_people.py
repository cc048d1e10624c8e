"""The register of the demo county: what the seven bodies have for people, and a pool of experts.

Everybody is invented. Those with an account are the ones `county.MEDIATORS` names.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import count

from cases.models import DisputeType
from mediation.models import (
    Body,
    Honour,
    Mediator,
    MediatorLevel,
    Service,
    Training,
    WeeklyHours,
)
from orgs.models import Region
from orgs.models.places import Level
from zongzhi.demo import county
from zongzhi.demo.people import Sex, name_of
from zongzhi.demo.places import Places
from zongzhi.lib.crypto import blind_index

LEVELS = ("特级", "一级", "二级", "三级", "四级")
YI = "彝话"
GOLD = ("shouzheng_head", "mediator")
_FEMALE = ("mediator", "yitiao", "wutiao", "laotiao", "jiahe", "jiahe_head")

# Body, kind, title, types, languages, level, full time: people without an account.
_OTHERS = (
    ("RMTJ", "people", "退休教师，懂婚姻家庭", "01 02", "普通话 本地话", 3, True),
    ("RMTJ", "people", "退役军人，熟悉乡里", "02 06", "普通话 本地话 彝话", 4, True),
    ("RMTJ", "people", "原信用社信贷员", "04 05", "普通话", 3, False),
    ("RMTJ", "people", "老党员，原村妇女主任", "01 02", "本地话 彝话", 4, False),
    ("YTW", "expert", "退休内科医生", "15", "普通话", 2, False),
    ("YTW", "expert", "医院退休医务科长", "15 06", "普通话 本地话", 2, False),
    ("JTW", "people", "原运输公司安全员", "16 06", "普通话 本地话", 3, True),
    ("JTW", "people", "退休公路养护干部", "16", "本地话 彝话", 4, False),
    ("WTW", "people", "业主委员会老主任", "17 02", "普通话 本地话", 4, False),
    ("WTW", "people", "退休房产测绘员", "17 03", "普通话", 3, False),
    ("LTW", "people", "原工会干部", "10 11", "普通话 本地话", 3, True),
    ("LTW", "lawyer", "律师，代理过劳动争议", "10 11 04", "普通话", None, False),
    ("SSZ", "people", "护林员，熟悉山界", "07", "本地话 彝话", 4, False),
    ("JHTJ", "counsellor", "心理咨询师", "01", "普通话", None, False),
    ("JHTJ", "people", "退休小学校长", "01 02", "普通话 本地话 彝话", 3, False),
    ("", "expert", "退休仲裁员", "04 05 11", "普通话", 1, False),
    ("", "expert", "高级农艺师，懂种子农药", "05 07", "普通话 本地话", None, False),
    ("", "invited", "法院特邀调解员，原人大代表", "04 06", "普通话 本地话", 1, False),
    ("", "lawyer", "律师，值班法律援助", "03 04 06", "普通话", None, False),
    ("", "expert", "退休国土所长", "03 07 08", "本地话 彝话", 2, False),
)
_WORDS = {
    "RMTJ": "示",
    "YTW": "示医",
    "JTW": "示交",
    "WTW": "示物",
    "LTW": "示劳",
    "SSZ": "示石",
    "JHTJ": "示和",
}
_POSTS = {0: "chair", 1: "vice"}


def build_mediators(places: Places, today: date) -> None:
    """Mediators of the bodies and of the pool, with hours, terms, training and honours."""
    levels = [
        MediatorLevel.objects.get_or_create(name=name, defaults={"rank": n})[0]
        for n, name in enumerate(LEVELS)
    ]
    bodies = {row.department.code: row for row in Body.objects.select_related("department")}
    types = {row.code: row for row in DisputeType.objects.all()}
    villages = list(Region.objects.filter(level=Level.VILLAGE).order_by("code"))
    towns = list(Region.objects.filter(level=Level.TOWN).order_by("code"))
    center = places.centers[county.COUNTY]
    serial = count()
    made: list[tuple[Mediator, tuple[str, ...]]] = []
    for known in county.MEDIATORS:
        account = places.users[known.username]
        one = Mediator(
            center=center,
            body=bodies[known.body],
            user=account,
            name=account.name,
            gender="f" if known.username in _FEMALE else "m",
            title=known.background[:40],
            languages=[YI if word == "民族语" else word for word in known.languages],
            level=levels[0 if known.username in GOLD else known.level],
            is_full_time=known.body == "RMTJ",
        )
        made.append((one, known.specialities))
    for body, kind, title, codes, languages, level, full in _OTHERS:
        n = next(serial)
        sex: Sex = "female" if n % 3 == 0 else "male"
        one = Mediator(
            center=center,
            body=bodies.get(body),
            name=name_of(7_000 + n, sex),
            gender="f" if sex == "female" else "m",
            kind=kind,
            title=title,
            languages=languages.split(),
            level=levels[level] if level is not None else None,
            is_full_time=full,
        )
        made.append((one, tuple(codes.split())))
    for n, (one, specialities) in enumerate(made):
        one.home = villages[n * 7 % len(villages)]
        one.id_number_key = blind_index(one.id_number, "party.id_number")
        one.save()
        one.specialities.set([types[code] for code in specialities])
        one.areas.set([towns[n % len(towns)]])
    people = [one for one, _ in made]
    _give_hours(people)
    _give_terms(people, today)
    Training.objects.bulk_create(
        Training(
            mediator=one, on=today - timedelta(days=40 + n * 3), subject="调解技巧和文书", hours=8
        )
        for n, one in enumerate(people)
    )
    gold = [one for one in people if one.user is not None and one.user.username in GOLD]
    Honour.objects.bulk_create(
        Honour(mediator=one, name="金牌调解员", by="示范县司法局", given_on=date(today.year, 1, 8))
        for one in gold
    )
    for row in bodies.values():
        row.founded_on = date(today.year - 4, 6, 1)
        row.reported_to_court_on = date(today.year - 1, 12, 20)
        row.case_word = _WORDS[row.department.code]
        row.founder = Body.Founder.TRADE if row.kind == "professional" else Body.Founder.OTHER
    Body.objects.bulk_update(
        list(bodies.values()), ["founded_on", "reported_to_court_on", "founder", "case_word"]
    )


def _give_hours(people: list[Mediator]) -> None:
    """Full-time ones all week; the others on two or three half days."""
    rows = []
    for n, one in enumerate(people):
        days = range(5) if one.is_full_time or one.user_id else (n % 5, (n + 2) % 5)
        for day in days:
            rows.append(WeeklyHours(mediator=one, weekday=day, opens=time(8, 30), closes=time(12)))
            if one.is_full_time or one.user_id or n % 2:
                rows.append(
                    WeeklyHours(mediator=one, weekday=day, opens=time(14), closes=time(17, 30))
                )
    WeeklyHours.objects.bulk_create(rows)


def _give_terms(people: list[Mediator], today: date) -> None:
    """A term of three years each; the first of a body, by rank of account, is its chair."""
    since = date(today.year - 1, 3, 1)
    until = date(today.year + 2, 2, 28)
    places: dict[int, int] = {}
    rows = []
    heads_first = sorted(people, key=lambda one: not (one.user and "head" in one.user.username))
    for one in heads_first:
        if one.body_id is None:
            continue
        place = places.setdefault(one.body_id, 0)
        places[one.body_id] += 1
        post = _POSTS.get(place, "member")
        rows.append(Service(mediator=one, post=post, since=since, until=until))
    Service.objects.bulk_create(rows)
