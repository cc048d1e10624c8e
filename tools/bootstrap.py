"""Create .venv and install the locked requirements; the second time it takes milliseconds.

    python3 tools/bootstrap.py run|test|dev

Only the standard library, and it must at least parse under an old Python, to be able to say so.
"""

from __future__ import annotations  # for an old Python to get as far as the sentence in main()

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "zongzhi-stamp.json"
LEVELS = ["run", "test", "dev"]  # each holds everything of the one before


class BootstrapError(Exception):
    """Something is missing; the message is one sentence for the person at the terminal."""


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"bootstrap: {text}", flush=True)


def locks_digest() -> str:
    """Return a digest of what must be installed, where, and for which Python."""
    digest = hashlib.sha256(f"{VENV}{sys.version}".encode())
    for level in LEVELS:
        digest.update((ROOT / "requirements" / f"{level}.txt").read_bytes())
    return digest.hexdigest()


def installed_level(digest: str) -> int:
    """Return how much is already installed: -1 for nothing that we know of."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        stamp = json.loads(STAMP.read_text())
        if stamp["digest"] == digest and PYTHON.exists():
            return LEVELS.index(stamp["level"])
    return -1


def works(*command: str | Path) -> bool:
    """Tell whether a command runs and succeeds."""
    with contextlib.suppress(OSError):
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return False


def create_venv(has_uv: bool) -> None:
    """Create .venv, or replace one that was copied here or lost its Python."""
    home = str(VENV)
    if works(PYTHON, "-c", f"import sys; sys.exit(sys.prefix != {home!r})"):
        return
    has_pip = importlib.util.find_spec("ensurepip") is not None
    if not has_pip and not has_uv:
        raise BootstrapError(
            "this Python cannot create environments: install its venv package"
            " (Debian and Ubuntu: apt-get install python3-venv) and try again."
        )
    say(f"creating .venv (Python {sys.version.split()[0]})")
    venv.create(VENV, clear=True, with_pip=has_pip, symlinks=True)


def installers(has_uv: bool, requirements: Path) -> Iterator[list[str | Path]]:
    """Yield the commands that can install, best first."""
    if has_uv:
        yield ["uv", "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes",
               "-r", requirements]  # fmt: skip
    if works(PYTHON, "-m", "pip", "--version") or works(PYTHON, "-m", "ensurepip"):
        yield [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check",
               "--no-input", "--require-hashes", "-r", requirements]  # fmt: skip


def install(level: str, has_uv: bool) -> None:
    """Install a level's lock; where uv fails, pip may know a mirror that uv does not."""
    requirements = ROOT / "requirements" / f"{level}.txt"
    count = sum(line[0].isalnum() for line in requirements.read_text().splitlines())
    say(f"installing {count} packages from requirements/{level}.txt")
    for command in installers(has_uv, requirements):
        if subprocess.run([str(word) for word in command], check=False).returncode == 0:
            return
    raise BootstrapError("the packages could not be installed; the lines above say why.")


def bootstrap(level: str) -> None:
    """Bring .venv to the wanted level unless it is there already."""
    digest = locks_digest()
    if installed_level(digest) >= LEVELS.index(level):
        return
    has_uv = shutil.which("uv") is not None
    create_venv(has_uv)
    STAMP.unlink(missing_ok=True)  # an interrupted installation must not look finished
    install(level, has_uv)
    STAMP.write_text(json.dumps({"digest": digest, "level": level}))


def main() -> None:
    """Read the command line, and let only one bootstrap work in this checkout at a time."""
    if len(sys.argv) != 2 or sys.argv[1] not in LEVELS:
        sys.exit(f"usage: {sys.argv[0]} {'|'.join(LEVELS)}")
    if sys.version_info < (3, 11):  # noqa: UP036 - make runs this with any python3
        sys.exit(
            f"bootstrap: zongzhi needs Python 3.11 or newer and this is {sys.version.split()[0]}:"
            " run make with PYTHON=python3.11 or similar."
        )
    os.makedirs(ROOT / "var", exist_ok=True)
    with open(ROOT / "var" / "bootstrap.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            bootstrap(sys.argv[1])
        except BootstrapError as error:
            sys.exit(f"bootstrap: {error}")


if __name__ == "__main__":
    main()
