"""Who is the same: the one answer behind 苗头 and 研判.

An organisation is its name, written one way (spaces, brackets and capitals aside), never its
telephone: a contractor's foreman answers for several. A person is the number of their paper, else
their telephone, else nobody but the row they stand on, never their bare name: there are many 王伟.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case as Switch
from django.db.models import CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, NullIf, Replace, Upper

from cases.models import Party
from cases.vocabulary import Closure, PartyRole

# Written otherwise, the same name: blanks of every width, brackets and dots.
_ALIKE = ((" ", ""), ("\u3000", ""), ("（", "("), ("）", ")"), ("·", ""), ("•", ""))


def _named(column: str) -> Any:
    name: Any = F(column)
    for other, one in _ALIKE:
        name = Replace(name, Value(other), Value(one))
    return NullIf(Upper(name), Value(""), output_field=CharField())


def identity(prefix: str = "") -> Any:
    """One value for one and the same; NULL where a party cannot be told from others.

    `prefix` leads from a row to the party.
    """

    def by(kind: str, column: str) -> When:
        return When(
            ~Q(**{f"{prefix}{column}": ""}), then=Concat(Value(kind), F(f"{prefix}{column}"))
        )

    unit = Q(**{f"{prefix}is_organization": True})
    return Switch(
        When(unit, then=Concat(Value("unit "), _named(f"{prefix}name"))),
        by("number ", "id_number_key"),
        by("phone ", "phone_key"),
        default=Value(None),
        output_field=CharField(),
    )


def _each() -> Any:
    """Somebody who complained: themselves, or at least the row they stand on."""
    own_row = Concat(Value("party "), Cast("case__parties__pk", CharField()))
    return Coalesce(identity("case__parties__"), own_row, output_field=CharField())


def complained_of(since: datetime, until: datetime) -> QuerySet[Any]:
    """The other parties of what was registered in that time, each with `who` it is.

    A merged case is the other one once more: it is left out.
    """
    rows = Party.objects.filter(
        role=PartyRole.RESPONDENT, case__registered_at__gte=since, case__registered_at__lt=until
    ).exclude(case__closure=Closure.MERGED)
    named: QuerySet[Any] = rows.annotate(who=identity())
    return named.exclude(who=None).order_by()


def crowds(against: QuerySet[Any], persons: int) -> QuerySet[Any]:
    """Whom at least so many different people complained of: `who`, `persons`, `cases`."""
    groups = against.values("who").annotate(
        persons=Count(_each(), filter=Q(case__parties__role=PartyRole.APPLICANT), distinct=True),
        cases=Count("case", distinct=True),
    )
    found: QuerySet[Any] = groups.filter(persons__gte=persons)
    return found
