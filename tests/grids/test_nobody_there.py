"""An event never lies with nobody: who has it is told, sees it on their desk, and can act."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.services.course import decline_case
from grids.acts import allowed
from grids.event_forms import VerifyForm
from grids.event_policies import serving, units_of
from grids.event_stranding import move_stranded
from grids.models import GridEvent, GridRole
from grids.services import events as services
from orgs.models import Department, Notice, Post, Role, User
from orgs.permissions import RoleCode
from reports.menu import menu_of
from tests.county import LONG_AGO, person
from tests.grids.field import Field
from tests.grids.test_event_to_case import _raised as raised
from zongzhi.lib.errors import WrongState

DESK, OWN = reverse("grids:event_desk"), f"{reverse('grids:events')}?view=own"


def told(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("text", flat=True))


def own_number(user: User) -> int:
    return menu_of(user).counted.numbers()[OWN]


def in_village(field: Field) -> tuple[User, GridEvent]:
    """An event of the village's only 分流员."""
    only = person("village_triage", "罗正", field.county.village, RoleCode.TRIAGE)
    return only, field.report()


def leave(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


# --- It falls back to the centre ------------------------------------------------------------------


def test_a_case_without_a_result_comes_back_with_a_word_to_the_centre(
    field: Field, monday: object
) -> None:
    event, case = raised(field)
    Notice.objects.all().delete()
    decline_case(
        case_id=case.pk, by=field.town, reason="court", route="litigation", text="法院已经受理"
    )
    assert any(event.short_number in line and "回到本中心" in line for line in told(field.second))


def test_what_the_worker_finds_not_done_and_nobody_else_has_is_told_to_the_centre(
    field: Field, monday: object
) -> None:
    event = services.feed_back_event(
        event_id=field.at("with_center").pk, by=field.town, text="换了灯泡，已经亮了"
    )
    services.request_check_event(event_id=event.pk, by=field.town)
    Notice.objects.all().delete()
    services.check_event(event_id=event.pk, by=field.worker, passed=False, text="还是不亮，线断了")
    assert any("没办好" in line for line in told(field.town))


def test_the_centre_is_not_told_what_one_of_it_has_just_done(field: Field, monday: object) -> None:
    Notice.objects.all().delete()
    field.at("with_center")
    assert not [line for line in told(field.second) if "要处置" in line]


def test_what_the_centre_does_itself_stands_on_its_desk_with_its_number(
    field: Field, monday: object, client: Client
) -> None:
    event = field.at("with_center")
    field.at("with_unit")
    checked = field.at("fed_back")
    GridRole.objects.all().delete()
    services.request_check_event(event_id=checked.pk, by=field.town)
    client.force_login(field.town)
    assert client.get(DESK).context["own"] == own_number(field.town) == 2
    page = client.get(OWN).context["page"]
    assert {row.pk for row in page.rows} == {event.pk, checked.pk}
    assert own_number(field.above) == 0


def test_urgent_ones_stand_first_on_the_desk(field: Field, monday: object, client: Client) -> None:
    plain, urgent = field.report(), field.report(is_urgent=True)
    client.force_login(field.town)
    queue = [row.event for row in client.get(DESK).context["queue"]]
    assert queue == [urgent, plain]


# --- The last one has left ------------------------------------------------------------------------


def test_events_of_a_village_without_anybody_go_to_the_town_once(
    field: Field, monday: object, client: Client
) -> None:
    only, event = in_village(field)
    given = services.assign_event(
        event_id=services.verify_event(
            event_id=field.report().pk, by=only, truth="true", valid=True, then="later"
        ).pk,
        by=only,
        to="worker",
        worker=field.worker,
    )
    since = GridEvent.objects.get(pk=given.pk).step_since
    leave(only)
    Notice.objects.all().delete()
    assert (move_stranded(), move_stranded()) == (2, 0)
    event.refresh_from_db()
    given.refresh_from_db()
    assert event.center == given.center == field.county.town
    assert (given.actor, given.step_since) == ("worker", since)
    last = event.lines.last()
    assert last is not None
    assert (last.verb, last.by) == ("center-left", None)
    assert len([line for line in told(field.town) if event.short_number in line]) == 1
    client.force_login(field.town)
    assert event in [row.event for row in client.get(DESK).context["queue"]]
    assert "没有人分流" in client.get(event.get_absolute_url()).content.decode()


def test_with_nobody_above_an_event_stays_where_it_is(field: Field, monday: object) -> None:
    event = field.report()
    for user in (field.town, field.second, field.above):
        leave(user)
    assert move_stranded() == 0
    event.refresh_from_db()
    assert event.center == field.county.town


@pytest.mark.parametrize(
    ("point", "stage"),
    [("asked", "reported"), ("with_worker", "verified"), ("checking", "checking")],
)
def test_what_waits_for_a_worker_who_has_left_comes_back_to_the_centre(
    field: Field, monday: object, point: str, stage: str
) -> None:
    event = field.at(point)
    GridRole.objects.filter(user=field.worker).delete()
    Notice.objects.all().delete()
    assert (move_stranded(), move_stranded()) == (1, 0)
    event.refresh_from_db()
    assert (event.stage, event.actor, event.asked, event.worker) == (stage, "center", "", None)
    assert any("回到本中心" in line for line in told(field.town))


# --- Nothing is sent where nobody is --------------------------------------------------------------


def test_passing_up_goes_to_the_nearest_centre_with_somebody(field: Field, monday: object) -> None:
    only, event = in_village(field)
    for user in (field.town, field.second):
        leave(user)
    event = services.verify_event(event_id=event.pk, by=only, truth="true", valid=True, then="up")
    assert event.center == field.county.county


def test_with_nobody_above_nothing_is_passed_up(field: Field, monday: object) -> None:
    event = field.at("verified")
    leave(field.above)
    with pytest.raises(WrongState, match="没有能接的中心"):
        services.pass_up_event(event_id=event.pk, by=field.town, text="要县里协调供电所")
    form = VerifyForm(event=event, user=field.town)
    assert "up" not in dict(form.fields["then"].choices)


def test_a_unit_in_which_nobody_handles_anything_is_not_offered(field: Field) -> None:
    empty = Department.objects.create(code="QSZ-KB", name="空单位", center=field.county.town)
    offered = units_of(field.county.town)
    assert field.station in offered
    assert empty not in offered


def test_who_serves_a_grid_without_the_right_is_not_sent_and_not_told(
    field: Field, monday: object
) -> None:
    event = field.at("reported")
    clerk = person("head", "村长", field.county.village, RoleCode.CLERK)
    GridRole.objects.create(grid=field.grid, user=clerk, kind="head", since=LONG_AGO)
    assert list(serving(event)) == [field.worker]
    services.ask_event(event_id=event.pk, by=field.town, text="在哪一根电杆")
    assert told(clerk) == []


def test_nobody_is_asked_where_nobody_serves(field: Field, monday: object) -> None:
    event = field.at("reported")
    Post.objects.filter(user=field.worker).update(role=Role.objects.get(code=RoleCode.CLERK.value))
    assert "ask" not in {act.verb for act in allowed(field.town, event)}
    with pytest.raises(WrongState, match="没有能补充的网格员"):
        services.ask_event(event_id=event.pk, by=field.town, text="在哪一根电杆")


# --- How it ended ---------------------------------------------------------------------------------


def test_an_event_done_by_a_unit_after_its_case_fell_through_is_not_settled_by_the_case(
    field: Field, monday: object
) -> None:
    event, case = raised(field)
    decline_case(
        case_id=case.pk, by=field.town, reason="court", route="litigation", text="法院已经受理"
    )
    given: dict[str, Any] = {"event_id": event.pk, "by": field.town}
    services.reassign_event(**given, to="unit", unit=field.station, text="改由城建站清沟")
    services.feed_back_event(event_id=event.pk, by=field.handler, text="沟清好了，水通了")
    done = services.finish_event(**given)
    assert done.outcome == "settled"


def test_a_moved_reporter_hears_the_end_without_a_dead_link(field: Field, monday: object) -> None:
    event = field.at("with_center")
    GridRole.objects.filter(user=field.worker).delete()
    Notice.objects.all().delete()
    services.finish_event(event_id=event.pk, by=field.town, result="换了灯泡，已经亮了")
    assert Notice.objects.get(user=field.worker).url == ""
