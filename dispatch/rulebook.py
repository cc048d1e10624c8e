"""The rules of a centre as its tables hold them, and the facts they are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from cases.models import Case, DisputeType
from cases.vocabulary import PartyRole
from dispatch.models import RoutingRule, RuleDraft, RuleSet
from dispatch.routing import Facts, Named, Rule, Verdict, match
from orgs.models import Center, Department, Region, User
from zongzhi.lib.amounts import largest_amount

KEPT = 256  # versions a process keeps
_OTHER_SIDE = "_other_side"


@dataclass(frozen=True)
class Book:
    """The rules a centre goes by now; `version` is None where it has never had any."""

    version: RuleSet | None
    rules: tuple[Rule, ...] = ()


def book_of(center_id: int, revision: int | None = None) -> Book:
    """The current rules of a centre: one query while nothing has changed.

    `revision` is that of the reference data, as the sign-in or the lock has brought it: names of
    units and types are kept under it, with None they are read anew.
    """
    version = RuleSet.objects.filter(center=center_id, is_current=True).first()
    if version is None:
        return Book(None)
    load = _kept_rules if revision else _kept_rules.__wrapped__
    return Book(version, load(version.pk, revision))


@lru_cache(KEPT)
def _kept_rules(version_id: int, revision: int | None) -> tuple[Rule, ...]:
    return rules_in(version_id)


def rules_in(version_id: int) -> tuple[Rule, ...]:
    """The rules of one version, in their order."""
    rows = RoutingRule.objects.filter(rules=version_id).order_by("position")
    return from_rows(rows.select_related("unit", "place").prefetch_related("assisting"))


def from_rows(rows: Iterable[RoutingRule]) -> tuple[Rule, ...]:
    loaded = list(rows)
    types = _types({code for row in loaded for code in row.types})
    return tuple(_rule(row, types) for row in loaded)


def _types(codes: Iterable[str]) -> dict[str, str]:
    return dict(DisputeType.objects.filter(code__in=set(codes)).values_list("code", "name"))


def _rule(row: RoutingRule, types: Mapping[str, str]) -> Rule:
    units = [row.unit, *row.assisting.all()]
    return Rule(
        pk=row.pk,
        lead_id=row.unit_id,
        code=row.code,
        lead=_named(row.unit),
        words=tuple(row.words),
        without=tuple(row.without),
        types=tuple(Named(code, types[code]) for code in row.types if code in types),
        place=_named(row.place) if row.place else None,
        stem=row.place.stem if row.place else "",
        party=row.party,
        amount_from=row.amount_from,
        amount_to=row.amount_to,
        special=tuple(row.special),
        assisting=tuple(_named(unit) for unit in units[1:]),
        complexity=row.complexity,
        risk=row.risk,
        direct=row.direct,
        reason=row.reason,
        is_active=row.is_active,
        closed=frozenset(unit.code for unit in units if not unit.is_active),
    )


def _named(row: Department | Region) -> Named:
    return Named(row.code, row.name)


# ---------------------------------------------------------------- drafts: rules by their codes


def as_row(rule: Rule) -> dict[str, Any]:
    """A rule as a draft keeps it."""
    return {
        "code": rule.code,
        "words": list(rule.words),
        "without": list(rule.without),
        "types": [named.code for named in rule.types],
        "place": rule.place.code if rule.place else "",
        "party": rule.party,
        "amount_from": None if rule.amount_from is None else str(rule.amount_from),
        "amount_to": None if rule.amount_to is None else str(rule.amount_to),
        "special": list(rule.special),
        "lead": rule.lead.code,
        "assisting": [unit.code for unit in rule.assisting],
        "complexity": rule.complexity,
        "risk": rule.risk,
        "direct": rule.direct,
        "reason": rule.reason,
        "is_active": rule.is_active,
    }


def from_draft(rows: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The rules a draft keeps, with the names of what their codes stand for today."""
    types = _types(code for row in rows for code in row["types"])
    codes = {code for row in rows for code in (row["lead"], *row["assisting"])}
    units = {unit.code: unit for unit in Department.objects.filter(code__in=codes)}
    places = Region.objects.filter(code__in={row["place"] for row in rows})
    regions = {region.code: region for region in places}
    return tuple(_drafted(row, types, units, regions) for row in rows)


def _drafted(
    row: Mapping[str, Any],
    types: Mapping[str, str],
    units: Mapping[str, Department],
    regions: Mapping[str, Region],
) -> Rule:
    place = regions.get(row["place"])
    named = [units[code] for code in (row["lead"], *row["assisting"]) if code in units]
    plain = ("code", "party", "complexity", "risk", "direct", "reason", "is_active")
    return Rule(
        **{name: row[name] for name in plain},
        lead=_named(named[0]),
        lead_id=named[0].pk,
        assisting=tuple(_named(unit) for unit in named[1:]),
        words=tuple(row["words"]),
        without=tuple(row["without"]),
        special=tuple(row["special"]),
        types=tuple(Named(code, types[code]) for code in row["types"] if code in types),
        place=_named(place) if place else None,
        stem=place.stem if place else "",
        amount_from=_decimal(row["amount_from"]),
        amount_to=_decimal(row["amount_to"]),
        closed=frozenset(unit.code for unit in named if not unit.is_active),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def draft_of(center: Center, user: User) -> RuleDraft | None:
    """What this person has begun to change in the rules of that centre."""
    return RuleDraft.objects.filter(center=center, by=user).select_related("based_on").first()


# ---------------------------------------------------------------- asking about a case


def other_side(case: Case) -> list[tuple[str, bool]]:
    """The names of the other side, and which of them are units; read once for a loaded case."""
    known: list[tuple[str, bool]] | None = getattr(case, _OTHER_SIDE, None)
    if known is None:
        known = list(_respondents(case))
        setattr(case, _OTHER_SIDE, known)
    return known


def _respondents(case: Case) -> Iterable[tuple[str, bool]]:
    if "parties" in getattr(case, "_prefetched_objects_cache", {}):
        theirs = (party for party in case.parties.all() if party.role == PartyRole.RESPONDENT)
        return [(party.name, party.is_organization) for party in theirs]
    named = case.parties.filter(role=PartyRole.RESPONDENT)
    return named.values_list("name", "is_organization")  # nothing to decrypt


def units_complained_of(case: Case) -> list[str]:
    return [name for name, is_unit in other_side(case) if is_unit]


def facts_of(case: Case) -> Facts:
    """What the rules are asked about a case; the sum is the one noted, else one in the text."""
    return Facts(
        text=case.narrative,
        type=case.type.code,
        place=case.occurred_region.code,
        opponents=tuple(name for name, _ in other_side(case)),
        units=tuple(units_complained_of(case)),
        amount=largest_amount(case.narrative) if case.amount is None else case.amount,
        special=frozenset(case.special),
    )


def verdict_of(case: Case, revision: int | None = None) -> Verdict:
    """What the rules of the centre in charge say of a case."""
    rules = book_of(case.center_id, revision).rules
    return match(rules, facts_of(case)) if rules else Verdict(None)
