"""分流规则: which unit a matter reads like, by the rules of its centre, and why not another.

Pure: rules and facts come in, a verdict with its reasons goes out. The first rule in order whose
every condition holds wins; nothing is weighed against anything.

A silent case (家暴/受伤, 涉未成年人) is matched by rules that name its special situation, and by no
others: what its text happens to say leads nowhere, and none of its words is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from cases.suggestions import words_in
from cases.vocabulary import SILENT, Complexity, Risk, Special
from dispatch.complained import is_complained_of

TEN_THOUSAND = 10_000


class Named(NamedTuple):
    """Something by its code, as a table says it, and by its name, as people read it."""

    code: str
    name: str


@dataclass(frozen=True)
class Rule:
    """One rule: the conditions, all of which must hold, and what it leads to."""

    code: str
    lead: Named
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    types: tuple[Named, ...] = ()
    place: Named | None = None
    party: str = ""
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    special: tuple[str, ...] = ()
    assisting: tuple[Named, ...] = ()
    complexity: str = ""
    risk: str = ""
    direct: bool = False
    reason: str = ""
    is_active: bool = True
    stem: str = ""  # what the codes of everything inside `place` begin with
    closed: frozenset[str] = frozenset()  # those of its units that are no longer there
    pk: int = 0  # of its row in a version; a draft has none
    lead_id: int = 0

    @property
    def conditions(self) -> list[str]:
        """The conditions as people say them."""
        said = [sentence(self) for sentence in _SAID]
        return [words for words in said if words]

    @property
    def leads_to(self) -> str:
        """「公安局主办、妇联协办」"""
        helpers = "、".join(unit.name for unit in self.assisting)
        return f"{self.lead.name}主办" + (f"、{helpers}协办" if helpers else "")

    @property
    def extras(self) -> list[str]:
        """What else it says of the dispatch: complexity, risk, 可直派."""
        said = [
            Complexity(self.complexity).label if self.complexity else "",
            f"风险{Risk(self.risk).label}" if self.risk else "",
            "可直派" if self.direct else "",
        ]
        return [words for words in said if words]


@dataclass(frozen=True)
class Facts:
    """What is known of a matter when the rules are asked."""

    text: str = ""
    type: str = ""  # its code
    place: str = ""  # the 12 digits of where it happened
    opponents: tuple[str, ...] = ()
    units: tuple[str, ...] = ()  # those of the other side that are units, not people
    amount: Decimal | None = None
    special: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_silent(self) -> bool:
        return any(flag in self.special for flag in SILENT)


@dataclass(frozen=True)
class Lost:
    """A rule that did not win, and the sentence that says why."""

    rule: Rule
    why: str


@dataclass(frozen=True)
class Verdict:
    """What the rules say of a matter: who won, by which of its words, and why the others lost."""

    winner: Rule | None
    words: tuple[str, ...] = ()
    lost: tuple[Lost, ...] = ()

    @property
    def because(self) -> str:
        """「“工资”“拖欠”」; what else the rule goes by where it goes by no words."""
        if self.winner is None:
            return ""
        if self.words:
            return quoted(self.words)
        if self.winner.special:
            return "、".join(Special(flag).label for flag in self.winner.special)
        rest = self.winner.conditions
        return rest[0] if rest else ""


def match(rules: Iterable[Rule], facts: Facts) -> Verdict:
    """Ask the rules in their order."""
    winner: Rule | None = None
    lost = []
    for rule in rules:
        why = why_not(rule, facts)
        if why is None and winner is None:
            winner = rule
        else:
            lost.append(Lost(rule, why or f"排在 {winner.code if winner else ''} 后面"))
    told = () if winner is None or facts.is_silent else words_in(facts.text, list(winner.words))
    return Verdict(winner, told, tuple(lost))


def why_not(rule: Rule, facts: Facts) -> str | None:
    """Why a rule does not hold for these facts; None when it does."""
    for ask in _ASKED:
        if reason := ask(rule, facts):
            return reason
    return None


def quoted(words: Iterable[str]) -> str:
    return "".join(f"“{word}”" for word in words)


def yuan(amount: Decimal) -> str:
    """「5 万元」, 「3,800 元」"""
    if amount >= TEN_THOUSAND and amount % 1000 == 0:
        return f"{(amount / TEN_THOUSAND).normalize():f} 万元"
    return f"{amount:,.2f}".removesuffix(".00") + " 元"


# ---------------------------------------------------------------- why a rule does not hold


def _stopped(rule: Rule, facts: Facts) -> str:
    return "" if rule.is_active else "已停用"


def _unit_is_gone(rule: Rule, facts: Facts) -> str:
    return f"{rule.lead.name}已停用" if rule.lead.code in rule.closed else ""


def _silent(rule: Rule, facts: Facts) -> str:
    names_it = any(flag in facts.special and flag in SILENT for flag in rule.special)
    return "" if names_it or not facts.is_silent else "没写明这种特别情况，内容不拿来比"


def _other_situation(rule: Rule, facts: Facts) -> str:
    if not rule.special or facts.special & set(rule.special):
        return ""
    return f"特别情况不是{_labels(rule.special)}"


def _other_type(rule: Rule, facts: Facts) -> str:
    if not rule.types or facts.type in {named.code for named in rule.types}:
        return ""
    return f"类型不是{_names(rule.types)}"


def _no_word(rule: Rule, facts: Facts) -> str:
    if not rule.words or any(word in facts.text for word in rule.words):
        return ""
    return f"没有出现词{quoted(rule.words[:3])}{'等' if len(rule.words) > 3 else ''}"


def _barred_word(rule: Rule, facts: Facts) -> str:
    here = words_in(facts.text, list(rule.without))
    return f"出现了{quoted(here)}" if here else ""


def _elsewhere(rule: Rule, facts: Facts) -> str:
    if rule.place is None or (facts.place and facts.place.startswith(rule.stem)):
        return ""
    return f"发生地不在{rule.place.name}"


def _other_party(rule: Rule, facts: Facts) -> str:
    if not rule.party or any(rule.party in name for name in facts.opponents):
        return ""
    return f"对方不含“{rule.party}”"


def _other_amount(rule: Rule, facts: Facts) -> str:
    if rule.amount_from is None and rule.amount_to is None:
        return ""
    if facts.amount is None:
        return "没写金额"
    if rule.amount_from is not None and facts.amount < rule.amount_from:
        return f"金额不到 {yuan(rule.amount_from)}"
    if rule.amount_to is not None and facts.amount > rule.amount_to:
        return f"金额超过 {yuan(rule.amount_to)}"
    return ""


def _complained_of(rule: Rule, facts: Facts) -> str:
    against = is_complained_of(rule.lead.name, facts.units)
    return f"{rule.lead.name}是被反映的单位" if against else ""


_ASKED: tuple[Callable[[Rule, Facts], str], ...] = (
    _stopped,
    _unit_is_gone,
    _silent,
    _other_situation,
    _other_type,
    _no_word,
    _barred_word,
    _elsewhere,
    _other_party,
    _other_amount,
    _complained_of,
)


# ---------------------------------------------------------------- a rule in words


def _names(named: Iterable[Named]) -> str:
    return "、".join(one.name for one in named)


def _labels(special: Iterable[str]) -> str:
    return "、".join(Special(flag).label for flag in special)


def _amounts(rule: Rule) -> str:
    least, most = rule.amount_from, rule.amount_to
    if least is not None and most is not None:
        return f"金额 {yuan(least)}到 {yuan(most)}"
    if least is not None:
        return f"金额 {yuan(least)}以上"
    return f"金额 {yuan(most)}以内" if most is not None else ""


_SAID: tuple[Callable[[Rule], str], ...] = (
    lambda rule: f"特别情况：{_labels(rule.special)}" if rule.special else "",
    lambda rule: f"类型：{_names(rule.types)}" if rule.types else "",
    lambda rule: f"出现{quoted(rule.words)}" if rule.words else "",
    lambda rule: f"没出现{quoted(rule.without)}" if rule.without else "",
    lambda rule: f"发生地：{rule.place.name}" if rule.place else "",
    lambda rule: f"对方含“{rule.party}”" if rule.party else "",
    _amounts,
)
