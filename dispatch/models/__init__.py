from dispatch.models.circulars import Circular, CircularRow
from dispatch.models.clues import Clue, ClueTarget
from dispatch.models.groups import TaskGroup
from dispatch.models.instructions import Instruction
from dispatch.models.learned import Learned, LearnedWord
from dispatch.models.requests import Request
from dispatch.models.residency import Residency
from dispatch.models.returns import Return
from dispatch.models.roster import Duty, Half, RosterWeek, Shift, ShiftChange, ShiftTemplate, Swap
from dispatch.models.routing import RoutingRule, RuleDraft, RuleHit, RuleSet
from dispatch.models.sessions import JointSession, JointTask, SessionUnit
from dispatch.models.supervision import Chase, Mark, Reminder, Supervision
from dispatch.models.talks import Commitment, Talk
from dispatch.models.whistles import Whistle

__all__ = [
    "Chase",
    "Circular",
    "CircularRow",
    "Clue",
    "ClueTarget",
    "Commitment",
    "Duty",
    "Half",
    "Instruction",
    "JointSession",
    "JointTask",
    "Learned",
    "LearnedWord",
    "Mark",
    "Reminder",
    "Request",
    "Residency",
    "Return",
    "RosterWeek",
    "RoutingRule",
    "RuleDraft",
    "RuleHit",
    "RuleSet",
    "SessionUnit",
    "Shift",
    "ShiftChange",
    "ShiftTemplate",
    "Supervision",
    "Swap",
    "Talk",
    "TaskGroup",
    "Whistle",
]
