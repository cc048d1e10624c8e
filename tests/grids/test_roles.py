"""What a service begun, ended and put off means for the post and for what was given to do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from grids.event_stranding import move_stranded
from grids.models import GridEvent, GridRole
from grids.services import roles
from orgs.models import Notice, Post
from orgs.permissions import RoleCode
from tests.county import person
from tests.grids.field import Field
from tests.grids.placing import grid_of
from zongzhi.lib import clock

TODAY = clock.today()
DAY = timedelta(days=1)
MONTH = timedelta(days=30)
Span = tuple[object, object]


def spans(user) -> set[Span]:
    return set(user.posts.values_list("since", "until"))


@pytest.mark.parametrize(
    ("had", "since", "gets"),
    [
        ((TODAY - MONTH, None), TODAY, []),
        ((TODAY - MONTH, TODAY + MONTH), TODAY, [(TODAY + MONTH + DAY, None)]),
        ((TODAY - MONTH, TODAY + MONTH), TODAY + 2 * MONTH, [(TODAY + 2 * MONTH, None)]),
        ((TODAY + MONTH, None), TODAY, [(TODAY, TODAY + MONTH - DAY)]),
        ((TODAY, None), TODAY - MONTH, []),
        ((TODAY - MONTH, TODAY - DAY), TODAY - MONTH, [(TODAY, None)]),
    ],
)
def test_a_service_has_a_post_for_every_day_to_come(field: Field, had, since, gets) -> None:
    user = person("newcomer", "钱小芳", field.county.village, RoleCode.GRID_WORKER)
    Post.objects.filter(user=user).update(since=had[0], until=had[1])
    roles.begin_role(
        grid=field.grid, user=user, kind="part_time", since=since, by=field.town, address=None
    )
    assert spans(user) == {had, *gets}


def end(field: Field, until) -> None:
    role = GridRole.objects.get(user=field.worker)
    roles.end_role(role=role, until=until, by=field.town, address=None)


def test_an_end_put_off_takes_the_post_along(field: Field) -> None:
    for until in (TODAY + MONTH, TODAY + 2 * MONTH, TODAY + DAY):
        end(field, until)
        assert Post.objects.get(user=field.worker).until == until


def given(field: Field) -> GridEvent:
    return field.at("with_worker")


def back_at_the_centre(event: GridEvent) -> bool:
    event = GridEvent.objects.get(pk=event.pk)
    return (event.stage, event.actor, event.worker) == ("verified", "center", None)


def test_what_was_given_to_who_leaves_goes_back_to_the_centre(field: Field) -> None:
    event = given(field)
    Notice.objects.all().delete()
    end(field, TODAY - DAY)
    assert back_at_the_centre(event)
    line = event.lines.order_by("-seq")[0]
    assert (line.verb, line.by, line.text) == (
        "worker-left",
        field.town,
        "赵小军不再服务柳湾村第1网格，回到青石镇综治中心",
    )
    told = Notice.objects.get(user=field.second)
    assert (event.short_number in told.text, "赵小军" in told.text) == (True, False)


def test_what_was_given_stays_until_the_last_day_is_over(field: Field) -> None:
    event = given(field)
    end(field, TODAY)
    assert move_stranded() == 0
    clock.freeze(clock.now() + DAY)
    assert (move_stranded(), move_stranded()) == (1, 0)
    assert back_at_the_centre(event)


def test_who_is_moved_takes_nothing_along(field: Field) -> None:
    event = given(field)
    role = GridRole.objects.get(user=field.worker)
    to = grid_of(field.county, serial="002", name="柳湾村第2网格")
    roles.move_role(role=role, to=to, since=TODAY, by=field.town, address=None)
    assert back_at_the_centre(event)


def test_who_still_serves_the_grid_otherwise_keeps_what_was_given(field: Field) -> None:
    event = given(field)
    GridRole.objects.create(grid=field.grid, user=field.worker, kind="head", since=TODAY - DAY)
    role = GridRole.objects.get(user=field.worker, kind="full_time")
    roles.end_role(role=role, until=TODAY - DAY, by=field.town, address=None)
    assert not back_at_the_centre(event)
