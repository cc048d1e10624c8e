"""What a side of the comparison offers to be measured, and how it is measured."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from statistics import median
from typing import Protocol

from bench.database import Database, Statements
from bench.load import Plan, Request, Result, drive, play
from bench.web import Project

LATENCY_CLIENTS = 2
THROUGHPUT_CLIENTS = 8
SLOW = 1.0  # seconds for one request: then 2 clients keep both cores busy, few requests do
VERY_SLOW = 5.0
WARM_UP = 16
PROBES = 3  # before a work is taken for slow
MOST = 1_000_000
MOST_WRITES = 1000  # in one measurement: a fast machine may not use up what others are to send
ROUNDS = 50  # of a race


class Absent(Exception):
    """A side cannot be measured, or not here; the message says why."""


@dataclass
class Work:
    """One kind of request of one side.

    A read goes round and round its requests. A write takes fresh ones from its iterator, each
    sent once. A race sends each fresh one from 8 clients at the same moment.
    """

    requests: list[Request] | Iterator[Request]
    headers: dict[str, str] = field(default_factory=dict)
    expected: frozenset[str] = frozenset({"200"})
    race: bool = False
    keyed: bool = False  # with an Idempotency-Key for each
    before: Callable[[], object] | None = None  # what others have done before anybody asks

    @property
    def is_read(self) -> bool:
        """Whether the same request may be sent again."""
        return isinstance(self.requests, list)

    def take(self, count: int) -> list[Request]:
        """Give requests to send: all there are for a read, fresh ones for a write."""
        if isinstance(self.requests, list):
            return self.requests
        return list(islice(self.requests, count))

    def give_back(self, unsent: list[Request]) -> None:
        """Keep for later what a measurement had no time to send."""
        if not isinstance(self.requests, list):
            self.requests = chain(unsent, self.requests)


@dataclass(frozen=True)
class Measured:
    """What was seen of one work: at 2 clients, at 8 clients, and the statements of one request."""

    latency: Result
    throughput: Result
    statements: Statements
    trouble: str = ""
    rates: tuple[float, ...] = ()  # of the rounds at 8 clients, in their order

    @property
    def rounds(self) -> tuple[float, ...]:
        """What each round answered in a second."""
        return self.rates or (self.throughput.rate,)

    @property
    def is_slow(self) -> bool:
        """Whether once is enough: a round of it takes long, and more rounds say no more."""
        return self.throughput.rate < 1 / SLOW

    @property
    def rate(self) -> float:
        """What is usually answered in a second, at 8 clients."""
        return median(self.rounds)

    def and_again(self, other: "Measured") -> "Measured":
        """Add another round of the same."""
        rounds, trouble = self.rounds + other.rounds, self.trouble or other.trouble
        return replace(self, rates=rounds, trouble=trouble)

    def times(self, other: "Measured") -> float:
        """Say how many times the other's rate this is, round by round where both had as many."""
        if len(self.rounds) != len(other.rounds):
            return self.rate / max(other.rate, 1e-9)
        pairs = zip(self.rounds, other.rounds, strict=True)
        return median(mine / max(theirs, 1e-9) for mine, theirs in pairs)


class Side(Protocol):
    """One of those compared: it fills its database, says how it is served and what it offers."""

    name: str
    database: Database

    def prepare(self, cases: int) -> None:
        """Make the database and fill it."""

    def project(self) -> Project:
        """Say how to serve it."""

    def works(self) -> Mapping[str, Work]:
        """Offer what can be measured, by key of `table.ROWS`."""


