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
from reports.models.screen import Display

__all__ = [
    "Bonus",
    "Bulletin",
    "BulletinRow",
    "Correction",
    "Display",
    "DraftRow",
    "Objection",
    "Scheme",
    "SchemeLine",
]
