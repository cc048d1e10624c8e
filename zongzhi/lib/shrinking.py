"""A picture drawn smaller: upright, a JPEG, and with nothing in it of what its maker wrote."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import IO

from PIL import Image, ImageOps

from zongzhi.lib.pictures import Picture

MEDIA_TYPE = "image/jpeg"
_MOST_AT_ONCE = 16_000_000  # pixels held in memory
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}

logger = logging.getLogger(__name__)


def shrunk(source: Path | IO[bytes], media_type: str, *, side: int, quality: int) -> Picture | None:
    """The picture with no side longer than `side` pixels, as JPEG of that quality (1 to 95).

    None when it is of another kind, broken, or too large to be decoded safely: then it has to do
    as it is. Raises FileNotFoundError.
    """
    if media_type not in _FORMATS:
        return None
    try:
        return _drawn(source, _FORMATS[media_type], side, quality)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        logger.warning("a picture could not be drawn smaller", exc_info=True)
        return None


def _drawn(source: Path | IO[bytes], kind: str, side: int, quality: int) -> Picture | None:
    with Image.open(source, formats=[kind]) as image:
        if kind == "JPEG" and not image.info.get("progressive"):
            image.draft("RGB", (side * 2, side * 2))  # read at an eighth, a quarter or a half
        if image.width * image.height > _MOST_AT_ONCE:
            return None
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((side, side))
        made = io.BytesIO()
        _on_white(upright).save(made, "JPEG", quality=quality, optimize=True)
        return Picture(made.getvalue(), upright.width, upright.height)


def _on_white(image: Image.Image) -> Image.Image:
    """JPEG knows no transparency."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    sheet = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(sheet, clear).convert("RGB")
