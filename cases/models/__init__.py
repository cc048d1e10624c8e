"""What happened: the case, its people, its assignments, its history."""

from cases.models.admissions import Admission
from cases.models.attempts import Attempt
from cases.models.case import Case
from cases.models.closing import FollowUp, Rating
from cases.models.drafts import Draft
from cases.models.duties import CompulsoryReport
from cases.models.files import Attachment
from cases.models.handling import Assignment
from cases.models.history import CaseEvent, CaseText
from cases.models.papers import Document, Printing, Receipt
from cases.models.people import Consultation, Party, Visit
from cases.models.places import CaseCenter, CaseLink, CaseWords
from cases.models.reference import ClockRule, DisputeType, ThresholdRule
from cases.models.saved_views import SavedView
from cases.models.statutory import StatutoryTerm
from cases.models.transcription import Transcription, UpperField, UpperPlatform

__all__ = [
    "Admission",
    "Assignment",
    "Attachment",
    "Attempt",
    "Case",
    "CaseCenter",
    "CaseEvent",
    "CaseLink",
    "CaseText",
    "CaseWords",
    "ClockRule",
    "CompulsoryReport",
    "Consultation",
    "DisputeType",
    "Document",
    "Draft",
    "FollowUp",
    "Party",
    "Printing",
    "Rating",
    "Receipt",
    "SavedView",
    "StatutoryTerm",
    "ThresholdRule",
    "Transcription",
    "UpperField",
    "UpperPlatform",
    "Visit",
]
