"""The papers of this floor: what the window hands to the person who came."""

from __future__ import annotations

from collections.abc import Callable

from cases.composing import accepted, declined, registration, why_no_acceptance, why_no_refusal
from cases.models import Case, Document
from cases.paper_kinds import PaperKind
from cases.policies import can_print_document
from orgs.models import User


def _printable(kind: Document.Kind) -> Callable[[User, Case], bool]:
    return lambda user, case: can_print_document(user, case, kind)


PAPERS = (
    PaperKind(
        Document.Kind.REGISTRATION,
        registration,
        _printable(Document.Kind.REGISTRATION),
        maker="窗口打印",
    ),
    PaperKind(
        Document.Kind.ACCEPTED,
        accepted,
        _printable(Document.Kind.ACCEPTED),
        maker="窗口打印",
        why_not=why_no_acceptance,
        series="综受告",
    ),
    PaperKind(
        Document.Kind.DECLINED,
        declined,
        _printable(Document.Kind.DECLINED),
        maker="窗口打印",
        why_not=why_no_refusal,
        series="综不受告",
    ),
)
