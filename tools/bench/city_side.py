"""A city's places and people in a database of its own: where bulk imports are measured."""

from typing import Any

from bench.ours import Ours


class City(Ours):
    """zongzhi for 500 centres and 7,339 workers."""

    name = "zongzhi, a city"

    def build(self) -> None:
        """Put the places and people into an empty database."""
        self.database.create(owner="zongzhi_owner")
        self.project().manage("setup", "--no-demo")
        self.county: dict[str, Any] = self.project(role="zongzhi_owner").ask("bench.city")
        self.database.settle()
