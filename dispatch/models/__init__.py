from dispatch.models.learned import Learned, LearnedWord
from dispatch.models.requests import Request
from dispatch.models.residency import Residency
from dispatch.models.returns import Return
from dispatch.models.routing import RoutingRule, RuleDraft, RuleHit, RuleSet
from dispatch.models.supervision import Reminder, Supervision

__all__ = [
    "Learned",
    "LearnedWord",
    "Reminder",
    "Request",
    "Residency",
    "Return",
    "RoutingRule",
    "RuleDraft",
    "RuleHit",
    "RuleSet",
    "Supervision",
]
