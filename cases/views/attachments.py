"""材料: adding one to a case, and handing one out after asking who may."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from cases.models import Attachment, Case
from cases.searching import find_case
from cases.services.attachments import attach_file, path_of
from cases.views.detail import render_case
from zongzhi.lib.errors import DomainError, Invalid, NotFound
from zongzhi.lib.http import StaffRequest


@login_required
@require_http_methods(["GET", "POST"])
def attach(request: StaffRequest, number: str) -> HttpResponse:
    """Add one file or several; those before a refused one stay."""
    case = find_case(request.user, number)
    if request.method == "GET":  # the answer's address, opened again
        return redirect(_papers(case))
    files = request.FILES.getlist("file")
    try:
        if not files:
            raise Invalid("还没选文件")
        for file in files:
            attach_file(case_id=case.pk, by=request.user, upload=file)
    except DomainError as error:
        case = find_case(request.user, number)
        return render_case(request, case, "papers", status=error.status, upload_error=error.message)
    messages.success(request, f"已添加 {len(files)} 份材料")
    return redirect(_papers(case))


def _papers(case: Case) -> str:
    return f"{case.get_absolute_url()}?tab=papers"


@login_required
@require_GET
def attachment(request: StaffRequest, number: str, pk: int) -> FileResponse:
    """The file itself, to be saved, never to be opened by the browser."""
    found = Attachment.objects.visible_to(request.user).filter(case__number=number, pk=pk).first()
    if found is None:
        raise NotFound("没有这份材料")
    try:
        file = path_of(found).open("rb")
    except FileNotFoundError:
        raise NotFound(f"“{found.name}”的文件不在了，找系统管理员") from None
    response = FileResponse(file, as_attachment=True, filename=found.name)
    response["Content-Type"] = "application/octet-stream"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
