from reports.models.briefs import (
    Brief,
    BriefEdit,
    BriefMatter,
    BriefParagraph,
    BriefReview,
    BriefRhythm,
)
from reports.models.bulletins import (
    Bonus,
    Bulletin,
    BulletinRow,
    Correction,
    CountedList,
    DraftRow,
    Objection,
    Scheme,
    SchemeLine,
)
from reports.models.entered import CourtIntake
from reports.models.kept import BriefRows, FormerEnding, SheetRows
from reports.models.ledgers import Ledger, LedgerEntry, LineEdit, Sheet
from reports.models.screen import Display

__all__ = [
    "Bonus",
    "Brief",
    "BriefEdit",
    "BriefMatter",
    "BriefParagraph",
    "BriefReview",
    "BriefRhythm",
    "BriefRows",
    "Bulletin",
    "BulletinRow",
    "Correction",
    "CountedList",
    "CourtIntake",
    "Display",
    "DraftRow",
    "FormerEnding",
    "Ledger",
    "LedgerEntry",
    "LineEdit",
    "Objection",
    "Scheme",
    "SchemeLine",
    "Sheet",
    "SheetRows",
]
