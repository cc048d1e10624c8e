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

__all__ = [
    "Bonus",
    "Bulletin",
    "BulletinRow",
    "Correction",
    "DraftRow",
    "Objection",
    "Scheme",
    "SchemeLine",
]
