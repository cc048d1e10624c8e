"""Photos without what they tell about their maker: place, camera, time, comments.

Nothing is decoded, so no picture can blow up in memory, and the pixels stay bit for bit what they
were: a photo may be evidence. Of the EXIF data only the orientation stays, which browsers follow.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass

MOST_PIXELS = 60_000_000

_MARKER_AFTER_SCAN = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the SOF markers
_KEPT_APPS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_EXIF = b"Exif\0\0"
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD pHYs acTL fcTL fdAT".split()
)
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"ICCP"))
_HAS_EXIF, _HAS_XMP = 0x08, 0x04


class BadPictureError(ValueError):
    """The bytes are no picture that can be shown, or one too large to be shown."""


@dataclass(frozen=True)
class Picture:
    data: bytes
    width: int
    height: int


def without_traces(data: bytes, media_type: str) -> Picture:
    """The same pixels, and nothing else but which way is up. Raises BadPictureError."""
    read = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}[media_type]
    try:
        picture = read(data)
    except (IndexError, struct.error) as error:
        raise BadPictureError("the picture is cut off") from error
    if not 0 < picture.width * picture.height <= MOST_PIXELS:
        raise BadPictureError(f"{picture.width} × {picture.height} pixels")
    return picture


# --- JPEG: markers with lengths, and scans between them -------------------------------------------


def _jpeg(data: bytes) -> Picture:
    kept: list[bytes] = []
    at, size, up = 2, (0, 0), 1
    while (marker := _marker(data, at)) != 0xD9:
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        segment = data[at:end]
        if marker in _SIZES:
            height, width = struct.unpack_from(">HH", segment, 5)
            size = (width, height)
        elif marker == 0xE1 and segment[4:].startswith(_EXIF):
            up = _orientation(segment[4 + len(_EXIF) :])
        if marker == 0xDA:
            found = _MARKER_AFTER_SCAN.search(data, end)
            if found is None:
                raise BadPictureError("the picture is cut off")
            end = found.end() - 2
            segment = data[at:end]
        if _is_kept(marker, segment):
            kept.append(segment)
        at = end
    if up > 1:
        exif = _EXIF + _only_orientation(up)
        kept.insert(_after_jfif(kept), b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    return Picture(b"\xff\xd8" + b"".join(kept) + b"\xff\xd9", *size)


def _marker(data: bytes, at: int) -> int:
    if data[at] != 0xFF or data[at + 1] < 0xC0:
        raise BadPictureError("no marker where one must be")
    return data[at + 1]


def _is_kept(marker: int, segment: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        wanted = _KEPT_APPS.get(marker)
        return wanted is not None and segment[4:].startswith(wanted)
    return marker != 0xFE


def _after_jfif(segments: list[bytes]) -> int:
    return 1 if segments and segments[0].startswith(b"\xff\xe0") else 0


# --- PNG: chunks with lengths and checksums -------------------------------------------------------


def _png(data: bytes) -> Picture:
    kept: list[bytes] = []
    at, up, kind = len(_PNG), 1, b""
    if data[at + 4 : at + 8] != b"IHDR":
        raise BadPictureError("no header")
    width, height = struct.unpack_from(">II", data, at + 8)
    while kind != b"IEND":
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise BadPictureError("the picture is cut off")
        if kind == b"eXIf":
            up = _orientation(data[at + 8 : end - 4])
        if kind in _PNG_KEPT:
            if struct.unpack_from(">I", data, end - 4)[0] != zlib.crc32(data[at + 4 : end - 4]):
                raise BadPictureError("a checksum is wrong")
            kept.append(data[at:end])
        at = end
    if up > 1:
        kept.insert(1, _png_chunk(b"eXIf", _only_orientation(up)))
    return Picture(_PNG + b"".join(kept), width, height)


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


# --- WebP: RIFF chunks ----------------------------------------------------------------------------


def _webp(data: bytes) -> Picture:
    chunks: list[tuple[bytes, bytes]] = []
    at, up = 12, 1
    while at + 8 <= len(data):
        kind = data[at : at + 4]
        (length,) = struct.unpack_from("<I", data, at + 4)
        body = data[at + 8 : at + 8 + length]
        if len(body) != length:
            raise BadPictureError("the picture is cut off")
        if kind == b"EXIF":
            up = _orientation(body.removeprefix(_EXIF))
        if kind in _WEBP_KEPT:
            chunks.append((kind, body))
        at += 8 + length + length % 2
    if not chunks:
        raise BadPictureError("no picture inside")
    width, height = _webp_size(*chunks[0])
    if chunks[0][0] == b"VP8X":
        flags = chunks[0][1][0] & ~(_HAS_EXIF | _HAS_XMP) | (_HAS_EXIF if up > 1 else 0)
        chunks[0] = (b"VP8X", bytes([flags]) + chunks[0][1][1:])
        chunks += [(b"EXIF", _only_orientation(up))] if up > 1 else []
    inside = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
        for kind, body in chunks
    )
    return Picture(b"RIFF" + struct.pack("<I", len(inside)) + inside, width, height)


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", body, 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF


# --- The one thing worth keeping of EXIF ----------------------------------------------------------


def _orientation(tiff: bytes) -> int:
    """Which way is up, 1 to 8; 1 when it is not said or nonsense."""
    try:
        order = {b"MM": ">", b"II": "<"}[tiff[:2]]
        (at,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, at)
        for entry in range(min(count, 200)):
            tag, _, _, value = struct.unpack_from(order + "HHIH", tiff, at + 2 + 12 * entry)
            if tag == 0x0112:
                return value if 1 <= value <= 8 else 1
    except (KeyError, struct.error):
        return 1
    return 1


def _only_orientation(up: int) -> bytes:
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, up, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"
