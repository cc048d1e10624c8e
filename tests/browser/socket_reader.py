"""A reader's service that speaks WebSocket (RFC 6455), as far as one question and one answer."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

_ACCEPTS = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT = 0x81  # a whole text message in one frame


def _length(size: int) -> bytes:
    return bytes([size]) if size < 126 else bytes([126]) + size.to_bytes(2, "big")


@contextmanager
def socket_service(answer: dict[str, Any]) -> Iterator[str]:
    """The address of a service that gives this answer to readIdCard, and none to anything else."""

    class Service(StreamRequestHandler):
        def handle(self) -> None:
            key = self._key()
            accept = base64.b64encode(hashlib.sha1(key + _ACCEPTS).digest())
            self.wfile.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            if self._message() == b"readIdCard":
                body = json.dumps(answer).encode()
                self.wfile.write(bytes([_TEXT]) + _length(len(body)) + body)
                self.rfile.read(2)  # until the page closes

        def _key(self) -> bytes:
            headers = iter(self.rfile.readline, b"\r\n")
            pairs = dict(line.strip().split(b": ", 1) for line in headers if b": " in line)
            return pairs[b"Sec-WebSocket-Key"]

        def _message(self) -> bytes:
            """One short message of the page; pages always mask what they send."""
            _, length = self.rfile.read(2)
            mask = self.rfile.read(4)
            masked = self.rfile.read(length & 0x7F)
            return bytes(byte ^ mask[at % 4] for at, byte in enumerate(masked))

    with ThreadingTCPServer(("127.0.0.1", 0), Service) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"ws://127.0.0.1:{server.server_address[1]}/reader"
        server.shutdown()
