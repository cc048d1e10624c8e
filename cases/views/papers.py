"""回执: the paper the visitor takes home. No narrative, no other party, no identity number."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from cases.policies import can_register
from cases.searching import find_case
from zongzhi.lib import clock, dates
from zongzhi.lib.codes import code128_svg, qr_svg
from zongzhi.lib.errors import NotAllowed
from zongzhi.lib.http import StaffRequest

QR_MM = 28
ROLL = "80"


@login_required
@require_GET
def slip(request: StaffRequest, number: str) -> HttpResponse:
    """The slip on A5, or with ?size=80 on an 80 mm roll; ?print=1 prints at once."""
    case = find_case(request.user, number)
    if not can_register(request.user, case):
        raise NotAllowed(f"{case.short_number} 的回执由{case.center.name}的窗口打印")
    address = request.build_absolute_uri(reverse("citizen:progress", args=[case.token]))
    promised = case.promised_at or case.due_at
    context = {
        "case": case,
        "roll": request.GET.get("size") == ROLL,
        "at_once": request.GET.get("print") == "1",
        # Made by zongzhi.lib.codes from an address and digits of our own.
        "qr": "" if case.is_silent else mark_safe(qr_svg(address, QR_MM, "查进度的二维码")),
        "bars": mark_safe(code128_svg(case.number)),
        "due": dates.document(clock.local(promised)) if promised else "",
        "is_answer": case.promised_at is not None,
        "printed": f"{request.user.name} {dates.moment(clock.now())}",
    }
    return render(request, "cases/slip.html", context)
