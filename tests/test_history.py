"""History is added to and never changed; what was changed all the same can be proved and named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from cases.anchors import forged_anchors, write_anchor
from cases.history import faults
from cases.models import Case, CaseEvent, CaseText
from cases.verification import misplaced
from grids.models import EventLine, Grid, GridEvent
from grids.vocabulary import Category, EventActor
from orgs.models import AccessLog, Region
from orgs.models.places import Level
from orgs.services import log_access
from tests.lives import Lives, fresh
from zongzhi.demo.management.commands.setup import HISTORY, grant_rights
from zongzhi.lib import clock

# What the database itself refuses, to its owner as well: the tests connect as the owner.


@pytest.mark.parametrize("table", ["cases_caseevent", "grids_eventline", "orgs_accesslog"])
@pytest.mark.parametrize(
    "sql", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_the_database_refuses_to_change_what_happened(lives: Lives, table: str, sql: str) -> None:
    lives.claimed()
    log_access(AccessLog.Action.SIGN_IN, user=lives.clerk, address=None)
    seen_in_a_grid(lives)
    connection.check_constraints()
    with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic():
        connection.cursor().execute(sql.format(table))


def seen_in_a_grid(lives: Lives) -> None:
    """An event of a grid with its first line."""
    center, now = lives.clerk.posts_today[0].center, clock.now()
    village = Region.objects.filter(level=Level.VILLAGE)[0]
    grid = Grid.objects.create(code=f"{village.code}901", name="第901网格", region=village)
    event = GridEvent.objects.create(
        grid=grid,
        area=village.code,
        center=center,
        number="1",
        short_number="1",
        actor=EventActor.CENTER,
        category=Category.FACILITY,
        text="路灯不亮",
        reported_by=lives.clerk,
        reported_at=now,
        received_at=now,
    )
    EventLine.objects.create(event=event, seq=1, verb="report", at=now, to_stage=event.stage)


def test_no_code_can_change_an_event(lives: Lives) -> None:
    event = lives.claimed().events.latest("seq")
    event.verb = "return"
    with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic():
        event.save()


def test_a_case_with_a_history_cannot_be_deleted(lives: Lives) -> None:
    case = lives.registered()
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="violates foreign key"), transaction.atomic():
        connection.cursor().execute("DELETE FROM cases_case WHERE id = %s", [case.pk])


def has_right(role: str, table: str, right: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [role, table, right])
        return bool(cursor.fetchone()[0])


@pytest.fixture
def application(db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The role the application signs in with, given its rights as `setup` gives them."""
    role = "zongzhi_app"
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
        if not cursor.rowcount:
            cursor.execute(f"CREATE ROLE {role}")
        cursor.execute(f"GRANT UPDATE, DELETE, TRUNCATE ON cases_caseevent TO {role}")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{role}@localhost/zongzhi")
    grant_rights()
    return role


@pytest.mark.parametrize("table", ["cases_caseevent", "grids_eventline", "orgs_accesslog"])
def test_the_application_may_add_to_history_and_read_it(application: str, table: str) -> None:
    assert all(has_right(application, table, right) for right in ("INSERT", "SELECT"))


@pytest.mark.parametrize("table", ["cases_caseevent", "grids_eventline", "orgs_accesslog"])
@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE", "TRIGGER"])
def test_the_application_has_no_right_to_change_history(
    application: str, table: str, right: str
) -> None:
    assert not has_right(application, table, right)


def test_the_application_may_work_with_cases(application: str) -> None:
    rights = ("SELECT", "INSERT", "UPDATE", "DELETE")
    assert all(has_right(application, "cases_case", right) for right in rights)


# What the chain proves, if somebody has turned the triggers off.


@contextmanager
def somebody_tampers() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_caseevent DISABLE TRIGGER USER")
        yield
        cursor.execute("ALTER TABLE cases_caseevent ENABLE TRIGGER USER")


def event(case: Case, seq: int):
    return CaseEvent.objects.filter(case=case, seq=seq)


def named() -> list[tuple[str, int, str]]:
    return [(fault.number, fault.seq, fault.what) for fault in faults()]


@pytest.fixture
def case(lives: Lives) -> Case:
    """Registered 1, dispatched 2, claimed 3, reported 4; beside it another, untouched."""
    lives.reported()
    return lives.reported()


