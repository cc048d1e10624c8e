from __future__ import annotations

from grids.management.importing import ImportCommand
from grids.services.bulk_base import Sites


class Command(ImportCommand):
    help = "Import houses, units, venues and facilities from a CSV file: all of it or nothing."
    bulk = Sites
