"""The demo county holds together: codes, people, stories. Nothing here needs a database."""

import re
from collections import Counter
from datetime import date
from itertools import chain

import pytest
from pypinyin import Style, pinyin

from zongzhi.demo import county, people, stories
from zongzhi.lib.identity import birth_date, check_id_number, check_phone, sex

CAST = {
    "clerk": "王芳",
    "triage": "周敏",
    "renshe": "李勇",
    "renshe_head": "郑海",
    "zhujian": "周凯",
    "gongan": "吴刚",
    "mediator": "赵英",
    "town_clerk": "陈晓琳",
    "town_handler": "黄志平",
    "village": "杨春梅",
    "grid": "赵小军",
    "leader": "张立远",
    "sysadmin": "孙志鹏",
    "secadmin": "何静",
    "auditor": "罗文斌",
}
# The order of domain.md §3.2.
TYPES = """
婚姻家庭 邻里 房屋宅基地 合同 生产经营 损害赔偿 山林土地 征地拆迁 环境污染 拖欠农民工工资
其他劳动争议 旅游 电子商务 其他消费 医疗 道路交通事故 物业
"""
SPECIALS = {"none", "threat", "violence", "minor", "group", "in_court"}
STORIES = tuple(chain.from_iterable(kind.stories for kind in stories.KINDS))
UNIT_CODES = set(county.DEPARTMENT) | {stories.TOWN}


def told(story: stories.Story) -> tuple[str, str]:
    respondent = story.units[0] if story.against == "unit" else "李国良"
    return story.tell("王建明", respondent, "和谐社区3组", 38_600, 30_000)


# ------------------------------------------------------------------ places


def test_division_codes_have_twelve_digits_and_lie_inside_their_parent() -> None:
    for region in county.REGIONS:
        assert re.fullmatch(r"\d{12}", region.code)
        if region.parent:
            assert region.code.startswith(county.REGION[region.parent].prefix)
    assert len(county.REGION) == len(county.REGIONS)
    assert county.REGION[county.COUNTY].name == "示范县"


def test_streets_towns_and_townships_are_numbered_as_the_state_numbers_them() -> None:
    ranges = {"街道": range(1, 100), "镇": range(100, 200), "乡": range(200, 400)}
    for town in county.TOWNS:
        suffix = next(word for word in ranges if town.name.endswith(word))
        assert int(town.code[6:9]) in ranges[suffix]
        assert town.code.endswith("000")
        inside = [village for village in county.VILLAGES if village.parent == town.code]
        assert 5 <= len(inside) <= 8


def test_no_two_places_share_a_name() -> None:
    assert len({region.name for region in county.REGIONS}) == len(county.REGIONS)


def test_every_region_has_a_centre_and_every_centre_a_department() -> None:
    assert set(county.CENTER) == set(county.REGION)
    for center in county.CENTERS:
        assert county.DEPARTMENT[center.department].center == center.region
        assert county.DEPARTMENT[center.department].kind == "center"


def test_the_county_centre_has_one_hall_five_rooms_and_eight_windows() -> None:
    rooms = [room for room in county.ROOMS if room.center == county.COUNTY]
    windows = [window for window in county.WINDOWS if window.center == county.COUNTY]
    assert len(rooms) == 6
    assert [window.number for window in windows] == list(range(1, 9))


# ------------------------------------------------------------------ departments


def test_department_codes_are_capital_letters_and_unique() -> None:
    assert len(county.DEPARTMENT) == len(county.DEPARTMENTS)
    for department in county.DEPARTMENTS:
        assert re.fullmatch(r"[A-Z]{2,4}(\d{3})?", department.code)
        assert check_phone(department.phone).startswith("0990")
        assert len(department.duties) >= 8


def test_a_department_code_is_made_of_the_initials_of_its_name() -> None:
    for department in county.DEPARTMENTS:
        if department.code == "SU" or department.kind == "center":  # 税务: SW is 水务
            continue
        readings = pinyin(department.short, style=Style.FIRST_LETTER, heteronym=True)
        remaining = ({letter.upper() for letter in letters} for letters in readings)
        found = (any(letter in letters for letters in remaining) for letter in department.code)
        assert all(found), department.short


def test_the_departments_are_the_ones_of_the_design() -> None:
    def codes(residency: str) -> str:
        chosen = [
            d.code for d in county.DEPARTMENTS if d.residency == residency and d.kind == "bureau"
        ]
        return " ".join(chosen)

    assert codes("resident") == "GA JC FY SF XF FXH"
    assert codes("rotating") == "RS ZJ MZ WJ ZR SJ NY JY JT ST FL CG YJ WL"
    assert {"GH", "TW", "LC", "SW", "SU"} <= set(codes("on_call").split())
    bodies = {d.code for d in county.DEPARTMENTS if d.kind == "body"}
    assert bodies == set(county.BODY_KINDS)
    assert len(bodies) == 7


