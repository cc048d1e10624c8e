"""The acts of a case, as one table. Buttons, `allowed_acts`, API verbs and the door read it.

Each app adds its own acts at start-up (`register` in its `apps.py`), so a lower floor draws the
buttons of a higher one without knowing it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from cases import policies
from cases.models import Case
from cases.vocabulary import Stage
from orgs.models import User

if TYPE_CHECKING:
    from cases.forms import ActForm

Who = Callable[[User, Case], bool]
# Why the act is not open now, as a sentence, or None when it is.
When = Callable[[Case], str | None]
# Whether acts have to do with the case at all; said once for many, before any of them is asked.
Concerns = Callable[[Case], bool]
# Loads beforehand what the rules of one app read of many cases.
Loads = Callable[[Sequence[Case]], None]


@dataclass(frozen=True)
class Act:
    """One thing that can be done to a case: who may, when, and what does it.

    `arcs` lists every stage the act may be done in with every stage it may lead to.
    `service` takes `case_id`, `by` and the cleaned fields of `form` as keywords.
    """

    verb: str
    label: str
    who: Who
    when: When
    arcs: frozenset[tuple[Stage, Stage]]
    service: Callable[..., Case]
    form: type[ActForm]
    button: str = ""
    main: bool = False  # the next step of the procedure: drawn as the primary button
    tells_why: bool = False  # people look for it: when it is not open, the page says why
    rank: int = 50
    tab: str = ""  # drawn on that tab of the case page, not beside it
    done: When | None = None  # who has done it already and when, if somebody has
    not_yours: Callable[[Case], str] | None = None
    who_asks: bool = False  # whether `who` may need a query; then the state is looked at first
    # Why not for this person's own part in the case, where several units have one.
    own_part: Callable[[User, Case], str | None] | None = None
    # Where it says no, `when` says why not.
    concerns: Concerns | None = None

    @cached_property
    def sources(self) -> frozenset[Stage]:
        return frozenset(source for source, _ in self.arcs)

    @property
    def asks(self) -> bool:
        """Whether there is something to fill in first; if not, the button itself does it."""
        return bool(self.form.base_fields)


def arcs(
    *rows: tuple[Stage | tuple[Stage, ...], Stage | tuple[Stage, ...]],
) -> frozenset[tuple[Stage, Stage]]:
    """Spell out (sources, targets) rows; a target equal to its source means the stage stays."""
    out = set()
    for sources, targets in rows:
        for source in sources if isinstance(sources, tuple) else (sources,):
            for target in targets if isinstance(targets, tuple) else (targets,):
                out.add((source, target))
    return frozenset(out)


def staying(*stages: Stage) -> frozenset[tuple[Stage, Stage]]:
    """An act that leaves the stage as it is."""
    return frozenset((stage, stage) for stage in stages)


def always(case: Case) -> str | None:
    """`when` of an act that is open wherever the stage allows it."""
    return None


class _Line:
    """An act as `allowed` goes through it, in a stage that it belongs to."""

    __slots__ = ("act", "own_part", "place", "rules")

    def __init__(self, place: int, act: Act) -> None:
        self.place = place  # in the order in which a page offers the acts
        self.act = act
        rules = (act.when, act.done)
        self.rules = [rule for rule in rules if rule is not None and rule is not always]
        self.own_part = act.own_part


def _open_now(lines: list[_Line], user: User, case: Case) -> list[_Line]:
    """Those whose time it is, if they are this person's. A list asks it a thousand times."""
    found = []
    for line in lines:
        for rule in line.rules:
            if rule(case) is not None:
                break
        else:
            if line.own_part is None or line.own_part(user, case) is None:
                found.append(line)
    return found


_PLACE = attrgetter("place")
# Acts of the same people, which are asked for once; and whether asking may need a query.
_Whose = tuple[Who, bool]


@dataclass
class _Registry:
    acts: dict[str, Act] = field(default_factory=dict)
    in_order: list[Act] = field(default_factory=list)
    # By what they concern: most cases have never been mediated, and forty acts are about that.
    at_stage: dict[str, dict[Concerns | None, dict[_Whose, list[_Line]]]] = field(
        default_factory=dict
    )
    loads: list[Loads] = field(default_factory=list)


