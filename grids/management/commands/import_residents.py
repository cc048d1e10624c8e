from __future__ import annotations

from grids.management.importing import ImportCommand
from grids.services.bulk_base import Residents


class Command(ImportCommand):
    help = "Import people from a CSV file: all of it or nothing."
    bulk = Residents
