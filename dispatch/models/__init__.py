from dispatch.models.requests import Request
from dispatch.models.residency import Residency
from dispatch.models.returns import Return
from dispatch.models.routing import RoutingRule
from dispatch.models.supervision import Reminder, Supervision

__all__ = ["Reminder", "Request", "Residency", "Return", "RoutingRule", "Supervision"]