_registry = _Registry()


def register(*acts: Act, loads: Loads | None = None) -> None:
    """Add acts to the table. Raises ValueError when a verb is taken.

    `loads` brings what their rules read, so that `allowed` for many cases costs no more queries.
    """
    if loads is not None:
        _registry.loads.append(loads)
    for act in acts:
        if act.verb in _registry.acts:
            raise ValueError(f"the act {act.verb} is registered twice")
        _registry.acts[act.verb] = act
    in_order = sorted(_registry.acts.values(), key=lambda act: (act.rank, act.verb))
    _registry.in_order = in_order
    for stage in Stage:
        groups: dict[Concerns | None, dict[_Whose, list[_Line]]] = {}
        for place, act in enumerate(in_order):
            if stage in act.sources:
                about = groups.setdefault(act.concerns, {})
                about.setdefault((act.who, act.who_asks), []).append(_Line(place, act))
        _registry.at_stage[stage] = groups


def act_of(verb: str) -> Act:
    """The act of that verb; KeyError when there is none."""
    return _registry.acts[verb]


def all_acts() -> list[Act]:
    """Every act, in the order a page offers them."""
    return _registry.in_order


def load_what_they_read(cases: Sequence[Case]) -> None:
    """Load what `allowed` will ask of these cases; their assignments and centres are there."""
    for loads in _registry.loads:
        loads(cases)


def why_not(act: Act, case: Case) -> str | None:
    """Why the act is not open in this state, whoever asks; None when it is."""
    if case.stage in act.sources:
        return act.when(case)
    # Where people look for the act, its own sentence says more than the state does.
    over = case.stage in (Stage.FOLLOW_UP, Stage.CLOSED)
    reason = act.when(case) if act.tells_why and not over else None
    return reason or f"“{case.staff_label}”的事项不能“{act.label}”"


def allowed(user: User, case: Case) -> list[Act]:
    """What the door would let this person do to this case now; the case needs its assignments."""
    may: dict[Who, bool] = {}  # acts about different things ask the same of the person
    found: list[_Line] = []
    for about, groups in _registry.at_stage[case.stage].items():
        if about is not None and not about(case):
            continue
        for (who, asks), lines in groups.items():
            # What is at hand first: mostly the posts; only then what may need a query.
            known = may.get(who)
            if known is None and not asks:
                known = may[who] = who(user, case)
            if known is False:
                continue
            opens = _open_now(lines, user, case)
            if opens and known is None:
                known = may[who] = who(user, case)
            if known:
                found += opens
    return [line.act for line in sorted(found, key=_PLACE)]


def why_not_for(act: Act, user: User, case: Case) -> str | None:
    """Why the act is not open to this person, whose act it is; None when it is."""
    reason = why_not(act, case)
    if reason is None and act.own_part is not None:
        reason = act.own_part(user, case)
    return reason


def missing(user: User, case: Case) -> list[str]:
    """Why acts this person would look for are not offered, as sentences."""
    sentences = []
    for act in all_acts():
        if act.tells_why and case.stage != Stage.CLOSED and act.who(user, case):
            reason = why_not_for(act, user, case)
            if reason:
                sentences.append(f"不能{act.label}：{reason}")
    return sentences


# Acts of the unit that has the case, whoever else may do them too.
_UNITS_OWN: tuple[Who, ...] = (
    policies.takes_part,
    policies.leads,
    policies.heads,
    policies.can_note,
)


def refusal(act: Act, case: Case) -> str:
    """What to say to somebody who sees the case but whose act this is not."""
    if act.not_yours is not None:
        return act.not_yours(case)
    if case.unit is not None and act.who in _UNITS_OWN:
        return (
            f"{case.short_number} 由{case.unit.name}办理，只有{case.unit.name}能“{act.label}”。"
            f"有事请联系{case.unit.name} {case.unit.phone}".rstrip()
        )
    return f"{case.short_number} 的“{act.label}”由{case.center.name}的有关岗位办，这个账号不能办"