# ------------------------------------------------------------------ people


def test_the_cast_is_complete() -> None:
    assert {person.username: person.name for person in county.CAST} == CAST
    assert {p.username for p in county.PEOPLE if p.cast} == set(CAST)
    assert county.PERSON["clerk"].posts[0].window == 3


def test_accounts_are_unique_and_nobody_shares_a_name() -> None:
    assert len(county.PERSON) == len(county.PEOPLE)
    names = Counter(person.name for person in county.PEOPLE)
    assert [name for name, times in names.items() if times > 1] == []
    for person in county.PEOPLE:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", person.username)
        assert check_phone(person.phone) == person.phone


def test_posts_name_places_departments_and_windows_that_exist() -> None:
    windows = {(window.center, window.number) for window in county.WINDOWS}
    for person in county.PEOPLE:
        assert person.posts
        for post in person.posts:
            assert post.center in county.CENTER
            assert post.department in county.DEPARTMENT
            assert county.DEPARTMENT[post.department].center == post.center
            assert post.window is None or (post.center, post.window) in windows


def test_every_department_has_a_head_and_every_department_but_a_village_also_staff() -> None:
    held = {(post.department, post.role) for person in county.PEOPLE for post in person.posts}
    for department in county.DEPARTMENTS:
        if department.code in ("SFX", "SFS"):  # the centres themselves dispatch and supervise
            assert (department.code, "leader") in held
            continue
        assert (department.code, "head") in held
        assert (department.code, "handler") in held


def test_every_centre_has_somebody_who_registers_and_somebody_who_dispatches() -> None:
    held = {(post.center, post.role) for person in county.PEOPLE for post in person.posts}
    for center in county.CENTERS:
        assert {(center.region, "clerk"), (center.region, "triage")} <= held


def test_names_that_break_naive_software_are_among_the_staff() -> None:
    everyone = "".join(person.name for person in county.PEOPLE)
    assert all(part in everyone for part in ("䶮", "𬍛", "㼆", "热比古丽·买买提"))


def test_mediators_are_people_of_their_body() -> None:
    for mediator in county.MEDIATORS:
        posts = county.PERSON[mediator.username].posts
        assert any(p.role == "mediator" and p.department == mediator.body for p in posts)
        assert set(mediator.specialities) <= set(stories.KIND)
    assert {mediator.body for mediator in county.MEDIATORS} == set(county.BODY_KINDS)


# ------------------------------------------------------------------ grids


def test_a_grid_code_is_its_village_and_three_digits() -> None:
    assert len({grid.code for grid in county.GRIDS}) == len(county.GRIDS)
    for grid in county.GRIDS:
        assert re.fullmatch(r"\d{15}", grid.code)
        assert grid.code[:12] == grid.village
        assert county.REGION[grid.village].level == "village"


def test_a_village_has_three_to_six_grids_of_three_to_five_hundred_households() -> None:
    main = [grid for grid in county.GRIDS if grid.kind != "micro"]
    per_village = Counter(grid.village for grid in main)
    assert set(per_village) == {village.code for village in county.VILLAGES}
    assert set(per_village.values()) <= {3, 4, 5, 6}
    assert all(300 <= grid.households <= 500 for grid in main)


def test_micro_grids_lie_in_a_comprehensive_grid() -> None:
    kinds = {grid.code: grid.kind for grid in county.GRIDS}
    micro = [grid for grid in county.GRIDS if grid.kind == "micro"]
    assert micro
    for grid in micro:
        assert kinds[grid.parent] == "comprehensive"
        assert 50 <= grid.households <= 80


def test_the_grid_worker_of_the_cast_serves_the_third_grid_of_hexie() -> None:
    duty = next(duty for duty in county.GRID_DUTIES if duty.username == "grid")
    names = {grid.code: grid.name for grid in county.GRIDS}
    assert names[duty.grid] == "和谐社区第3网格"
    assert {duty.grid for duty in county.GRID_DUTIES} <= set(names)
    full_time = [duty.grid for duty in county.GRID_DUTIES if duty.role == "full_time"]
    assert len(set(full_time)) == len(full_time)


# ------------------------------------------------------------------ citizens


def test_identity_numbers_are_valid_and_belong_to_nobody() -> None:
    for index in range(0, 40_000, 7):
        for drawn, word in zip(people.SEXES, "男女", strict=True):
            number = people.id_number(index, drawn)
            assert check_id_number(number) == number
            assert number.startswith("990101")
            assert date(1900, 1, 1) <= birth_date(number) <= date(1919, 12, 31)
            assert sex(number) == word


