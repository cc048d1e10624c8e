from __future__ import annotations

from grids.management.importing import ImportCommand
from grids.services.bulk_events import Events


class Command(ImportCommand):
    help = "Import events that have ended from a CSV file: all of it or nothing."
    bulk = Events
