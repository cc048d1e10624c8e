"""The whole house on a fresh copy: set up, run, used over the API, stopped, started again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "Zongzhi@2026"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git knows, with nothing set up in it."""
    copy = tmp_path_factory.mktemp("house")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(checkout: Path) -> Iterator[str]:
    """`make run` without the set-up of the environment; its address, then a clean Ctrl-C."""
    port = free_port()
    unwanted = {"DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEY"}
    env = {name: value for name, value in os.environ.items() if name not in unwanted}
    process = subprocess.Popen(
        [sys.executable, "tools/run.py"],
        cwd=checkout,
        env={**env, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if "zongzhi: http://" in line:
            break
    assert process.poll() is None, "".join(said)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest
    assert left_behind(checkout) == []


def left_behind(checkout: Path) -> list[str]:
    """Command lines of processes that still work in or from the copy."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            folder = os.readlink(entry / "cwd")
        except OSError:
            continue
        if str(checkout) in words or folder.startswith(str(checkout)):
            found.append(words)
    return found


class Api:
    """One person at the API."""

    def __init__(self, address: str, username: str) -> None:
        self.address = f"{address}/api/v1/"
        self.token = ""
        self.token = self.post("token/", {"username": username, "password": PASSWORD})["token"]

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Token {self.token}"
        data = json.dumps(body or {}).encode()
        request = urllib.request.Request(self.address + path, data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def get(self, path: str) -> Any:
        headers = {"Authorization": f"Token {self.token}"}
        request = urllib.request.Request(self.address + path, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


REGISTRATION = {
    "source": "window",
    "narrative": "在和谐家园二期做木工，三个月工资没给，要求月底前付清",
    "type": "10",
    "occurred_region": "990101000000",
    "parties": [
        {"role": "applicant", "name": "田东升", "phone": "15400000001", "id_number": ""},
        {"role": "respondent", "name": "宏达劳务队", "is_organization": True},
    ],
    "visitors": 1,
    "special": ["none"],
    "willing_to_mediate": "yes",
}


def live_a_life(address: str) -> str:
    """One case from the door to closed, each step by the person whose step it is."""
    clerk, triage, renshe = (Api(address, name) for name in ("clerk", "triage", "renshe"))
    number = clerk.post("cases/", REGISTRATION)["number"]
    sent = {"lead": "RS", "assisting": [], "complexity": "ordinary", "risk": "low", "note": ""}
    triage.post(f"cases/{number}/dispatch/", sent)
    renshe.post(f"cases/{number}/claim/")
    result = {"result": "resolved", "how": "约谈负责人，当场付清工资", "not_found": "没留"}
    renshe.post(f"cases/{number}/report/", result)
    triage.post(f"cases/{number}/approve/")
    asked = {"channel": "phone", "satisfaction": "satisfied", "closure": "substantive"}
    closed = clerk.post(f"cases/{number}/follow-up/", {**asked, "redo": False, "text": "满意"})
    assert (closed["stage"], closed["label"], closed["closure"]) == (
        "closed",
        "已办结",
        "substantive",
    )
    return str(number)


def broker_of(checkout: Path) -> str:
    return (checkout / "var" / "valkey.url").read_text().strip()


def ping_worker(checkout: Path) -> str:
    """What the worker answers over the broker; waits for it to have started."""
    env = {**os.environ, "DEBUG": "1", "REDIS_URL": broker_of(checkout)}
    end = time.monotonic() + 30
    while True:
        asked = subprocess.run(
            [sys.executable, "-m", "celery", "-A", "zongzhi", "inspect", "ping", "-t", "3"],
            cwd=checkout,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        if "pong" in asked.stdout or time.monotonic() > end:
            return asked.stdout


def test_a_fresh_copy_runs_a_case_from_the_door_to_closed(checkout: Path) -> None:
    with running(checkout) as address:
        number = live_a_life(address)
        assert "pong" in ping_worker(checkout)
        assert any("beat" in words for words in left_behind(checkout))
    with running(checkout) as address:  # a second start finds everything as it was
        again = Api(address, "clerk").get(f"cases/{number}/")
        assert again["closure"] == "substantive"
