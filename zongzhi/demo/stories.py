"""Believable disputes and the sentences of their course, read from stories.toml and words.toml.

The prose lives in TOML so that somebody from a county can mend it without reading Python.
Choosing among variants is the caller's: everything here is a tuple.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

HERE = Path(__file__).parent

Against = Literal["person", "unit", "nobody"]
Where = Literal["village", "community", "any"]
Complexity = Literal["simple", "ordinary", "complex"]
Risk = Literal["low", "medium", "high"]
Result = Literal["resolved", "partly", "unresolved", "guided"]

TOWN = "TOWN"  # as a unit: the centre of the town where it happened


@dataclass(frozen=True, slots=True)
class Story:
    """One dispute as a clerk writes it down, and how it is resolved if it is."""

    type: str
    text: str
    resolved: str
    lead: str
    assisting: tuple[str, ...]
    units: tuple[str, ...]  # possible respondents when `against` is "unit"
    against: Against = "person"
    where: Where = "any"
    amount: tuple[int, int] | None = None  # yuan, from-to
    visitors: tuple[int, int] = (1, 1)
    special: tuple[str, ...] = ("none",)
    complexity: Complexity = "ordinary"
    risk: Risk = "low"
    spouses: bool = False  # applicant and respondent are of opposite sex
    female: bool = False  # the applicant is a woman

    def tell(
        self, applicant: str, respondent: str, place: str, amount: int, settled: int
    ) -> tuple[str, str]:
        """The narrative and the resolving sentence, with names, place and money filled in."""
        words = {
            "applicant": applicant,
            "respondent": respondent,
            "place": place,
            "amount": yuan(amount),
            "settled": yuan(settled),
        }
        return self.text.format(**words), self.resolved.format(**words)


@dataclass(frozen=True, slots=True)
class DisputeKind:
    """A dispute type: its stories, and sentences that fit any of them."""

    code: str
    name: str
    stories: tuple[Story, ...]
    internal: tuple[str, ...]  # progress notes for staff
    public: tuple[str, ...]  # progress notes 可告知来访人
    partly: tuple[str, ...]
    unresolved: tuple[str, ...]
    guided: tuple[str, ...]

    def results(self, result: str) -> tuple[str, ...]:
        """Sentences for a result; a resolved one is the story's own."""
        if result == "resolved":
            return tuple(story.resolved for story in self.stories)
        by_result = {"partly": self.partly, "unresolved": self.unresolved, "guided": self.guided}
        return by_result[result]


@dataclass(frozen=True, slots=True)
class Return:
    reason: Literal["not_ours", "elsewhere", "already_open", "unclear"]
    types: tuple[str, ...]
    suggested: str
    basis: str


@dataclass(frozen=True, slots=True)
class Consultation:
    category: Literal["law", "policy", "find", "elsewhere", "other"]
    text: str


@dataclass(frozen=True, slots=True)
class Decline:
    reason: Literal["litigation", "petition", "settled", "secret", "other_place", "other"]
    route: Literal["lawsuit", "arbitration", "review", "petition", "inspection", "elsewhere"]
    text: str


@dataclass(frozen=True, slots=True)
class Transfer:
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Whistle:
    ask: str
    reply: str
    verdict: str


@dataclass(frozen=True, slots=True)
class JointSession:
    topic: str
    agenda: str
    decision: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GridEvent:
    category: Literal[
        "dispute", "hazard", "safety", "environment", "livelihood", "facility", "other"
    ]
    text: str
    settled: str  # "" when the grid worker passed it on


Says = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences by act, as staff type them and visitors say them."""

    dispatch: tuple[str, ...]
    assign: tuple[str, ...]
    request_reassign: tuple[str, ...]
    reassign: tuple[str, ...]
    recall: tuple[str, ...]
    send_back: tuple[str, ...]
    rule_uphold: tuple[str, ...]
    rule_reassign: tuple[str, ...]
    rule_joint: tuple[str, ...]
    accept: tuple[str, ...]
    revisit: tuple[str, ...]
    amend: tuple[str, ...]
    withdraw: tuple[str, ...]
    merge: tuple[str, ...]
    unmerge: tuple[str, ...]
    escalate: tuple[str, ...]
    push_down: tuple[str, ...]
    reopen: tuple[str, ...]
    extend: tuple[str, ...]
    extend_granted: tuple[str, ...]
    extend_refused: tuple[str, ...]
    pause: tuple[str, ...]
    pause_granted: tuple[str, ...]
    pause_refused: tuple[str, ...]
    supervise: tuple[str, ...]
    answer: tuple[str, ...]
    answer_refused: tuple[str, ...]
    lift: tuple[str, ...]
    interview: tuple[str, ...]
    mediation_agreed: tuple[str, ...]
    mediation_oral: tuple[str, ...]
    mediation_failed: tuple[str, ...]
    mediation_absent: tuple[str, ...]
    mediation_refused: tuple[str, ...]


def yuan(amount: int) -> str:
    """Money as a clerk writes it: 3.86万元 above ten thousand when that is exact, else 3860元."""
    if amount >= 10_000 and amount % 100 == 0:
        return f"{amount / 10_000:g}万元"
    return f"{amount}元"


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def _kind(raw: Mapping[str, Any]) -> DisputeKind:
    row = _frozen(raw)
    shared = {"type": row["code"], "lead": row.pop("lead"), "assisting": row.pop("assisting")}
    shared["units"] = row.pop("units", ())
    stories = tuple(Story(**{**shared, **_frozen(story)}) for story in row.pop("story"))
    return DisputeKind(stories=stories, **row)


KINDS = tuple(_kind(raw) for raw in _read("stories.toml")["type"])
KIND = {kind.code: kind for kind in KINDS}

_words = _read("words.toml")
WORDS = Words(**{field.name: tuple(_words[field.name]) for field in fields(Words)})
FOLLOW_UP: Says = _frozen(_words["follow_up"])  # by satisfaction, and "unreached"
RATINGS: Says = _frozen(_words["ratings"])  # by satisfaction; "" is a rating without words
RETURNS = tuple(Return(**_frozen(row)) for row in _words["return"])
DECLINES = tuple(Decline(**row) for row in _words["decline"])
TRANSFERS = tuple(Transfer(**row) for row in _words["transfer"])
WHISTLES = tuple(Whistle(**row) for row in _words["whistle"])
CONSULTATIONS = tuple(Consultation(**row) for row in _words["consultation"])
JOINT_SESSIONS = tuple(JointSession(**_frozen(row)) for row in _words["joint_session"])
GRID_EVENTS = tuple(GridEvent(**row) for row in _words["grid_event"])
