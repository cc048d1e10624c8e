"""Run a real PostgreSQL and a real Valkey out of Python wheels, for `make run` and `make test`.

python tools/embedded.py start --env var/dev.env    start both and leave them running
python tools/embedded.py stop                       stop what `start` left running
"""

import argparse
import contextlib
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from hosting import VAR, EmbeddedError, write_private
from servers import TEMPORARY, Postgres, Server, Valkey


class Servers:
    """The wanted servers for the length of a `with` block, and their addresses.

    A server that ran before is used and left running; one that is started here ends with the
    block, or with this process.
    """

    def __init__(
        self,
        home: Path = VAR,
        *,
        durable: bool = True,
        tied: bool = True,
        postgres: bool = True,
        valkey: bool = True,
    ) -> None:
        """Prepare."""
        self.postgres = Postgres(home, durable=durable, tied=tied) if postgres else None
        self.valkey = Valkey(home, durable=durable, tied=tied) if valkey else None
        self.ours: list[Server] = []

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *problem: object) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Start what does not run yet."""
        try:
            for server in (self.postgres, self.valkey):
                if server:
                    self.ours.append(server)
                    if not server.start():
                        self.ours.remove(server)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what we started."""
        for server in reversed(self.ours):
            server.stop()

    @property
    def addresses(self) -> dict[str, str]:
        """Return the environment for a process that uses these servers."""
        found = {}
        if self.postgres:
            found["DATABASE_URL"] = self.postgres.url("zongzhi_app")
            found["MIGRATE_DATABASE_URL"] = self.postgres.url("zongzhi_owner")
        if self.valkey:
            found["REDIS_URL"] = self.valkey.url
        return found

    def revive(self) -> list[str]:
        """Start again, at the same address, whichever of ours has died; return their names."""
        dead = [server for server in self.ours if server.has_died()]
        for server in dead:
            server.start()
        return [server.program for server in dead]


def sweep() -> None:
    """Remove what earlier processes could not: kill -9 ends the servers but not their files."""
    for folder in TEMPORARY.glob("zongzhi-test-*-*"):
        try:
            os.kill(int(folder.name.split("-")[2]), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (PermissionError, ValueError):
            continue


@contextlib.contextmanager
def throwaway(*, postgres: bool = True, valkey: bool = True) -> Iterator[dict[str, str]]:
    """Run servers on an empty folder that is removed afterwards, and yield their addresses."""
    sweep()
    home = Path(tempfile.mkdtemp(prefix=f"zongzhi-test-{os.getpid()}-", dir=TEMPORARY))
    home.chmod(0o711)  # the servers' user passes through
    try:
        with Servers(home, durable=False, postgres=postgres, valkey=valkey) as servers:
            yield servers.addresses
    finally:
        shutil.rmtree(home, ignore_errors=True)


def start(env_file: Path) -> None:
    """Start both servers, leave them running, and write their addresses to a file to source."""
    servers = Servers(tied=False)
    servers.start()
    found = servers.addresses | {"DEBUG": "1"}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in found.items()]
    write_private(env_file, "\n".join(lines) + "\n")
    print(f"PostgreSQL and Valkey are running; `. {env_file}` gives their addresses.")


def stop() -> None:
    """Stop both servers."""
    Valkey(VAR).stop()
    Postgres(VAR).stop()
    print("PostgreSQL and Valkey are stopped.")


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="PostgreSQL and Valkey for development.")
    parser.add_argument("act", choices=["start", "stop"])
    parser.add_argument("--env", type=Path, default=VAR / "dev.env", help="file for the addresses")
    given = parser.parse_args()
    try:
        start(given.env) if given.act == "start" else stop()
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
