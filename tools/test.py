"""Run the test suite on servers that exist only for it: what `make test` calls.

Arguments go to pytest. TEST_DATABASE_URL (a role that may create databases) and TEST_REDIS_URL
name other servers to use instead.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from types import FrameType

from embedded import throwaway
from hosting import ROOT, EmbeddedError, die_with_parent, follow_parent, interrupted_make


def environment(addresses: dict[str, str]) -> dict[str, str]:
    """Return pytest's environment: the tables' owner connects, and nothing of the shell's leaks."""
    database = os.environ.get("TEST_DATABASE_URL") or addresses["MIGRATE_DATABASE_URL"]
    broker = os.environ.get("TEST_REDIS_URL") or addresses["REDIS_URL"]
    ours = {"DEBUG": "1", "DATABASE_URL": database, "REDIS_URL": broker}
    unwanted = {"MIGRATE_DATABASE_URL", "SECRET_KEY", "FIELD_KEY", "ALLOWED_HOSTS", "DEMO_PASSWORD"}
    return {name: value for name, value in os.environ.items() if name not in unwanted} | ours


def suite(addresses: dict[str, str], arguments: list[str]) -> int:
    """Run pytest and return its exit code."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-n", "2", *arguments],
        cwd=ROOT,
        env=environment(addresses),
        start_new_session=True,  # Ctrl-C reaches us, and we tell pytest once
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    interrupted = interrupted_make()
    try:
        while process.poll() is None:
            if interrupted():
                raise KeyboardInterrupt
            time.sleep(0.1)
        return process.returncode
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)  # pytest then says how far it came
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # and the suite's own children
        process.wait()


def on_signal(signum: int, frame: FrameType | None) -> None:
    """Turn a signal into an exception, so that every `with` on the way closes."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    """Run the suite; the servers end with it, however it ends."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, on_signal)
    if "MAKELEVEL" in os.environ:
        follow_parent(signal.SIGTERM)
    postgres = not os.environ.get("TEST_DATABASE_URL")
    valkey = not os.environ.get("TEST_REDIS_URL")
    try:
        with throwaway(postgres=postgres, valkey=valkey) as addresses:
            return suite(addresses, sys.argv[1:])
    except KeyboardInterrupt:
        return 130
    except EmbeddedError as error:
        print(f"test: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
