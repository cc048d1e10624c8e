"""移送线索: to several at once, each signs; the case goes on."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localtime

from cases.models import Case
from dispatch.models import Clue, ClueTarget
from dispatch.services.clues import finish_clue, receive_clue, refer_clue, send_clue
from dispatch.tasks import sweep_clocks
from orgs.models import Notice, Post, Role, User
from orgs.permissions import RoleCode
from tests.county import County, person
from tests.dispatch.together import costs_the_same
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh, later
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

TEXT = "同一工地还有十几人被欠薪，疑似转包"


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def refer(case: Case, by: User, county: County, **changed: Any) -> Case:
    units = [county.police, county.town_unit]
    return refer_clue(
        case_id=case.pk, by=by, **{"kind": "offence", "units": units, "text": TEXT, **changed}
    )


def test_the_case_goes_on(lives: Lives, county: County, triage: User) -> None:
    case = lives.claimed()
    label = case.label
    refer(case, triage, county)
    assert (fresh(case).label, fresh(case).is_open) == (label, True)
    assert case.events.get(verb="refer-clue").data["number"] == "示范县综移〔2025〕1号"


def test_a_clue_goes_to_no_unit_of_another_place(
    lives: Lives, county: County, triage: User
) -> None:
    case = lives.claimed()
    with pytest.raises(Invalid) as caught:
        refer(case, triage, county, units=[county.village_unit])
    assert caught.value.errors == {
        "units": ["柳湾村综治中心不在示范县综治中心和上级中心，移送不了"]
    }


def test_department_and_place_each_have_a_receipt(
    lives: Lives, county: County, triage: User, outsider: User, town_officer: User
) -> None:
    refer(lives.claimed(), triage, county)
    rows = ClueTarget.objects.all()
    assert [(row.unit, localtime(row.due_at)) for row in rows] == [
        (county.police, moment(4, 7, 17, 30)),
        (county.town_unit, moment(4, 7, 17, 30)),
    ]
    text = "示范县综移〔2025〕1号 违法线索移送，4月7日 17:30前签收"
    assert outsider.notices.get().text == town_officer.notices.get().text == text


def test_each_signs_for_itself(
    lives: Lives, county: County, triage: User, outsider: User, town_officer: User
) -> None:
    refer(lives.claimed(), triage, county)
    clue = Clue.objects.get()
    receive_clue(clue_id=clue.pk, by=town_officer)
    signed = {row.unit: row.received_by for row in clue.targets.all()}
    assert signed == {county.police: None, county.town_unit: town_officer}


def test_who_answers_for_two_units_signs_and_answers_for_both(
    lives: Lives, county: County, triage: User
) -> None:
    refer(lives.claimed(), triage, county, units=[county.police, county.housing])
    both = person("both", "两岗", county.county, RoleCode.HANDLER, department=county.police)
    role = Role.objects.get(code=RoleCode.HANDLER)
    since = both.posts.get().since
    Post.objects.create(
        user=both, role=role, center=county.county, department=county.housing, since=since
    )
    both = User.objects.get(pk=both.pk)
    clue = Clue.objects.get()
    for _ in range(2):
        receive_clue(clue_id=clue.pk, by=both)
        finish_clue(clue_id=clue.pk, by=both, text="已经立案调查")
    assert not clue.targets.filter(finished_at=None).exists()
    with pytest.raises(AlreadyDone):
        receive_clue(clue_id=clue.pk, by=both)


def test_a_receipt_is_signed_once(
    lives: Lives, county: County, triage: User, outsider: User
) -> None:
    refer(lives.claimed(), triage, county)
    clue = Clue.objects.get()
    receive_clue(clue_id=clue.pk, by=outsider)
    with pytest.raises(AlreadyDone, match="吴刚 4月3日 10:44 已经签收了"):
        receive_clue(clue_id=clue.pk, by=outsider)


def test_what_came_of_it_is_told_after_signing(
    lives: Lives, county: County, triage: User, outsider: User
) -> None:
    refer(lives.claimed(), triage, county)
    clue = Clue.objects.get()
    with pytest.raises(WrongState, match="先签收再反馈"):
        finish_clue(clue_id=clue.pk, by=outsider, text="已立案")
    receive_clue(clue_id=clue.pk, by=outsider)
    finish_clue(clue_id=clue.pk, by=outsider, text="已受案初查")
    assert triage.notices.latest("pk").text == f"{clue.number} 公安局已反馈"


def test_a_unit_it_was_not_sent_to_finds_no_such_clue(
    lives: Lives, county: County, triage: User, other_handler: User, client: Client
) -> None:
    refer(lives.claimed(), triage, county)
    clue = Clue.objects.get()
    with pytest.raises(NotFound):
        receive_clue(clue_id=clue.pk, by=other_handler)
    client.force_login(other_handler)
    assert client.get(clue.get_absolute_url()).status_code == 404


def test_the_centre_that_sent_it_does_not_sign(lives: Lives, county: County, triage: User) -> None:
    refer(lives.claimed(), triage, county)
    with pytest.raises(NotAllowed, match="不是移送给本单位的"):
        receive_clue(clue_id=Clue.objects.get().pk, by=triage)


def test_a_receiver_sees_the_clue_and_not_the_case(
    lives: Lives, county: County, triage: User, outsider: User, client: Client
) -> None:
    case = refer(lives.claimed(), triage, county)
    client.force_login(outsider)
    text = client.get(Clue.objects.get().get_absolute_url()).content.decode()
    assert TEXT in text
    assert case.short_number not in text
    assert "青石镇综治中心" not in text  # who else was told is not a receiver's to know


def test_a_clue_needs_somebody_to_go_to(lives: Lives, county: County, triage: User) -> None:
    case = lives.claimed()
    with refused(case, Invalid, "还没选移送给谁"):
        refer(case, triage, county, units=[])


def test_a_unit_refers_nothing(lives: Lives, county: County, handler: User) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed):
        refer(case, handler, county)


def test_a_hidden_case_is_not_there(lives: Lives, county: County, outsider: User) -> None:
    case = lives.claimed()
    with refused(case, NotFound):
        refer(case, outsider, county)


def test_a_clue_may_come_from_no_case(county: County, triage: User) -> None:
    clue = send_clue(
        center=county.county, by=triage, kind="trade", units=[county.police], text=TEXT
    )
    assert clue.case is None


def test_unsigned_the_heads_and_the_desk_hear_it_once(
    lives: Lives, county: County, triage: User
) -> None:
    boss = person("gongan_head", "严正", county.county, RoleCode.HEAD, department=county.police)
    refer(lives.registered(), triage, county)
    Notice.objects.all().delete()
    later(ClueTarget.objects.first().due_at)
    sweep_clocks()
    sweep_clocks()
    number = Clue.objects.get().number
    assert boss.notices.get().text == f"{number} 过了时限还没签收"
    told = [n.text for n in triage.notices.order_by("pk") if number in n.text]
    assert told == [f"{number} 公安局没有按时签收", f"{number} 青石镇综治中心没有按时签收"]


def test_signing_and_answering_on_the_page(
    lives: Lives, county: County, triage: User, outsider: User, client: Client
) -> None:
    refer(lives.claimed(), triage, county)
    url = Clue.objects.get().get_absolute_url()
    client.force_login(outsider)
    assert client.post(f"{url}receive/").status_code == 302
    assert client.post(url, {"text": ""}).status_code == 422
    assert client.post(url, {"text": "已受案初查"}).status_code == 302
    assert ClueTarget.objects.get(unit=county.police).outcome == "已受案初查"


def test_a_clue_without_a_case_on_the_page(county: County, triage: User, client: Client) -> None:
    client.force_login(triage)
    given = {"kind": "trade", "units": ["GA", "QSZ"], "text": TEXT}
    assert client.post("/dispatch/clues/", {**given, "text": "短"}).status_code == 422
    assert client.post("/dispatch/clues/", given).status_code == 302
    assert Clue.objects.get().targets.count() == 2


def test_more_clues_cost_no_more_queries(
    lives: Lives, county: County, triage: User, client: Client
) -> None:
    costs_the_same(
        client, triage, "/dispatch/clues/", lambda: refer(lives.claimed(), triage, county)
    )
