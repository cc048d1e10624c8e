from dispatch.models.clues import Clue, ClueTarget
from dispatch.models.groups import TaskGroup
from dispatch.models.requests import Request
from dispatch.models.residency import Residency
from dispatch.models.returns import Return
from dispatch.models.routing import RoutingRule
from dispatch.models.sessions import JointSession, JointTask, SessionUnit
from dispatch.models.supervision import Reminder, Supervision
from dispatch.models.whistles import Whistle

__all__ = [
    "Clue",
    "ClueTarget",
    "JointSession",
    "JointTask",
    "Reminder",
    "Request",
    "Residency",
    "Return",
    "RoutingRule",
    "SessionUnit",
    "Supervision",
    "TaskGroup",
    "Whistle",
]
