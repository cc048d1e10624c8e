from reports.models.briefs import Brief, BriefEdit, BriefMatter, BriefParagraph, BriefReview
from reports.models.ledgers import Ledger, LedgerEntry, Sheet

__all__ = [
    "Brief",
    "BriefEdit",
    "BriefMatter",
    "BriefParagraph",
    "BriefReview",
    "Ledger",
    "LedgerEntry",
    "Sheet",
]