def test_a_real_history_adds_up(case: Case) -> None:
    assert named() == []


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "return"},
        {"by": None},
        {"to_stage": "closed"},
        {"is_public": False},
        {"round": 2},
        {"data": {"role": "assisting"}},
        {"at": clock.now()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_row_is_named(case: Case, change: dict[str, object]) -> None:
    with somebody_tampers():
        event(case, 3).update(**change)
    assert named() == [(case.number, 3, "内容被改过")]


def test_a_row_moved_to_another_case_is_named(case: Case, lives: Lives) -> None:
    other = lives.registered()
    with somebody_tampers():
        event(case, 4).update(case=other, seq=2)
    assert {(number, seq) for number, seq, _ in named()} >= {(case.number, 4), (other.number, 2)}


def test_a_missing_row_is_named(case: Case) -> None:
    with somebody_tampers():
        event(case, 2).delete()
    assert (case.number, 2, "缺少这一条") in named()


def test_reordered_rows_are_named(case: Case) -> None:
    with somebody_tampers():
        event(case, 2).update(seq=9)
        event(case, 3).update(seq=2)
        event(case, 9).update(seq=3)
    assert {seq for number, seq, _ in named() if number == case.number} >= {2, 3}


def test_a_cut_off_end_is_named(case: Case) -> None:
    with somebody_tampers():
        CaseText.objects.filter(event__case=case, event__seq=4).delete()
        event(case, 4).delete()
    assert named() == [(case.number, 4, "末尾被截断或多出")]


def test_a_row_added_behind_the_systems_back_is_named(case: Case) -> None:
    last = event(case, 4).get()
    CaseEvent.objects.create(
        case=case, seq=5, verb="approve", at=last.at, to_stage="follow_up", mac="0" * 64
    )
    assert {what for _, seq, what in named() if seq == 5} >= {"内容被改过", "和上一条接不上"}


def test_a_stage_written_past_the_door_is_named(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET stage = 'triage' WHERE id = %s", [case.pk])
    assert named() == [(case.number, 4, "和事项现在的阶段对不上")]


def test_a_changed_text_is_named(case: Case) -> None:
    CaseText.objects.filter(event__case=case, event__seq=4).update(text="没有解决")
    assert named() == [(case.number, 4, "文字被改过")]


def test_a_text_that_vanished_is_named(case: Case) -> None:
    CaseText.objects.filter(event__case=case, event__seq=4).delete()
    assert named() == [(case.number, 4, "文字不见了")]


def test_a_text_erased_by_law_leaves_the_chain_whole(case: Case) -> None:
    words = CaseText.objects.filter(event__case=case, event__seq=4)
    words.update(text="", erased_at=clock.now())
    assert named() == []


def test_history_holds_no_words_of_the_citizen(case: Case) -> None:
    said = json.dumps(list(case.events.values_list("data", flat=True)), ensure_ascii=False)
    assert not any(word in said for word in ("木工", "张三丰", "19900005621"))


def test_verify_history_says_that_all_is_well(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_history")
    assert capsys.readouterr().out == "8 条经过，全部对得上\n"


def test_verify_history_names_the_row_and_fails(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    with somebody_tampers():
        event(case, 3).update(verb="return")
    with pytest.raises(CommandError):
        call_command("verify_history")
    assert capsys.readouterr().out == f"{case.number} 第 3 条：内容被改过\n"


# The anchor file outside the database


def test_an_anchor_of_our_own_is_known(case: Case) -> None:
    write_anchor()
    write_anchor()
    assert forged_anchors() == []


def test_an_anchor_counts_every_case(case: Case) -> None:
    line = json.loads(write_anchor().read_text())
    assert line["cases"] == 2


def test_an_anchor_changes_with_any_history(case: Case, lives: Lives) -> None:
    def heads() -> list[str]:
        return [json.loads(line)["heads"] for line in write_anchor().read_text().splitlines()]

    heads()
    lives.registered()
    first, second = heads()
    assert first != second


@pytest.mark.parametrize(
    "forge",
    [
        lambda line: line.replace('"cases": 2', '"cases": 1'),
        lambda line: line.replace('"heads": "', '"heads": "0'),
        lambda line: '{"cases": 2}',
        lambda line: "nonsense",
    ],
)
def test_a_forged_line_is_named(case: Case, forge, capsys: pytest.CaptureFixture[str]) -> None:
    path: Path = write_anchor()
    good = path.read_text().strip()
    path.write_text(f"{good}\n{forge(good)}\n")
    with pytest.raises(CommandError):
        call_command("verify_history")
    assert capsys.readouterr().out == "每日校验文件第 2 行签名不对\n"


# verify_cases: what the columns say follows from the facts


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("label", "handling"),
        ("actor", "unit"),
        ("unit_id", None),
        ("due_clock", "claim"),
        ("due_at", None),
        ("near_at", None),
        ("handling_due_at", clock.now()),
    ],
)
def test_a_column_written_past_the_door_is_found(case: Case, column: str, value: object) -> None:
    Case.objects.filter(pk=case.pk).update(**{column: value})
    assert [(fault.number, fault.column) for fault in misplaced()] == [(case.number, column)]


def test_verify_cases_names_the_column_and_fails(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    Case.objects.filter(pk=case.pk).update(label="handling")
    with pytest.raises(CommandError):
        call_command("verify_cases")
    assert f"{case.number} label：写的是 handling，应是 to_approve" in capsys.readouterr().out


@pytest.mark.parametrize(
    "point",
    ["registered", "dispatched", "returned", "claimed", "supervised", "reported", "approved"],
)
def test_every_point_of_a_life_adds_up(lives: Lives, point: str) -> None:
    case = getattr(lives, point)()
    assert list(misplaced()) == []
    assert fresh(case).history_length == case.events.count()


def test_verify_cases_says_that_all_is_well(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_cases")
    assert capsys.readouterr().out == "每件事项的状态、时限都对得上\n"


@pytest.mark.django_db
def test_what_only_grows_is_refused_to_the_application_too() -> None:
    """Every table whose triggers refuse changes is one whose right to change is taken away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    assert guarded <= set(HISTORY)
    assert "reports_lineedit" in guarded
