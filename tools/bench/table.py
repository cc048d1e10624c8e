"""The rows of `design.md` §6 and their verdicts: the table that `make bench` prints."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from bench.work import Measured

SMALL = 10_000  # what a list at full size is compared with


class Verdict(Enum):
    """What a budget says to a measurement."""

    MET = "met"
    MISSED = "MISSED"
    SLOW = "slow here"  # a time: judged on an idle machine, never by the exit code
    OPEN = "not measured"


@dataclass(frozen=True)
class Finding:
    """One budget of one row, judged."""

    verdict: Verdict
    text: str

    def __str__(self) -> str:
        return f"{self.verdict.value}: {self.text}"


@dataclass
class Seen:
    """Everything that a run has measured, by the key of the row."""

    ours: dict[str, Measured] = field(default_factory=dict)
    small: dict[str, Measured] = field(default_factory=dict)
    peer: dict[str, Measured] = field(default_factory=dict)
    floor: dict[str, Measured] = field(default_factory=dict)
    bare: dict[str, float | None] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)  # seconds of what is no request
    peak: dict[str, float] = field(default_factory=dict)  # MiB resident, of a process of its own
    load: dict[str, float] = field(default_factory=dict)  # of the machine, after the row


Check = Callable[[Seen, str], Finding]


def judge(met: bool, text: str, otherwise: Verdict = Verdict.MISSED) -> Finding:
    """Say met or not."""
    return Finding(Verdict.MET if met else otherwise, text)


def sql_at_most(most: int) -> Check:
    """Bound the statements of one request; BEGIN, COMMIT and savepoints are not counted."""

    def check(seen: Seen, key: str) -> Finding:
        bound = f"(≤ {most})"
        if key not in seen.ours:
            return Finding(Verdict.OPEN, f"SQL {bound}")
        count = seen.ours[key].statements.work
        return judge(count <= most, f"{count} SQL {bound}")

    return check


def p95_at_most(milliseconds: int) -> Check:
    """Bound the time at 2 clients."""

    def check(seen: Seen, key: str) -> Finding:
        bound = f"(≤ {milliseconds})"
        if key not in seen.ours:
            return Finding(Verdict.OPEN, f"ms {bound}")
        p95 = seen.ours[key].latency.p95
        return judge(p95 <= milliseconds, f"{p95:.0f} ms {bound}", otherwise=Verdict.SLOW)

    return check


def seconds_at_most(most: float) -> Check:
    """Bound the seconds of what is done once, or the p95 of what is no request."""

    def check(seen: Seen, key: str) -> Finding:
        bound = f"(≤ {most:g})"
        if key not in seen.took:
            return Finding(Verdict.OPEN, f"s {bound}")
        took = seen.took[key]
        return judge(took <= most, f"{took:.3g} s {bound}", otherwise=Verdict.SLOW)

    return check


def mebibytes_at_most(most: float) -> Check:
    """Bound what a process of its own has resident at most."""

    def check(seen: Seen, key: str) -> Finding:
        bound = f"(≤ {most:,.0f})"
        if key not in seen.peak:
            return Finding(Verdict.OPEN, f"MiB {bound}")
        peak = seen.peak[key]
        return judge(peak <= most, f"{peak:,.0f} MiB {bound}")

    return check


def of_floor(share: int) -> Check:
    """Ask for a share of what bare Django answers with the same sign-in and rows."""

    def check(seen: Seen, key: str) -> Finding:
        bound = f"of floor (≥ 1/{share})"
        if key not in seen.ours or key not in seen.floor:
            return Finding(Verdict.OPEN, bound)
        ratio = seen.floor[key].times(seen.ours[key])
        return judge(ratio <= share, f"1/{ratio:.1f} {bound}")

    return check


def times_peer(times: float) -> Check:
    """Ask for a multiple of what the peer does."""

    def check(seen: Seen, key: str) -> Finding:
        bound = f"× peer (≥ {times:g})"
        if key not in seen.ours or key not in seen.peer:
            return Finding(Verdict.OPEN, bound)
        ratio = seen.ours[key].times(seen.peer[key])
        return judge(ratio >= times, f"{ratio:.2f} {bound}")

    return check


def not_slower_than_small(times: float) -> Check:
    """Bound the growth from SMALL cases to all of them."""

    def check(seen: Seen, key: str) -> Finding:
        bound = f"× slower than at {SMALL:,} (≤ {times:g})"
        if key not in seen.ours or key not in seen.small:
            return Finding(Verdict.OPEN, bound)
        ratio = seen.small[key].times(seen.ours[key])
        return judge(ratio <= times, f"{ratio:.2f} {bound}")

    return check


def clean(seen: Seen, key: str) -> Finding:
    """Ask that every answer was one of those expected: no 5xx, losers get 409, one winner."""
    if key not in seen.ours:
        return Finding(Verdict.OPEN, "clean answers")
    trouble = seen.ours[key].trouble
    return judge(not trouble, trouble or "clean answers")


@dataclass(frozen=True)
class Row:
    """One line: what is done, the budgets, and which works of the others it is compared with."""

    key: str
    work: str
    checks: tuple[Check, ...] = ()
    floor: str = ""  # bare Django with the same sign-in and rows
    bare: str = ""  # bare Django without sign-in, or plain SQL
    peer: str = ""  # where its key is another
    side: str = "ours"  # who of ours has it: the county, or the city


GROWTH = not_slower_than_small(1.5)
API = (of_floor(6), sql_at_most(8), p95_at_most(100), GROWTH, clean)
HTML = (of_floor(12), sql_at_most(8), p95_at_most(100), GROWTH, clean)
SEARCH = (p95_at_most(300), clean)
EVENTS = (sql_at_most(8), p95_at_most(100), clean)
FOUND = (sql_at_most(12), p95_at_most(100), clean)
LEADER = (p95_at_most(100), clean)
DRAFT = (seconds_at_most(60), mebibytes_at_most(1024))
MEASURE = (p95_at_most(2000), clean)  # a page opened now and then, as heavy as a bulletin
REGISTER = (times_peer(2), sql_at_most(14), clean)
CLAIM = (times_peer(2), sql_at_most(12), clean)

ROWS = (
    Row("list_api", "list of 25, API", API, "token", "bare"),
    Row("filtered_api", "  filtered", API, "token"),
    Row("deep_api", "  1,000th screen", API, "token"),
    Row("unit_api", "  of a unit with few", API, "token"),
    Row("unit_deep_api", "  40th screen of a unit", API, "token"),
    Row("town_api", "  of a town", API, "token"),
    Row("village_api", "  of a village", API, "token"),
    Row("list_html", "list of 25, page", HTML, "session", peer="list_api"),
    Row("filtered_html", "  filtered", HTML, "session", peer="filtered_api"),
    Row("deep_html", "  1,000th screen", HTML, "session", peer="deep_api"),
    Row("search_name", "search: a name", SEARCH),
    Row("search_phone", "  a phone number", SEARCH),
    Row("search_identity", "  an identity number", SEARCH),
    Row("search_words", "  two characters in the text", SEARCH),
    Row("register", "register", REGISTER, bare="sql_register"),
    Row("register_keyed", "  with an Idempotency-Key", (sql_at_most(14), clean)),
    Row("claim", "change of state", CLAIM, bare="sql_claim"),
    Row("claim_keyed", "  with an Idempotency-Key", (sql_at_most(12), clean)),
    Row("claim_one", "  8 on one case", (clean,)),
    Row("dashboard", "leader dashboard", LEADER),
    Row("board", "  its page", LEADER),
    Row("leader_home", "  the leader's first page", LEADER),
    Row("wall", "  the wall screen's data", LEADER),
    Row("counted_ahead", "  counting a board and a wall", (seconds_at_most(15),)),
    Row("measure_month", "every indicator by unit, a month", MEASURE),
    Row("measure_year", "  a year", MEASURE),
    Row("bulletin_draft", "bulletins drafted", DRAFT),
    Row("bulletin_city", "  of a city: 500 centres", DRAFT, side="units"),
    Row("rest_list", "(the peer's REST list)"),
    Row("city_fill", "a city: filled", (seconds_at_most(90),), side="city"),
    Row("event_import", "  a year of events imported", (seconds_at_most(300),), side="city"),
    Row("event_api", "  events of a county, API", EVENTS, side="city"),
    Row("event_filtered_api", "    filtered", EVENTS, side="city"),
    Row("event_deep_api", "    1,000th screen", EVENTS, side="city"),
    Row("event_village_api", "    of a village", EVENTS, side="city"),
    Row("event_html", "  events of a county, page", EVENTS, side="city"),
    Row("event_filtered_html", "    filtered", EVENTS, side="city"),
    Row("event_deep_html", "    1,000th screen", EVENTS, side="city"),
    Row("event_village_html", "    of a village", EVENTS, side="city"),
    Row("phone_home", "  a worker's phone", FOUND, side="city"),
    Row("resident_number", "  a resident by number", FOUND, side="city"),
    Row("resident_name", "    by name", FOUND, side="city"),
    Row("resident_two", "    by two characters", FOUND, side="city"),
    Row("resident_two_village", "    the same, of a village", FOUND, side="city"),
    Row("point", "  the grid of a point", (seconds_at_most(0.1),), side="city"),
    Row("map_county", "  map of a county", FOUND, side="city"),
    Row("map_town", "    of a town", FOUND, side="city"),
)

HEAD = ("work", "ours", "", "", "peer", "", "", "floor", "bare", "verdict")
UNITS = ("", "/s", "p95 ms", "SQL", "/s", "p95 ms", "SQL", "/s", "/s", "")


def findings(row: Row, seen: Seen) -> list[Finding]:
    """Judge one row."""
    return [check(seen, row.key) for check in row.checks]


def exit_code(rows: list[Row], seen: Seen) -> int:
    """Return 1 if a ratio or a count is missed, 2 if one could not be measured, else 0."""
    verdicts = {finding.verdict for row in rows for finding in findings(row, seen)}
    if Verdict.MISSED in verdicts:
        return 1
    return 2 if Verdict.OPEN in verdicts else 0


def number(value: float | None) -> str:
    """Write a rate or a time with three digits at most that mean something."""
    if value is None:
        return "–"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def three(measured: Measured | None) -> tuple[str, str, str]:
    """Write rate, p95 and statements of one side."""
    if measured is None:
        return "–", "–", "–"
    sql = f"{measured.statements.work:,}" if measured.statements.work else "–"
    mark = "!" if measured.trouble else ""
    return (
        f"{number(measured.rate)}{mark}",
        number(measured.latency.p95),
        f"{sql}+{measured.statements.control}" if measured.statements.control else sql,
    )


def verdict(row: Row, seen: Seen) -> str:
    """Say what the budgets say, the worst first."""
    said = findings(row, seen)
    if said and all(one.verdict is Verdict.OPEN for one in said):
        return Verdict.OPEN.value
    groups = [
        (kind, [one.text for one in said if one.verdict is kind])
        for kind in (Verdict.MISSED, Verdict.SLOW, Verdict.OPEN, Verdict.MET)
    ]
    return " | ".join(f"{kind.value}: {', '.join(texts)}" for kind, texts in groups if texts)


def line(row: Row, seen: Seen) -> tuple[str, ...]:
    """Write one row."""
    floor = seen.floor.get(row.key)
    return (
        row.work,
        *three(seen.ours.get(row.key)),
        *three(seen.peer.get(row.key)),
        number(floor.rate if floor else None),
        number(seen.bare.get(row.key)),
        verdict(row, seen),
    )


def render(rows: list[Row], seen: Seen) -> str:
    """Draw the table."""
    lines = [HEAD, UNITS, *(line(row, seen) for row in rows)]
    widths = [max(len(cells[n]) for cells in lines) for n in range(len(HEAD))]
    last = len(HEAD) - 1
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n in (0, last) else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()
        for cells in lines
    )
