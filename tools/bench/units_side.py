"""A city whose 500 centres are compared every month, in a database of its own."""

from collections.abc import Mapping

from bench.ours import Ours
from bench.work import Work


class Units(Ours):
    """zongzhi for 500 centres, 7,339 workers and the cases of `seed.sql` spread over them."""

    name = "zongzhi, 500 centres"

    def prepare(self, cases: int) -> None:
        """Build it, fill it in bulk, and draft last month's bulletins of everybody."""
        self.database.create(owner="zongzhi_owner")
        self.project().manage("setup", "--no-demo")
        self.project(role="zongzhi_owner").ask("bench.units", str(cases))
        self.seed(cases)
        self.draft_bulletins("bulletin_city")

    def works(self) -> Mapping[str, Work]:
        """Offer nothing to ask for: what is measured was done when it was filled."""
        return {}
