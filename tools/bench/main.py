"""`make bench`: the table of `design.md` §6, measured in one run on this machine.

    python tools/bench/run.py [--cases 200000] [--seconds 3] [--only list_api,register]
                              [--sides ours,peer,floor,city,units] [--json FILE]
                              [--residents 3600000] [--events 760000]

The city is filled, and its year of events imported, only when one of its rows is asked for; so are
the 500 centres whose bulletins are drafted.

Exit code 0: every ratio and every SQL count is met; 1: one is missed; 2: none is missed, one could
not be measured. Times are printed with the machine's load and never decide.
"""

import argparse
import contextlib
import json
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from hosting import EmbeddedError
from servers import Postgres, Valkey

from bench import table
from bench.city_side import RESIDENTS, City
from bench.database import Database, running_server
from bench.files import EVENTS
from bench.floor import PLAIN_SQL, Floor
from bench.ours import Ours
from bench.peer import Peer
from bench.units_side import Units
from bench.web import serving
from bench.work import THROUGHPUT_CLIENTS, Absent, Measured, Meter, Side, Work

SIDES = "floor,peer,ours,city,units"
SQL_SECONDS = 3
ROUNDS = 3
# What is compared with a floor goes in more and shorter rounds: a machine that others use too is
# half as fast for some seconds, and of many neighbours most saw the same.
SHORT_ROUNDS, SHORT = 9, 1 / 3
NOTES = """\
/s at 8 clients; p95 at 2; SQL of one request as the server saw it, +control and pings.
The usual of three rounds, of nine short ones where there is a floor; a request of more than a
second once, with 2 clients and few requests.
A ratio is the usual one of those that ran next to each other: both saw what else the machine did.
floor: bare Django, same sign-in and rows; bare: no sign-in, one indexed query; for writes plain
SQL. peer: django-helpdesk's own table data, which its page fetches; its REST list stands apart.
dashboard, board, leader_home, wall: ours counted ahead by a beat that does not run here, the peer
counts while it is asked; counted_ahead is what that costs each time, for one board and one wall.
unit_deep_api: the 40th screen of a unit, or its last, reached by `next`.
bulletin_city has no grid events: what its schemes count of them is nothing, and takes no time.
! answers that nobody should get."""


def main() -> int:
    """Measure, print, and return the exit code."""
    given = arguments()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, stop)
    rows = chosen(given.only, given.sides.split(","))
    began = time.monotonic()
    print(f"{machine()}; {given.cases:,} cases", flush=True)
    try:
        with running_server() as server:
            seen = run(server, given, rows)
    except EmbeddedError as error:
        raise SystemExit(f"bench: {error}") from None
    print(f"\n{table.render(rows, seen)}\n\n{NOTES}")
    print(f"{machine()}; {time.monotonic() - began:.0f} s in all")
    if given.json:
        write(given.json, given, rows, seen)
    return table.exit_code(rows, seen)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure ours, a peer and a floor side by side.")
    parser.add_argument("--cases", type=int, default=200_000, help="how many, on each side")
    parser.add_argument("--seconds", type=float, default=3, help="for each measurement")
    parser.add_argument("--only", default="", help="rows by key, separated by commas")
    parser.add_argument("--sides", default=SIDES, help="which of floor, peer, ours, city, units")
    parser.add_argument("--residents", type=int, default=RESIDENTS, help="of the city")
    parser.add_argument("--events", type=int, default=EVENTS, help="of the city, in a year")
    parser.add_argument("--json", type=Path, help="also write everything to this file")
    return parser.parse_args()


def chosen(only: str, sides: Sequence[str]) -> list[table.Row]:
    """Pick the rows to measure: those named, or all of the sides that are asked for."""
    asked = [row.key for row in table.ROWS if row.side in sides]
    keys = only.split(",") if only else asked
    if unknown := set(keys) - {row.key for row in table.ROWS}:
        raise SystemExit(f"bench: no such row: {', '.join(sorted(unknown))}")
    return [row for row in table.ROWS if row.key in keys]


def run(server: Postgres, given: argparse.Namespace, rows: list[table.Row]) -> table.Seen:
    """Fill and serve every side, then go row by row: what is compared is measured together."""
    with contextlib.ExitStack() as stack:
        valkey = stack.enter_context(running_valkey())
        city = City(Database(server, "bench_city"), valkey, given.residents, given.events)
        ours = Ours(Database(server, "bench_ours"), valkey)
        units = Units(Database(server, "bench_units"), valkey)
        sides: dict[str, Side] = {
            "floor": Floor(Database(server, "bench_floor")),
            "peer": Peer(Database(server, "bench_peer")),
            "small": Ours(Database(server, "bench_small"), valkey),
            "ours": ours,
            "city": city,
            "units": units,
        }
        served = {}
        wanted = {row.side for row in rows}
        for name, side in sides.items():
            asked = name.replace("small", "ours") in given.sides.split(",")
            if asked and (name if name in ("city", "units") else "ours") in wanted:
                cases = min(table.SMALL, given.cases) if name == "small" else given.cases
                if works := prepare(side, cases):
                    if side is ours:
                        once(ours, {row.key for row in rows})
                    port = stack.enter_context(serving(side.project()))
                    meter = Meter(side.database, port, given.seconds)
                    meter.wake(next(iter(works.values())))
                    served[name] = (meter, works)
        took = ours.took | city.took | units.took
        return Measurement(served, took, ours.peak | units.peak).of(rows)


