"""A signed daily digest of all history heads, kept in a file outside the database."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

from django.conf import settings

from cases.models import Case
from zongzhi.lib import clock
from zongzhi.lib.crypto import history_key


def heads_digest() -> tuple[int, str]:
    """How many cases there are, and one hash over every case's length and head of history."""
    walk = hashlib.sha256()
    count = 0
    rows = Case.objects.order_by("pk").values_list("pk", "history_length", "history_head")
    for pk, length, head in rows.iterator(2000):
        walk.update(f"{pk}:{length}:{head}\n".encode())
        count += 1
    return count, walk.hexdigest()


def write_anchor() -> Path:
    """Append today's signed anchor to the anchor file; where it is."""
    count, digest = heads_digest()
    said: dict[str, object] = {"at": clock.now().isoformat(), "cases": count, "heads": digest}
    path = Path(settings.ANCHOR_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**said, "seal": _seal(said)}, sort_keys=True) + "\n")
    return path


def forged_anchors() -> list[int]:
    """The line numbers of the anchor file whose seal does not fit; no file, no lines."""
    path = Path(settings.ANCHOR_FILE)
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [number for number, line in enumerate(lines, start=1) if not _is_sealed(line)]


def _is_sealed(line: str) -> bool:
    try:
        said = json.loads(line)
        seal = said.pop("seal")
    except (ValueError, KeyError, AttributeError):
        return False
    return hmac.compare_digest(str(seal), _seal(said))


def _seal(said: dict[str, object]) -> str:
    canonical = json.dumps(said, sort_keys=True)
    return hmac.new(history_key(), canonical.encode(), hashlib.sha256).hexdigest()
