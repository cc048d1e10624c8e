"""材料: adding one to a case, and handing one out after asking who may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from cases.attachment_form import AttachmentForm
from cases.models import Attachment, Case
from cases.searching import find_case
from cases.services.attachments import CarriesMarkError, attach_file
from cases.views.detail import render_case
from orgs.models import User
from zongzhi.lib.errors import DomainError, NotFound
from zongzhi.lib.handing_out import saved, shown
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.stored import Upload
from zongzhi.lib.uploads import MOST


@login_required
@require_http_methods(["GET", "POST"])
def attach(request: StaffRequest, number: str) -> HttpResponse:
    """Add one file or several; a refused one does not keep the others out."""
    case = find_case(request.user, number)
    if request.method == "GET":  # the answer's address, opened again
        return redirect(_papers(case))
    form = AttachmentForm(request.POST)
    files = request.FILES.getlist("file")
    if not files:
        form.add_error(None, "还没选文件")
    elif len(files) > MOST:
        form.add_error(None, f"一次选了 {len(files)} 份，最多 {MOST} 份，分几次传")
    status = 422
    if form.is_valid():
        status, added = _attach_all(case, request.user, files, form)
        if added:
            messages.success(request, f"已添加 {added} 份材料")
        if not form.errors:
            return redirect(_papers(case))
    case = find_case(request.user, number)
    return render_case(request, case, "papers", status=status, form=form)


def _attach_all(
    case: Case, user: User, files: list[Upload], form: AttachmentForm
) -> tuple[int, int]:
    """(the status of the last refusal, how many were kept); the form says what was refused."""
    said, status, added = dict(form.cleaned_data), 422, 0
    for file in files:
        try:
            attach_file(case_id=case.pk, by=user, upload=file, **said)
            added += 1
        except CarriesMarkError as error:
            form.add_error("not_secret", error.message)
        except DomainError as error:
            status = error.status
            form.add_error(None, error.message)
    return status, added


def _papers(case: Case) -> str:
    return f"{case.get_absolute_url()}?tab=papers"


@login_required
@require_GET
def attachment(request: StaffRequest, number: str, pk: int) -> FileResponse:
    """The file itself, to be saved, never to be opened by the browser."""
    found = _find(request.user, number, pk)
    with _there(found):
        return saved(found.stored_as, found.name)


@login_required
@require_GET
def preview(request: StaffRequest, number: str, pk: int) -> FileResponse:
    """The file for the eye, where the browser can show it without running anything in it.

    `?small`: a small one of a picture, where there is one.
    """
    found = _find(request.user, number, pk)
    if not found.may_preview:
        raise NotFound(f"“{found.name}”不能在页面上看，下载后打开")
    with _there(found):
        small = "small" in request.GET
        return shown(found.stored_as, found.media_type, found.name, small=small)


def _find(user: User, number: str, pk: int) -> Attachment:
    found: Attachment | None = (
        Attachment.objects.visible_to(user).filter(case__number=number, pk=pk).first()
    )
    if found is None:
        raise NotFound("没有这份材料")
    return found


@contextmanager
def _there(found: Attachment) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotFound(f"“{found.name}”的文件不在了，找系统管理员") from None
