from __future__ import annotations

from dispatch.forms import AssignForm
from dispatch.services.handling import assign_handler
from orgs.models import Notice, User
from tests.county import County
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound


def test_the_head_names_who_handles_it(lives: Lives, head: User, colleague: User) -> None:
    case = assign_handler(case_id=lives.claimed().pk, by=head, handler=colleague)
    part = fresh(case).lead
    assert part is not None
    assert part.handler == colleague


def test_who_it_was_and_who_it_is_are_written_down(
    lives: Lives, head: User, handler: User, colleague: User
) -> None:
    case = assign_handler(case_id=lives.claimed().pk, by=head, handler=colleague)
    assert case.events.get(verb="assign").data == {"from": handler.pk, "to": colleague.pk}


def test_the_person_is_told(lives: Lives, head: User, colleague: User) -> None:
    case = lives.claimed()
    Notice.objects.all().delete()
    assign_handler(case_id=case.pk, by=head, handler=colleague)
    assert [notice.user for notice in Notice.objects.all()] == [colleague]


def test_only_the_units_own_people_are_offered(
    lives: Lives, head: User, handler: User, colleague: User, outsider: User
) -> None:
    form = AssignForm(case=fresh(lives.claimed()), user=head)
    assert {user for user, _ in form.fields["handler"].choices if user} == {
        "renshe",
        "renshe2",
        "renshe_head",
    }


def test_somebody_of_another_unit_cannot_be_named(lives: Lives, head: User, outsider: User) -> None:
    case = lives.claimed()
    with refused(case, Invalid, "吴刚不是人社局的工作人员"):
        assign_handler(case_id=case.pk, by=head, handler=outsider)


def test_staff_do_not_assign(lives: Lives, handler: User, colleague: User) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed):
        assign_handler(case_id=case.pk, by=handler, handler=colleague)


def test_the_head_of_an_assisting_unit_assigns_its_part(
    lives: Lives, county: County, head: User, colleague: User
) -> None:
    case = lives.dispatched(lead=county.housing, assisting=(county.human_resources,))
    assign_handler(case_id=case.pk, by=head, handler=colleague)
    handlers = {part.role: part.handler for part in fresh(case).open_assignments}
    assert handlers == {"lead": None, "assisting": colleague}


def test_after_the_result_is_approved_nobody_is_assigned(
    lives: Lives, head: User, colleague: User
) -> None:
    case = lives.approved()
    with refused(case, NotAllowed):
        assign_handler(case_id=case.pk, by=head, handler=colleague)


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.registered()
    with refused(case, NotFound):
        assign_handler(case_id=case.pk, by=outsider, handler=outsider)
