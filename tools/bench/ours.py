"""Ours: zongzhi, served and filled for a run."""

import itertools
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from hosting import ROOT

from bench.database import Database
from bench.load import Request
from bench.story import MATTERS, RARE, REST, STORY
from bench.web import Project
from bench.work import ROUNDS, Work

SEED = Path(__file__).with_name("seed.sql")
FIELD_KEY = b64encode(b"bench" * 6 + b"!!").decode()
PAGE = 25
DEEP = 999 * PAGE  # where the 1,000th screen begins


def day(ago: int) -> str:
    """Write the day so many days ago as a filter wants it."""
    return str((datetime.now(UTC) - timedelta(days=ago)).date())


# What people narrow a list by, one condition and several together; measured in turn.
FILTERS: tuple[dict[str, str], ...] = (
    {"label": "handling", "type": "10", "department": "RS"},
    {"overdue": "1"},
    {"region": "990101100000", "type": "17"},
    {"view": "todo"},
    {"stage": "closed", "source": "hotline", "risk": "high"},
    {"registered_after": day(330), "registered_before": day(240), "type": "01"},
    {"department": "GH"},
    {"satisfaction": "dissatisfied", "type": "02"},
)
JSON = {"Content-Type": "application/json"}


class Ours:
    """zongzhi and its cases."""

    name = "zongzhi"

    def __init__(self, database: Database, redis: str) -> None:
        """Take the database it may fill and the address of a Valkey."""
        self.database, self.redis = database, redis
        self.county: dict[str, Any] = {}
        self.cases = 0
        self.took: dict[str, float] = {}  # seconds of what is no request, by key of the row
        self.peak: dict[str, float] = {}  # MiB resident at most while it was done

    def prepare(self, cases: int) -> None:
        """Set up an empty database as its owner does, build a county, fill it in bulk."""
        self.cases = cases
        self.database.create(owner="zongzhi_owner")
        self.project().manage("setup", "--no-demo")
        owner = self.project(role="zongzhi_owner")
        self.county = owner.ask("bench.county", str(cases))
        self.seed(cases)
        # Without DEBUG pages name their files by what has been collected.
        self.project().manage("collectstatic", "--no-input")

    def seed(self, cases: int) -> None:
        """Fill it with cases."""
        settings = f"\\set cases {cases}\n\\set now {datetime.now(UTC).isoformat()}\n"
        self.database.run(settings + SEED.read_text().replace(":story", STORY))
        self.database.settle()

    def project(self, role: str = "zongzhi_app") -> Project:
        """Serve it as production does: no DEBUG, the application's role, 8 connections."""
        address = self.database.server.url
        return Project(
            "zongzhi.settings",
            self.database,
            path=ROOT,
            wsgi="zongzhi.wsgi:application",
            extra_env={
                "DATABASE_URL": address(role, self.database.name),
                "MIGRATE_DATABASE_URL": address("zongzhi_owner", self.database.name),
                "REDIS_URL": self.redis,
                "SECRET_KEY": "bench" * 12,
                "FIELD_KEY": FIELD_KEY,
                "ALLOWED_HOSTS": "127.0.0.1",
            },
        )

    def works(self) -> Mapping[str, Work]:
        """Offer every key of `table.ROWS` (`ours` column)."""
        triage, clerk, leader = (self.token(name) for name in ("triage", "clerk", "leader"))
        unit = self.token("renshe")
        page, board = self.session("triage"), self.session("leader")
        # All from the same, so that none comes twice; the race first, for it needs few.
        claims = self.claims()
        raced = iter(list(itertools.islice(claims, ROUNDS)))
        people = self.registrations()
        deep = self.deep()
        return {
            "list_api": Work([api()], triage),
            "filtered_api": Work([api(**one) for one in FILTERS], triage),
            "deep_api": Work([api(cursor=deep.cursor)], triage),
            "unit_api": Work([api()], self.token("gonghui")),
            "unit_deep_api": Work([("GET", self.turned("renshe"), None)], unit),
            "town_api": Work([api()], self.token("town_clerk")),
            "village_api": Work([api()], self.token("village")),
            "list_html": Work([html()], page),
            "filtered_html": Work([html(**one) for one in FILTERS], page),
            "deep_html": Work([html(after=deep.key)], page),
            "search_name": Work([api(q=self.county["sought"]["name"])], triage),
            "search_phone": Work([api(q=self.county["sought"]["phone"])], triage),
            "search_identity": Work([api(q=self.county["sought"]["identity"])], triage),
            "search_words": Work([api(q=RARE), api(q=f"{RARE} 医疗")], triage),
            "register": Work(people, clerk | JSON, frozenset({"201"})),
            "register_keyed": Work(people, clerk | JSON, frozenset({"201"}), keyed=True),
            "claim": Work(claims, unit | JSON),
            "claim_keyed": Work(claims, unit | JSON, keyed=True),
            "claim_one": Work(raced, unit | JSON, frozenset({"200", "409"}), race=True, keyed=True),
            "dashboard": self.counted_ahead("/api/v1/stats/dashboard/", leader),
            "board": self.counted_ahead("/board/", board),
            "leader_home": self.counted_ahead("/", board),
            "wall": self.counted_ahead("/screen/data", board),
            "measure_month": Work([measure(31)], leader),
            "measure_year": Work([measure(365)], leader),
        }

    def token(self, name: str) -> dict[str, str]:
        """Sign in to the API."""
        return {"Authorization": f"Token {self.county['tokens'][name]}"}

    def session(self, name: str) -> dict[str, str]:
        """Sign in to the pages."""
        return {"Cookie": f"sessionid={self.county['sessions'][name]}"}

    def counted_ahead(self, page: str, headers: dict[str, str]) -> Work:
        """Offer a page whose numbers the beat has counted: nobody runs a beat here."""
        return Work(
            [("GET", page, None)], headers, before=lambda: self.project().ask("bench.ahead")
        )

    def turned(self, name: str) -> str:
        """Turn the pages of somebody's list by `next`, and say where that leads."""
        return str(self.project().ask("bench.turning", name)["path"])

    def count_ahead(self) -> None:
        """Count one board and one wall, as the beat does each time."""
        self.took["counted_ahead"] = self.project().ask("bench.ahead", "cold")["seconds"]

    def draft_bulletins(self, key: str = "bulletin_draft") -> None:
        """Draft last month's bulletins of every group of units by the service the night calls."""
        said = self.project().ask("bench.bulletin")
        self.took[key], self.peak[key] = said["seconds"], said["mib"]
        print(f"  {said['units']:,} units in bulletins, {said['lists']:,} lists kept", flush=True)

    def deep(self) -> "Place":
        """Find the last row before the 1,000th screen.

        Where there are not so many: an eighth down the list, as it is among 200,000. Its cases are
        as old then, and as many of them open, so that only the depth makes a difference.
        """
        before = DEEP if self.cases > 2 * DEEP else self.cases // 8
        found = self.database.run(
            "SELECT id, (extract(epoch FROM registered_at) * 1000000)::bigint FROM cases_case"
            f" ORDER BY registered_at DESC, id DESC OFFSET {before - 1} LIMIT 1"
        )
        pk, micro = map(int, found.split("|"))
        return Place(pk, micro)

    def registrations(self) -> Iterator[Request]:
        """Register a matter of somebody who has never come, against somebody else each time.

        No duplicate of another, or the search for duplicates would answer for all of them.
        """
        villages = itertools.cycle(self.county["villages"])
        for number, (name, phone, identity) in enumerate(self.county["fresh"]):
            body = {
                "source": "window",
                "narrative": f"{MATTERS[number % len(MATTERS)]}{REST}{number}",
                "type": f"{1 + number % 17:02d}",
                "occurred_region": next(villages),
                "parties": [
                    {"role": "applicant", "name": name, "phone": phone, "id_number": identity},
                    {"role": "respondent", "name": f"{name}对门", "is_organization": False},
                ],
                "visitors": 1,
                "special": ["none"],
                "willing_to_mediate": "yes",
            }
            yield "POST", "/api/v1/cases/", json.dumps(body)

    def claims(self) -> Iterator[Request]:
        """Claim one case of 人社局 after another."""
        found = self.database.run(
            "SELECT number FROM cases_case JOIN orgs_department unit ON unit.id = unit_id"
            " WHERE label = 'to_claim' AND unit.code = 'RS' ORDER BY cases_case.id"
        )
        for number in found.split():
            yield "POST", f"/api/v1/cases/{number}/claim/", "{}"


class Place:
    """Where in the list of all cases a screen begins, in the words of either list."""

    def __init__(self, pk: int, micro: int) -> None:
        """Take the last row before it."""
        self.key = f"{micro}_{pk}"
        at = datetime.fromtimestamp(micro // 1_000_000, UTC).replace(microsecond=micro % 1_000_000)
        self.cursor = b64encode(urlencode({"p": str(at)}).encode()).decode()


def measure(days: int) -> Request:
    """Ask for every indicator of so many days, by unit: what a bulletin and a ledger are of."""
    query = urlencode({"since": day(days - 1), "until": day(0), "by": "unit"})
    return ("GET", f"/api/v1/stats/measure/?{query}", None)


def api(**query: str) -> Request:
    """Ask for a list by API."""
    return "GET", f"/api/v1/cases/?{urlencode(query)}", None


def html(**query: str) -> Request:
    """Ask for the page of a list."""
    return "GET", f"/cases/?{urlencode(query)}", None
