"""What a row of a list of cases shows. Masked: titles carry no full name of a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cases.lights import Shown, row_light
from cases.loading import load_places
from cases.models import Case
from cases.vocabulary import Label, Risk, Special, Stage
from orgs.calendars import calendars_of
from orgs.models import User
from orgs.permissions import Permission


@dataclass(frozen=True)
class Row:
    """One case in a list, ready to be drawn."""

    pk: int
    number: str
    url: str
    short_number: str
    title: str
    type_name: str
    unit_name: str
    unit_code: str
    light: Shown
    label: str
    label_token: str
    supervised: bool
    risk_text: str
    flags: tuple[str, ...]
    may_claim: bool


def rows_of(cases: Iterable[Case], *, user: User, now: datetime) -> list[Row]:
    """The rows of cases that `for_list` has loaded; one query for all their calendars."""
    loaded = list(cases)
    load_places(loaded, user.reference_revision)
    calendars = calendars_of({case.center_id: case.center for case in loaded}.values())
    units = {post.department_id for post in user.posts_giving(Permission.HANDLE)} - {None}
    return [
        _row(case, row_light(case, calendars[case.center_id], now), units=units) for case in loaded
    ]


def _row(case: Case, light: Shown, *, units: set[int | None]) -> Row:
    return Row(
        pk=case.pk,
        number=case.number,
        url=case.get_absolute_url(),
        short_number=case.short_number,
        title=case.title,
        type_name=case.type.name,
        unit_name=case.unit.name if case.unit else "",
        unit_code=case.unit.code if case.unit else "",
        light=light,
        label=Label(case.label).label,
        label_token=case.label,
        supervised=case.stage == Stage.SUPERVISION,
        risk_text=risk_text(case),
        flags=flags(case),
        may_claim=case.label == Label.TO_CLAIM and case.unit_id in units,
    )


def risk_text(case: Case) -> str:
    """「风险：高」; nothing for a low risk or one nobody has judged."""
    if case.risk in ("", Risk.LOW):
        return ""
    return f"风险：{Risk(case.risk).label}"


def flags(case: Case) -> tuple[str, ...]:
    """The bordered tags: ⚑ special situations, coming again, another round."""
    special = [f"⚑{Special(flag).label}" for flag in case.special if flag != Special.NONE]
    again = [f"再次来访{case.visits_count}次"] if case.visits_count > 1 else []
    rounds = [f"第{case.round}次办理"] if case.round > 1 else []
    return (*special, *again, *rounds)
