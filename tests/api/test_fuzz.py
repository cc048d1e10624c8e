"""Whatever is sent, the answer is never a 5xx."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.acts import all_acts
from cases.vocabulary import PartyRole, Source, Special, Willing
from tests.api.conftest import wages

RELAXED = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NASTY = st.sampled_from(
    ["", " ", "\x00", "\ud800", "０", "RS", "10", "none", "window", "2026-02-30", "x" * 3000, "𠮷"]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | NASTY
    | st.text(max_size=30)
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def sometimes(*right: Any) -> st.SearchStrategy[Any]:
    """The right thing half the time, so that the fuzz gets past the first check."""
    return st.sampled_from(right) | ANYTHING


PARTY = st.fixed_dictionaries(
    {},
    optional={
        "role": sometimes(*PartyRole.values),
        "name": sometimes("张三"),
        "phone": sometimes("19900005621", ""),
        "id_number": sometimes("11010519491231002X", ""),
        "address": ANYTHING,
        "is_organization": sometimes(True, False),
    },
)
REGISTRATION = st.fixed_dictionaries(
    {},
    optional={
        "source": sometimes(*Source.values),
        "narrative": sometimes("欠了三个月工资没有给，要求付清"),
        "type": sometimes("10", "99"),
        "occurred_region": sometimes("990101100000"),
        "parties": st.lists(PARTY, max_size=3) | ANYTHING,
        "visitors": sometimes(1, 5),
        "special": st.lists(sometimes(*Special.values), max_size=3) | ANYTHING,
        "willing_to_mediate": sometimes(*Willing.values),
        "same_as": sometimes(None, "0101-001"),
    },
)


@RELAXED
@given(changed=REGISTRATION)
def test_registering_anything(county, speaks, clerk, changed) -> None:
    assert speaks(clerk).post("cases/", {**wages(county), **changed}).status_code < 500


@RELAXED
@given(body=ANYTHING)
def test_registering_what_is_no_registration(speaks, clerk, body) -> None:
    assert speaks(clerk).post("cases/", body).status_code < 500


FIELDS = sorted({name for act in all_acts() for name in [*act.form.base_fields, *act.form.groups]})
INNER = st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=4)
BODIES = st.dictionaries(st.sampled_from(FIELDS), ANYTHING | INNER, max_size=8)


@pytest.mark.parametrize("verb", [act.verb for act in all_acts()])
def test_sending_anything_to_an_act(lives, speaks, triage, handler, head, verb) -> None:
    case = lives.claimed() if verb not in ("dispatch", "decline") else lives.registered()
    clients = [speaks(person) for person in (triage, handler, head)]

    @settings(RELAXED, max_examples=12)
    @given(body=BODIES | ANYTHING)
    def fuzz(body: Any) -> None:
        for client in clients:
            assert client.act(case, verb, body).status_code < 500

    fuzz()
