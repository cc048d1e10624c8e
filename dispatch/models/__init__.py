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
from dispatch.models.routing import RoutingRule
from dispatch.models.supervision import Reminder, Supervision

__all__ = [
    "Duty",
    "Half",
    "Reminder",
    "Request",
    "Residency",
    "Return",
    "RosterWeek",
    "RoutingRule",
    "Shift",
    "ShiftChange",
    "ShiftTemplate",
    "Supervision",
    "Swap",
]
