from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from django.db import connection

from cases.models import Case
from cases.services import registration
from orgs.idempotency import forget_keys
from orgs.models import IdempotencyKey
from tests.api.conftest import is_problem, wages
from tests.county import County
from tests.lives import Lives
from zongzhi.lib import clock


def test_the_same_key_and_body_give_the_same_answer_once(county: County, speaks, clerk) -> None:
    window = speaks(clerk)
    first = window.post("cases/", wages(county), key="k-1")
    again = window.post("cases/", wages(county), key="k-1")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert Case.objects.count() == 1


def test_an_act_repeated_with_its_key_is_not_done_twice(lives: Lives, speaks, handler) -> None:
    case, bureau = lives.dispatched(), speaks(handler)
    first = bureau.act(case, "claim", key="k")
    assert bureau.act(case, "claim", key="k").content == first.content
    is_problem(bureau.act(case, "claim"), 409, "already_done")
    is_problem(bureau.act(case, "claim", key="another"), 409, "already_done")


def test_another_body_or_address_under_the_same_key_is_refused(lives, speaks, clerk) -> None:
    window = speaks(clerk)
    window.post("cases/", wages(lives.county), key="k")
    changed = wages(lives.county, visitors=2)
    is_problem(window.post("cases/", changed, key="k"), 409, "idempotency_mismatch")
    elsewhere = window.act(lives.registered(), "note", wages(lives.county), key="k")
    is_problem(elsewhere, 409, "idempotency_mismatch")


def test_keys_of_different_people_do_not_meet(county: County, speaks, clerk, triage) -> None:
    one = speaks(clerk).post("cases/", wages(county), key="k").json()
    other = speaks(triage).post("cases/", wages(county), key="k").json()
    assert one["number"] != other["number"]


def test_what_failed_leaves_nothing_and_may_be_tried_again(lives, speaks, handler) -> None:
    case, bureau = lives.dispatched(), speaks(handler)
    result = {"result": "resolved", "how": "已经当面付清了三个月的工资"}
    is_problem(bureau.act(case, "report", result, key="k"), 409, "wrong_state")
    assert not IdempotencyKey.objects.exists()
    bureau.act(case, "claim")
    assert bureau.act(case, "report", result, key="k").status_code == 200


@pytest.mark.parametrize("key", ["x" * 101, "a b", "\xe9"])
def test_a_key_is_short_and_plain(county: County, speaks, clerk, key) -> None:
    problem = is_problem(speaks(clerk).post("cases/", wages(county), key=key), 400, "invalid")
    assert "Idempotency-Key" in problem["errors"]


def test_old_keys_are_forgotten(county: County, speaks, clerk) -> None:
    speaks(clerk).post("cases/", wages(county), key="k")
    assert forget_keys(before=clock.now()) == 1


@pytest.mark.django_db(transaction=True)
def test_twins_sent_at_once_are_done_once(lives: Lives, speaks, clerk, monkeypatch) -> None:
    """The first is held inside its transaction until the second has had time to arrive."""
    window = speaks(clerk)
    arrived, real = threading.Barrier(2, timeout=1), registration._register

    def linger(*args):
        case = real(*args)
        with suppress(threading.BrokenBarrierError):
            arrived.wait()
        return case

    monkeypatch.setattr(registration, "_register", linger)
    answers: list[bytes] = []

    def send() -> None:
        response = window.post("cases/", wages(lives.county), key="twin")
        answers.append(response.content)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Case.objects.count() == 1
    assert answers[0] == answers[1]
