"""A gateway for 短信 that keeps its promise: a `request_id` is taken once, however often it comes.

It can be told to answer badly, late, or not at all; what it has taken is what a person would get.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

from zongzhi.celery import app

KEY = "a key that the gateway knows as well"


@dataclass
class Gateway:
    """What has been asked of it, and what it has taken, by `request_id`."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    moods: list[str] = field(default_factory=list)  # of the next answers; afterwards it is well
    over: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    def mood(self) -> str:
        return self.moods.pop(0) if self.moods else "ok"

    @property
    def phones(self) -> list[str]:
        return [message["phone"] for message in self.taken.values()]

    def accept(self, said: dict[str, Any]) -> None:
        self.taken.setdefault(said["request_id"], said)


class Handler(BaseHTTPRequestHandler):
    """One request to it."""

    gateway: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = json.loads(body)
        with self.gateway.lock:
            self.gateway.asked.append(said)
            mood = self.gateway.mood() if self.is_signed(body) else "401"
            if mood in ("ok", "never", "garbled", "cut"):
                self.gateway.accept(said)  # taken, whatever becomes of the answer
        self.reply(mood, said)

    def is_signed(self, body: bytes) -> bool:
        text = self.headers["X-Zongzhi-Time"].encode() + b"\n" + body
        ours = hmac.new(KEY.encode(), text, hashlib.sha256).hexdigest()
        return hmac.compare_digest(ours, self.headers["X-Zongzhi-Signature"])

    def reply(self, mood: str, said: dict[str, Any]) -> None:
        if mood == "never":
            self.gateway.over.wait(5)
        elif mood == "garbled":
            self.answer(200, b"<html>welcome</html>")
        elif mood == "ok":
            self.answer(200, json.dumps({"id": f"S-{said['request_id'][:8]}"}).encode())
        elif mood == "moved":
            self.answer(302, b"")
        elif mood != "cut":
            known = {"code": "BAD_TEMPLATE", "message": f"no such {said['phone']}"}
            self.answer(int(mood), json.dumps(known).encode())
        self.close_connection = True

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", self.gateway.url)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Not into the tests' output."""


@contextmanager
def running() -> Iterator[Gateway]:
    gateway = Gateway()
    mine = type("Mine", (Handler,), {"gateway": gateway})
    server = ThreadingHTTPServer(("127.0.0.1", 0), mine)
    gateway.url = f"http://127.0.0.1:{server.server_port}/send"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield gateway
    finally:
        gateway.over.set()
        server.shutdown()
        server.server_close()


@contextmanager
def without_broker() -> Iterator[None]:
    """Redis is not there; what asks it finds out at once."""
    before = app.conf.broker_url
    app.conf.broker_url = app.conf.broker_write_url = "redis://127.0.0.1:9/0"
    app.amqp._producer_pool = None
    app._pool = None
    try:
        yield
    finally:
        app.conf.broker_url = app.conf.broker_write_url = before
        app.amqp._producer_pool = None
        app._pool = None
