"""What was sent after the session had ended: kept for its owner, sent again by their own hand.

Without script there is no panel over the page: the browser has already left it. So the fields
wait here, encrypted, until the owner of the page has signed in again. Nobody else is shown them,
and nothing is done with them before the owner says so.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.core.signing import Signer
from django.http import HttpRequest, QueryDict

from orgs.models import KeptForm, User
from orgs.sessions import OWNER_COOKIE, owner_of
from zongzhi.lib import clock

KEPT_FOR = timedelta(days=1)
LARGEST = 200_000  # characters; a registration has some thousands
FIELD = "_kept"  # the form that sends it again carries this
# Passwords and rights are not for keeping: those forms are short, and typed again.
NOT_FROM = ("orgs", "admin")
_OURS = frozenset({"csrfmiddlewaretoken", FIELD})


def keep(request: HttpRequest) -> bool:
    """Keep the fields of a form that came too late, if it is known whose they are."""
    owner = owner_of(request.COOKIES.get(OWNER_COOKIE, ""))
    match = request.resolver_match
    if owner is None or match is None or match.app_name in NOT_FROM:
        return False
    fields = {name: values for name, values in request.POST.lists() if name not in _OURS}
    body = json.dumps(fields, ensure_ascii=False)
    if not fields or len(body) > LARGEST or not User.objects.filter(pk=owner).exists():
        return False
    KeptForm.objects.update_or_create(
        user_id=owner,
        defaults={"path": request.get_full_path()[:500], "fields": body, "at": clock.now()},
    )
    return True


def kept_for(user: User) -> KeptForm | None:
    """What waits for this person, if it has not grown old."""
    return KeptForm.objects.filter(user=user, at__gte=clock.now() - KEPT_FOR).first()


def fields_of(form: KeptForm) -> list[tuple[str, str]]:
    """Its fields as they were sent, in their order."""
    fields: dict[str, list[str]] = json.loads(form.fields)
    return [(name, value) for name, values in fields.items() for value in values]


def seal_of(form: KeptForm) -> str:
    """What says that a form is the kept one sent again."""
    return Signer(salt="orgs.kept").sign(f"{form.user_id} {form.at.timestamp()}")


def is_the_kept_one(form: KeptForm, posted: QueryDict) -> bool:
    return posted.get(FIELD) == seal_of(form)


def drop(user: User) -> None:
    """It has been sent, or is not wanted any more."""
    KeptForm.objects.filter(user=user).delete()


def forget_old(*, before: datetime) -> int:
    return KeptForm.objects.filter(at__lt=before).delete()[0]
