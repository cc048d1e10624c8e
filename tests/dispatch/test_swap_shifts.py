"""换班 and 找人替: nothing changes before the other agrees, and then all of it at once."""

from __future__ import annotations

import pytest

from dispatch.models import Shift, Swap
from dispatch.scheduling import Row
from dispatch.services import swapping
from dispatch.services.rostering import Standing, mark_away, set_shifts
from dispatch.services.swapping import (
    answer_swap,
    ask_stand_in,
    ask_swap,
    expire_swap,
    expired_swaps,
    withdraw_swap,
)
from dispatch.tasks import sweep_clocks
from orgs.models import Notice, User
from tests.concurrency import at_once, hold
from tests.county import County
from tests.rosters import AM, MONDAY, PM, THURSDAY, moment, put, seat, sunday_before
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sunday(county: County) -> None:
    clock.freeze(sunday_before())
    seat(county.human_resources, county.county)


@pytest.fixture
def shifts(county: County, handler: User, colleague: User, triage: User) -> tuple[Shift, Shift]:
    """李强 on Monday morning, 苏梅 on Thursday morning."""
    [monday] = put(county.human_resources, handler, MONDAY, AM, by=triage)
    [thursday] = put(county.human_resources, colleague, THURSDAY, AM, by=triage)
    return monday, thursday


def who() -> list[str]:
    return [shift.who for shift in Shift.objects.for_roster().order_by("day", "half")]


def told(user: User) -> str:
    return Notice.objects.filter(user=user).latest("pk").text


def test_with_consent_both_shifts_change_and_both_are_told(
    shifts: tuple[Shift, Shift], handler: User, colleague: User
) -> None:
    swap = ask_swap(shift_id=shifts[0].pk, other_id=shifts[1].pk, by=handler)
    assert who() == ["李强", "苏梅"]
    assert told(colleague).startswith("换班要你同意：11月26日上午换11月23日上午")
    answer_swap(swap_id=swap.pk, agree=True, by=colleague)
    assert who() == ["苏梅", "李强"]
    assert told(handler) == "换班：11月23日上午 人社局 和 11月26日上午，苏梅同意了，班次已换"
    assert set(Shift.objects.values_list("by_hand", flat=True)) == {True}


def test_refusal_leaves_everything(
    shifts: tuple[Shift, Shift], handler: User, colleague: User
) -> None:
    swap = ask_swap(shift_id=shifts[0].pk, other_id=shifts[1].pk, by=handler)
    answer_swap(swap_id=swap.pk, agree=False, by=colleague)
    assert who() == ["李强", "苏梅"]
    assert told(handler).endswith("苏梅没同意，班次没有变")
    with pytest.raises(AlreadyDone, match="苏梅没同意"):
        answer_swap(swap_id=swap.pk, agree=True, by=colleague)


def test_only_the_other_can_agree(
    shifts: tuple[Shift, Shift], handler: User, triage: User, outsider: User
) -> None:
    swap = ask_swap(shift_id=shifts[0].pk, other_id=shifts[1].pk, by=handler)
    with pytest.raises(NotAllowed, match="要苏梅同意"):
        answer_swap(swap_id=swap.pk, agree=True, by=handler)
    for stranger in (triage, outsider):
        with pytest.raises(NotFound):
            answer_swap(swap_id=swap.pk, agree=True, by=stranger)


def test_the_scheduler_asks_on_somebodys_behalf_and_they_hear_of_it(
    shifts: tuple[Shift, Shift], handler: User, colleague: User, triage: User
) -> None:
    swap = ask_swap(shift_id=shifts[0].pk, other_id=shifts[1].pk, by=triage)
    answer_swap(swap_id=swap.pk, agree=True, by=colleague)
    assert told(handler).endswith("班次已换")
    assert told(triage).endswith("班次已换")


def test_a_colleague_does_not_swap_my_shift(
    shifts: tuple[Shift, Shift], outsider: User, colleague: User
) -> None:
    with pytest.raises(NotAllowed):
        ask_swap(shift_id=shifts[0].pk, other_id=shifts[1].pk, by=outsider)


def test_shifts_of_two_units_are_not_swapped(
    county: County, shifts: tuple[Shift, Shift], other_handler: User, triage: User
) -> None:
    seat(county.housing, county.county)
    [theirs] = put(county.housing, other_handler, THURSDAY, AM, by=triage)
    with pytest.raises(Invalid, match="同一行"):
        ask_swap(shift_id=shifts[0].pk, other_id=theirs.pk, by=triage)


def test_one_question_at_a_time(
    county: County, shifts: tuple[Shift, Shift], handler: User, colleague: User, triage: User
) -> None:
    ask_swap(shift_id=shifts[0].pk, other_id=shifts[1].pk, by=handler)
    with pytest.raises(AlreadyDone, match="已经问过人"):
        ask_stand_in(shift_id=shifts[0].pk, partner=colleague, by=handler)


def test_without_an_answer_nothing_changes_and_both_are_told_once(
    shifts: tuple[Shift, Shift], handler: User, colleague: User
) -> None:
    swap = ask_swap(shift_id=shifts[0].pk, other_id=shifts[1].pk, by=handler)
    clock.freeze(moment(MONDAY, 8, 30))
    with pytest.raises(WrongState, match="没有答复"):
        answer_swap(swap_id=swap.pk, agree=True, by=colleague)
    assert expired_swaps(now=clock.now()) == [swap.pk]
    sweep_clocks()
    sweep_clocks()
    assert not expire_swap(swap_id=swap.pk)
    swap.refresh_from_db()
    assert (swap.state, who()) == (Swap.State.EXPIRED, ["李强", "苏梅"])
    for user in (handler, colleague):
        assert Notice.objects.filter(user=user, text__endswith="没有答复，班次没有变").count() == 1


