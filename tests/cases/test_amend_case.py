from __future__ import annotations

import pytest

from cases.forms import AmendForm
from cases.models import DisputeType
from cases.services.course import amend_case, note_case
from orgs.models import User
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState


def test_amending_changes_what_was_registered(lives: Lives, clerk: User) -> None:
    case = lives.registered()
    amend_case(case_id=case.pk, by=clerk, text="来电补充", fields={"amount": 38_600})
    assert fresh(case).amount == 38_600


def test_before_and_after_stay_on_record(lives: Lives, clerk: User) -> None:
    case = lives.registered()
    property_, wages = DisputeType.objects.get(code="17"), case.type
    amend_case(case_id=case.pk, by=clerk, text="问清楚了", fields={"type": property_})
    event = case.events.get(verb="amend")
    assert event.data == {"fields": {"type": [wages.pk, property_.pk]}}
    assert event.words.text == "问清楚了\n类型原为：拖欠农民工工资"


def test_the_old_narrative_is_kept_as_words_and_never_in_the_event(
    lives: Lives, clerk: User
) -> None:
    case = lives.registered()
    amend_case(case_id=case.pk, by=clerk, text="更正", fields={"narrative": "四个月工资没给"})
    event = case.events.get(verb="amend")
    assert "木工" not in str(event.data)
    assert "木工" in event.words.text


def test_the_search_box_finds_the_new_narrative(lives: Lives, clerk: User) -> None:
    case = lives.registered()
    amend_case(case_id=case.pk, by=clerk, text="更正", fields={"narrative": "脚手架倒了没人管"})
    assert "脚手" in case.words.__class__.objects.get(pk=case.pk).words


def test_what_is_so_already_is_no_change(lives: Lives, clerk: User) -> None:
    case = lives.registered()
    with refused(case, Invalid, "没有改动"):
        amend_case(case_id=case.pk, by=clerk, text="看错了", fields={"type": case.type})


def test_writing_over_what_somebody_changed_meanwhile_is_refused(lives: Lives, clerk: User) -> None:
    case = lives.registered()
    note_case(case_id=case.pk, by=clerk, text="又来电话")
    with refused(case, WrongState, "写的时候这件事有了变化，核对后再提交"):
        amend_case(
            case_id=case.pk, by=clerk, text="补充", fields={"amount": 1}, version=case.version
        )


def test_the_form_leaves_alone_what_was_not_filled_in(lives: Lives, clerk: User) -> None:
    form = AmendForm({"text": "补充", "amount": "500"}, case=lives.registered(), user=clerk)
    assert form.is_valid()
    assert list(form.arguments()["fields"]) == ["amount"]


def test_a_leader_does_not_amend(lives: Lives, leader: User) -> None:
    case = lives.registered()
    with refused(case, NotAllowed):
        amend_case(case_id=case.pk, by=leader, text="更正", fields={"amount": 1})


def test_a_closed_case_is_not_amended(lives: Lives, clerk: User) -> None:
    case = lives.closed()
    with refused(case, AlreadyDone):
        amend_case(case_id=case.pk, by=clerk, text="更正", fields={"amount": 1})


@pytest.mark.parametrize("who", ["outsider", "grid_worker", "sysadmin"])
def test_a_case_one_cannot_see_is_not_there(
    lives: Lives, who: str, request: pytest.FixtureRequest
) -> None:
    case = lives.registered()
    with refused(case, NotFound):
        amend_case(
            case_id=case.pk,
            by=request.getfixturevalue(who),
            text="更正",
            fields={"amount": 1},
        )
