from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from django.test import Client
from django.urls import reverse

from dispatch.models import Return
from dispatch.services.asking import decide_request, request_pause
from dispatch.services.assigning import reassign_case, recall_dispatch, rule_on_return
from dispatch.services.handling import approve_result
from orgs.models import User
from orgs.tokens import issue_token
from reports.indicators.counting import ALL, Dimension, Scope, Span, counted
from reports.indicators.dictionary import BY_KEY, INDICATORS, SETS, Value, percent_of, value_of
from reports.indicators.links import behind_url
from tests.county import County
from tests.grids.field import build_field
from tests.lives import Lives
from zongzhi.lib import clock


def this_month() -> Span:
    today = clock.today()
    return Span.of_days(today.replace(day=1), today)


@pytest.mark.parametrize("by", [None, *Dimension])
def test_every_set_counts_exactly_its_rows(
    lives: Lives, county: County, by: Dimension | None
) -> None:
    lives.registered()
    lives.closed()
    lives.returned()
    scope, span = Scope(county.county), this_month()
    found = counted(SETS.values(), scope, span, by)
    for key, rows in SETS.items():
        if by is not None and not rows.column(by):
            continue
        total = sum(group.get(key, 0) for group in found.values())
        listed = rows.rows(scope, span)
        weights = [getattr(row, rows.total) if rows.total else 1 for row in listed]
        assert total == sum(weights), key


def test_a_set_of_the_same_rows_costs_no_query_of_its_own(
    lives: Lives, county: County, django_assert_max_num_queries
) -> None:
    lives.closed()
    with django_assert_max_num_queries(16):
        counted(SETS.values(), Scope(county.county), this_month(), Dimension.UNIT)


def test_a_unit_is_judged_by_its_own_rows(lives: Lives, county: County) -> None:
    lives.closed()
    found = counted(SETS.values(), Scope(county.county), this_month(), Dimension.UNIT)
    own = found[county.human_resources.pk]
    assert value_of(BY_KEY["claim_rate"], own).part <= 1
    assert value_of(BY_KEY["done_rate"], own).shown == "1/1"


# --- done, and done in time -----------------------------------------------------------------------

THE_FIRST = datetime(2026, 4, 1, 9, 0, tzinfo=clock.SHANGHAI)


def of_april(key: str, county: County) -> str:
    span = Span.of_days(date(2026, 4, 1), date(2026, 4, 30))
    numbers = counted(BY_KEY[key].sets, Scope(county.county), span)[ALL]
    return value_of(BY_KEY[key], numbers).shown


def test_done_is_what_was_accepted_by_the_end_of_the_span(
    lives: Lives, triage: User, county: County
) -> None:
    """Of what was dispatched in it: what is accepted in May is not done in April."""
    clock.freeze(THE_FIRST)
    lives.approved()
    late = lives.reported()
    lives.claimed()
    recall_dispatch(case_id=lives.dispatched().pk, by=triage)
    clock.freeze(datetime(2026, 5, 6, 9, 0, tzinfo=clock.SHANGHAI))
    approve_result(case_id=late.pk, by=triage)
    assert of_april("done_rate", county) == "1/3"


def test_leaving_a_hard_case_open_does_not_help_to_be_in_time(lives: Lives, county: County) -> None:
    """The whole is what fell due, done or not; a case done before its day counts on its day."""
    clock.freeze(THE_FIRST)
    lives.approved()
    lives.claimed()
    assert of_april("on_time_rate", county) == "–"  # nothing has fallen due yet
    clock.freeze(datetime(2026, 4, 28, 9, 0, tzinfo=clock.SHANGHAI))
    assert of_april("on_time_rate", county) == "1/2"


def test_the_centres_delay_is_not_the_units(lives: Lives, county: County) -> None:
    """办理 stops at the report: what waits for the centre's approval was done in time."""
    clock.freeze(THE_FIRST)
    lives.reported()
    clock.freeze(datetime(2026, 4, 28, 9, 0, tzinfo=clock.SHANGHAI))
    assert of_april("on_time_rate", county) == "1/1"


def test_what_was_taken_from_a_unit_before_its_day_is_not_held_against_it(
    lives: Lives, triage: User, handler: User, county: County
) -> None:
    clock.freeze(THE_FIRST)
    recall_dispatch(case_id=lives.dispatched().pk, by=triage)
    reassign_case(case_id=lives.claimed().pk, by=triage, lead=county.housing, text="归住建局")
    lives.returned()  # nobody has ruled yet
    paused = lives.claimed()
    request_pause(case_id=paused.pk, by=handler, until=date(2026, 4, 30), text="等鉴定")
    asked = paused.requests.get()
    decide_request(case_id=paused.pk, by=triage, request=asked.pk, grant=True, text="同意")
    clock.freeze(datetime(2026, 4, 28, 9, 0, tzinfo=clock.SHANGHAI))
    numbers = counted(
        BY_KEY["on_time_rate"].sets,
        Scope(county.county),
        Span.of_days(date(2026, 4, 1), date(2026, 4, 30)),
        Dimension.UNIT,
    )
    assert county.human_resources.pk not in numbers or not any(
        numbers[county.human_resources.pk].values()
    )


