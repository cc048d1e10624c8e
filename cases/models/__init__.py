"""What happened: the case, its people, its assignments, its history."""

from cases.models.case import Case
from cases.models.closing import FollowUp, Rating
from cases.models.files import Attachment
from cases.models.handling import Assignment
from cases.models.history import CaseEvent, CaseText
from cases.models.people import Consultation, Party, Visit
from cases.models.places import CaseCenter, CaseLink, CaseWords
from cases.models.reference import ClockRule, Counter, DisputeType

__all__ = [
    "Assignment",
    "Attachment",
    "Case",
    "CaseCenter",
    "CaseEvent",
    "CaseLink",
    "CaseText",
    "CaseWords",
    "ClockRule",
    "Consultation",
    "Counter",
    "DisputeType",
    "FollowUp",
    "Party",
    "Rating",
    "Visit",
]
