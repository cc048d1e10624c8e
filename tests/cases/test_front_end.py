"""群众进度页 on the internet: what leaves the intranet, and the ratings that come back."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.front import FIELDS, seal_line
from cases.services.closing import follow_up_case, rate_case
from cases.vocabulary import Channel, Satisfaction, Settled, Special
from tests.lives import ID_NUMBER, PHONE, Lives
from zongzhi.lib import clock

KEY = "k" * 40
FIRST, SECOND = UUID(int=1), UUID(int=2)


@pytest.fixture(autouse=True)
def _shared_key(settings) -> None:
    settings.FRONT_KEY = KEY


def export(folder: Path, *options: str) -> list[dict]:
    """The rows of the file this export wrote; none when it wrote none."""
    before = set(folder.glob("*"))
    call_command("export_progress", folder, *options)
    written = set(folder.glob("*")) - before
    if not written:
        return []
    (path,) = written
    *lines, seal = path.read_bytes().splitlines(keepends=True)
    assert seal == seal_line(len(lines), b"".join(lines), KEY.encode())
    return [json.loads(line) for line in lines]


def back(tmp_path: Path, *ratings: dict | str) -> Path:
    """A sealed file as the front end writes it."""
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in ratings]
    body = "".join(f"{line}\n" for line in lines).encode()
    path = tmp_path / "ratings.jsonl"
    path.write_bytes(body + seal_line(len(lines), body, KEY.encode()))
    return path


def rating(case, identity: UUID = FIRST, **changed) -> dict:
    given = {
        "id": str(identity),
        "token": case.token,
        "settled": "resolved",
        "satisfaction": "satisfied",
        "text": "钱拿到了",
        "wants_redo": False,
    }
    return {**given, **changed}


# ---------------------------------------------------------------- out


def test_exactly_seven_things_leave(tmp_path, lives: Lives) -> None:
    case = lives.approved()
    (row,) = export(tmp_path)
    assert tuple(row) == FIELDS
    assert (row["token"], row["step"], row["unit"]) == (case.token, "已有结果", "人社局")
    assert row["may_rate"] is True
    for private in ("鑫源", "张三丰", "木工", "约谈", PHONE, ID_NUMBER, case.number):
        assert private not in json.dumps(row, ensure_ascii=False)


def test_of_a_silent_case_only_the_telephone_leaves(tmp_path, lives: Lives) -> None:
    lives.approved(special=[Special.VIOLENCE])
    (row,) = export(tmp_path)
    assert (row["step"], row["date"], row["unit"], row["may_rate"]) == ("", "", "", False)
    assert row["phone"]


def test_only_what_changed_leaves_again(tmp_path, lives: Lives) -> None:
    start = clock.now()
    clock.freeze(start)
    lives.registered()
    lives.dispatched()
    assert len(export(tmp_path)) == 2
    clock.freeze(start + timedelta(minutes=15))  # what was still being written then, once more
    assert len(export(tmp_path)) == 2
    clock.freeze(start + timedelta(minutes=30))
    assert export(tmp_path) == []
    from_now = lives.registered()
    assert [row["token"] for row in export(tmp_path)] == [from_now.token]
    clock.freeze(start + timedelta(minutes=31))
    assert len(export(tmp_path, "--all")) == 3


def test_more_cases_cost_no_more_queries(tmp_path, lives: Lives) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            call_command("export_progress", tmp_path, "--all")
        return len(captured)

    def one_of_each() -> None:
        lives.claimed()
        lives.closed()
        rate_case(
            token=lives.approved().token,
            settled=Settled.UNRESOLVED,
            satisfaction=Satisfaction.UNSATISFIED,
        )

    one_of_each()
    queries()  # the first one remembers for the first time
    of_three = queries()
    one_of_each()
    one_of_each()
    assert queries() == of_three


def test_no_half_a_file_is_ever_there(tmp_path, lives: Lives) -> None:
    lives.registered()
    export(tmp_path)
    assert [path.suffix for path in tmp_path.iterdir()] == [".jsonl"]


def test_without_a_key_nothing_leaves(tmp_path, lives: Lives, settings) -> None:
    settings.FRONT_KEY = ""
    lives.registered()
    with pytest.raises(CommandError, match="先设 FRONT_KEY"):
        call_command("export_progress", tmp_path)
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- back


def test_a_rating_that_comes_back_counts(tmp_path, lives: Lives) -> None:
    case = lives.approved()
    call_command("import_ratings", back(tmp_path, rating(case)))
    case.refresh_from_db()
    assert (case.stage, case.satisfaction) == ("closed", "satisfied")


def test_what_a_citizen_pastes_does_not_break_the_file(tmp_path, lives: Lives) -> None:
    case = lives.approved()
    call_command("import_ratings", back(tmp_path, rating(case, text="第一行\u2028第二行\x85完")))
    assert case.ratings.get().text == "第一行\u2028第二行\x85完"


def test_a_line_may_say_what_was_wrong(tmp_path, lives: Lives) -> None:
    case = lives.approved()
    why = {"settled": "unresolved", "satisfaction": "unsatisfied", "reasons": ["broken_promise"]}
    call_command("import_ratings", back(tmp_path, rating(case, **why)))
    taken = case.ratings.get()
    assert (taken.reasons_said, taken.rated_by) == ("说好的没做到", "scan")


def test_the_same_file_twice_counts_once(tmp_path, lives: Lives, clerk, capsys) -> None:
    """Even where a second word would be welcome: a complaint that was put right."""
    case = lives.approved()
    bad = rating(case, settled="unresolved", satisfaction="unsatisfied")
    path = back(tmp_path, bad)
    call_command("import_ratings", path)
    how = {"channel": Channel.PHONE, "satisfaction": Satisfaction.BASICALLY}
    follow_up_case(case_id=case.pk, by=clerk, **how)
    call_command("import_ratings", path)
    assert "收下 0 条，以前收过 1 条" in capsys.readouterr().out
    assert case.ratings.count() == 1


def test_each_bad_line_is_named_and_the_good_ones_count(tmp_path, lives: Lives) -> None:
    case = lives.approved()
    path = back(
        tmp_path,
        "nonsense",
        rating(case, token="nobody"),
        rating(case, satisfaction="splendid"),
        rating(case, SECOND),
        rating(case),
    )
    with pytest.raises(CommandError) as refused:
        call_command("import_ratings", path)
    said = str(refused.value)
    assert "4 条没有收" in said
    assert "第 1 行：不是一条评价" in said
    assert "第 2 行：没找到这件事" in said
    assert "第 3 行：" in said
    assert "第 5 行：您已经在" in said
    assert case.ratings.get().front_id == SECOND


@pytest.mark.parametrize(
    "spoil", [lambda body: body[:-20], lambda body: body.replace(b"true", b"false"), bytes.upper]
)
def test_a_file_without_its_seal_is_not_taken(tmp_path, lives: Lives, spoil) -> None:
    case = lives.approved()
    path = back(tmp_path, rating(case, wants_redo=True))
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(CommandError, match="没有封好"):
        call_command("import_ratings", path)
    assert not case.ratings.exists()
