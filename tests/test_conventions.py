"""What review would have to say every week, said by a machine."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APPS = ("orgs", "grids", "cases", "dispatch", "mediation", "reports")
WEB_ROOMS = {"views", "api", "citizen", "admin"}

CODE = sorted(
    path
    for app in (*APPS, "zongzhi")
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)
WEB = [
    path
    for path in CODE
    if WEB_ROOMS & {*path.relative_to(ROOT).parts, path.stem} and path.parts[-2] != "lib"
]


def breaches(paths: list[Path], pattern: str) -> list[str]:
    """Every line that says what it should not, as `file:line`."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(pattern, line.partition("# ")[0])
    ]


def test_the_search_finds_what_it_looks_for() -> None:
    assert breaches([ROOT / "cases" / "door.py"], r"\.save\(")


def test_the_web_layer_is_found() -> None:
    assert {"cases", "dispatch", "orgs"} <= {path.relative_to(ROOT).parts[0] for path in WEB}


def test_the_web_layer_writes_in_services() -> None:
    assert breaches(WEB, r"\.save\(|\.delete\(|\.bulk_create\(|\btransaction\b") == []


# The citizen's page has no user: the token from the slip is the right to see.
BY_TOKEN = {"cases/views/citizen.py"}


def test_the_web_layer_starts_from_what_the_person_may_see() -> None:
    staff = [path for path in WEB if str(path.relative_to(ROOT)) not in BY_TOKEN]
    assert breaches(staff, r"\bCase\.objects\.(?!visible_to\(|none\()") == []


def test_nobody_writes_a_stage_past_the_door() -> None:
    assert breaches(CODE, r"update\([^)]*\bstage\s*=") == []


def test_nobody_sets_a_stage_by_hand() -> None:
    assert breaches(CODE, r"\.stage\s*=[^=]") == []


def test_only_the_door_writes_where_a_case_stands() -> None:
    door = ROOT / "cases" / "door.py"
    columns = r"\bcase\.(label|actor|due_clock|due_at|near_at|claim_due_at|handling_due_at)\s*=[^=]"
    assert breaches([path for path in CODE if path != door], columns) == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    lib = ROOT / "zongzhi" / "lib" / "clock.py"
    asking = r"timezone\.now|datetime\.(now|utcnow|today)\(|\bdate\.today\("
    assert breaches([path for path in CODE if path != lib], asking) == []


def test_history_is_written_in_one_place() -> None:
    history = ROOT / "cases" / "history.py"
    writing = r"CaseEvent\(|CaseEvent\.objects\.(create|bulk_create)"
    allowed = {history, ROOT / "cases" / "models" / "history.py"}
    assert breaches([path for path in CODE if path not in allowed], writing) == []


def test_the_abandoned_state_machine_is_not_installed_beside_its_successor() -> None:
    """Both own `django_fsm`: whichever was installed last would win."""
    assert distribution("django-fsm-2")
    with pytest.raises(PackageNotFoundError):
        distribution("django-fsm")
