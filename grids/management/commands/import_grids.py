from __future__ import annotations

from grids.bulk import BulkCommand
from grids.importing import GridImporter


class Command(BulkCommand):
    help = "Import grids from a CSV file with the headings of the template: all or nothing."
    importer = GridImporter