class Meter:
    """Measures the works of one served side."""

    def __init__(self, database: Database, port: int, seconds: float) -> None:
        """Point at a running server."""
        self.database, self.port, self.seconds = database, port, seconds

    def wake(self, work: Work) -> None:
        """Let every worker load its code and open its connections: nothing of that is measured."""
        self.send(work, clients=THROUGHPUT_CLIENTS, most=WARM_UP)

    def measure(self, work: Work) -> Measured:
        """Measure one work; a slow one with few requests, so that a run stays short."""
        if work.race:
            return self.measure_race(work)
        if work.before:
            work.before()
        probe, statements = self.quickest_probe(work)
        if probe.longest > SLOW * 1000:
            most = 4 if probe.longest < VERY_SLOW * 1000 else LATENCY_CLIENTS
            slow = self.send(work, clients=LATENCY_CLIENTS, most=most)
            return judged(work, slow, slow, statements)
        self.send(work, clients=THROUGHPUT_CLIENTS, most=WARM_UP)
        measured = self.again(work, statements)
        # Counted when every thread has long had its connection and what a process keeps.
        _, statements = self.probe(work, laps=3)
        return replace(measured, statements=statements)

    def again(self, work: Work, statements: Statements) -> Measured:
        """Measure what is warm and whose statements are counted."""
        latency = self.send(work, clients=LATENCY_CLIENTS)
        throughput = self.send(work, clients=THROUGHPUT_CLIENTS)
        return judged(work, latency, throughput, statements)

    def measure_rate(self, work: Work, share: float = 1) -> Measured:
        """Measure only how much it answers, for what others are compared with."""
        self.send(work, clients=THROUGHPUT_CLIENTS, most=WARM_UP)
        return self.rate_again(work, Statements(0, 0), share)

    def rate_again(self, work: Work, statements: Statements, share: float = 1) -> Measured:
        """Measure how much something warm answers, once more, in a share of the time."""
        if work.before:
            work.before()
        throughput = self.send(work, clients=THROUGHPUT_CLIENTS, share=share)
        return judged(work, throughput, throughput, statements)

    def measure_race(self, work: Work) -> Measured:
        """Let 8 clients press the same button at once, and see that exactly one wins."""
        plan = replace(self.plan(work, clients=THROUGHPUT_CLIENTS, most=ROUNDS), race=True)
        result = drive(plan)
        once = result.rounds_won_once == len(plan.requests)
        trouble = (
            "" if once else f"{result.rounds_won_once} of {len(plan.requests)} won exactly once"
        )
        return judged(work, result, result, Statements(0, 0), trouble)

    def quickest_probe(self, work: Work) -> tuple[Result, Statements]:
        """Send a request, and others when it was slow: a process may have loaded its code first."""
        for _ in range(PROBES):
            probe, statements = self.probe(work, laps=1)
            if probe.longest <= SLOW * 1000:
                break
        return probe, statements

    def probe(self, work: Work, laps: int) -> tuple[Result, Statements]:
        """Send single requests and count what each made the database do; the middle one counts."""
        seen = []
        with self.database.counting() as lap:
            for _ in range(laps):
                result = play(self.plan(work, clients=1, most=1))
                seen.append(lap())
        return result, sorted(seen, key=lambda one: one.work)[len(seen) // 2]

    def send(self, work: Work, *, clients: int, most: int = MOST, share: float = 1) -> Result:
        """Send one measurement's requests from a process of its own."""
        plan = self.plan(work, clients=clients, most=most)
        plan = replace(plan, seconds=self.seconds * share)
        result = drive(plan)
        work.give_back(plan.requests[result.answers :])
        return result

    def plan(self, work: Work, *, clients: int, most: int) -> Plan:
        """Lay out one measurement."""
        return Plan(
            port=self.port,
            requests=work.take(min(most, MOST_WRITES)),
            headers=work.headers,
            clients=clients,
            seconds=self.seconds,
            most=most,
            cycle=work.is_read,
            keyed=work.keyed,
        )


def judged(
    work: Work,
    latency: Result,
    throughput: Result,
    statements: Statements,
    trouble: str = "",
) -> Measured:
    """Note answers that nobody should get: a fast refusal is not a fast answer."""
    got = {**latency.statuses, **throughput.statuses}
    if strange := {status: n for status, n in got.items() if status not in work.expected}:
        trouble = f"answers {strange}"
    if not throughput.answers:
        trouble = "ran out of requests"
    return Measured(latency, throughput, statements, trouble)
