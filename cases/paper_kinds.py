"""The kinds of 文书, as one table. The tab, the service and the pages read it.

Each app adds its own at start-up (`register_papers` in its `apps.py`), so a lower floor makes the
papers of a higher one without knowing it. The vocabulary itself (`Document.Kind`) stays low.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.composing import Paper
from cases.models import Case, Document
from orgs.models import Department, User


@dataclass(frozen=True)
class About:
    """What one paper speaks of: the case itself (0), or a row of a higher floor, in words."""

    pk: int = 0
    words: str = ""
    row: Any = None


THE_CASE = About()


def _the_case_itself(case: Case) -> Sequence[About]:
    return (THE_CASE,)


def _at_any_time(case: Case) -> str:
    return ""


def _nobody(case: Case, about: About) -> Sequence[Department]:
    return ()


def _of_any(user: User, case: Case, about: int) -> bool:
    return True


def _in_the_series(about: About) -> str:
    return ""


@dataclass(frozen=True)
class PaperKind:
    """One kind of paper: what it says, who makes it, when, of what, and who signs for it.

    `compose` is pure: (case, about, number, day) → Paper. `series` is the word in its numbers, one
    series a year and centre; without one it goes by the case's number. `own_number` is that of a
    row which has one already. `why_not` is a sentence, "" when the paper can be made. `may` is of
    the kind, `may_of` of one row of it: a record that is not public is for those who were there.
    """

    kind: Document.Kind
    compose: Callable[[Case, About, str, date], Paper]
    may: Callable[[User, Case], bool]
    maker: str  # who makes it, as the end of a sentence
    why_not: Callable[[Case], str] = _at_any_time
    abouts: Callable[[Case], Sequence[About]] = _the_case_itself
    signers: Callable[[Case, About], Sequence[Department]] = _nobody
    series: str = ""
    own_number: Callable[[About], str] = _in_the_series
    may_of: Callable[[User, Case, int], bool] = _of_any

    def is_for(self, user: User, case: Case, about: int) -> bool:
        """Whether this person makes and opens the paper about that row."""
        return self.may(user, case) and self.may_of(user, case, about)


_kinds: dict[Document.Kind, PaperKind] = {}


def register_papers(*kinds: PaperKind) -> None:
    """Add kinds to the table. Raises ValueError when one is there already."""
    for kind in kinds:
        if kind.kind in _kinds:
            raise ValueError(f"the paper {kind.kind} is registered twice")
        _kinds[kind.kind] = kind


def kind_of(code: str) -> PaperKind | None:
    """The kind of that code; None where no app makes such a paper."""
    return _kinds.get(Document.Kind(code)) if code in Document.Kind.values else None


def all_kinds() -> list[PaperKind]:
    """Every kind, in the order of the vocabulary."""
    return [_kinds[kind] for kind in Document.Kind if kind in _kinds]
