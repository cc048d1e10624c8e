"""Resolve pyproject.toml into requirements/*.txt, for every platform and with hashes.

Requirements files rather than uv's own lock: that one names the addresses of packages, and a
site behind a mirror could not install from it.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GROUPS = {"run": [], "test": ["test"], "dev": ["test", "lint"]}


def lock(uv: str, level: str, *, upgrade: bool) -> None:
    """Resolve one level; pins that still fit stay unless an upgrade is wanted."""
    command = [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    command += ["--no-emit-index-url", "--custom-compile-command", "make lock"]
    command += ["--extra", "embedded", *(f"--group={group}" for group in GROUPS[level])]
    command += ["--upgrade"] if upgrade else []
    command += ["pyproject.toml", "--output-file", f"requirements/{level}.txt"]
    subprocess.run(command, cwd=ROOT, check=True)


def main() -> None:
    """Resolve every level."""
    uv = shutil.which("uv") or shutil.which("uv", path=ROOT / ".venv" / "bin")
    if uv is None:
        sys.exit("lock: install uv first (.venv/bin/python -m pip install uv, for example).")
    for level in GROUPS:
        lock(uv, level, upgrade="--upgrade" in sys.argv[1:])


if __name__ == "__main__":
    main()
