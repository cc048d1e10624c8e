"""Pages to read: what staff look up while they do something else."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.legal_terms import LEGAL_TERMS
from zongzhi.lib.http import StaffRequest


@login_required
@require_GET
def legal_terms(request: StaffRequest) -> HttpResponse:
    """法定途径期限, for whoever is signed in: nothing in it is about anybody."""
    return render(request, "cases/legal_terms.html", {"terms": LEGAL_TERMS})
