"""短信 to the person who came: that it is registered, that there is a result. Off unless wanted.

A centre switches it on (`Center.texts_citizens`). Nothing goes out about violence at home or a
minor: the phone may be read by the other one. A message says no more than the slip does.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from cases.models import Case, Party
from cases.vocabulary import PartyRole
from orgs.channels import is_on
from orgs.channels.sms import mobile
from orgs.channels.templates import CITIZEN_REGISTERED, CITIZEN_RESULT, CITIZEN_RESULT_LINK
from orgs.delivering import text_a_citizen
from orgs.models.notices import Channel


def tell_of_registration(case: Case, parties: Iterable[Party]) -> None:
    """Give the number and whom to call."""
    if may_text(case):
        _tell(case, parties, CITIZEN_REGISTERED)


def tell_of_result(case: Case) -> None:
    """Say that there is a result, and where to rate it when there is an address for that."""
    if may_text(case):
        template = CITIZEN_RESULT_LINK if settings.PUBLIC_ADDRESS else CITIZEN_RESULT
        _tell(case, case.parties.all(), template)


def may_text(case: Case) -> bool:
    """Whether anything may go out by 短信 about this case at all."""
    return case.center.texts_citizens and not case.is_silent and is_on(Channel.SMS)


def _tell(case: Case, parties: Iterable[Party], template: str) -> None:
    phones = (mobile(party.phone) for party in parties if party.role == PartyRole.APPLICANT)
    phone = next(filter(None, phones), "")
    if not phone:
        return
    parameters = {"number": case.short_number, "phone": case.center.phone}
    if template == CITIZEN_RESULT_LINK:
        page = reverse("citizen:progress", args=[case.token])
        parameters["link"] = f"{settings.PUBLIC_ADDRESS}{page}"
    text_a_citizen(
        origin=f"case {case.pk} {template} {case.round}",
        phone=phone,
        template=template,
        parameters=parameters,
    )