def test_what_has_begun_is_not_swapped(shifts: tuple[Shift, Shift], handler: User) -> None:
    clock.freeze(moment(MONDAY, 9))
    with pytest.raises(WrongState, match="已经开始"):
        ask_swap(shift_id=shifts[0].pk, other_id=shifts[1].pk, by=handler)


def test_whoever_asked_may_take_it_back(
    shifts: tuple[Shift, Shift], handler: User, colleague: User
) -> None:
    swap = ask_swap(shift_id=shifts[0].pk, other_id=shifts[1].pk, by=handler)
    with pytest.raises(NotAllowed):
        withdraw_swap(swap_id=swap.pk, by=colleague)
    withdraw_swap(swap_id=swap.pk, by=handler)
    with pytest.raises(AlreadyDone, match="已撤回"):
        answer_swap(swap_id=swap.pk, agree=True, by=colleague)


def test_a_shift_set_anew_is_asked_about_no_more(
    county: County, shifts: tuple[Shift, Shift], handler: User, colleague: User, triage: User
) -> None:
    swap = ask_swap(shift_id=shifts[0].pk, other_id=shifts[1].pk, by=handler)
    mark_away(shift_id=shifts[1].pk, reason="看病", by=colleague)
    with pytest.raises(AlreadyDone):
        answer_swap(swap_id=swap.pk, agree=True, by=colleague)
    assert who() == ["李强", "苏梅"]


def test_somebody_who_stands_elsewhere_cannot_swap_and_nothing_is_half_done(
    county: County, shifts: tuple[Shift, Shift], handler: User, colleague: User, triage: User
) -> None:
    lawyer = Row(county.county, duty="lawyer")
    set_shifts(row=lawyer, day=THURSDAY, halves=AM, standing=Standing(handler), by=triage)
    swap = ask_swap(shift_id=shifts[0].pk, other_id=shifts[1].pk, by=handler)
    with pytest.raises(Invalid, match="一个人不能站两处"):
        answer_swap(swap_id=swap.pk, agree=True, by=colleague)
    assert Shift.objects.get(pk=shifts[0].pk).person == handler
    assert Swap.objects.get().state == Swap.State.ASKED


# ---------- 找人替


def test_a_gap_is_filled_by_a_colleague_who_agrees(
    shifts: tuple[Shift, Shift], handler: User, colleague: User, triage: User
) -> None:
    mark_away(shift_id=shifts[0].pk, reason="看病", by=handler)
    swap = ask_stand_in(shift_id=shifts[0].pk, partner=colleague, by=triage)
    assert Shift.objects.get(pk=shifts[0].pk).is_gap
    answer_swap(swap_id=swap.pk, agree=True, by=colleague)
    shift = Shift.objects.get(pk=shifts[0].pk)
    assert (shift.person, shift.state, shift.reason) == (colleague, Shift.State.PLANNED, "")


def test_only_people_of_the_unit_stand_in(
    shifts: tuple[Shift, Shift], triage: User, other_handler: User
) -> None:
    with pytest.raises(Invalid, match="不是人社局的人"):
        ask_stand_in(shift_id=shifts[0].pk, partner=other_handler, by=triage)


def test_for_a_duty_anybody_of_the_centre_may_stand_in(
    county: County, leader: User, triage: User
) -> None:
    reception = Row(county.county, duty="reception")
    guest = Standing(name="陈县长", phone="15400000002")
    [shift] = set_shifts(row=reception, day=MONDAY, halves=PM, standing=guest, by=triage)
    swap = ask_stand_in(shift_id=shift.pk, partner=leader, by=triage)
    answer_swap(swap_id=swap.pk, agree=True, by=leader)
    shift = Shift.objects.get()
    assert (shift.person, shift.name, shift.phone) == (leader, "", "")


# ---------- races


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(
    shifts: tuple[Shift, Shift],
    handler: User,
    colleague: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Take the locks out of `_locked_swap` and both are let through."""
    swap = ask_swap(shift_id=shifts[0].pk, other_id=shifts[1].pk, by=handler)
    hold(monkeypatch, swapping, "_refuse_answered")
    outcome = at_once(
        lambda: answer_swap(swap_id=swap.pk, agree=True, by=colleague),
        lambda: withdraw_swap(swap_id=swap.pk, by=handler),
    )
    assert outcome == ["AlreadyDone", "ok"]
    swap.refresh_from_db()
    swapped = who() == ["苏梅", "李强"]
    assert swapped == (swap.state == Swap.State.AGREED)


@pytest.mark.django_db(transaction=True)
def test_of_two_swaps_over_one_shift_one_is_agreed_to(
    county: County,
    shifts: tuple[Shift, Shift],
    handler: User,
    colleague: User,
    head: User,
    triage: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both 李强 and 郑海 want 苏梅's Thursday; she says yes to both at the same moment."""
    [tuesday] = put(county.human_resources, head, MONDAY, PM, by=triage)
    first = ask_swap(shift_id=shifts[0].pk, other_id=shifts[1].pk, by=handler)
    second = ask_swap(shift_id=tuesday.pk, other_id=shifts[1].pk, by=head)
    hold(monkeypatch, swapping, "_refuse_answered")
    outcome = at_once(
        lambda: answer_swap(swap_id=first.pk, agree=True, by=colleague),
        lambda: answer_swap(swap_id=second.pk, agree=True, by=colleague),
    )
    assert outcome == ["WrongState", "ok"]
    assert sorted(who()) == sorted(["李强", "苏梅", "郑海"])
