"""Questions that PostgreSQL plans once for each connection answer as if planned each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import DataError, InternalError, NotSupportedError, connection, transaction
from django.db.models import BigIntegerField, CharField, F
from django.test.utils import CaptureQueriesContext

from orgs.models import Counter
from zongzhi.lib.postgres import questions
from zongzhi.lib.postgres.questions import Place, Question, ask
from zongzhi.lib.prepared import Given, IsAny, Prepared

pytestmark = pytest.mark.django_db

NAMES = ArrayField(CharField())


def by_name() -> Prepared[Counter]:
    rows = Counter.objects.filter(IsAny(F("series"), Given("names", NAMES)), last__gte=1)
    return Prepared(lambda: rows.order_by("series"))


@pytest.fixture(autouse=True)
def _three_counters_and_nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(questions, "IN_FULL", 2)
    for last, series in enumerate(["50% 甲", "乙'", "丙"]):
        Counter.objects.create(series=series, last=last)
    connection.kept.forget()
    yield
    connection.kept.forget()


def sent(prepared: Prepared[Any], **given: Any) -> tuple[list[Any], str]:
    """What it answers, and the one statement that was sent for it."""
    with CaptureQueriesContext(connection) as captured:
        rows = prepared(**given)
    (query,) = captured
    return rows, query["sql"]


def plans() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return int(cursor.fetchone()[0])


def test_who_asks_for_the_third_time_asks_by_name_and_is_answered_the_same() -> None:
    asked = by_name()
    before = plans()
    for names, found in (
        (["乙'", "丙"], ["丙", "乙'"]),
        (["50% 甲"], []),
        (["丙"], ["丙"]),
        ([], []),
        (["乙'", "50% 甲", "没有"], ["乙'"]),
    ):
        rows, _ = sent(asked, names=names)
        assert sorted(row.series for row in rows) == sorted(found)
    _, sql = sent(asked, names=["丙"])
    assert sql.startswith("EXECUTE ")
    assert plans() == before + 1


def test_the_first_two_askings_are_planned_for_their_own_values() -> None:
    asked = by_name()
    assert [sent(asked, names=["丙"])[1][:7] for _ in range(3)] == ["SELECT ", "SELECT ", "EXECUTE"]


def test_a_question_whose_values_decide_the_way_is_never_kept() -> None:
    rows = Counter.objects.filter(series=Given("name", CharField()))
    asked = Prepared(lambda: rows, planned=False)
    for _ in range(5):
        assert sent(asked, name="丙")[1].startswith("SELECT ")


def test_a_value_that_is_missing_is_said_at_once() -> None:
    asked = by_name()
    for _ in range(4):
        with pytest.raises(KeyError):
            asked()
    for _ in range(3):
        asked(names=["丙"])
    with pytest.raises(KeyError):
        asked()


def test_a_value_of_the_wrong_type_is_refused_as_ever() -> None:
    asked = Prepared(lambda: Counter.objects.filter(last=Given("last", BigIntegerField())))
    for _ in range(4):
        assert [row.series for row in asked(last=2)] == ["丙"]
        with pytest.raises(DataError), transaction.atomic():
            asked(last="两")


def test_a_server_keeps_a_bounded_number_of_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest unused goes; asked again, it is planned again."""
    monkeypatch.setattr(questions, "IN_FULL", 0)
    monkeypatch.setattr(questions, "MOST", 3)
    before = plans()
    many = [by_name() for _ in range(5)]
    for asked in (*many, *many[:2], *many):
        assert [row.series for row in asked(names=["丙"])] == ["丙"]
    assert plans() == before + 3


def test_what_a_connection_kept_ends_with_it() -> None:
    """Made anew, it asks in full words again: its server process knows no names."""
    more = Question("SELECT %s + 1", [Place("n", "integer")])
    other: Any = connection.copy()
    try:
        for _ in range(3):
            assert [ask(other, more, {"n": n}) for n in range(4)] == [[(n + 1,)] for n in range(4)]
            assert other.kept.words(other, more, {"n": 1})[0].startswith("EXECUTE ")
            other.close()
    finally:
        other.close()


def test_a_rolled_back_transaction_takes_no_plan_with_it() -> None:
    asked = by_name()
    for _ in range(2):
        asked(names=["丙"])
    with transaction.atomic():
        asked(names=["丙"])
        transaction.set_rollback(True)
    assert [row.series for row in asked(names=["丙"])] == ["丙"]


def test_in_a_broken_transaction_nothing_is_prepared() -> None:
    asked = by_name()
    for _ in range(2):
        asked(names=["丙"])
    with transaction.atomic():
        mark = transaction.savepoint()
        with pytest.raises(DataError), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        with pytest.raises(InternalError):
            asked(names=["丙"])
        transaction.savepoint_rollback(mark)
    assert [row.series for row in asked(names=["丙"])] == ["丙"]


@pytest.mark.django_db(transaction=True)
class TestAColumnThatChanged:
    """An upgrade widens a column while processes run that have planned for the old one."""

    @pytest.fixture(autouse=True)
    def _as_it_was(self) -> Iterator[None]:
        yield
        self.alter(40)

    def alter(self, length: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE orgs_counter ALTER series TYPE varchar({length})")

    def test_the_question_is_planned_anew(self) -> None:
        asked = by_name()
        for _ in range(3):
            asked(names=["丙"])
        self.alter(60)
        for _ in range(4):
            assert [row.series for row in asked(names=["丙"])] == ["丙"]
        assert sent(asked, names=["丙"])[1].startswith("EXECUTE ")

    def test_within_a_transaction_it_fails_once(self) -> None:
        asked = by_name()
        for _ in range(3):
            asked(names=["丙"])
        self.alter(60)
        with pytest.raises(NotSupportedError), transaction.atomic():
            asked(names=["丙"])
        with transaction.atomic():
            assert [row.series for row in asked(names=["丙"])] == ["丙"]
