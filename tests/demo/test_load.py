"""The demo county loaded small: every state is there, on a working day and on a Sunday."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from cases.history import faults
from cases.models import (
    Assignment,
    Case,
    CaseEvent,
    Consultation,
    FollowUp,
    Party,
    Receipt,
)
from cases.verification import misplaced
from cases.vocabulary import SILENT, Closure, Label, Risk, Source, Special, Stage
from dispatch.models import (
    Duty,
    Reminder,
    Request,
    Residency,
    Return,
    RosterWeek,
    Shift,
    Supervision,
    Swap,
)
from orgs.models import Department, Notice, User
from zongzhi.demo import county
from zongzhi.demo.lives import World
from zongzhi.demo.loading import load
from zongzhi.lib import clock

# Without the mark pytest-django makes no test database, and `world` would fill the real one.
pytestmark = pytest.mark.django_db

WATCHING = ("supervision", "talk", "warning", "minutes")
# When, and how many cases besides those that must be there: the ordinary ones take their time.
LOADS = {
    "a Tuesday morning": (datetime(2026, 6, 16, 10, 40, tzinfo=clock.SHANGHAI), 150),
    "a Sunday evening": (datetime(2026, 6, 14, 20, 0, tzinfo=clock.SHANGHAI), 0),
}


@pytest.fixture(scope="module", params=list(LOADS.values()), ids=list(LOADS))
def world(request, django_db_setup, django_db_blocker) -> Iterator[World]:
    """Loaded once for all tests of this file, and rolled back after them."""
    moment, cases = request.param
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.at(moment):
            loaded = load(cases=cases)
        yield loaded
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _now(world: World) -> Iterator[None]:
    with clock.at(world.hours.now):
        yield


def of_unit(code: str) -> Counter[str]:
    """The open cases a unit leads, by label."""
    unit = Department.objects.get(code=code)
    return Counter(Case.objects.open().filter(unit=unit).values_list("label", flat=True).all())


def test_every_label_and_every_stage_is_there(capsys) -> None:
    labels = Counter(list(Case.objects.values_list("label", flat=True)))
    stages = Counter(list(Case.objects.values_list("stage", flat=True)))
    with capsys.disabled():
        print(f"\n{dict(labels)}\n{dict(stages)}")  # noqa: T201 - for whoever reads the log
    assert set(labels) == set(Label)
    assert set(stages) == set(Stage)


@pytest.mark.parametrize("kind", WATCHING)
def test_what_watches_a_unit_is_there_signed_and_not(kind: str) -> None:
    receipts = Receipt.objects.filter(document__kind=kind)
    assert receipts.filter(signed_at=None).exists()
    assert receipts.exclude(signed_at=None).exists()


def test_every_way_to_end_is_there() -> None:
    assert set(Case.objects.values_list("closure", flat=True)) == {"", *Closure}


def test_every_light_is_there(world: World, capsys) -> None:
    now = world.hours.now
    running = Case.objects.open().filter(due_at__isnull=False)
    lights = {
        "green": running.filter(near_at__gt=now).count(),
        "amber": running.near_due(now).count(),
        "red": running.overdue(now).count(),
        "paused": Case.objects.filter(label=Label.PAUSED).count(),
        "done": Case.objects.filter(label=Label.DONE).count(),
    }
    with capsys.disabled():
        print(f"\n{lights}")  # noqa: T201 - for whoever reads the log
    assert min(lights.values()) >= 2


def test_much_is_due_on_the_day_people_come_to_work(world: World) -> None:
    due = [clock.local(at) for at in Case.objects.open().values_list("due_at", flat=True) if at]
    assert sum(at.date() == world.hours.desk_day for at in due) >= 5


def test_cases_have_come_in_during_the_last_working_hours(world: World) -> None:
    assert Case.objects.filter(registered_at__gt=world.hours.ago(240)).count() >= 8
    assert not Case.objects.filter(registered_at__gt=world.hours.now).exists()


def test_history_and_positions_hold() -> None:
    assert list(faults()) == []
    assert list(misplaced()) == []


def test_supervision_is_real() -> None:
    """督办单 by the sweep and by a person, answered, unanswered, lifted, one ripe for 约谈."""
    sheets = list(Supervision.objects.all())
    waiting = [sheet for sheet in sheets if sheet.closed_at is None]
    assert {bool(sheet.answered_at) for sheet in waiting} == {True, False}
    assert {sheet.opened_by is None for sheet in sheets} == {True, False}
    assert any(sheet.talk_proposed_at for sheet in waiting)
    assert set(Reminder.objects.values_list("step", flat=True)) == set(Reminder.Step)


def test_somebody_waits_for_every_kind_of_decision() -> None:
    pending = Request.objects.filter(decided_at=None)
    assert set(pending.values_list("kind", flat=True)) == set(Request.Kind)
    assert Return.objects.filter(ruled_at=None).count() >= 2
    assert {"", "reassign", "joint"} <= set(Return.objects.values_list("ruling", flat=True))


def test_the_grave_ones_are_there() -> None:
    special = {flag for case in Case.objects.open() for flag in case.special}
    assert {*SILENT, Special.THREAT, Special.GROUP, Special.IN_COURT} <= special
    assert Case.objects.open().filter(risk=Risk.HIGH).count() >= 3


def test_rounds_mergers_and_moves_are_there() -> None:
    assert Case.objects.open().filter(round=2).count() >= 2
    assert Case.objects.filter(merged_into__isnull=False).exists()
    verbs = set(CaseEvent.objects.values_list("verb", flat=True))
    assert {"unmerge", "reopen", "send-back", "push-down", "escalate", "supervise"} <= verbs
    moved = Case.objects.filter(former_centers__isnull=False)
    assert {case.center.level for case in moved} == {"county", "town", "village"}


def test_the_citizens_have_spoken() -> None:
    assert FollowUp.objects.filter(reached=False).exists()
    assert FollowUp.objects.filter(by=None).exists()
    assert Case.objects.filter(stage=Stage.FOLLOW_UP, complained_at__isnull=False).exists()
    assert Consultation.objects.count() >= 10
    assert {Source.WINDOW, Source.PHONE, Source.ONLINE, Source.HOTLINE, Source.GRID} <= set(
        Case.objects.values_list("source", flat=True)
    )


@pytest.mark.parametrize("unit", ["RS", "ZJ", "RMTJ", "QSZ", "QSZ001"])
def test_a_unit_of_the_cast_has_something_to_claim_and_something_in_hand(unit) -> None:
    labels = of_unit(unit)
    assert labels[Label.TO_CLAIM] >= (3 if unit == "RS" else 1)
    assert labels[Label.HANDLING] >= 2


def test_the_desks_of_the_county_and_of_the_town_have_something_to_do() -> None:
    for name, wanted in {
        "示范县综治中心": {Label.TO_ACCEPT, Label.TO_RULE, Label.TO_APPROVE},
        "青石镇综治中心": set(),
    }.items():
        labels = set(Case.objects.filter(center__name=name).values_list("label", flat=True))
        assert wanted | {Label.TO_DISPATCH, Label.TO_FOLLOW_UP} <= labels


def test_a_result_sent_back_is_in_hand_again() -> None:
    back = CaseEvent.objects.filter(verb="send-back").values("case")
    assert Assignment.objects.open().filter(case__in=back, reported_at=None).exists()


def test_no_notice_names_a_citizen() -> None:
    texts = "\n".join(Notice.objects.values_list("text", flat=True))
    parties = Party.objects.filter(is_organization=False)
    names = {party.name for party in parties if len(party.name) > 1}
    numbers = {party.phone for party in Party.objects.all()} - {""}
    numbers |= {party.id_number for party in parties} - {""}
    assert [word for word in names | numbers if word in texts] == []


def test_old_notices_have_been_read_and_new_ones_have_not() -> None:
    assert Notice.objects.unread().exists()
    assert Notice.objects.exclude(read_at=None).exists()


def test_everybody_can_sign_in_with_the_demo_password(settings) -> None:
    assert User.objects.count() == len(county.PEOPLE)
    assert not User.objects.filter(is_demo=False).exists()
    assert len(set(User.objects.values_list("password", flat=True))) == 1
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert User.objects.get(username="clerk").check_password(settings.DEMO_PASSWORD)


def test_initials_find_a_unit() -> None:
    assert Department.objects.get(code="RS").initials == "rsj"


def test_it_refuses_a_database_with_people_in_it() -> None:
    before = Case.objects.count()
    with pytest.raises(CommandError, match="people in this database"):
        call_command("load_demo", yes=True)
    assert Case.objects.count() == before


def test_it_refuses_outside_debug(settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--yes"):
        call_command("load_demo")


def test_the_accounts_are_printed() -> None:
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.split()[0] for line in lines[1:16]] == [person.username for person in county.CAST]
    assert "Zongzhi@2026" in lines[-1]


# ------------------------------------------------------------------ rosters


def test_the_rosters_of_three_weeks_are_there(world: World) -> None:
    monday = world.hours.now.date() - timedelta(days=world.hours.now.weekday())
    for week in (-1, 0, 1):
        first = monday + timedelta(weeks=week)
        shifts = Shift.objects.filter(day__range=(first, first + timedelta(days=6)))
        assert set(shifts.exclude(duty="").values_list("duty", flat=True)) == set(Duty.values)
    published = set(RosterWeek.objects.values_list("monday", flat=True))
    assert published == {monday - timedelta(days=7), monday}


def test_every_residency_has_a_contact_and_a_roster_worth_looking_at() -> None:
    assert not Residency.objects.filter(contact=None).exists()
    assert Shift.objects.gaps().filter(day__gt=clock.today()).count() == 1
    assert Swap.objects.filter(state=Swap.State.ASKED).count() == 1
    holidays = [s for s in Shift.objects.all() if s.day.isoweekday() > 5]
    assert holidays == []
