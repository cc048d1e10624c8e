from __future__ import annotations

import pytest

from cases.services.course import note_case
from orgs.models import User
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound


def test_a_note_is_internal_unless_said_otherwise(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    note_case(case_id=case.pk, by=handler, text="约了周三见面")
    note_case(case_id=case.pk, by=handler, text="周三两点来", public=True)
    notes = case.events.filter(verb="note").order_by("seq")
    assert [(note.words.text, note.is_public) for note in notes] == [
        ("约了周三见面", False),
        ("周三两点来", True),
    ]


def test_a_note_names_the_unit_of_whoever_wrote_it(lives: Lives, handler: User) -> None:
    case = note_case(case_id=lives.claimed().pk, by=handler, text="约了周三见面")
    assert case.events.latest("seq").unit == handler.posts_today[0].department


@pytest.mark.parametrize("who", ["handler", "colleague", "clerk", "triage"])
@pytest.mark.parametrize("point", ["claimed", "supervised", "reported", "approved"])
def test_whoever_works_on_the_case_notes_at_any_open_stage(
    lives: Lives, who: str, point: str, request: pytest.FixtureRequest
) -> None:
    case = getattr(lives, point)()
    note_case(case_id=case.pk, by=request.getfixturevalue(who), text="记一笔")
    assert fresh(case).stage == case.stage


def test_a_leader_reads_and_does_not_note(lives: Lives, leader: User) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed, "由人社局办理，只有人社局能“记进展”"):
        note_case(case_id=case.pk, by=leader, text="抓紧")


def test_a_closed_case_takes_no_notes(lives: Lives, clerk: User) -> None:
    case = lives.closed()
    with refused(case, AlreadyDone, "已经结束（实质性办结）"):
        note_case(case_id=case.pk, by=clerk, text="补一句")


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.claimed()
    with refused(case, NotFound):
        note_case(case_id=case.pk, by=outsider, text="记一笔")
