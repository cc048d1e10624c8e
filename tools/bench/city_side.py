"""A city in a database of its own: its year of events, its people by the million."""

import tempfile
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bench.database import Database
from bench.files import EVENTS, FIRST, SECOND, SURNAMES, write_events
from bench.load import Request
from bench.ours import DEEP, Ours, Place, day
from bench.work import Work

SEED = Path(__file__).with_name("city.sql")
RESIDENTS = 3_600_000
TOWN = "990101100"
CSRF = "b" * 32  # the cookie and the header agree: that is all the check asks for
FILTERS: tuple[dict[str, str], ...] = (
    {"category": "facility"},
    {"area": TOWN + "000", "category": "hazard"},
    {"received_after": day(330), "received_before": day(240)},
    {"view": "overdue"},
    {"view": "mine"},
    {"open": "0", "category": "dispute", "received_after": day(90)},
)


class City(Ours):
    """zongzhi for 500 centres and 7,339 workers."""

    name = "zongzhi, a city"

    def __init__(
        self, database: Database, redis: str, residents: int = RESIDENTS, events: int = EVENTS
    ) -> None:
        """Take the database it may fill, and how many are to be there."""
        super().__init__(database, redis)
        self.residents, self.events = residents, events

    @property
    def size(self) -> str:
        """How much of it there is."""
        return f"{self.residents:,} residents, {self.events:,} events"

    def build(self, residents: int = 0) -> None:
        """Put the places and people into an empty database."""
        self.database.create(owner="zongzhi_owner")
        self.project().manage("setup", "--no-demo")
        owner = self.project(role="zongzhi_owner")
        self.county: dict[str, Any] = owner.ask("bench.city", str(residents))
        self.database.settle()

    def prepare(self, cases: int) -> None:
        """Build it, fill it with residents in bulk, and take in a year of events as files come."""
        began = time.monotonic()
        self.build(self.residents)
        built = time.monotonic() - began
        given = {
            "residents": self.residents,
            "surnames": SURNAMES,
            "first": FIRST,
            "second": SECOND,
        }
        settings = "".join(f"\\set {key} {value}\n" for key, value in given.items())
        self.database.run(settings + SEED.read_text())
        self.database.settle()
        self.project().manage("collectstatic", "--no-input")
        print(f"  {built:.0f} s of it places and people who serve", flush=True)
        self.took["city_fill"] = time.monotonic() - began
        self.took["event_import"] = self.import_events()
        self.database.settle()
        self.took["point"] = self.project().ask("bench.lookups", "points")["p95"] / 1000

    def import_events(self) -> float:
        """Take in the year of events by the command a city would use; say how long it took."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "events.csv"
            write_events(path, datetime.now(ZoneInfo("Asia/Shanghai")), self.events)
            began = time.monotonic()
            self.project().manage("import_events", str(path))
            seconds = time.monotonic() - began
        if (there := int(self.database.run("SELECT count(*) FROM grids_gridevent"))) != self.events:
            raise SystemExit(f"bench: {there:,} of {self.events:,} events were imported")
        return seconds

    def works(self) -> Mapping[str, Work]:
        """Offer the rows of the city."""
        county, village = self.session("county"), self.session("village")
        token, of_village = self.token("county"), self.token("village")
        deep, people = self.deep(), self.county["people"]
        form = county | {
            "Cookie": f"{county['Cookie']}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return {
            "event_api": Work([api()], token),
            "event_filtered_api": Work([api(**one) for one in FILTERS], token),
            "event_deep_api": Work([api(cursor=deep.cursor)], token),
            "event_village_api": Work([api()], of_village),
            "event_html": Work([html()], county),
            "event_filtered_html": Work([html(**one) for one in FILTERS], county),
            "event_deep_html": Work([html(after=deep.key)], county),
            "event_village_html": Work([html()], village),
            "phone_home": Work([("GET", "/m/", None)], self.session("worker1")),
            "resident_number": Work(
                [("POST", "/grids/residents/", urlencode({"number": n})) for _, n in people],
                form,
                frozenset({"302"}),
            ),
            "resident_name": Work([residents(one) for one, _ in people], county),
            "resident_two": Work([residents(one[:2]) for one, _ in people], county),
            "resident_two_village": Work([residents(one[:2]) for one, _ in people], village),
            "map_county": Work([("GET", "/grids/map/", None)], county),
            "map_town": Work([("GET", f"/grids/map/?area={TOWN}", None)], county),
        }

    def deep(self) -> Place:
        """Find the last row before the 1,000th screen of a county's events."""
        before = min(DEEP, self.events // 18)  # half of what a county has, where there are few
        found = self.database.run(
            "SELECT id, (extract(epoch FROM received_at) * 1000000)::bigint FROM grids_gridevent"
            " WHERE area LIKE '990101%' ORDER BY received_at DESC, id DESC"
            f" OFFSET {before - 1} LIMIT 1"
        )
        pk, micro = map(int, found.split("|"))
        return Place(pk, micro)


def api(**query: str) -> Request:
    """Ask for events by API."""
    return "GET", f"/api/v1/grid-events/?{urlencode(query)}", None


def html(**query: str) -> Request:
    """Ask for the page of events."""
    return "GET", f"/grids/events/?{urlencode(query)}", None


def residents(name: str) -> Request:
    """Ask for the people whose name begins so."""
    return "GET", f"/grids/residents/?{urlencode({'name': name})}", None