def test_what_was_returned_and_upheld_is_the_units_again(
    lives: Lives, triage: User, county: County
) -> None:
    clock.freeze(THE_FIRST)
    case = lives.returned()
    rule_on_return(case_id=case.pk, by=triage, ruling=Return.Ruling.UPHOLD, text="职责在人社局")
    clock.freeze(datetime(2026, 4, 28, 9, 0, tzinfo=clock.SHANGHAI))
    assert of_april("on_time_rate", county) == "0/1"
    assert of_april("overdue_in_hand", county) == "1"


# --- grid events ----------------------------------------------------------------------------------


def test_events_are_seen_by_town_and_by_grid_and_by_nobody(county: County, leader: User) -> None:
    field = build_field(county)
    field.at("done")
    field.at("with_unit")
    span = this_month()
    keys = ("events", "events_done_rate", "events_on_time_rate")
    of_events = {rows.key: rows for key in keys for rows in BY_KEY[key].every_set}
    for scope in (Scope(county.county), Scope(leader)):
        for by, group in ((Dimension.TOWN, field.grid.code[:9]), (Dimension.GRID, field.grid.pk)):
            numbers = counted(of_events.values(), scope, span, by)[group]
            shown = [value_of(BY_KEY[key], numbers).shown for key in keys]
            assert shown == ["2", "1/2", "1/1"]
    assert not any(rows.column(Dimension.UNIT) for rows in of_events.values())
    assert "person" not in {one.value for one in Dimension}


def test_an_event_left_late_is_not_in_time(county: County) -> None:
    field = build_field(county)
    field.at("done")
    field.at("with_unit")
    clock.freeze(clock.now() + timedelta(days=40))
    today = clock.today()
    span = Span.of_days(today - timedelta(days=50), today)
    numbers = counted(BY_KEY["events_on_time_rate"].sets, Scope(county.county), span)[ALL]
    assert value_of(BY_KEY["events_on_time_rate"], numbers).shown == "1/2"


def test_the_list_of_events_of_a_grid(client: Client, county: County, leader: User) -> None:
    field = build_field(county)
    event = field.at("with_unit")
    client.force_login(leader)
    url = behind_url(BY_KEY["events"].top, this_month(), grid=field.grid.code)
    behind = client.get(url).context["behind"]
    assert [(line.number, line.url) for line in behind.lines] == [
        (event.short_number, event.get_absolute_url())
    ]
    of_a_unit = behind_url(BY_KEY["events"].top, this_month(), unit="RS")
    assert client.get(of_a_unit).status_code == 404


def test_what_came_later_is_not_known_yet(lives: Lives, county: County) -> None:
    case = lives.registered()
    span = this_month()
    early = Span(span.since, span.until, case.registered_at - timedelta(seconds=1))
    assert counted([SETS["registered"]], Scope(county.county), early)[ALL]["registered"] == 0


def test_a_share_of_few_is_two_numbers() -> None:
    assert Value(BY_KEY["content_rate"], 9, 9).shown == "9/9"
    assert Value(BY_KEY["content_rate"], 0, 0).shown == "–"


def test_keys_are_named_once_and_words_are_whole() -> None:
    assert len(BY_KEY) == len(INDICATORS)
    for one in INDICATORS:
        assert one.source, one.key
        for rows in one.sets:
            assert SETS[rows.key] is rows
            assert rows.facts, rows.key


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(176, 182, "96.7%"), (91, 105, "86.7%"), (1, 3, "33.3%"), (2, 3, "66.7%"), (1, 1, "100.0%")],
)
def test_a_share_is_rounded_half_up_to_one_decimal(part: int, whole: int, said: str) -> None:
    assert percent_of(Fraction(part, whole)) == said


def test_every_indicator_says_how_it_is_counted() -> None:
    assert all(one.name in one.definition and one.top.name in one.definition for one in INDICATORS)


def test_the_dictionary_names_every_indicator(client: Client, leader: User, lives: Lives) -> None:
    lives.closed()
    client.force_login(leader)
    page = client.get(reverse("reports:indicators")).content.decode()
    for one in INDICATORS:
        assert f'id="{one.key}"' in page
        assert one.name in page
        assert one.top.name in page


def test_programs_read_the_same_words_and_numbers(
    client: Client, leader: User, county: County, lives: Lives
) -> None:
    lives.closed()
    program = {"HTTP_AUTHORIZATION": f"Token {issue_token(user=leader, address=None)}"}
    words = client.get(reverse("api:indicators"), **program).json()
    assert [one["key"] for one in words] == list(BY_KEY)
    assert all(one["numerator"] and one["basis"] for one in words)
    today = clock.today()
    asked = {"since": today.replace(day=1), "until": today}
    client.force_login(leader)
    for by in Dimension:
        if by is Dimension.GRID:  # of events only
            continue
        answer = client.get(reverse("api:measure"), {**asked, "by": by.value}, **program).json()
        assert answer["groups"]
        for group in answer["groups"]:
            number = group["indicators"]["done_rate"]
            listed = client.get(number["url"]).context["behind"].number
            assert listed == number["numerator"], (by, group["name"])


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"since": "2026-05-02", "until": "2026-05-01"},
        {"since": "2024-01-01", "until": "2026-05-01"},
        {"since": "2026-05-01", "until": "2026-05-02", "by": "person"},
    ],
)
def test_a_period_that_is_none_is_refused(
    asked: dict[str, str], client: Client, leader: User
) -> None:
    program = {"HTTP_AUTHORIZATION": f"Token {issue_token(user=leader, address=None)}"}
    assert client.get(reverse("api:measure"), asked, **program).status_code == 400
