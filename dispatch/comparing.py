"""Two versions of the rules side by side: what is new, gone, changed, or in another place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.routing import Rule


@dataclass(frozen=True)
class Difference:
    """One rule as it was and as it is; an empty side means that it was not there."""

    code: str
    what: str
    before: str
    after: str


def sentence_of(rule: Rule) -> str:
    """The whole rule in one line."""
    parts = ["；".join(rule.conditions), "→", rule.leads_to]
    extras = [*rule.extras, *(["停用"] if not rule.is_active else []), *filter(None, [rule.reason])]
    return " ".join(parts) + (f"（{'，'.join(extras)}）" if extras else "")


def differences(before: Sequence[Rule], after: Sequence[Rule]) -> list[Difference]:
    """What differs, in the order of the later version; what is gone comes last."""
    was = {rule.code: (place, rule) for place, rule in enumerate(before, start=1)}
    found = []
    for place, rule in enumerate(after, start=1):
        old = was.pop(rule.code, None)
        if old is None:
            found.append(Difference(rule.code, "新加", "", sentence_of(rule)))
        elif sentence_of(old[1]) != sentence_of(rule):
            found.append(Difference(rule.code, "改了", sentence_of(old[1]), sentence_of(rule)))
        elif _neighbour(before, old[0]) != _neighbour(after, place):
            found.append(Difference(rule.code, "换了位置", f"第 {old[0]} 条", f"第 {place} 条"))
    gone = [Difference(code, "没有了", sentence_of(old[1]), "") for code, old in was.items()]
    return found + gone


def _neighbour(rules: Sequence[Rule], place: int) -> frozenset[str]:
    """Those that are asked before it: what makes a place another one."""
    return frozenset(rule.code for rule in rules[: place - 1])
