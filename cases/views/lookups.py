"""What the registration page asks while somebody types: who is this, and has it been said before.

POST, so that no number is part of an address; read-only all the same.
"""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from cases.lookup import known_person, person_of
from cases.registration_form import RegistrationForm
from cases.views.registering import duplicates_context
from cases.window import registering_post
from zongzhi.lib.http import StaffRequest, changes_nothing, client_address


@login_required
@require_POST
@changes_nothing
def known(request: StaffRequest) -> HttpResponse:
    """这个人以前来过 n 次."""
    form = RegistrationForm(request.POST, post=registering_post(request.user))
    sketch = form.sketch()
    person = known_person(
        request.user,
        phone=next(iter(sketch.phones), ""),
        id_number=next(iter(sketch.id_numbers), ""),
    )
    return render(request, "cases/_known.html", {"known": person})


@login_required
@require_POST
@changes_nothing
def duplicates(request: StaffRequest) -> HttpResponse:
    """可能重复, by what is known so far."""
    form = RegistrationForm(request.POST, post=registering_post(request.user))
    context = {"form": form, **duplicates_context(request, form)}
    return render(request, "cases/_duplicates.html", context)


@login_required
@require_POST
@changes_nothing
def person(request: StaffRequest) -> HttpResponse:
    """是另一件事: the person of an earlier matter, for the empty fields of the form."""
    registering_post(request.user)
    found = person_of(
        user=request.user,
        party_id=request.POST.get("party", ""),
        address=client_address(request),
    )
    response = render(request, "cases/_person.html", {"fill": json.dumps(found)})
    response["Cache-Control"] = "no-store"
    return response
