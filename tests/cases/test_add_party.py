"""补充当事人: a 对方 nobody knew at the window."""

from __future__ import annotations

import pytest
from django.test import Client

from cases.models import Case, CaseText, Party
from cases.services.course import withdraw_case
from cases.services.parties import add_party
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole, Special
from orgs.models import User
from tests.lives import ID_NUMBER, PHONE, Lives, fresh
from zongzhi.lib.errors import AlreadyDone, Invalid, NotFound

ALONE = [PartyInput(PartyRole.APPLICANT, "张三丰", phone=PHONE, id_number=ID_NUMBER)]
LI = PartyInput(PartyRole.RESPONDENT, "李大山", phone="19900005622")


@pytest.fixture
def case(lives: Lives) -> Case:
    return lives.claimed(parties=ALONE)


def test_a_respondent_named_later_stands_in_title_and_search(
    case: Case, handler: User, triage: User, client: Client
) -> None:
    add_party(case_id=case.pk, by=handler, party=LI)
    found = Party.objects.get(case=case, role="respondent")
    assert (found.name, found.phone) == ("李大山", "19900005622")
    assert "与李**" in fresh(case).title
    client.force_login(triage)
    assert client.get("/cases/?q=李大山").headers["Location"] == case.get_absolute_url()
    text = CaseText.objects.get(event__case=case, event__verb="add-party").text
    assert text == "对方：李**"


def test_the_title_keeps_the_first_respondent(case: Case, handler: User) -> None:
    add_party(case_id=case.pk, by=handler, party=LI)
    title = fresh(case).title
    other = PartyInput(PartyRole.RESPONDENT, "鑫源劳务公司", is_organization=True)
    add_party(case_id=case.pk, by=handler, party=other)
    assert fresh(case).title == title


def test_nobody_is_named_twice(case: Case, handler: User) -> None:
    add_party(case_id=case.pk, by=handler, party=LI)
    with pytest.raises(Invalid, match="已经是这件事的对方"):
        add_party(case_id=case.pk, by=handler, party=LI)
    assert case.parties.count() == 2


def test_a_child_makes_it_a_matter_of_a_minor(case: Case, handler: User) -> None:
    child = PartyInput(PartyRole.RESPONDENT, "李小山", id_number="110105201503150032")
    add_party(case_id=case.pk, by=handler, party=child)
    assert Special.MINOR in fresh(case).special
    assert Special.NONE not in fresh(case).special


def test_a_wrong_number_is_said_and_nothing_typed_is_lost(
    case: Case, handler: User, client: Client
) -> None:
    client.force_login(handler)
    typed = {"role": "respondent", "name": "李大山", "phone": "1990"}
    answer = client.post(f"/cases/{case.number}/add-party/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="李大山"' in page
    assert case.parties.count() == 1


def test_a_closed_case_and_a_hidden_one_take_nobody(
    case: Case, handler: User, clerk: User, outsider: User
) -> None:
    with pytest.raises(NotFound):
        add_party(case_id=case.pk, by=outsider, party=LI)
    withdraw_case(case_id=case.pk, by=clerk, text="不办了")
    with pytest.raises(AlreadyDone):
        add_party(case_id=case.pk, by=handler, party=LI)
