"""文书, 打印, 签收回执: a paper's words never change; who printed it and who signed is kept."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse

from cases.composing import Paper
from cases.door import lock
from cases.models import Case, Document, Printing, Receipt
from cases.paper_kinds import THE_CASE, About, PaperKind, kind_of
from cases.policies import can_sign
from orgs.models import AccessLog, Department, User
from orgs.models.notices import Topic
from orgs.models.people import Holders
from orgs.numbering import next_in
from orgs.permissions import Permission
from orgs.services import log_access, notify
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound, WrongState


def make_document(
    *, case_id: int, kind: Document.Kind, by: User, address: str | None, about: int = 0
) -> tuple[Document, bool]:
    """(the newest version of that paper, whether it had to be made).

    When its words would be those of the last version, that one stands: pressing twice, or
    opening it again, makes no second version. Whoever presses at the same time waits at the
    case's lock and finds it made. Raises NotAllowed, NotFound, WrongState.
    """
    with transaction.atomic():
        lock(case_id, visible_to=by)
        case = Case.objects.visible_to(by).for_detail().get(pk=case_id)
        maker = _makeable(by, case, kind, about)
        subject = _subject(maker, case, about)
        last = case.documents.filter(kind=kind, about=about).order_by("-version").first()
        if last is not None:
            then = clock.local(last.made_at).date()
            same = maker.compose(case, subject, last.number, then)
            if same.frozen() == last.content:
                return last, False
        number = last.number if last else _number(maker, case, subject)
        paper = maker.compose(case, subject, number, clock.today())
        made = Document.objects.create(
            case=case,
            kind=kind,
            about=about,
            version=last.version + 1 if last else 1,
            number=number,
            content=paper.frozen(),
            made_by=by,
            made_at=clock.now(),
        )
        _send(made, maker.signers(case, subject))
        _log(by, address, made, f"生成{_called(made)}")
    return made, True


def _makeable(by: User, case: Case, kind: Document.Kind, about: int) -> PaperKind:
    maker = kind_of(kind)
    if maker is None:
        raise NotFound("没有这种文书")
    if not maker.is_for(by, case, about):
        raise NotAllowed(_not_yours(case, maker))
    if reason := maker.why_not(case):
        raise WrongState(reason)
    return maker


def _subject(maker: PaperKind, case: Case, about: int) -> About:
    found = next((one for one in maker.abouts(case) if one.pk == about), None)
    if found is None:
        raise WrongState(
            f"{case.short_number} 现在没有要写{maker.kind.label}的内容，回到材料文书看看"
        )
    return found


def _send(document: Document, units: Iterable[Department]) -> None:
    """Write a receipt for each unit it goes to, and tell its staff that they have to sign."""
    case = document.case
    kind = Document.Kind(document.kind).label
    for unit in units:
        Receipt.objects.create(document=document, unit=unit, sent_at=document.made_at)
        notify(
            _staff_of(unit),
            text=f"{case.short_number} {kind}（{document.number}）待签收回执",
            url=reverse("cases:document", args=[case.number, document.pk]),
            topic=Topic.PAPER,
        )


def _staff_of(unit: Department) -> Holders:
    if unit.runs is not None:
        return Holders(Permission.TRIAGE, center=unit.runs)
    return Holders(Permission.HANDLE, department=unit)


def sign_receipt(*, document_id: int, unit_id: int, by: User, note: str = "") -> Receipt:
    """签收回执: the unit has the paper. Of many who press, one signs and the others read who.

    Raises NotFound, NotAllowed, AlreadyDone, and WrongState for a paper that was made anew.
    """
    with transaction.atomic():
        rows = Receipt.objects.visible_to(by).select_related("document__case", "unit__runs")
        receipt = rows.filter(document=document_id, unit=unit_id).first()
        if receipt is None:
            raise NotFound("没有这份要签的回执")
        document, unit = receipt.document, receipt.unit
        if not can_sign(by, unit):
            raise NotAllowed(f"{document.number} 由{unit.name}签收回执，这个账号不能签")
        lock(document.case_id, visible_to=by)
        receipt = Receipt.objects.select_related("signed_by").get(pk=receipt.pk)
        if receipt.signed_at is not None and receipt.signed_by is not None:
            when = dates.moment(receipt.signed_at)
            raise AlreadyDone(f"{receipt.signed_by.name} {when} 已经签收了 {document.number}")
        if not Receipt.objects.waiting().filter(pk=receipt.pk).exists():
            raise WrongState(f"{document.number} 已经有新的一版，打开新的一版再签")
        receipt.signed_by, receipt.signed_at, receipt.note = by, clock.now(), note
        receipt.save(update_fields=["signed_by", "signed_at", "note"])
        notify(
            [document.made_by],
            text=f"{document.case.short_number} {unit.name}已签收{_called(document)}",
            url=f"{document.case.get_absolute_url()}?tab=papers",
        )
    return receipt


def print_slip(*, case: Case, by: User, address: str | None) -> int:
    """Remember that the slip is printed; the how-manieth time."""
    return _print(case, Printing.What.SLIP, None, by, address)


def print_document(*, document: Document, by: User, address: str | None, word: bool = False) -> int:
    """Remember that this version is printed, or handed out as a Word file; the how-manieth time."""
    what = Printing.What.WORD if word else Printing.What.DOCUMENT
    return _print(document.case, what, document, by, address)


def may_open(by: User, document: Document) -> None:
    """Raises NotAllowed unless they make such papers, or it was sent to their unit."""
    maker = kind_of(document.kind)
    if maker is not None and maker.is_for(by, document.case, document.about):
        return
    if not any(can_sign(by, receipt.unit) for receipt in document.receipts.all()):
        raise NotAllowed(_not_yours(document.case, maker))


def _not_yours(case: Case, maker: PaperKind | None) -> str:
    if maker is None:
        return f"{case.short_number} 的这份文书这个账号不能看"
    return f"{case.short_number} 的{maker.kind.label}由{case.center.name}的{maker.maker}"


def paper_of(document: Document) -> Paper:
    return Paper.thawed(document.content)


def _number(maker: PaperKind, case: Case, subject: About = THE_CASE) -> str:
    """「综受告〔2026〕12号」 in one series a year and centre; a form goes by the case's number."""
    if own := maker.own_number(subject):
        return own
    if not maker.series:
        return case.number
    year = clock.today().year
    serial = next_in(f"{maker.kind.value} {case.center_id} {year}")
    return f"{maker.series}〔{year}〕{serial}号"


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
