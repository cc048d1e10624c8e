"""Serving a project with gunicorn: the same for everybody, 2 workers and 8 connections."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hosting import ROOT, die_with_parent
from servers import free_port

from bench.database import Database

VAR = ROOT / "var" / "bench"
TOOLS = ROOT / "tools"

# 2 workers with 4 threads; each thread keeps its own database connection, 8 in all.
GUNICORN = [
    *("--workers", "2", "--worker-class", "gthread", "--threads", "4"),
    *("--keep-alive", "60", "--timeout", "600", "--log-level", "warning"),
]


@dataclass(frozen=True)
class Project:
    """A Django project: which Python runs it, with which settings, on which database."""

    settings: str
    database: Database
    python: Path = Path(sys.executable)
    path: Path = TOOLS
    wsgi: str = "django.core.wsgi:get_wsgi_application()"
    extra_env: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        """What the project's processes find in their environment."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            **self.database.env(),
            "DJANGO_SETTINGS_MODULE": self.settings,
            "PYTHONPATH": f"{self.path}{os.pathsep}{TOOLS}",
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.extra_env,
        }

    def manage(self, *command: str) -> None:
        """Run a management command, quietly; stop the bench with its words if it fails."""
        self.python_module("django", *command, "--verbosity", "0")

    def ask(self, module: str, *words: str) -> Any:
        """Run a module of the project and read the JSON that it prints."""
        return json.loads(self.python_module(module, *words))

    def python_module(self, *command: str) -> str:
        """Run `python -m …` in the project."""
        done = subprocess.run(
            [str(self.python), "-m", *command],
            env=self.env,
            cwd=self.path,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"bench: {' '.join(command)}: {done.stderr.strip()[-2000:]}")
        return done.stdout


@contextlib.contextmanager
def serving(project: Project) -> Iterator[int]:
    """Serve the project and yield its port; the server ends with the block or the bench."""
    port = free_port()
    VAR.mkdir(parents=True, exist_ok=True)
    log = VAR / f"{project.database.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(str(project.python), "-m", "gunicorn", *GUNICORN),
                *("--bind", f"127.0.0.1:{port}", project.wsgi),
            ],
            env=project.env,
            cwd=project.path,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    try:
        await_listening(process, port, log)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_listening(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Wait until somebody accepts connections, or stop with what the server said."""
    end = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SystemExit(f"bench: the web server did not start: {log.read_text()[-2000:]}")
