"""Ours: zongzhi, served and filled for a run.

Not built yet: `prepare` says so, and the table shows the peer and the floor alone. What each
function must do is written in it; nothing outside this file has to change for it.
"""

from collections.abc import Iterator, Mapping

from hosting import ROOT

from bench.database import Database
from bench.load import Request
from bench.web import Project
from bench.work import Absent, Work


class Ours:
    """zongzhi and its cases."""

    name = "zongzhi"

    def __init__(self, database: Database, redis: str) -> None:
        """Take the database it may fill and the address of a Valkey."""
        self.database, self.redis = database, redis

    def prepare(self, cases: int) -> None:
        """Migrate an empty database and fill it in bulk with `cases` cases.

        Two of ours run side by side on two databases, one with `table.SMALL` cases. It must

        - `self.database.create(owner="zongzhi_owner")` and `self.project().manage("migrate")`;
        - make the centre, its departments and the cast of `design.md` §5 through the ORM, with
          a session by `bench.sites.people.session_for`;
        - insert cases by `INSERT … SELECT generate_series` with `story.STORY`, in the proportions
          of `peer.SEED` (a year of registrations, a fifth of them open), with five lines of history
          each and parties whose names, phones and identity numbers the search rows look for; some
          10,000 of them 待签收, for the claims and the race;
        - `self.database.settle()`.
        """
        raise Absent("tools/bench/ours.py is not written yet")

    def project(self) -> Project:
        """Serve it as production does: no DEBUG, the application's role, 8 connections."""
        return Project(
            "zongzhi.settings",
            self.database,
            path=ROOT,
            wsgi="zongzhi.wsgi:application",
            extra_env={
                "DATABASE_URL": self.database.server.url("zongzhi_app", self.database.name),
                "MIGRATE_DATABASE_URL": self.database.server.url(
                    "zongzhi_owner", self.database.name
                ),
                "REDIS_URL": self.redis,
                "SECRET_KEY": "bench" * 12,
                "FIELD_KEY": "bench" * 12,
                "ALLOWED_HOSTS": "127.0.0.1",
            },
        )

    def works(self) -> Mapping[str, Work]:
        """Offer every key of `table.ROWS` (`ours` column).

        Reads: `Work([("GET", path, None)], headers)`; `headers` is a triage officer's
        `Authorization: Token …` or a session cookie.

        list_api       GET /api/v1/cases/
        list_html      GET /cases/
        filtered_api   the same with label, type, department; filtered_html likewise
        deep_api       the same behind the 1,000th cursor: take it from the keyset of row 25 × 999,
                       not by turning 999 pages; deep_html likewise
        search_name, search_phone, search_identity, search_words    GET /api/v1/cases/?q=…
        register       `Work(self.registrations(), …, frozenset({"201"}), keyed=True)`
        claim          `Work(self.claims(), …, keyed=True)`
        claim_one      `Work(self.claims(), …, frozenset({"200", "409"}), race=True, keyed=True)`

        `keyed` sends an `Idempotency-Key` of its own with each. Claims and race share one iterator.
        dashboard      GET /api/v1/stats/dashboard/ by the leader
        screen         GET /screen/'s data by the leader
        """
        raise NotImplementedError

    def registrations(self) -> Iterator[Request]:
        """Yield `POST /api/v1/cases/` with a fresh person each, as `design.md` §5 writes it.

        No duplicate of another, or the search for duplicates answers for all of them.
        """
        raise NotImplementedError

    def claims(self) -> Iterator[Request]:
        """Yield `POST /api/v1/cases/<number>/claim/` for one 待签收 case after another."""
        raise NotImplementedError
