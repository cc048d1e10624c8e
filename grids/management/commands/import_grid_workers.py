from __future__ import annotations

from grids.bulk import BulkCommand
from grids.importing import WorkerImporter


class Command(BulkCommand):
    help = "Import who serves the grids from a CSV file; accounts are made for who has none."
    importer = WorkerImporter
