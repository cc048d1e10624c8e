"""Small pictures of large ones, for a phone with a bad signal: made once, kept beside them.

The picture itself stays bit for bit what it was and is never decoded on its way in; here it is, to
a bounded size, and whoever wants to see it well opens it. What cannot be made small is shown as it
is.
"""

from __future__ import annotations

import io
import logging
import os
import secrets
from pathlib import Path

from PIL import Image, ImageOps

from zongzhi.lib.stored import path_to

SIDE = 480  # the longer one, in pixels
MEDIA_TYPE = "image/jpeg"
_SMALL_ENOUGH = 48 * 1024  # bytes
_MOST_AT_ONCE = 16_000_000  # pixels held in memory
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}

logger = logging.getLogger(__name__)


def preview_of(stored_as: str, media_type: str) -> Path | None:
    """A small JPEG of a kept picture; None when the picture itself is to be shown.

    Raises FileNotFoundError when there is no picture.
    """
    path = path_to(stored_as)
    kept = path.with_name(f"{path.name}.small")
    if kept.exists():
        return kept
    if media_type not in _FORMATS or path.stat().st_size <= _SMALL_ENOUGH:
        return None
    try:
        data = _made(path, _FORMATS[media_type])
        if data is None or len(data) >= path.stat().st_size:
            return None
        _keep(kept, data)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        # A broken picture or a full disk; not worth more than the picture itself.
        logger.warning("no preview could be made", exc_info=True)
        return None
    return kept


def _made(path: Path, kind: str) -> bytes | None:
    with Image.open(path, formats=[kind]) as image:
        whole = image.width * image.height
        if kind == "JPEG" and not image.info.get("progressive"):
            image.draft("RGB", (SIDE * 2, SIDE * 2))  # read at an eighth, a quarter or a half
            whole = image.width * image.height
        if whole > _MOST_AT_ONCE:
            return None
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((SIDE, SIDE))
        made = io.BytesIO()
        _on_white(upright).save(made, "JPEG", quality=72, optimize=True)
        return made.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """JPEG knows no transparency."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    sheet = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(sheet, clear).convert("RGB")


def _keep(path: Path, data: bytes) -> None:
    """All of it or nothing, however many ask at once."""
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        unfinished.write_bytes(data)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
