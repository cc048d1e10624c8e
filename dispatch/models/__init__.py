from dispatch.models.circulars import Circular, CircularRow
from dispatch.models.instructions import Instruction
from dispatch.models.requests import Request
from dispatch.models.residency import Residency
from dispatch.models.returns import Return
from dispatch.models.routing import RoutingRule
from dispatch.models.supervision import Chase, Mark, Reminder, Supervision
from dispatch.models.talks import Commitment, Talk

__all__ = [
    "Chase",
    "Circular",
    "CircularRow",
    "Commitment",
    "Instruction",
    "Mark",
    "Reminder",
    "Request",
    "Residency",
    "Return",
    "RoutingRule",
    "Supervision",
    "Talk",
]
