"""Cases that belong together, as the window said it: a group to be, or another matter."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q

from cases.models import Case, CaseLink
from orgs.models import User

_SAID = {
    CaseLink.Kind.GROUP.value: "登记时建议并为群体事项",
    CaseLink.Kind.SEPARATE.value: "同一来访人的另一件事",
}


@dataclass(frozen=True)
class Linked:
    """A sentence and the cases it is about."""

    words: str
    cases: list[Case] = field(default_factory=list)


def linked_to(case: Case, user: User) -> list[Linked]:
    """What links this case to others this person sees, in both directions."""
    rows = CaseLink.objects.filter(Q(source=case) | Q(target=case), kind__in=_SAID)
    ends = list(rows.values_list("kind", "source", "target"))
    if not ends:
        return []
    others = {pk for _, *pair in ends for pk in pair} - {case.pk}
    seen = Case.objects.visible_to(user).in_bulk(others)
    found: dict[str, dict[int, Case]] = {}
    for kind, *pair in ends:
        for pk in pair:
            if pk in seen:
                found.setdefault(kind, {})[pk] = seen[pk]
    return [
        Linked(words, list(found[kind].values())) for kind, words in _SAID.items() if kind in found
    ]
