"""Who sees which case, as one table; and that lists, locks and rows that hang from a case agree."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.door import lock
from cases.models import Case, CaseEvent, Party
from cases.vocabulary import Complexity, Risk, Source
from dispatch.services.asking import decide_request
from dispatch.services.assigning import dispatch_case, reassign_case
from dispatch.services.handling import claim_case
from dispatch.services.moving import push_down, request_escalation
from orgs.models import Post, Role, User
from orgs.permissions import RoleCode
from tests.county import County, person
from tests.lives import Lives
from zongzhi.lib import clock
from zongzhi.lib.errors import NotFound

IN_COUNTY = {
    "county",  # 待分流 at the county
    "with RS",  # given to 人社局
    "was with RS",  # reassigned from 人社局 to 住建局
    "RS and ZJ",  # 人社局 leads, 住建局 assists
    "channel's",  # handed in by another system
    "pushed down",  # from the county to the town
    "moved up",  # from the town to the county, at its own wish
    "town's",
    "village's",
    "grid worker's",  # registered on a phone, in the village
}

TABLE: dict[str, set[str]] = {
    "clerk": IN_COUNTY,
    "triage": IN_COUNTY,
    "leader": IN_COUNTY,
    "city_officer": IN_COUNTY,
    "town_officer": {"pushed down", "moved up", "town's", "village's", "grid worker's"},
    "village_officer": {"moved up", "village's", "grid worker's"},  # its unit had the first
    "handler": {"with RS", "was with RS", "RS and ZJ"},
    "head": {"with RS", "was with RS", "RS and ZJ"},
    "other_handler": {"was with RS", "RS and ZJ"},
    "outsider": set(),
    "grid_worker": {"grid worker's"},
    "channel": {"channel's"},
    "sysadmin": set(),
    "secadmin": set(),
    "auditor": set(),
    "without_a_department": set(),
    "without_a_post": set(),
    "retired": set(),
    "starts_tomorrow": set(),
}


@pytest.fixture
def without_a_department(county: County) -> User:
    """A handler whose post names no department, as a case may name no unit."""
    return person("nobody", "无单位", county.county, RoleCode.HANDLER)


@pytest.fixture
def without_a_post(county: County) -> User:
    return person("idle", "无岗位", county.county)


@pytest.fixture
def retired(county: County) -> User:
    user = person("retired", "已离任", county.county, RoleCode.CLERK)
    user.posts.update(until=clock.today() - timedelta(days=1))
    return user


@pytest.fixture
def starts_tomorrow(county: County) -> User:
    user = person("new", "未上任", county.county, RoleCode.CLERK)
    user.posts.update(since=clock.today() + timedelta(days=1))
    return user


@pytest.fixture
def cases(
    lives: Lives,
    county: County,
    triage: User,
    town_officer: User,
    village_officer: User,
    grid_worker: User,
    channel: User,
) -> dict[str, Case]:
    """One of every kind, by the names of the table."""
    made = {
        "county": lives.registered(),
        "with RS": lives.dispatched(),
        "was with RS": lives.claimed(),
        "RS and ZJ": lives.dispatched(assisting=(county.housing,)),
        "channel's": lives.registered(by=channel, source=Source.HOTLINE),
        "pushed down": lives.registered(),
        "moved up": lives.registered(by=town_officer),
        "town's": lives.registered(by=town_officer),
        "village's": lives.registered(by=village_officer),
        "grid worker's": lives.registered(by=grid_worker, source=Source.GRID),
    }
    housing, town = county.housing, county.town_unit
    reassign_case(case_id=made["was with RS"].pk, by=triage, lead=housing, text="应由住建局办")
    push_down(case_id=made["pushed down"].pk, by=triage, center=town, text="镇里先调")
    pk = made["moved up"].pk
    dispatch_case(
        case_id=pk,
        by=town_officer,
        lead=county.village_unit,
        complexity=Complexity.SIMPLE,
        risk=Risk.LOW,
    )
    claim_case(case_id=pk, by=village_officer)
    request_escalation(case_id=pk, by=town_officer, text="三次调解没成")
    asked = made["moved up"].requests.get()
    decide_request(case_id=pk, by=triage, request=asked.pk, grant=True)
    return made


@pytest.fixture
def people(request: pytest.FixtureRequest) -> dict[str, User]:
    return {name: request.getfixturevalue(name) for name in TABLE}


def test_who_sees_which_case(cases: dict[str, Case], people: dict[str, User]) -> None:
    names = {case.pk: name for name, case in cases.items()}
    seen = {
        who: {names[pk] for pk in Case.objects.visible_to(user).values_list("pk", flat=True)}
        for who, user in people.items()
    }
    assert seen == TABLE


def test_what_hangs_from_a_case_is_seen_by_whoever_sees_the_case(
    cases: dict[str, Case], people: dict[str, User]
) -> None:
    names = {case.pk: name for name, case in cases.items()}
    for model in (CaseEvent, Party):
        seen = {
            who: {names[row.case_id] for row in model.objects.visible_to(user)}
            for who, user in people.items()
        }
        assert seen == TABLE


def test_the_door_opens_exactly_what_the_list_shows(
    cases: dict[str, Case], people: dict[str, User]
) -> None:
    for who, user in people.items():
        for name, case in cases.items():
            if name in TABLE[who]:
                assert lock(case.pk, visible_to=user) == case
            else:
                with pytest.raises(NotFound):
                    lock(case.pk, visible_to=user)


def test_no_case_is_listed_twice(cases: dict[str, Case], people: dict[str, User]) -> None:
    for user in people.values():
        listed = list(Case.objects.visible_to(user).values_list("pk", flat=True))
        assert len(listed) == len(set(listed))


def test_a_handler_without_a_department_sees_no_case_without_a_unit(
    lives: Lives, without_a_department: User
) -> None:
    case = lives.registered()
    assert case.unit_id is None
    assert not Case.objects.visible_to(without_a_department).exists()


def test_several_posts_see_what_each_of_them_sees(
    cases: dict[str, Case], county: County, grid_worker: User
) -> None:
    Post.objects.create(
        user=grid_worker,
        role=Role.objects.get(code=RoleCode.HANDLER),
        center=county.county,
        department=county.human_resources,
        since=clock.today(),
    )
    names = {case.pk: name for name, case in cases.items()}
    again = User.objects.get(pk=grid_worker.pk)
    seen = {names[case.pk] for case in Case.objects.visible_to(again)}
    assert seen == TABLE["grid_worker"] | TABLE["handler"]


def test_what_a_role_may_see_is_the_security_administrators_to_say(
    lives: Lives, clerk: User
) -> None:
    lives.registered()
    Role.objects.filter(code=RoleCode.CLERK).update(permissions=[])
    assert not Case.objects.visible_to(User.objects.get(pk=clerk.pk)).exists()


def test_a_case_that_is_not_there_and_one_that_is_hidden_read_the_same(
    lives: Lives, outsider: User
) -> None:
    with pytest.raises(NotFound) as hidden:
        lock(lives.dispatched().pk, visible_to=outsider)
    with pytest.raises(NotFound) as absent:
        lock(0, visible_to=outsider)
    assert hidden.value.message == absent.value.message
