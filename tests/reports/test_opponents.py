"""Who is the same opponent: one answer for 苗头 and for 研判."""

from __future__ import annotations

from datetime import date

import pytest

from cases.models import Case
from cases.services.course import merge_case
from cases.services.registration import PartyInput
from cases.services.thresholds import set_threshold
from cases.thresholds import Threshold
from cases.vocabulary import PartyRole
from orgs.models import User
from reports import signs
from reports.indicators.counting import Scope, Span
from reports.indicators.ledger_sets import GROUP_SIGNS
from tests.county import County
from tests.lives import ID_NUMBER, Lives
from zongzhi.lib import clock

FOREMAN = "13700139999"
OTHERS = ("110101199003070003", "110101199003070011", "11010119900307002X")


def complain(lives: Lives, serial: int, *opponents: PartyInput, **who: str) -> Case:
    """Somebody else every time, unless it is said who."""
    applicant = {"name": f"李四{'甲乙丙丁'[serial]}", "phone": f"1370013000{serial}", **who}
    return lives.registered(parties=[PartyInput(PartyRole.APPLICANT, **applicant), *opponents])


def unit(name: str = "鑫源劳务公司", phone: str = "") -> PartyInput:
    return PartyInput(PartyRole.RESPONDENT, name, phone=phone, is_organization=True)


def one(name: str = "王伟", **known: str) -> PartyInput:
    return PartyInput(PartyRole.RESPONDENT, name, **known)


def found(leader: User, county: County) -> tuple[int, int]:
    """How many cases the board's sign leads to, and how many the 研判 counts."""
    now, today = clock.now(), clock.today()
    cases = sum(sign.parts[0].number for sign in signs.same_opponent(leader, now))
    span = Span.of_days(today.replace(day=1), today)
    return cases, GROUP_SIGNS.rows(Scope(county.county), span).count()


def test_a_unit_is_its_name_however_it_is_written(
    leader: User, lives: Lives, county: County
) -> None:
    for serial, name in enumerate(("鑫源（示范）劳务", "鑫源(示范)劳务", "鑫源 （示范）劳务")):
        complain(lives, serial, unit(name))
    assert found(leader, county) == (3, 3)


def test_a_unit_is_never_its_foremans_telephone(leader: User, lives: Lives, county: County) -> None:
    for serial, name in enumerate(("鑫源劳务", "宏达建筑", "顺通运输")):
        complain(lives, serial, unit(name, FOREMAN))
    assert found(leader, county) == (0, 0)


def test_three_who_only_have_a_name_in_common_are_three(
    leader: User, lives: Lives, county: County
) -> None:
    for serial in range(3):
        complain(lives, serial, one())
    assert found(leader, county) == (0, 0)


@pytest.mark.parametrize("known", [{"phone": FOREMAN}, {"id_number": ID_NUMBER}])
def test_a_person_is_their_number_else_their_telephone(
    leader: User, lives: Lives, county: County, known: dict[str, str]
) -> None:
    for serial in range(3):
        complain(lives, serial, one(f"王伟{'甲乙丙'[serial]}", **known))
    assert found(leader, county) == (3, 3)


def test_people_who_complain_under_one_name_are_as_many_as_they_are(
    leader: User, lives: Lives, county: County
) -> None:
    """Three 王伟 by their numbers; and two without any, who count for the rows they stand on."""
    for serial, number in enumerate(OTHERS):
        complain(lives, serial, unit(), name="王伟", phone="", id_number=number)
    assert found(leader, county) == (3, 3)


def test_a_merged_case_is_not_one_more(
    leader: User, triage: User, lives: Lives, county: County
) -> None:
    target, _, third = (complain(lives, serial, unit()) for serial in range(3))
    assert found(leader, county) == (3, 3)
    merge_case(case_id=third.pk, by=triage, into=target.number, text="同一件事")
    assert found(leader, county) == (0, 0)


def test_how_many_and_how_long_are_settings_with_a_day(
    leader: User, sysadmin: User, lives: Lives, county: County
) -> None:
    complain(lives, 0, unit())
    complain(lives, 1, unit())
    assert found(leader, county) == (0, 0)
    tomorrow = date.fromordinal(clock.today().toordinal() + 1)
    set_threshold(
        name=Threshold.SIGN_PERSONS, value=2, effective_from=tomorrow, by=sysadmin, address=None
    )
    assert found(leader, county) == (0, 0)
    clock.freeze(clock.now().replace(hour=9) + (tomorrow - clock.today()))
    (sign,) = signs.same_opponent(leader, clock.now())
    assert (sign.parts[0].number, sign.arithmetic) == (2, "2 人起提示")
    assert found(leader, county)[0] == 2
