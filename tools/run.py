"""Run the whole of zongzhi on this machine: what `make run` calls.

Starts PostgreSQL and Valkey (unless DATABASE_URL and REDIS_URL name others), sets the database
up, then runs web, worker and beat until Ctrl-C or until one of them dies. Whatever ends this
process, even kill -9, ends its children too.
"""

import base64
import contextlib
import fcntl
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

from embedded import Servers
from hosting import (
    ROOT,
    VAR,
    EmbeddedError,
    die_with_parent,
    follow_parent,
    interrupted_make,
    write_private,
)

PATIENCE = 8  # seconds for a child to finish what it is doing


class RunError(Exception):
    """Something is in the way; the message is one sentence for the person at the terminal."""


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C, SIGTERM, or the terminal is gone."""


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"run: {text}", flush=True)


# --- The ground: lock, port, secrets, environment -------------------------------------------------


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold this checkout: a second run would share data and schedule with the first."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RunError("zongzhi already runs from this folder: stop it first.") from None
        yield


def check_port(host: str, port: int) -> None:
    """Refuse a port that somebody else listens on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise RunError(
                f"{host}:{port} cannot be used ({error.strerror}):"
                f" choose another port, for example make run PORT={port + 1}."
            ) from None


def kept_secrets() -> dict[str, str]:
    """Return this checkout's secrets, made up on the first run and kept for every later one."""
    path = VAR / "secrets.env"
    if not path.exists():
        fresh = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "FIELD_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        write_private(path, "".join(f"{name}={value}\n" for name, value in fresh.items()))
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def allowed_hosts(host: str) -> str:
    """Return the names by which a browser may call us, when nobody has said."""
    return "*" if host in {"0.0.0.0", "::"} else f"localhost,127.0.0.1,[::1],{host}"


def environment(host: str, addresses: dict[str, str]) -> dict[str, str]:
    """Return the children's environment; whatever is set outside wins."""
    outside = {name: value for name, value in os.environ.items() if value}
    env = {**kept_secrets(), "DEBUG": "1", **addresses, **outside}
    if is_debug(env):
        env.setdefault("ALLOWED_HOSTS", allowed_hosts(host))
    return env


def is_debug(env: dict[str, str]) -> bool:
    """Tell whether the settings will read DEBUG as true."""
    return env["DEBUG"].lower() in {"1", "true", "yes", "y", "on", "ok"}


# --- The children ---------------------------------------------------------------------------------