def test_citizens_differ_and_come_back_the_same() -> None:
    crowd = [people.citizen(index) for index in range(20_000)]
    assert len({citizen.id_number for citizen in crowd}) == len(crowd)
    assert len({citizen.phone for citizen in crowd}) == len(crowd)
    assert crowd[:100] == [people.citizen(index) for index in range(100)]
    assert all(2 <= len(citizen.name) <= 30 for citizen in crowd)
    assert all(check_phone(citizen.phone) == citizen.phone for citizen in crowd[::97])
    assert {name for name, _ in people.RARE_NAMES} <= {citizen.name for citizen in crowd}


def test_a_citizen_of_the_sex_asked_for() -> None:
    assert {people.citizen(index, "female").sex for index in range(200)} == {"female"}


def test_staff_and_citizens_do_not_share_telephones() -> None:
    staff = {person.phone for person in county.PEOPLE}
    assert staff.isdisjoint(people.citizen(index).phone for index in range(20_000))


# ------------------------------------------------------------------ stories


def test_the_types_stand_in_the_official_order() -> None:
    expected = {f"{number:02d}": name for number, name in enumerate(TYPES.split(), start=1)}
    expected["99"] = "其他"
    assert {kind.code: kind.name for kind in stories.KINDS} == expected
    assert all(5 <= len(kind.stories) <= 10 for kind in stories.KINDS)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: f"{story.type}-{story.text[:12]}")
def test_a_story_formats_and_holds_together(story: stories.Story) -> None:
    text, resolved = told(story)
    assert 30 <= len(text) <= 120
    assert len(resolved) >= 20
    assert "要求" in text
    assert not re.search(r"[{}]| ,|,", text + resolved)
    assert {story.lead, *story.assisting} <= UNIT_CODES
    assert story.lead not in story.assisting
    assert set(story.special) <= SPECIALS
    placeholders = set(re.findall(r"\{(\w+)\}", story.text + story.resolved))
    assert ("amount" in placeholders) == (story.amount is not None)
    assert "settled" not in placeholders or story.amount
    assert ("respondent" in placeholders) == (story.against != "nobody")
    assert "{applicant}" in story.text
    if story.against == "unit":
        assert story.units
    if story.amount:
        assert 0 < story.amount[0] < story.amount[1]
    if story.visitors[0] >= 5:
        assert story.complexity == "complex"


def test_respondents_cannot_be_mistaken_for_a_real_company() -> None:
    units = {unit for story in STORIES for unit in story.units}
    assert all(unit.startswith("示范县") for unit in units)
    assert units.isdisjoint(department.name for department in county.DEPARTMENTS)


def test_no_story_is_told_twice() -> None:
    assert len({story.text for story in STORIES}) == len(STORIES)


def test_every_special_situation_and_every_weight_occurs() -> None:
    assert {flag for story in STORIES for flag in story.special} == SPECIALS
    assert {story.complexity for story in STORIES} == {"simple", "ordinary", "complex"}
    assert {story.risk for story in STORIES} == {"low", "medium", "high"}


def test_results_say_how() -> None:
    for kind in stories.KINDS:
        for result in ("partly", "unresolved", "guided"):
            sentences = kind.results(result)
            assert sentences
            assert all(len(sentence) >= 20 for sentence in sentences)
        assert kind.internal
        assert kind.public


def test_every_type_can_be_returned_and_the_unit_suggested_exists() -> None:
    assert {code for back in stories.RETURNS for code in back.types} == set(stories.KIND)
    for back in stories.RETURNS:
        assert back.suggested in county.DEPARTMENT
        assert len(back.basis) >= 10


def test_other_words_are_there() -> None:
    levels = {"very_satisfied", "satisfied", "basically", "unsatisfied", "very_unsatisfied"}
    assert set(stories.FOLLOW_UP) == levels | {"unreached"}
    assert set(stories.RATINGS) == levels
    assert {row.category for row in stories.CONSULTATIONS} == {
        "law",
        "policy",
        "find",
        "elsewhere",
        "other",
    }
    assert all(unit in county.DEPARTMENT for row in stories.JOINT_SESSIONS for unit in row.units)
    assert any(row.settled for row in stories.GRID_EVENTS)
    assert not all(row.settled for row in stories.GRID_EVENTS)


@pytest.mark.parametrize(
    ("amount", "words"), [(38_600, "3.86万元"), (380, "380元"), (12_345, "12345元")]
)
def test_money_reads_as_a_clerk_writes_it(amount: int, words: str) -> None:
    assert stories.yuan(amount) == words
