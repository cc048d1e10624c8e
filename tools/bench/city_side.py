"""A city's grid work beside the county's cases: a database of its own, filled by our own imports."""

from collections.abc import Mapping
from typing import Any

from bench.database import Database
from bench.files import EVENTS
from bench.ours import Ours
from bench.work import Work

RESIDENTS = 3_600_000


class City(Ours):
    """zongzhi and the year of a city: 500 centres, 7,339 workers, 760,000 events."""

    name = "zongzhi, a city"

    def __init__(self, database: Database, redis: str, events: int = EVENTS) -> None:
        """Take the database and how many events there will be."""
        super().__init__(database, redis)
        self.events = events
        self.import_seconds = 0.0

    def build(self) -> None:
        """Put the places and people into an empty database."""
        self.database.create(owner="zongzhi_owner")
        self.project().manage("setup", "--no-demo")
        self.county: dict[str, Any] = self.project(role="zongzhi_owner").ask("bench.city")
        self.database.settle()

    def works(self) -> Mapping[str, Work]:
        return {}
