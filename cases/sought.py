"""A phone or identity number somebody looked for: kept with the session, never in an address.

The address carries an opaque key instead. The session holds the keyed hash, not the number.
"""

from __future__ import annotations

import secrets

from django.http import HttpRequest

from cases.models import Party
from cases.querysets import CaseQuerySet
from cases.searching import key_of_person, of_people

PARAM = "person"
_KEY, _MOST = "sought", 10


def remember_person(request: HttpRequest, text: str) -> str:
    """The opaque key of the person the text names; "" when it is no number of a person."""
    found = key_of_person(text)
    if found is None:
        return ""
    sought: dict[str, list[str]] = request.session.get(_KEY, {})
    known = next((name for name, given in sought.items() if given == list(found)), None)
    name = known or secrets.token_urlsafe(6)
    kept = [(key, given) for key, given in sought.items() if key != name][1 - _MOST :]
    request.session[_KEY] = dict([*kept, (name, list(found))])
    return name


def of_person(request: HttpRequest, cases: CaseQuerySet) -> CaseQuerySet:
    """The cases of the person the address names; all of them when it names nobody.

    A key of another session, or one forgotten since, finds nothing.
    """
    name = request.GET.get(PARAM, "")
    if not name:
        return cases
    given = request.session.get(_KEY, {}).get(name)
    if given is None or given[0] not in ("phone_key", "id_number_key"):
        return cases.none()
    field, value = given
    return of_people(cases, Party.objects.filter(**{field: value}))
