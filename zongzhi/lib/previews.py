"""Small pictures of large ones, for a phone with a bad signal: made once, kept beside them.

Whoever wants to see it well opens the picture itself. What cannot be made small is shown as it is.
"""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path

from zongzhi.lib.shrinking import shrunk
from zongzhi.lib.stored import path_to

SIDE = 480  # the longer one, in pixels
QUALITY = 72
_SMALL_ENOUGH = 48 * 1024  # bytes

logger = logging.getLogger(__name__)


def preview_of(stored_as: str, media_type: str) -> Path | None:
    """A small JPEG of a kept picture; None when the picture itself is to be shown.

    Raises FileNotFoundError when there is neither the picture nor one made of it before.
    """
    path = path_to(stored_as)
    kept = path.with_name(f"{path.name}.small")
    if kept.exists():
        return kept
    size = path.stat().st_size
    if size <= _SMALL_ENOUGH:
        return None
    small = shrunk(path, media_type, side=SIDE, quality=QUALITY)
    if small is None or len(small.data) >= size:
        return None
    try:
        _keep(kept, small.data)
    except OSError:  # a full disk is not worth more than the picture itself
        logger.warning("no preview could be kept", exc_info=True)
        return None
    return kept


def _keep(path: Path, data: bytes) -> None:
    """All of it or nothing, however many ask at once."""
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        unfinished.write_bytes(data)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
