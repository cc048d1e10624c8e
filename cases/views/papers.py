"""回执 and 文书: the papers the window prints. What is printed is counted, and 补打 says so."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.models import Case, Document
from cases.paper_kinds import kind_of
from cases.paper_tab import stubs_of
from cases.policies import can_print, can_register
from cases.receipts import MINE, SENT, SIDES, waiting_mine, waiting_sent
from cases.rows import rows_of
from cases.searching import find_case, search
from cases.services import papers
from cases.wording import word_file
from orgs.gates import needs
from orgs.permissions import Permission
from zongzhi.lib import clock, dates, handing_out
from zongzhi.lib.codes import code128_svg, qr_svg
from zongzhi.lib.errors import NotAllowed, NotFound
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.paging import Order, paginate

QR_MM = 28
ROLL = "80"
FOUND = 20


@login_required
@require_http_methods(["GET", "POST"])
def slip(request: StaffRequest, number: str) -> HttpResponse:
    """The slip on A5, or with size=80 on an 80 mm roll: to be looked at, and with POST printed.

    No narrative, no other party, no identity number.
    """
    case = find_case(request.user, number)
    if not can_register(request.user, case):
        raise NotAllowed(f"{case.short_number} 的回执由{case.center.name}的窗口打印")
    times = 0
    if request.method == "POST":
        times = papers.print_slip(case=case, by=request.user, address=client_address(request))
    address = request.build_absolute_uri(reverse("citizen:progress", args=[case.token]))
    promised = case.promised_at or case.due_at
    asked = request.POST if request.method == "POST" else request.GET
    context = {
        "case": case,
        "roll": asked.get("size") == ROLL,
        # Made by zongzhi.lib.codes from an address and digits of our own.
        "qr": "" if case.is_silent else mark_safe(qr_svg(address, QR_MM, "查进度的二维码")),
        "bars": mark_safe(code128_svg(case.number)),
        "due": dates.document(clock.local(promised)) if promised else "",
        "is_answer": case.promised_at is not None,
        **_printed(request, times),
    }
    return _fresh(render(request, "cases/slip.html", context))


@login_required
@require_POST
def make(request: StaffRequest, number: str) -> HttpResponse:
    """生成文书: a new version, or the last one when nothing has changed."""
    case = find_case(request.user, number)
    code, _, about = request.POST.get("kind", "").partition(".")
    if kind_of(code) is None or not (about or "0").isdecimal():
        raise NotFound("没有这种文书")
    made, is_new = papers.make_document(
        case_id=case.pk,
        kind=Document.Kind(code),
        about=int(about or 0),
        by=request.user,
        address=client_address(request),
    )
    if not is_new:
        messages.info(request, f"内容没有变，还是第 {made.version} 版")
    return redirect("cases:document", case.number, made.pk)


def _document(request: StaffRequest, number: str, pk: int) -> Document:
    case = find_case(request.user, number)
    found = case.documents.select_related("made_by").for_receipts().filter(pk=pk).first()
    if found is None:
        raise NotFound("没有这份文书")
    found.case = case
    papers.may_open(request.user, found)
    return cast(Document, found)


@login_required
@require_http_methods(["GET", "POST"])
def document(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """One version of a paper; POST prints it, or hands it out as a Word file."""
    found = _document(request, number, pk)
    times = 0
    if request.method == "POST":
        as_word = request.POST.get("as") == "word"
        times = papers.print_document(
            document=found, by=request.user, address=client_address(request), word=as_word
        )
        if as_word:
            return _word(request, found, times)
    versions = found.case.documents.filter(kind=found.kind, about=found.about)
    context = {
        "case": found.case,
        "document": found,
        "paper": papers.paper_of(found),
        "newest": versions.order_by("-version").first() == found,
        "stubs": stubs_of(found, request.user),
        "foot": _foot(request, found),
        **_printed(request, times),
    }
    return _fresh(render(request, "cases/document.html", context))


@login_required
@require_POST
def sign(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """签收回执: one press, no dialog."""
    found = _document(request, number, pk)
    unit = request.POST.get("unit", "")
    signed = papers.sign_receipt(
        document_id=found.pk,
        unit_id=int(unit) if unit.isdecimal() else 0,
        by=request.user,
        note=request.POST.get("note", "").strip()[:100],
    )
    messages.success(request, f"已签收 {found.number}（{signed.unit.name}）")
    if request.POST.get("back") == "list":
        return redirect("cases:receipts")
    return redirect("cases:document", found.case.number, found.pk)


@needs(Permission.HANDLE, Permission.TRIAGE)
@require_GET
def receipts(request: StaffRequest) -> HttpResponse:
    """待签回执 of one's unit; with of=sent, who has not signed what the centre has sent."""
    user = request.user
    sides = [name for name, may in ((MINE, True), (SENT, user.can(Permission.TRIAGE))) if may]
    side = request.GET.get("of") if request.GET.get("of") in sides else sides[0]
    rows = waiting_sent(user) if side == SENT else waiting_mine(user)
    page = paginate(rows.for_list(), Order(), request.GET)
    context = {"page": page, "side": side, "sides": [(name, SIDES[name]) for name in sides]}
    return render(request, "cases/receipts.html", context)


def _word(request: StaffRequest, found: Document, times: int) -> HttpResponse:
    printed = _printed(request, times)
    content = word_file(
        papers.paper_of(found),
        foot=f"{_foot(request, found)}　{printed['again']}".rstrip(),
        stubs=[stub.receipt for stub in stubs_of(found, request.user)],
    )
    kind = Document.Kind(found.kind).label
    name = f"{kind} {found.case.short_number} 第{found.version}版.docx"
    return handing_out.document(content, name)


def _printed(request: StaffRequest, times: int) -> dict[str, Any]:
    """Who, when, and from the second time on that it is 补打; not printed yet is a preview."""
    return {
        "times": times,
        "printed": f"{request.user.name} {dates.moment(clock.now())}",
        "again": f"补打 第{times}次" if times > 1 else "",
    }


def _foot(request: StaffRequest, found: Document) -> str:
    printed = _printed(request, 0)["printed"]
    return f"打印：{printed}　编号 {found.case.number}　第 {found.version} 版"


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


@needs(Permission.REGISTER)
@require_http_methods(["GET", "POST"])
def reprint(request: StaffRequest) -> HttpResponse:
    """打印补打: find the case, press print. What is typed goes by POST: it may be a phone."""
    text = request.POST.get("q", "").strip()
    mine = Case.objects.visible_to(request.user)
    found = search(mine, text) if text else mine.filter(registered_by=request.user)
    cases = list(
        found.for_list()
        .prefetch_related("documents", "printings")
        .with_assignments()
        .order_by("-registered_at")[:FOUND]
    )
    printable = [case for case in cases if can_print(request.user, case)]
    rows = zip(rows_of(printable, user=request.user, now=clock.now()), printable, strict=True)
    context = {"text": text, "rows": list(rows), "hidden": len(cases) - len(printable)}
    return _fresh(render(request, "cases/reprint.html", context))
