from reports.models.briefs import Brief, BriefEdit, BriefMatter, BriefParagraph, BriefReview
from reports.models.bulletins import (
    Bonus,
    Bulletin,
    BulletinRow,
    Correction,
    DraftRow,
    Objection,
    Scheme,
    SchemeLine,
)
from reports.models.entered import CourtIntake
from reports.models.ledgers import Ledger, LedgerEntry, Sheet
from reports.models.screen import Display

__all__ = [
    "Bonus",
    "Brief",
    "BriefEdit",
    "BriefMatter",
    "BriefParagraph",
    "BriefReview",
    "Bulletin",
    "BulletinRow",
    "Correction",
    "CourtIntake",
    "Display",
    "DraftRow",
    "Ledger",
    "LedgerEntry",
    "Objection",
    "Scheme",
    "SchemeLine",
    "Sheet",
]
