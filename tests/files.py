"""Files as people and as enemies send them, made by hand, so that every byte is known."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image

GPS = b"GPSLatitude 39.9042 N"


def exif(up: int = 1, *, place: bytes = GPS) -> bytes:
    """EXIF with an orientation and, behind it, where the photo was taken."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, up, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0" + place


def large_photo(width: int = 1600, height: int = 1200, kind: str = "JPEG", **more: Any) -> bytes:
    """A photo that browsers show, every pixel another: it is as large as it can be."""
    made = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(made, kind, **more)
    return made.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(*, up: int = 1, width: int = 4, height: int = 3, tail: bytes = b"") -> bytes:
    """A photo as a telephone takes it: with camera, place and comment."""
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
        + segment(0xE1, b"Exif\0\0" + exif(up))
        + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + GPS)
        + segment(0xFE, b"made by a telephone")
        + segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0")
        + segment(0xDA, b"\x01\x01\0\0\x3f\0")
        + b"pixels\xff\x00more pixels\xff\xd0and more"
        + b"\xff\xd9"
        + tail
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*, width: int = 1, height: int = 1, text: bytes = b"", up: int = 0) -> bytes:
    extra = chunk(b"tEXt", b"Comment\0" + text) if text else b""
    extra += chunk(b"eXIf", exif(up)) if up else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + extra
        + chunk(b"IDAT", zlib.compress(b"\0\xff"))
        + chunk(b"IEND", b"")
    )


def webp(*, with_exif: bool = True) -> bytes:
    flags = 0x08 if with_exif else 0
    size = struct.pack("<I", 9)[:3] + struct.pack("<I", 4)[:3]  # 10 × 5, less one each
    chunks = [(b"VP8X", bytes([flags, 0, 0, 0]) + size), (b"VP8L", b"\x2f" + b"\0" * 9)]
    chunks += [(b"EXIF", exif(6))] if with_exif else []
    inside = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
        for kind, body in chunks
    )
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def office(
    *, main: str = "word/document.xml", content: bytes = b"<w/>", **more: bytes | str
) -> bytes:
    """A docx, or with another main part something else; `more` adds entries, __ for /."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", more.pop("types", b"<Types/>"))
        archive.writestr(main, content)
        for name, body in more.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), body)
    return out.getvalue()


def pdf(*extra: bytes, pages: int = 2) -> bytes:
    objects = b"".join(b"%d 0 obj <</Type /Page>> endobj\n" % n for n in range(3, 3 + pages))
    return b"%PDF-1.4\n1 0 obj <</Type /Pages>> endobj\n" + objects + b"".join(extra) + b"%%EOF"