def commands(host: str, port: int) -> dict[str, list[str]]:
    """Return what runs, by the name that messages use."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = ["gunicorn", "--bind", bind, "--workers", "2", "--threads", "4", "--log-level", "warning"]
    web += ["--graceful-timeout", "5", "zongzhi.wsgi"]
    celery = ["celery", "--app", "zongzhi", "--quiet"]
    worker = ["worker", "--concurrency", "2", "--pool", "prefork", "--loglevel", "WARNING"]
    worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    beat = ["beat", "--loglevel", "WARNING", "--pidfile="]
    return {"web": web, "worker": celery + worker, "beat": celery + beat}


def spawn(module: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a Python program in a session of its own: Ctrl-C reaches only us, and we tell it."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore:::celery.platforms", "-m", *module],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )


@contextlib.contextmanager
def children(
    wanted: dict[str, list[str]], env: dict[str, str]
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Run the programs for a while, and leave none of them nor of their workers behind."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, module in wanted.items():
            running[name] = spawn(module, env)
        yield running
    finally:
        ignore_signals()
        stop(list(running.values()))


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask all to finish, and after a while insist, with every worker that they started."""
    for process in processes:
        process.terminate()
    end = time.monotonic() + PATIENCE
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0, end - time.monotonic()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def first_dead(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """Raise for a child that has ended: all of them belong together."""
    for name, process in running.items():
        if (code := process.poll()) is not None:
            killed = code < 0
            how = f"was killed by {signal.Signals(-code).name}" if killed else f"ended with {code}"
            raise RunError(f"{name} {how}: everything is stopped.")


# --- The run --------------------------------------------------------------------------------------


def manage(env: dict[str, str], *arguments: str, capture: bool = False) -> str:
    """Run one of Django's commands to its end and return what it printed, if captured."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if capture else None,
        text=True,
        check=False,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    if done.returncode:
        raise RunError(f"manage.py {' '.join(arguments)} failed; the lines above say why.")
    return done.stdout or ""


def not_ready(host: str, port: int, name: str) -> str:
    """Ask /readyz; return an empty string when it says yes, else what it says."""
    line = http.client.HTTPConnection(host, port, timeout=5)
    try:
        line.request("GET", "/readyz", headers={"Host": name})
        answer = line.getresponse()
        body = answer.read(500).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return str(error)
    finally:
        line.close()
    return "" if answer.status == 200 else f"{answer.status} {body}"


def wait_until_ready(
    host: str, port: int, env: dict[str, str], running: dict[str, subprocess.Popen[bytes]]
) -> None:
    """Wait until the site answers that it is ready."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    names = [name for name in env.get("ALLOWED_HOSTS", "").split(",") if name[:1] not in "*."]
    end = time.monotonic() + 120
    while problem := not_ready(near, port, names[0] if names else "localhost"):
        first_dead(running)
        if time.monotonic() > end:
            raise RunError(f"/readyz does not say yes after two minutes: {problem}")
        time.sleep(0.2)


def welcome(host: str, port: int, accounts: str) -> None:
    """Tell the person where to go and how to sign in."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    print(
        f"\n{accounts.rstrip()}\n\nzongzhi: http://{shown}:{port}/  (Ctrl-C stops it)", flush=True
    )


def run(host: str, port: int) -> None:
    """Run everything until somebody asks us to stop."""
    check_port(host, port)
    postgres, valkey = not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL")
    if postgres or valkey:
        say("starting the embedded servers")
    with Servers(postgres=postgres, valkey=valkey) as servers:
        env = environment(host, servers.addresses)
        prepare(env)
        accounts = manage(env, "demo_accounts", capture=True)
        say("starting web, worker and beat")
        with children(commands(host, port), env) as running:
            wait_until_ready(host, port, env, running)
            welcome(host, port, accounts)
            watch(running, servers)


def prepare(env: dict[str, str]) -> None:
    """Bring the database up to date, and collect static files where DEBUG does not serve them."""
    say("setting up the database")
    manage(env, "setup")
    if not is_debug(env):
        manage(env, "collectstatic", "--no-input", "--verbosity", "0")


def watch(running: dict[str, subprocess.Popen[bytes]], servers: Servers) -> NoReturn:
    """Look after everything until somebody asks us to stop or a child dies.

    A server of ours that dies is started again, since people can keep working meanwhile.
    """
    interrupted = interrupted_make()
    while True:
        first_dead(running)
        for name in servers.revive():
            say(f"{name} had died and is started again")
        if interrupted():
            raise Stopped
        time.sleep(0.3)


def on_signal(signum: int, frame: FrameType | None) -> None:
    """Turn a signal into an exception, so that every `with` on the way closes."""
    ignore_signals()
    raise Stopped


def ignore_signals() -> None:
    """Hear no second Ctrl-C while cleaning up: impatience must not leave processes behind."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)


def listen_to_signals() -> None:
    """Stop cleanly on Ctrl-C, on SIGTERM, and when the terminal or make goes away."""
    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # else this is nohup's wish
        signal.signal(signal.SIGHUP, on_signal)
    if "MAKELEVEL" in os.environ:
        follow_parent(signal.SIGTERM)


def main() -> int:
    """Read the environment and run."""
    listen_to_signals()
    try:
        with alone():
            run(os.environ.get("HOST") or "127.0.0.1", int(os.environ.get("PORT") or "8000"))
    except Stopped:
        print()
        say("stopped")
        return 0
    except (RunError, EmbeddedError) as error:
        print(f"run: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
