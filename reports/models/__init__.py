from reports.models.briefs import Brief, BriefEdit, BriefMatter, BriefParagraph, BriefReview
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
    "CountedList",
    "Display",
    "DraftRow",
    "Ledger",
    "LedgerEntry",
    "Objection",
    "Scheme",
    "SchemeLine",
    "Sheet",
]
