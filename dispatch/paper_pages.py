"""The page of a paper that is no 文书 of a case, or none yet: looked at, printed, made one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render

from cases.composing import Paper
from cases.models import Case, Document
from cases.paper_kinds import kind_of
from cases.services.papers import may_open
from orgs.models import User
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import NotAllowed
from zongzhi.lib.http import StaffRequest


@dataclass(frozen=True)
class Make:
    """The button that makes it a 文书 of the case, with receipts."""

    case: Case
    code: str
    label: str


def paper_page(
    request: StaffRequest,
    paper: Paper,
    *,
    title: str,
    back: tuple[str, str],
    number: str = "",
    make: Make | None = None,
) -> HttpResponse:
    """`back` is an address and its words."""
    printed = f"打印：{request.user.name} {dates.moment(clock.now())}"
    context = {
        "title": title,
        "paper": paper,
        "back": back[0],
        "back_label": back[1],
        "make": make,
        "foot": f"{printed}　{number}".strip(),
    }
    return render(request, "dispatch/paper.html", context)


def to_the_document(user: User, case: Case, kind: Document.Kind, about: int) -> HttpResponse | None:
    """There it is printed and signed, once it has been made and this person may open it."""
    rows = case.documents.for_receipts().filter(kind=kind, about=about)
    last = rows.order_by("-version").first()
    if last is None:
        return None
    last.case = case
    try:
        may_open(user, last)
    except NotAllowed:
        return None
    return redirect("cases:document", case.number, last.pk)


def make_button(user: User, case: Case, kind: Document.Kind, about: int) -> Make | None:
    """For whoever may make it now."""
    known = kind_of(kind)
    if known is None or not known.is_for(user, case, about) or known.why_not(case):
        return None
    if all(one.pk != about for one in known.abouts(case)):
        return None
    return Make(case, f"{kind.value}.{about}", f"生成{kind.label}，送签收")
