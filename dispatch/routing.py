"""Which unit a matter reads like, by the routing rules: a suggestion that says why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cases.suggestions import weight, words_in
from dispatch.models import Residency, RoutingRule
from orgs.models import Center


@dataclass(frozen=True)
class UnitSuggestion:
    """A unit, the rule that leads to it, and the words in the text that the rule goes by."""

    code: str
    name: str
    rule: str
    words: tuple[str, ...]
    type_name: str
    presence: str  # 「常驻 5号窗口」; "" when the unit has no place in the centre


def suggest_unit(text: str, *, type_code: str, center: Center) -> UnitSuggestion | None:
    """The unit of the best fitting rule; None when no rule fits.

    A rule that names the type comes before one that goes by words alone, and among equals the
    one with more to say.
    """
    rules = RoutingRule.objects.filter(
        is_active=True, unit__is_active=True, unit__center=center
    ).select_related("unit", "type")
    found = list(_fitting(rules, text, type_code))
    if not found:
        return None
    rule, words = max(found, key=lambda pair: (pair[0].type_id is not None, weight(pair[1])))
    return UnitSuggestion(
        code=rule.unit.code,
        name=rule.unit.name,
        rule=rule.code,
        words=words,
        type_name=rule.type.name if rule.type else "",
        presence=_presence(rule, center),
    )


def _fitting(
    rules: Iterable[RoutingRule], text: str, type_code: str
) -> Iterable[tuple[RoutingRule, tuple[str, ...]]]:
    for rule in rules:
        words = words_in(text, rule.words)
        if rule.type is not None and rule.type.code != type_code:
            continue
        if words or not rule.words:
            yield rule, words


def _presence(rule: RoutingRule, center: Center) -> str:
    seat = Residency.objects.filter(department=rule.unit_id, center=center)
    found = seat.select_related("window").first()
    if found is None:
        return ""
    return (
        f"{found.get_kind_display()} {found.window}" if found.window else found.get_kind_display()
    )
