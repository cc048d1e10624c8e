"""The load driver: its own process, the standard library only, bounded in count and in time.

Reads one plan as JSON on standard input, sends it with `clients` keep-alive connections to a
server on this machine, writes one JSON answer. Run by `drive()`, never by hand.

A plan's `requests` are `[method, path, body]`. `cycle` goes round and round them (reads);
without it each is sent once (writes). `race` lets all clients send the same one at the same
moment, one round per request. `keyed` gives each sending an `Idempotency-Key` of its own.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

HERE = "127.0.0.1"
Request = tuple[str, str, str | None]


@dataclass(frozen=True)
class Plan:
    """What to send, with how many clients, and when to stop."""

    port: int
    requests: list[Request]
    headers: dict[str, str] = field(default_factory=dict)
    clients: int = 1
    seconds: float = 5.0
    most: int = 1_000_000
    cycle: bool = True
    race: bool = False
    keyed: bool = False
    timeout: float = 300.0


@dataclass(frozen=True)
class Result:
    """What came back: answers a second, their times in milliseconds, their statuses."""

    answers: int
    rate: float
    p50: float
    p95: float
    longest: float
    statuses: dict[str, int]
    bytes: int
    rounds_won_once: int = 0


class Tally:
    """What the clients share: the next request, the deadline, the answers."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.lock = threading.Lock()
        self.start = threading.Barrier(plan.clients)
        self.next = 0
        self.began = time.perf_counter()
        self.ended = self.began
        self.times: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.bytes = 0
        self.rounds: Counter[int] = Counter()

    def take(self) -> int | None:
        """Hand out the number of the next request, or None when it is time to stop."""
        plan = self.plan
        with self.lock:
            number = self.next
            late = time.perf_counter() - self.began > plan.seconds
            used_up = not plan.cycle and number >= len(plan.requests)
            if late or used_up or number >= plan.most:
                return None
            self.next += 1
            return number

    def add(self, number: int, status: str, began: float, size: int) -> None:
        """Note one answer."""
        now = time.perf_counter()
        with self.lock:
            self.times.append(now - began)
            self.statuses[status] += 1
            self.bytes += size
            self.ended = max(self.ended, now)
            self.rounds[number] += status.startswith("2")

    def result(self) -> Result:
        """Add up."""
        times = sorted(self.times) or [0.0]
        wall = max(self.ended - self.began, 1e-9)
        return Result(
            answers=len(self.times),
            rate=len(self.times) / wall,
            p50=_percentile(times, 50),
            p95=_percentile(times, 95),
            longest=times[-1] * 1000,
            statuses=dict(self.statuses),
            bytes=self.bytes // max(len(self.times), 1),
            rounds_won_once=sum(won == 1 for won in self.rounds.values()),
        )


def _percentile(times: list[float], percent: int) -> float:
    return times[min(len(times) - 1, len(times) * percent // 100)] * 1000


class Client:
    """One keep-alive connection."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.connection = http.client.HTTPConnection(
            HERE, tally.plan.port, timeout=tally.plan.timeout
        )

    def send(self, number: int) -> None:
        """Send a request and note the answer; a broken connection is an answer too."""
        plan = self.tally.plan
        method, path, body = plan.requests[number % len(plan.requests)]
        key = {"Idempotency-Key": uuid.uuid4().hex} if plan.keyed else {}
        began = time.perf_counter()
        try:
            self.connection.request(method, path, body=body, headers=plan.headers | key)
            answer = self.connection.getresponse()
            size = len(answer.read())
            status = str(answer.status)
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            size, status = 0, type(error).__name__
        self.tally.add(number, status, began, size)

    def run(self) -> None:
        """Send until there is nothing left or no time left; in a race, with all others at once."""
        if self.tally.plan.race:
            for number in range(len(self.tally.plan.requests)):
                self.tally.start.wait(timeout=self.tally.plan.timeout)
                self.send(number)
            return
        while (taken := self.tally.take()) is not None:
            self.send(taken)


def play(plan: Plan) -> Result:
    """Send the plan with its clients, one thread each."""
    tally = Tally(plan)
    threads = [threading.Thread(target=Client(tally).run) for _ in range(plan.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally.result()


def drive(plan: Plan) -> Result:
    """Play a plan in a process of its own, so that clients never share a GIL with anything."""
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return Result(**answer)


if __name__ == "__main__":
    json.dump(asdict(play(Plan(**json.load(sys.stdin)))), sys.stdout)
