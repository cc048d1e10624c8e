from __future__ import annotations

from cases.models import Case
from cases.services.registration import revisit_case
from orgs.models import Notice, User
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound


def test_coming_again_keeps_the_number_and_counts_the_visit(lives: Lives, clerk: User) -> None:
    case = lives.claimed()
    revisit_case(case_id=case.pk, by=clerk, visitors=3, text="问什么时候给")
    again = fresh(case)
    assert (again.visits_count, again.visitors_count, Case.objects.count()) == (2, 4, 1)


def test_the_unit_hears_that_they_came_again(lives: Lives, clerk: User, handler: User) -> None:
    case = lives.claimed()
    Notice.objects.all().delete()
    revisit_case(case_id=case.pk, by=clerk, visitors=1, text="问什么时候给")
    assert handler.notices.get().text == f"{case.short_number} 来访人又来了一次"


def test_before_a_unit_has_it_nobody_is_told(lives: Lives, clerk: User) -> None:
    case = lives.registered()
    Notice.objects.all().delete()
    revisit_case(case_id=case.pk, by=clerk, visitors=1, text="问什么时候给")
    assert not Notice.objects.exists()


def test_a_unit_does_not_count_visits(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed):
        revisit_case(case_id=case.pk, by=handler, visitors=1, text="来单位问了")


def test_a_closed_matter_is_registered_anew(lives: Lives, clerk: User) -> None:
    case = lives.closed()
    with refused(case, AlreadyDone):
        revisit_case(case_id=case.pk, by=clerk, visitors=1, text="又没给")


def test_a_case_one_cannot_see_is_not_there(lives: Lives, town_officer: User) -> None:
    case = lives.claimed()
    with refused(case, NotFound):
        revisit_case(case_id=case.pk, by=town_officer, visitors=1, text="到镇里来了")
