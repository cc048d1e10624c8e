"""What the window reads beside a form that is being filled in: the rule, what was usual, 直派."""

from __future__ import annotations

from dataclasses import dataclass

from cases.registration_form import RegistrationForm, is_unit_name, opponent_names
from dispatch.direct import why_not_direct
from dispatch.duty import OnDuty, on_duty
from dispatch.learned import Guess, guesses
from dispatch.routing import Facts, Rule, match
from dispatch.rulebook import book_of
from orgs.models import Department, User
from zongzhi.lib import clock
from zongzhi.lib.amounts import largest_amount


@dataclass(frozen=True)
class Told:
    """The suggestion of the aside; without a rule there is only what was usual, or nothing."""

    rule: Rule | None = None
    because: str = ""
    duty: OnDuty | None = None  # None when the unit has no place in the centre
    chosen: OnDuty | None = None  # of another unit that the window has chosen
    not_direct: str = ""  # why a rule that allows 直派 does not allow it now
    guesses: tuple[Guess, ...] = ()

    @property
    def may_go_directly(self) -> bool:
        return self.rule is not None and self.rule.direct and not self.not_direct


def facts_in(form: RegistrationForm, type_code: str) -> Facts:
    """What the rules are asked about a form that need not be complete."""
    opponents = tuple(opponent_names(form.typed("opponents")))
    text = form.typed("narrative")
    return Facts(
        text=text,
        type=type_code,
        place=form.typed("place"),
        opponents=opponents,
        units=tuple(name for name in opponents if is_unit_name(name)),
        amount=largest_amount(text),
        special=frozenset(form["special"].value() or ()),
    )


def suggestion_for(form: RegistrationForm, *, type_code: str, user: User) -> Told:
    """The rule that wins, and beside it the units that texts like this went to before."""
    center, facts = form.post.center, facts_in(form, type_code)
    usual = tuple(guesses(center, facts))
    verdict = match(book_of(center.pk, user.reference_revision).rules, facts)
    rule = verdict.winner
    unit = Department.objects.filter(pk=rule.lead_id).first() if rule else None
    now = clock.now()
    duties = on_duty(center, now)
    asked = form.typed("destination")
    chosen = next((duty for duty in duties.values() if duty.code == asked), None)
    if rule is None or unit is None:
        return Told(guesses=usual, chosen=chosen)
    return Told(
        rule=rule,
        because=verdict.because,
        duty=duties.get(unit.pk),
        chosen=chosen if asked != unit.code else None,
        not_direct=why_not_direct(rule, unit, facts.special, center, now) if rule.direct else "",
        guesses=tuple(guess for guess in usual if guess.unit.pk != unit.pk),
    )
