"""回避: why somebody had better not mediate this case, for staff to read; never for citizens.

特邀调解规定 art. 15; 人民调解法 art. 15 forbids taking sides. Nobody mediates their own matter. Of
whom a conflict was told, both sides must agree. What a machine can see besides is weak (a village
in an address, a unit's name), so it warns and asks for a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cases.models import Case, Party
from mediation.models import Conflict, Mediation, Mediator
from orgs.models.places import Level


@dataclass(frozen=True)
class Doubt:
    """What speaks against somebody: a party to it, what people have told, what can be seen."""

    is_party: bool = False
    told: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        own = ["本人就是当事人"] if self.is_party else []
        return list(dict.fromkeys([*own, *self.told, *self.seen]))


def warnings_of(
    case: Case, mediation: Mediation, mediators: Sequence[Mediator]
) -> dict[int, list[str]]:
    """Why each of these had better not, in words; empty for whom nothing is known."""
    return {pk: doubt.words for pk, doubt in doubts_of(case, mediation, mediators).items()}


def doubts_of(case: Case, mediation: Mediation, mediators: Sequence[Mediator]) -> dict[int, Doubt]:
    """What speaks against each of these, by how much it weighs."""
    parties = list(case.parties.all())
    known = Conflict.objects.filter(mediation=mediation, mediator__in=mediators)
    told: dict[int, list[str]] = {}
    for conflict in known:
        told.setdefault(conflict.mediator_id, []).append(conflict.get_kind_display())
    return {
        one.pk: Doubt(
            any(_is_same_person(one, party) for party in parties),
            tuple(told.get(one.pk, [])),
            tuple(_seen(one, case, parties)),
        )
        for one in mediators
    }


def _seen(mediator: Mediator, case: Case, parties: Iterable[Party]) -> list[str]:
    found = []
    for party in parties:
        if _is_of_the_same_unit(mediator, party):
            found.append("和一方当事人同单位")
        if _lives_near(mediator, party):
            found.append("和一方当事人同村")
    home = mediator.home
    if home is not None and home.level == Level.VILLAGE and home.pk == case.occurred_region_id:
        found.append("家在事发的村")
    return found


def _is_same_person(mediator: Mediator, party: Party) -> bool:
    if mediator.id_number_key and mediator.id_number_key == party.id_number_key:
        return True
    return not mediator.id_number_key and bool(
        mediator.name == party.name and mediator.phone and mediator.phone == party.phone
    )


def _is_of_the_same_unit(mediator: Mediator, party: Party) -> bool:
    unit = mediator.work_unit.strip()
    if len(unit) < 2:
        return False
    if party.is_organization and (unit in party.name or party.name in unit):
        return True
    return unit in party.address


def _lives_near(mediator: Mediator, party: Party) -> bool:
    home = mediator.home
    return home is not None and home.level == Level.VILLAGE and home.name in party.address
