from __future__ import annotations

from datetime import timedelta

import pytest

from cases.models import Case, CaseLink
from cases.services.course import merge_case, unmerge_case
from cases.vocabulary import Closure, Stage
from dispatch.services.supervising import supervise_case
from orgs.models import User
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound, WrongState


def merge(case: Case, into: Case, by: User) -> Case:
    return merge_case(case_id=case.pk, by=by, into=into.number, text="同一件事")


def test_a_merged_case_ends_and_names_the_other(lives: Lives, triage: User) -> None:
    other = lives.claimed()
    case = merge(lives.registered(), other, triage)
    assert (case.stage, case.closure, case.merged_into) == (Stage.CLOSED, Closure.MERGED, other)
    assert fresh(other).stage == Stage.HANDLING


def test_both_numbers_stay_linked(lives: Lives, triage: User) -> None:
    other = lives.registered()
    case = merge(lives.registered(), other, triage)
    link = CaseLink.objects.get()
    assert (link.source, link.target, link.kind) == (case, other, CaseLink.Kind.MERGED)


def test_the_spoken_number_will_do(lives: Lives, triage: User) -> None:
    other, case = lives.registered(), lives.registered()
    merge_case(case_id=case.pk, by=triage, into=other.short_number, text="同一件事")
    assert fresh(case).merged_into == other


def test_the_units_part_ends(lives: Lives, triage: User) -> None:
    case = merge(lives.claimed(), lives.registered(), triage)
    assert case.assignments.get().ending == "case_ended"


@pytest.mark.parametrize("point", ["closed", "itself"])
def test_only_another_open_case_takes_it_in(lives: Lives, triage: User, point: str) -> None:
    case = lives.registered()
    into = case if point == "itself" else lives.closed()
    with refused(case, WrongState, "要是另一件还没结案的"):
        merge(case, into, triage)


def test_a_number_that_is_not_there_is_named(lives: Lives, triage: User) -> None:
    case = lives.registered()
    with refused(case, NotFound, "没有编号 0403-999，核对后再并"):
        merge_case(case_id=case.pk, by=triage, into="0403-999", text="同一件事")


def test_a_hidden_case_takes_nothing_in(lives: Lives, triage: User, town_officer: User) -> None:
    hidden = lives.registered()
    case = lives.registered(by=town_officer)
    with refused(case, NotFound):
        merge(case, hidden, town_officer)


def test_a_clerk_does_not_merge(lives: Lives, clerk: User) -> None:
    case, other = lives.registered(), lives.registered()
    with refused(case, NotAllowed):
        merge(case, other, clerk)


def test_merged_is_merged_once(lives: Lives, triage: User) -> None:
    other = lives.registered()
    case = merge(lives.registered(), other, triage)
    with refused(case, AlreadyDone, "已经结束（并案）"):
        merge(case, other, triage)


# 撤销并案


def test_unmerging_lets_it_stand_on_its_own_with_the_former_unit_suggested(
    lives: Lives, triage: User
) -> None:
    case = merge(lives.claimed(), lives.registered(), triage)
    case = unmerge_case(case_id=case.pk, by=triage)
    assert (case.stage, case.staff_label, case.merged_into) == (Stage.TRIAGE, "待分流", None)
    assert (case.unit_id, case.suggested_unit) == (None, lives.county.human_resources)
    assert not CaseLink.objects.exists()


def test_unmerging_starts_new_clocks(lives: Lives, triage: User) -> None:
    case = merge(lives.claimed(), lives.registered(), triage)
    clock.freeze(clock.now() + timedelta(days=3))
    case = unmerge_case(case_id=case.pk, by=triage)
    assert (case.due_clock, case.label_since) == ("dispatch", clock.now())


def test_a_supervised_case_comes_back_without_its_sheet(lives: Lives, triage: User) -> None:
    case = merge(lives.supervised(), lives.registered(), triage)
    unmerge_case(case_id=case.pk, by=triage)
    assert not case.supervisions.filter(closed_at=None).exists()


def test_what_was_unmerged_may_be_supervised_again(lives: Lives, triage: User, clerk: User) -> None:
    case = merge(lives.supervised(), lives.dispatched(), triage)
    unmerge_case(case_id=case.pk, by=triage)
    with refused(case, WrongState, "还没派出，没有可督办的单位"):
        supervise_case(case_id=case.pk, by=triage, reason="没人管")


def test_after_seven_days_it_stays_merged(lives: Lives, triage: User) -> None:
    case = merge(lives.registered(), lives.registered(), triage)
    clock.freeze(clock.now() + timedelta(days=7, minutes=1))
    with refused(case, WrongState, "并案超过 7 天，不能撤销"):
        unmerge_case(case_id=case.pk, by=triage)


def test_what_was_not_merged_is_not_unmerged(lives: Lives, triage: User) -> None:
    case = lives.closed()
    with refused(case, WrongState, "没有并案"):
        unmerge_case(case_id=case.pk, by=triage)


def test_a_clerk_does_not_unmerge(lives: Lives, triage: User, clerk: User) -> None:
    case = merge(lives.registered(), lives.registered(), triage)
    with refused(case, NotAllowed):
        unmerge_case(case_id=case.pk, by=clerk)
