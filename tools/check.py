"""Everything that can be checked without running the system: what `make check` calls."""

import filecmp
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "docs" / "openapi.yaml"


def python(*arguments: str) -> list[str]:
    """Return the command that runs one of this environment's modules or scripts."""
    return [sys.executable, *arguments]


CHECKS = {
    "lint": python("-m", "ruff", "check", "."),
    "format": python("-m", "ruff", "format", "--check", "."),
    "templates": python("-m", "djlint", "--quiet", "--lint", "templates"),
    "template format": python("-m", "djlint", "--quiet", "--check", "templates"),
    "types": python("-m", "mypy", "."),
    "floors": [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
    "django": python("manage.py", "check", "--fail-level", "WARNING"),
    "migrations": python("manage.py", "makemigrations", "--check", "--dry-run"),
}


def environment() -> dict[str, str]:
    """Return an environment that needs no server: these checks only read the code."""
    ours = {
        "DEBUG": "1",
        "DATABASE_URL": "postgresql:///none",
        "PYTHONWARNINGS": "ignore:Got an error checking a consistent migration history",
    }
    return {**os.environ, **ours}


def passes(name: str, command: list[str]) -> bool:
    """Run one check; show what it says only if it has something to say."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(f"check: {name:<16} {'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def schema_is_current() -> bool:
    """Tell whether the API still is what docs/openapi.yaml says, and is described without doubt."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "openapi.yaml"
        command = ["manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", str(fresh)]
        if not passes("api schema", python(*command)):
            return False
        if not SCHEMA.exists() or filecmp.cmp(fresh, SCHEMA, shallow=False):
            return True
    print("check: docs/openapi.yaml is out of date: run `make schema` and read the difference.")
    return False


def main() -> int:
    """Run every check, even after one has failed, and fail if any did."""
    wanted = set(sys.argv[1:])
    results = [passes(name, command) for name, command in CHECKS.items() if wanted <= {name}]
    if wanted <= {"api schema"}:
        results.append(schema_is_current())
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
