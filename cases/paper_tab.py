"""材料文书: what the tab of a case's page shows, besides what every tab does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from cases.attachment_form import AttachmentForm
from cases.composing import why_not
from cases.models import Case, Document, Printing
from cases.policies import can_print_document
from orgs.models import User


@dataclass(frozen=True)
class Made:
    """A version of a paper in the list."""

    document: Document
    kind: str
    printed: int
    opens: bool


@dataclass(frozen=True)
class Makeable:
    """A button for a paper, or why there is none yet."""

    kind: str
    label: str
    why_not: str


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


def _documents(case: Case, user: User) -> list[Made]:
    times = Counter(case.printings.exclude(document=None).values_list("document", flat=True))
    kinds = {kind for kind in Document.Kind if can_print_document(user, case, kind)}
    rows = case.documents.select_related("made_by").order_by("-pk")
    return [
        Made(row, Document.Kind(row.kind).label, times[row.pk], Document.Kind(row.kind) in kinds)
        for row in rows
    ]


def _makeable(case: Case, user: User) -> list[Makeable]:
    kinds = [kind for kind in Document.Kind if can_print_document(user, case, kind)]
    offered = [Makeable(kind.value, kind.label, why_not(kind, case)) for kind in kinds]
    # A paper that this case can never need any more is no news.
    return [row for row in offered if not row.why_not]
