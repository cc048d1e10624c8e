"""The pages of the events: who sees what, one key on the desk, the export, what they cost."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from grids.models import Duty, DutyList, EventPhoto, Grid, GridEvent, GridRole
from grids.services import events as services
from grids.services.photos import add_photo
from orgs.models import AccessLog, Center, Department, Region, User
from orgs.models.places import Level
from orgs.permissions import RoleCode
from tests.county import LONG_AGO, person
from tests.files import jpeg
from tests.grids.field import Field
from zongzhi.lib import clock

LIST, DESK = reverse("grids:events"), reverse("grids:event_desk")
MOST = 8


@pytest.fixture
def signed_in(client: Client) -> Any:
    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def next_town(field: Field) -> User:
    """The triage officer of another town of the same county."""
    code = "990101101000"
    above = field.county.county
    region = Region.objects.create(code=code, name="白水镇", level=Level.TOWN, parent=above.region)
    town = Center.objects.create(name="白水镇综治中心", region=region, level="town", parent=above)
    return person("next_town", "杨帆", town, RoleCode.TRIAGE, RoleCode.CLERK)


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")


def pictured(event: GridEvent, by: User) -> EventPhoto:
    return add_photo(event.pk, upload(), uuid4(), by)[0]


def page_of(event: GridEvent) -> str:
    return reverse("grids:event", args=[event.number])


def do(client: Client, event: GridEvent, verb: str, **typed: Any) -> Any:
    return client.post(reverse("grids:event_act", args=[event.number, verb]), typed)


# --- Who sees what --------------------------------------------------------------------------------


def test_another_town_sees_nothing_of_an_event_anywhere(
    field: Field, next_town: User, signed_in: Any
) -> None:
    event = field.at("reported")
    photo = pictured(event, field.worker)
    client = signed_in(next_town)
    addresses = [
        page_of(event),
        reverse("grids:event", args=[event.short_number]),
        reverse("grids:event_photo", args=[event.number, photo.pk]),
        reverse("grids:event_act", args=[event.number, "verify"]),
        reverse("grids:grid", args=[field.grid.code]),
    ]
    assert [client.get(url).status_code for url in addresses] == [404] * len(addresses)
    assert do(client, event, "verify", truth="true").status_code == 404
    for url in (LIST, DESK, f"{LIST}?grid={field.grid.code}", f"{LIST}?area=990101100000"):
        told = client.get(url).content.decode()
        assert event.short_number not in told
        assert "柳湾村" not in told
    begun = client.get(f"{reverse('cases:new')}?event={event.number}").content.decode()
    assert "路灯" not in begun


def test_another_towns_event_cannot_be_named_as_a_duplicate(
    field: Field, next_town: User, signed_in: Any
) -> None:
    hidden = field.at("reported")
    region = Region.objects.create(
        code="990101101201",
        name="白沙村",
        level=Level.VILLAGE,
        parent=Region.objects.get(code="990101101000"),
    )
    grid = Grid.objects.create(code=f"{region.code}001", name="白沙村第1网格", region=region)
    GridRole.objects.create(grid=grid, user=field.worker, kind="full_time", since=LONG_AGO)
    theirs = field.report(grid=grid)
    typed = {"truth": "duplicate", "valid": "True", "duplicate_of": hidden.number}
    answer = do(signed_in(next_town), theirs, "verify", **typed)
    assert answer.status_code == 422
    assert "没有编号" in answer.content.decode()


def test_a_worker_moved_to_another_grid_sees_the_old_ones_no_more(
    field: Field, signed_in: Any
) -> None:
    event = field.at("with_worker")
    client = signed_in(field.worker)
    assert client.get(page_of(event)).status_code == 200
    GridRole.objects.filter(user=field.worker).update(until=clock.today().replace(day=1))
    assert client.get(page_of(event)).status_code == 404
    assert event.short_number not in client.get(LIST).content.decode()


def test_a_unit_sees_what_it_was_given_and_after_giving_it_back_comes_to_its_list(
    field: Field, monday: object, signed_in: Any
) -> None:
    another = Department.objects.create(
        code="QSZ-HB", name="青石镇环保站", center=field.county.town
    )
    given = field.at("with_unit")
    others = field.verify(field.report(), then="unit", unit=another)
    client = signed_in(field.handler)
    assert client.get(page_of(others)).status_code == 404
    told = client.get(LIST).content.decode()
    assert (given.short_number in told, others.short_number in told) == (True, False)
    answer = client.post(
        reverse("grids:event_act", args=[given.number, "hand-back"]),
        {"text": "不属于城建站，是供电所的线路"},
        follow=True,
    )
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == LIST


# --- The desk -------------------------------------------------------------------------------------


def _lately_given(field: Field) -> None:
    for _ in range(3):
        field.at("with_unit")


def test_when_the_suggestion_is_right_the_desk_needs_one_choice_and_one_key(
    field: Field, monday: object, signed_in: Any
) -> None:
    _lately_given(field)
    event = field.at("reported")
    client = signed_in(field.town)
    form = client.get(DESK).context["form"]
    # What a browser sends when F9 is pressed: what stands selected in the page. Whether it was
    # told clearly is judged by somebody, never by leaving it as it stands.
    sent = {name: form[name].value() or "" for name in form.fields}
    assert sent["valid"] == ""
    sent["valid"] = "True"
    assert (sent["then"], sent["unit"]) == ("unit", field.station.code)
    assert "3 件派给青石镇城建站" in client.get(DESK).content.decode()
    answer = do(client, event, "verify", **sent, next=DESK)
    assert (answer.status_code, answer["Location"]) == (302, DESK)
    event.refresh_from_db()
    assert (event.stage, event.unit) == ("handling", field.station)


def test_two_of_a_kind_suggest_nothing(field: Field, monday: object, signed_in: Any) -> None:
    for _ in range(2):
        field.at("with_unit")
    field.at("reported")
    assert signed_in(field.town).get(DESK).context["suggestion"] is None


def test_the_duty_list_suggests_where_nothing_was_given_yet(
    field: Field, monday: object, signed_in: Any
) -> None:
    listing = DutyList.objects.create(
        center=field.county.county,
        number=1,
        title="事项清单",
        effective_from=LONG_AGO,
        published_at=clock.now(),
    )
    duty = Duty.objects.create(
        listing=listing, number=1, name="路灯巡查", category="facility", lead="城建站"
    )
    field.report(duty=duty)
    suggested = signed_in(field.town).get(DESK).context["suggestion"]
    assert suggested.unit == field.station
    assert "城建站" in suggested.reason


def test_what_waits_longest_is_first_on_the_desk(
    field: Field, monday: object, signed_in: Any
) -> None:
    first, second = field.at("reported"), field.at("reported")
    context = signed_in(field.town).get(DESK).context
    assert [row.event for row in context["queue"]] == [first, second]
    assert (context["event"], context["total"]) == (first, 2)


def test_a_form_with_a_mistake_keeps_everything_that_was_typed(
    field: Field, signed_in: Any
) -> None:
    event = field.at("reported")
    typed = {"truth": "unfounded", "valid": "False", "text": "没有"}
    answer = do(signed_in(field.town), event, "verify", **typed)
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "理由写得太短" in told
    assert ">\n没有</textarea>" in told or "没有</textarea>" in told


def test_an_act_somebody_else_has_just_done_says_who(field: Field, signed_in: Any) -> None:
    event = field.at("verified")
    answer = do(signed_in(field.second), event, "verify", truth="true", then="later")
    assert answer.status_code == 409
    assert "吴桂英" in answer.content.decode()


def test_a_picture_of_the_result_is_kept_with_the_feedback(field: Field, signed_in: Any) -> None:
    event = field.at("with_unit")
    do(signed_in(field.handler), event, "feedback", text="换好了灯泡", photos=[upload()])
    assert [photo.of_result for photo in event.photos.all()] == [True]


# --- Export ---------------------------------------------------------------------------------------


def _sheet(answer: Any) -> list[tuple[Any, ...]]:
    book: Any = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [tuple(cell or "" for cell in row) for row in book.active.iter_rows(values_only=True)]


def test_an_export_is_masked_marked_and_logged(
    field: Field, monday: object, signed_in: Any
) -> None:
    field.report(text="张某电话13800005621身份证11010519491231002X，说路灯坏了")
    field.at("done")
    client = signed_in(field.town)
    rows = _sheet(client.post(f"{reverse('grids:export_events')}?view=verify"))
    everything = str(rows)
    assert "导出人 吴桂英" in rows[0][0]
    assert "13800005621" not in everything
    assert "11010519491231002X" not in everything
    assert len(rows) == 4  # mark, heads, the one that waits, mark
    logged = AccessLog.objects.get(action=AccessLog.Action.EXPORT)
    assert (logged.user, logged.data["rows"], logged.data["asked"]) == (field.town, 1, ["view"])


def test_more_than_the_limit_is_not_exported(
    field: Field, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grids import event_views  # noqa: PLC0415
    from orgs import exporting  # noqa: PLC0415

    monkeypatch.setattr(exporting, "MOST", 1)
    monkeypatch.setattr(event_views, "MOST", 1)
    field.at("reported")
    field.at("reported")
    answer = signed_in(field.town).post(reverse("grids:export_events"), follow=True)
    assert "一次最多导出 1 件" in answer.content.decode()
    assert not AccessLog.objects.filter(action=AccessLog.Action.EXPORT).exists()


# --- Units that are present in a lower centre -----------------------------------------------------


def test_a_town_can_give_an_event_to_a_county_unit_present_there(field: Field) -> None:
    from dispatch.models import Residency  # noqa: PLC0415

    unit: Department = field.county.housing
    event = field.at("verified")
    act = {"to": "unit", "unit": unit.code}
    from grids.event_forms import AssignForm  # noqa: PLC0415

    builder = person("zj", "何伟", field.county.county, RoleCode.HANDLER, department=unit)
    assert not AssignForm(act, event=event, user=field.town).is_valid()
    Residency.objects.create(department=unit, center=field.county.town, kind="on_call")
    form = AssignForm(act, event=event, user=field.town)
    assert form.is_valid()
    done = services.assign_event(event_id=event.pk, by=field.town, **form.arguments())
    assert GridEvent.objects.visible_to(builder).get() == done


# --- What it costs --------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [LIST, DESK, f"{LIST}?view=mine"])
def test_more_events_cost_no_more_queries(
    field: Field, monday: object, signed_in: Any, url: str
) -> None:
    client = signed_in(field.town)

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return [query["sql"] for query in captured]

    _lately_given(field)
    field.at("reported")
    client.get(url)
    few = queries()
    for point in ("reported", "verified", "with_worker", "checking", "fed_back"):
        field.at(point)
    many = queries()
    assert len(many) == len(few)
    if url != DESK:  # which reads one event whole, beside its list
        assert len(few) <= MOST, "\n".join(few)


def test_a_longer_history_and_more_photos_cost_no_more(
    field: Field, monday: object, signed_in: Any
) -> None:
    event = field.at("with_unit")
    client = signed_in(field.town)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page_of(event)).status_code == 200
        return len(captured)

    pictured(event, field.worker)
    client.get(page_of(event))
    few = queries()
    for _ in range(3):
        services.note_event(event_id=event.pk, by=field.second, text="打了电话")
        pictured(event, field.worker)
    assert queries() == few


# --- What was typed is never lost -----------------------------------------------------------------


def test_when_the_event_has_moved_on_the_words_stand_in_the_form_with_the_reason(
    field: Field, monday: object, signed_in: Any
) -> None:
    event = field.at("fed_back")
    answer = do(signed_in(field.handler), event, "feedback", text="换了两个灯泡，都亮了")
    told = answer.content.decode()
    assert answer.status_code == 409
    assert "换了两个灯泡，都亮了</textarea>" in told
    assert "刘建国" in told
    assert do(signed_in(field.second), event, "hand-back", text="不归这里").status_code == 403


def test_a_unit_that_lost_the_event_meanwhile_keeps_its_words(
    field: Field, monday: object, signed_in: Any
) -> None:
    event = field.at("with_unit")
    services.reassign_event(event_id=event.pk, by=field.town, to="center", text="中心自己去看")
    client = signed_in(field.handler)
    answer = do(client, event, "feedback", text="换了两个灯泡，都亮了")
    told = answer.content.decode()
    assert answer.status_code == 404
    assert "换了两个灯泡，都亮了</textarea>" in told
    assert "这次没有提交" in told
    assert "路灯不亮三天" not in told
    assert client.get(page_of(event)).status_code == 404


# --- Found again ----------------------------------------------------------------------------------


def found(client: Client, **asked: str) -> list[Any]:
    answer = client.get(LIST, asked)
    assert answer.status_code == 200
    return [row.event for row in answer.context["rows"]]


def test_an_event_is_found_by_its_number_or_two_characters_of_what_was_said_or_where(
    field: Field, monday: object, signed_in: Any
) -> None:
    lamp = field.report(text="路灯不亮", place="小学门口")
    field.report(text="井盖丢了", place="村口")
    client = signed_in(field.town)
    for said in (lamp.number, lamp.short_number.lower(), "路灯", "灯不亮", "小学", "小学门口"):
        assert found(client, q=said) == [lamp], said
    assert found(client, q="灯路") == []
    assert found(client, q="%") == []
    assert "查找至少写 2 个字" in client.get(LIST, {"q": "灯"}).content.decode()


def test_what_was_not_told_clearly_is_judged_by_somebody_and_found(
    field: Field, monday: object, signed_in: Any
) -> None:
    event, client = field.at("reported"), signed_in(field.town)
    typed = {"truth": "true", "then": "later"}
    answer = do(client, event, "verify", **typed)
    assert answer.status_code == 422
    assert "还没选“说清了吗”" in answer.content.decode()
    do(client, event, "verify", **typed, valid="False")
    field.verify(field.report(), then="later")
    unfounded = field.report()
    do(client, unfounded, "verify", truth="unfounded", text="去看过，灯是亮的")
    unfounded.refresh_from_db()
    assert (unfounded.stage, unfounded.is_valid) == ("done", None)
    assert found(client, valid="false") == [event]
    rows = _sheet(client.post(f"{reverse('grids:export_events')}?valid=false"))
    assert "没说清" in rows[2]


def test_a_place_above_the_village_is_narrowed_by_and_stays_chosen(
    field: Field, monday: object, signed_in: Any
) -> None:
    from grids.figures import open_events_url  # noqa: PLC0415

    event, client = field.at("reported"), signed_in(field.above)
    for stem in ("990101", "990101100", "990101100201"):
        url = open_events_url(stem)
        answer = client.get(url)
        assert [row.event for row in answer.context["rows"]] == [event], url
        chosen = f'<option value="{stem.ljust(12, "0")}" selected'
        assert chosen in answer.content.decode(), url
    assert found(client, area="990102000000") == []


def test_what_was_ticked_before_it_was_found_untrue_is_not_kept(
    field: Field, signed_in: Any
) -> None:
    """Fields out of sight are sent all the same."""
    event = field.report()
    typed = {"truth": "unfounded", "valid": "True", "then": "raise", "text": "去看过，灯是亮的"}
    answer = do(signed_in(field.town), event, "verify", **typed)
    assert answer.status_code == 302
    assert "/cases/" not in answer.headers["Location"]
    event.refresh_from_db()
    assert (event.stage, event.is_valid) == ("done", None)
    assert event.lines.last().data["valid"] is None


def test_what_is_untrue_needs_no_unit_whatever_was_chosen_before(
    field: Field, signed_in: Any
) -> None:
    typed = {"truth": "unfounded", "then": "unit", "unit": "", "text": "去看过，灯是亮的"}
    assert do(signed_in(field.town), field.report(), "verify", **typed).status_code == 302
