"""文书 and 打印: making a paper, whose words then never change, and remembering who printed it."""

from __future__ import annotations

from django.db import transaction

from cases.composing import Paper, compose, why_not
from cases.door import lock
from cases.models import Case, Document, Printing
from cases.numbering import next_in
from cases.policies import can_print_document
from orgs.models import AccessLog, User
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import NotAllowed, WrongState

_SERIES = {Document.Kind.ACCEPTED: "综受告", Document.Kind.DECLINED: "综不受告"}


def make_document(
    *, case_id: int, kind: Document.Kind, by: User, address: str | None
) -> tuple[Document, bool]:
    """(the newest version of that paper, whether it had to be made).

    When its words would be those of the last version, that one stands: pressing twice, or
    opening it again, makes no second version. Raises NotAllowed, WrongState.
    """
    with transaction.atomic():
        lock(case_id, visible_to=by)
        case = Case.objects.visible_to(by).for_detail().get(pk=case_id)
        may_print(by, case, kind)
        if reason := why_not(kind, case):
            raise WrongState(reason)
        last = case.documents.filter(kind=kind).order_by("-version").first()
        if last is not None:
            then = clock.local(last.made_at).date()
            same = compose(kind, case, number=last.number, day=then)
            if same.frozen() == last.content:
                return last, False
        number = last.number if last else _number(kind, case)
        paper = compose(kind, case, number=number, day=clock.today())
        made = Document.objects.create(
            case=case,
            kind=kind,
            version=last.version + 1 if last else 1,
            number=number,
            content=paper.frozen(),
            made_by=by,
            made_at=clock.now(),
        )
        _log(by, address, made, f"生成{_called(made)}")
    return made, True


def print_slip(*, case: Case, by: User, address: str | None) -> int:
    """Remember that the slip is printed; the how-manieth time."""
    return _print(case, Printing.What.SLIP, None, by, address)


def print_document(*, document: Document, by: User, address: str | None, word: bool = False) -> int:
    """Remember that this version is printed, or handed out as a Word file; the how-manieth time."""
    what = Printing.What.WORD if word else Printing.What.DOCUMENT
    return _print(document.case, what, document, by, address)


def may_print(by: User, case: Case, kind: Document.Kind) -> None:
    """Raises NotAllowed: the window and the triage desk print; the form shows whole numbers."""
    if not can_print_document(by, case, kind):
        raise NotAllowed(f"{case.short_number} 的{kind.label}由{case.center.name}的窗口打印")


def paper_of(document: Document) -> Paper:
    return Paper.thawed(document.content)


def _number(kind: Document.Kind, case: Case) -> str:
    """「综受告〔2026〕12号」 in one series a year and centre; a form goes by the case's number."""
    if kind not in _SERIES:
        return case.number
    year = clock.today().year
    serial = next_in(f"{kind.value} {case.center_id} {year}")
    return f"{_SERIES[kind]}〔{year}〕{serial}号"


def _print(
    case: Case, what: Printing.What, document: Document | None, by: User, address: str | None
) -> int:
    with transaction.atomic():
        lock(case.pk)  # two printers at once must not both say that theirs is the first
        of_it = Printing.objects.filter(case=case, what=what, document=document)
        times = of_it.count() + 1
        Printing.objects.create(case=case, what=what, document=document, at=clock.now(), by=by)
        how = "下载 word" if what == Printing.What.WORD else "打印"
        _log(by, address, document or case, f"{how}{_called(document)}，第{times}次")
    return times


def _called(document: Document | None) -> str:
    if document is None:
        return Printing.What.SLIP.label
    return f"{Document.Kind(document.kind).label}第{document.version}版"


def _log(by: User, address: str | None, about: Document | Case, purpose: str) -> None:
    case = about.case if isinstance(about, Document) else about
    data = {"case": case.pk}
    if isinstance(about, Document):
        data["document"] = about.pk
    log_access(
        AccessLog.Action.PRINT,
        user=by,
        address=address,
        subject=f"case {case.number}",
        purpose=purpose,
        data=data,
    )
