"""The one throw-away PostgreSQL that everybody in a run is measured on.

Durable, as in production (fsync and synchronous_commit stay on): who commits once per act and
who commits once per statement must both pay for it.
"""

import contextlib
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from servers import Postgres

# The rest is what `make run` has, whose 256 MB suit a small office PC; a server gets more, here as
# for every side of the bench. A seed may not set off a checkpoint later on.
SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "log_line_prefix": "bench=%d ",
}
# Transaction control is sent like a statement, and so is the question whether the server is there;
# they are counted, but apart.
CONTROL = (b"BEGIN", b"COMMIT", b"ROLLBACK", b"SAVEPOINT", b"RELEASE", b"SET TRANSACTION")
PING = b"SELECT 1"
LOOKS, MOST_LOOKS = 5, 100  # between two statements a request looks idle, too


@dataclass(frozen=True)
class Statements:
    """How many statements the server was sent: those that do work, and BEGIN, COMMIT and pings."""

    work: int
    control: int


class Database:
    """One database of the server."""

    def __init__(self, server: Postgres, name: str) -> None:
        """Name it; `create` makes it."""
        self.server, self.name = server, name

    def env(self) -> dict[str, str]:
        """Say where it is in libpq's words, which the projects of this bench read."""
        return {
            "PGHOST": str(self.server.socket),
            "PGUSER": "postgres",
            "PGDATABASE": self.name,
        }

    def create(self, owner: str = "postgres") -> None:
        """Make it empty, whatever was there."""
        run_sql(self.server, "postgres", f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        run_sql(self.server, "postgres", f"CREATE DATABASE {self.name} OWNER {owner}")

    def run(self, text: str) -> str:
        """Run SQL as the superuser, all of it or none, and return what it prints."""
        return run_sql(self.server, self.name, text)

    def settle(self) -> None:
        """Do now what would otherwise disturb a measurement: vacuum, statistics, checkpoint."""
        self.run("VACUUM ANALYZE")
        self.run("CHECKPOINT")

    def storm(self, script: str, *, clients: int, seconds: int) -> float | None:
        """Send a plain SQL script again and again; return how often a second, if at all."""
        program = self.server.programs / "pgbench"
        if not program.exists():
            return None
        command = [str(program), "-n", "-f", "-", "-c", str(clients), "-j", "1"]
        done = subprocess.run(
            [*command, "-T", str(seconds), self.server.url("postgres", self.name)],
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
        return float(found[1]) if found and done.returncode == 0 else None

    def wait_until_idle(self) -> None:
        """Wait for what a measurement that was cut off has left at work: it would be counted."""
        others = f"datname = '{self.name}' AND state <> 'idle'"
        asked = f"SELECT count(*) FROM pg_stat_activity WHERE {others}"
        idle = 0
        for _ in range(MOST_LOOKS):
            idle = idle + 1 if run_sql(self.server, "postgres", asked) == "0" else 0
            if idle == LOOKS:
                return
            time.sleep(0.1)

    @contextlib.contextmanager
    def counting(self) -> Iterator[Callable[[], Statements]]:
        """Yield a lap counter of all statements that the server is sent for this database.

        Read from the server's own log: it sees what a client sends, not what a framework says
        that it sends.
        """
        self.wait_until_idle()
        log_statements(self.server, "all")
        position = self.server.log.stat().st_size

        def lap() -> Statements:
            nonlocal position
            time.sleep(0.05)
            start, position = position, self.server.log.stat().st_size
            return count_statements(self.server.log, start, position, self.name)

        try:
            yield lap
        finally:
            log_statements(self.server, "none")


def run_sql(server: Postgres, database: str, text: str) -> str:
    """Run SQL with psql as the superuser; stop with what the server said if it refuses."""
    command = [str(server.programs / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1"]
    done = subprocess.run(
        [*command, "-d", server.url("postgres", database)],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"bench: {done.stderr.strip()}")
    return done.stdout.strip()


def log_statements(server: Postgres, which: str) -> None:
    """Make every session, also one that is open already, log its statements or stop it."""
    run_sql(server, "postgres", f"ALTER SYSTEM SET log_statement = '{which}'")
    run_sql(server, "postgres", "SELECT pg_reload_conf()")
    time.sleep(0.3)  # sessions read the new configuration between two statements


def count_statements(log: Path, start: int, end: int, database: str) -> Statements:
    """Count the statements in this part of the log."""
    pattern = rb"bench=%b LOG:  (?:statement|execute [^:]*): *(.*)" % database.encode()
    with log.open("rb") as lines:
        lines.seek(start)
        texts = re.findall(pattern, lines.read(end - start))
    control = sum(text == PING or text.upper().startswith(CONTROL) for text in texts)
    return Statements(work=len(texts) - control, control=control)


@contextlib.contextmanager
def running_server() -> Iterator[Postgres]:
    """Run PostgreSQL on an empty folder; stop it and remove everything afterwards."""
    home = Path(tempfile.mkdtemp(prefix="zongzhi-bench-"))
    home.chmod(0o711)  # the server's user passes through
    server = Postgres(home, durable=True, tied=True)
    try:
        server.start()
        for name, value in SETTINGS.items():
            run_sql(server, "postgres", f"ALTER SYSTEM SET {name} = '{value}'")
        server.stop()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
