"""材料文书: what the tab of a case's page shows, besides what every tab does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from cases.attachment_form import AttachmentForm
from cases.models import Case, Document, Printing, Receipt
from cases.paper_kinds import all_kinds
from cases.policies import can_sign
from orgs.models import User


@dataclass(frozen=True)
class Stub:
    """回执联: one unit that the paper went to; `mine` where this person may sign for it."""

    receipt: Receipt
    mine: bool


@dataclass(frozen=True)
class Made:
    """A version of a paper in the list."""

    document: Document
    kind: str
    printed: int
    opens: bool
    stubs: list[Stub]


@dataclass(frozen=True)
class Makeable:
    """A button for a paper: `code` names the kind and, after a point, what it is about."""

    code: str
    label: str


def paper_tab(case: Case, user: User) -> dict[str, Any]:
    """The files, the papers with their versions, and what may be made now."""
    attachments = list(case.attachments.select_related("uploaded_by"))
    return {
        "attachments": attachments,
        "form": AttachmentForm(),
        "documents": _documents(case, user),
        "makeable": _makeable(case, user),
        "slips_printed": case.printings.filter(what=Printing.What.SLIP).count(),
    }


def stubs_of(document: Document, user: User) -> list[Stub]:
    """Who has signed for it and who has not; its receipts are loaded."""
    return [
        Stub(receipt, receipt.signed_at is None and can_sign(user, receipt.unit))
        for receipt in document.receipts.all()
    ]


def _documents(case: Case, user: User) -> list[Made]:
    times = Counter(case.printings.exclude(document=None).values_list("document", flat=True))
    rows = case.documents.select_related("made_by").for_receipts().order_by("-pk")
    mine = {kind.kind: kind for kind in all_kinds() if kind.may(user, case)}
    return [
        Made(
            row,
            Document.Kind(row.kind).label,
            times[row.pk],
            (row.kind in mine and mine[Document.Kind(row.kind)].may_of(user, case, row.about))
            or any(can_sign(user, one.unit) for one in row.receipts.all()),
            stubs_of(row, user),
        )
        for row in rows
    ]


def _makeable(case: Case, user: User) -> list[Makeable]:
    """A paper that this case cannot have now is no news: it is left out."""
    return [
        Makeable(
            f"{kind.kind.value}.{about.pk}",
            f"{kind.kind.label}（{about.words}）" if about.words else kind.kind.label,
        )
        for kind in all_kinds()
        if kind.may(user, case) and not kind.why_not(case)
        for about in kind.abouts(case)
        if kind.may_of(user, case, about.pk)
    ]
