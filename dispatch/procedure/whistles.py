"""吹哨, 应哨, 到场, 评哨, 撤哨: calling a unit to come, with or without a part in the case."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cases import policies
from cases.acts import Act, When, always, staying
from cases.loading import OF_CASES
from cases.models import Case
from cases.vocabulary import Stage
from dispatch import whistle_forms as forms
from dispatch.models import Whistle
from dispatch.services import whistling
from dispatch.units import own_units
from dispatch.whistle_forms import LIVE, live_whistles
from orgs.models import User
from zongzhi.lib.prepared import Prepared, grouped

_AT_WORK = (Stage.TRIAGE, Stage.HANDLING, Stage.SUPERVISION)
_WHISTLES = Prepared(
    lambda: Whistle.objects.select_related("unit").filter(OF_CASES, cancelled_at=None)
)


def load_whistles(cases: Sequence[Case]) -> None:
    """Load what the rules below read of the few cases anybody has ever been whistled for."""
    asked = [
        case
        for case in cases
        if case.stage in (*_AT_WORK, Stage.FOLLOW_UP) and not hasattr(case, LIVE)
    ]
    missing = [case for case in asked if case.whistled_at is not None]
    found = grouped(_WHISTLES(cases=[case.pk for case in missing]), "case_id") if missing else {}
    for case in missing:
        setattr(case, LIVE, found.get(case.pk, []))


def _was_whistled(case: Case) -> bool:
    return case.whistled_at is not None


def _some(fits: Callable[[Whistle], bool], otherwise: str) -> When:
    def some(case: Case) -> str | None:
        return None if any(fits(row) for row in live_whistles(case)) else otherwise

    return some


def _is_called(user: User, case: Case) -> bool:
    """Staff of a unit that is, or was, called about this case."""
    units = own_units(user)
    return any(row.unit_id in units for row in live_whistles(case))


def _is_called_or_triages(user: User, case: Case) -> bool:
    return policies.can_triage(user, case) or _is_called(user, case)


def _nothing_of_mine_waits(user: User, case: Case) -> str | None:
    units = own_units(user)
    mine = (row for row in live_whistles(case) if row.unit_id in units)
    waiting = any(row.answered_at is None and row.is_open for row in mine)
    return None if waiting else "本单位没有等着应的哨"


def _nobody_of_mine_is_awaited(user: User, case: Case) -> str | None:
    rows = live_whistles(case)
    awaited = any(row.is_open and forms.may_record(user, case, row) for row in rows)
    return None if awaited else "没有要等的人"


def _is_open(row: Whistle) -> bool:
    return row.is_open


ACTS = (
    Act(
        verb="whistle",
        label="吹哨",
        button="吹哨：现在来人",
        who=policies.can_triage,
        when=always,
        arcs=staying(*_AT_WORK),
        service=whistling.whistle_for,
        form=forms.WhistleForm,
        rank=54,
    ),
    Act(
        verb="answer-whistle",
        label="应哨",
        who=_is_called,
        who_asks=True,
        when=_some(lambda row: row.is_open and row.answered_at is None, "没有等着应的哨"),
        own_part=_nothing_of_mine_waits,
        concerns=_was_whistled,
        arcs=staying(*_AT_WORK),
        service=whistling.answer_whistle,
        form=forms.AnswerWhistleForm,
        rank=8,
    ),
    Act(
        verb="arrive",
        label="记到场",
        who=_is_called_or_triages,
        who_asks=True,
        when=_some(_is_open, "没有要等的人"),
        own_part=_nobody_of_mine_is_awaited,
        concerns=_was_whistled,
        arcs=staying(*_AT_WORK),
        service=whistling.arrive,
        form=forms.ArriveForm,
        rank=56,
    ),
    Act(
        verb="rate-whistle",
        label="评哨",
        who=policies.can_triage,
        when=_some(lambda row: row.may_be_rated, "没有要评的哨"),
        concerns=_was_whistled,
        arcs=staying(*_AT_WORK, Stage.FOLLOW_UP),
        service=whistling.rate_whistle,
        form=forms.RateWhistleForm,
        rank=57,
    ),
    Act(
        verb="cancel-whistle",
        label="撤哨",
        who=policies.can_triage,
        when=_some(_is_open, "没有能撤的哨"),
        concerns=_was_whistled,
        arcs=staying(*_AT_WORK),
        service=whistling.cancel_whistle,
        form=forms.CancelWhistleForm,
        rank=58,
    ),
)
