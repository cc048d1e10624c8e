"""导入调解员: the pages are orgs.import_pages'."""

from __future__ import annotations

from mediation.importing import MediatorImporter
from orgs.import_pages import Wizard
from orgs.permissions import Permission

MEDIATORS = Wizard(
    importer=MediatorImporter,
    permission=Permission.MEDIATION,
    name="调解员",
    unit="位",
    register="mediation:mediators",
    address="mediation:import",
)
