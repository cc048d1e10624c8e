from dispatch.models.learned import Learned, LearnedWord
from dispatch.models.requests import Request
from dispatch.models.residency import Residency
from dispatch.models.returns import Return
from dispatch.models.roster import (
    Duty,
    Half,
    RosterWeek,
    Shift,
    ShiftChange,
    ShiftTemplate,
    Swap,
)
from dispatch.models.routing import RoutingRule, RuleDraft, RuleHit, RuleSet
from dispatch.models.supervision import Reminder, Supervision

__all__ = [
    "Duty",
    "Half",
    "Learned",
    "LearnedWord",
    "Reminder",
    "Request",
    "Residency",
    "Return",
    "RosterWeek",
    "RoutingRule",
    "RuleDraft",
    "RuleHit",
    "RuleSet",
    "Shift",
    "ShiftChange",
    "ShiftTemplate",
    "Supervision",
    "Swap",
]