def once(ours: Ours, wanted: set[str]) -> None:
    """Do what is no request and done once."""
    if "bulletin_draft" in wanted:
        ours.draft_bulletins()
    if "counted_ahead" in wanted:
        ours.count_ahead()


class Measurement:
    """Goes through the rows with everybody who is served."""

    def __init__(
        self,
        served: Mapping[str, tuple[Meter, Mapping[str, Work]]],
        took: dict[str, float],
        peak: dict[str, float],
    ) -> None:
        """Take the meters and the works of those who are served, and what is measured already."""
        self.served, self.seen = served, table.Seen(took=took, peak=peak)
        self.share: float = 1  # of the time of a measurement that a round takes

    def of(self, rows: list[table.Row]) -> table.Seen:
        """Measure the rows one after the other and tell of each at once."""
        for row in rows:
            self.row(row)
            print(f"  {row.key}: {told(row.key, self.seen)}", flush=True)
        return self.seen

    def row(self, row: table.Row) -> None:
        """Measure one row on every side that has it: in rounds, so that all see the same noise."""
        seen = self.seen
        self.share = SHORT if row.floor else 1
        for _ in range(SHORT_ROUNDS if row.floor else ROUNDS):
            self.round("floor", row.floor, seen.floor, row.key, rate_only=True)
            if table.GROWTH in row.checks:
                self.round("small", row.key, seen.small, row.key, rate_only=True)
            self.round(row.side, row.key, seen.ours, row.key)
            if row.peer not in seen.peer:
                self.round("peer", row.peer or row.key, seen.peer, row.key)
        if row.peer in seen.peer:
            seen.peer[row.key] = seen.peer[row.peer]
        if row.bare:
            seen.bare[row.key] = self.bare(row.bare)
        seen.load[row.key] = os.getloadavg()[0]

    def round(
        self,
        name: str,
        work_key: str,
        seen: dict[str, Measured],
        row_key: str,
        *,
        rate_only: bool = False,
    ) -> None:
        """Measure one work of one side, if it is served and offers it, and keep the round."""
        meter, works = self.served.get(name, (None, {}))
        if meter is None or work_key not in works:
            return
        work, known = works[work_key], seen.get(row_key)
        if rate_only:
            measured = meter.measure_rate(work, self.share)
        elif known is None:
            measured = meter.measure(work)
        elif known.is_slow or work.race:
            return
        else:
            measured = meter.rate_again(work, known.statements, self.share)
        seen[row_key] = known.and_again(measured) if known else measured

    def bare(self, key: str) -> float | None:
        """Measure what needs no sign-in: a page, or plain SQL."""
        if key in PLAIN_SQL and "floor" in self.served:
            database = self.served["floor"][0].database
            return database.storm(PLAIN_SQL[key], clients=THROUGHPUT_CLIENTS, seconds=SQL_SECONDS)
        seen: dict[str, Measured] = {}
        self.round("floor", key, seen, key, rate_only=True)
        return seen[key].rate if seen else None


def prepare(side: Side, cases: int) -> Mapping[str, Work] | None:
    """Fill one side; one that cannot be measured says why."""
    began = time.monotonic()
    try:
        side.prepare(cases)
        works = side.works()
    except Absent as error:
        print(f"{side.name}: not measured: {error}", flush=True)
        return None
    what = side.size if isinstance(side, City) else f"{cases:,}"
    print(f"{side.name}: {what} filled in {time.monotonic() - began:.0f} s", flush=True)
    return works


@contextlib.contextmanager
def running_valkey() -> Iterator[str]:
    """Run a Valkey for ours: with its broker down a request would wait for it."""
    with tempfile.TemporaryDirectory(prefix="zongzhi-bench-") as home:
        Path(home).chmod(0o711)
        valkey = Valkey(Path(home), durable=False)
        valkey.start()
        try:
            yield valkey.url
        finally:
            valkey.stop()


def told(key: str, seen: table.Seen) -> str:
    """Say what was measured in a line, while other rows are still to come."""
    parts = []
    for name, side in (("ours", seen.ours), ("peer", seen.peer)):
        if measured := side.get(key):
            rate, p95, sql = table.three(measured)
            parts.append(f"{name} {rate}/s p95 {p95} ms {sql} SQL {measured.trouble}".rstrip())
    if floor := seen.floor.get(key):
        parts.append(f"floor {table.number(floor.rate)}/s")
    if key in seen.took:
        parts.append(f"{seen.took[key]:.3g} s")
    if key in seen.peak:
        parts.append(f"{seen.peak[key]:,.0f} MiB")
    return ", ".join(parts) or "nobody"


def machine() -> str:
    """Say on what this runs and how busy it is."""
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, load {load}"


def write(path: Path, given: argparse.Namespace, rows: list[table.Row], seen: table.Seen) -> None:
    """Write everything for a machine to compare with another run."""
    verdicts = {row.key: [str(one) for one in table.findings(row, seen)] for row in rows}
    report = {
        "machine": machine(),
        "cases": given.cases,
        "seconds": given.seconds,
        **asdict(seen),
        "verdicts": verdicts,
        "exit_code": table.exit_code(rows, seen),
    }
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1))


def stop(signum: int, _frame: FrameType | None) -> None:
    """Leave by the ordinary way, so that every server is stopped."""
    raise SystemExit(128 + signum)


if __name__ == "__main__":
    sys.exit(main())
