"""Word, Excel and PDF files from outside: looked into, within bounds, before anybody opens them."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import IO

MEGABYTE = 1024 * 1024
MOST_ENTRIES = 2000
MOST_UNPACKED = 100 * MEGABYTE
MOST_RATIO = 200  # of one entry that unpacks to more than a megabyte
_MOST_LISTED = MEGABYTE  # the list of entries itself
_TAIL = 22 + 65535
_BLOCK = 256 * 1024

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAIN = {"word/document.xml": WORD, "xl/workbook.xml": SHEET}
_ACTIVE_ENTRY = re.compile(
    r"vbaProject|vbaData|/activeX/|macrosheets/|\.(exe|dll|com|scr|bat|cmd|ps1|vbs|js|jar|lnk|hta)$",
    re.IGNORECASE,
)
_PAGES = re.compile(rb"<Pages>(\d{1,5})</Pages>")
_REMOTE_TEMPLATE = re.compile(rb"attachedTemplate[^>]*TargetMode=.External", re.IGNORECASE)

_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_PAGE = re.compile(rb"/Type\s{0,9}/Page(?![A-Za-z])")
_PDF_ACTIVE = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z])"
)
_MOST_STREAMS = 3000
_MOST_INFLATED = 32 * MEGABYTE


class BadPaperError(ValueError):
    """The message says in Chinese what is wrong with the file, as the end of a sentence."""


# All that zipfile raises of an archive that lies; a password is a RuntimeError of its own.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OSError,
)


# --- Word and Excel -------------------------------------------------------------------------------


def look_into_office(file: IO[bytes]) -> tuple[str, int | None]:
    """(media type, pages if it says) of a docx or xlsx. Raises BadPaperError.

    Every entry is unpacked once within bounds, so that a size that lies is found here and not on
    the machine of whoever opens it.
    """
    _check_list(file)
    try:
        with zipfile.ZipFile(file) as archive:
            return _look_around(archive)
    except BadPaperError:
        raise
    except _BROKEN as error:
        raise BadPaperError("打不开，可能坏了，另存一份再传") from error
    except RuntimeError as error:  # what zipfile says of a password
        raise BadPaperError("加了密码，去掉密码再传") from error


def _check_list(file: IO[bytes]) -> None:
    """Refuse a list of entries too long to be read at all."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 16:
        raise BadPaperError("打不开，可能坏了，另存一份再传")
    entries, listed = struct.unpack_from("<HI", tail, at + 10)
    if entries > MOST_ENTRIES or listed > _MOST_LISTED:
        raise BadPaperError("解开太大，不能传")
    file.seek(0)


def _look_around(archive: zipfile.ZipFile) -> tuple[str, int | None]:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    media_type = next((kind for name, kind in _MAIN.items() if name in names), None)
    if media_type is None or "[Content_Types].xml" not in names:
        raise BadPaperError("打不开，换成照片(jpg/png)、pdf、word")
    if any(_is_bomb(entry) for entry in entries) or _total(entries) > MOST_UNPACKED:
        raise BadPaperError("解开太大，不能传")
    if any(_ACTIVE_ENTRY.search(name) for name in names):
        raise BadPaperError("里有宏或程序，去掉再传")
    pages = None
    for entry in entries:
        content = _unpack(archive, entry)
        if entry.filename == "[Content_Types].xml" and b"macroEnabled" in content:
            raise BadPaperError("里有宏或程序，去掉再传")
        if entry.filename.endswith(".rels") and _REMOTE_TEMPLATE.search(content):
            raise BadPaperError("要从别处取模板，另存为普通文档再传")
        if entry.filename == "docProps/app.xml" and (found := _PAGES.search(content)):
            pages = int(found[1])
    return media_type, pages


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    unpacked, packed = entry.file_size, max(entry.compress_size, 1)
    return unpacked > MEGABYTE and unpacked / packed > MOST_RATIO


def _total(entries: list[zipfile.ZipInfo]) -> int:
    return sum(entry.file_size for entry in entries)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The first block of an entry; all of it is read, and its checksum checked."""
    with archive.open(entry) as file:
        first = file.read(_BLOCK)
        while file.read(_BLOCK):
            pass
    return first


# --- PDF ------------------------------------------------------------------------------------------


def look_into_pdf(data: bytes) -> tuple[int | None, bool]:
    """(pages if they can be counted, whether nothing in it wants to run or carries other files)."""
    pages, quiet = 0, True
    for part in (data, *_packed_objects(data)):
        plain = _PDF_ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), part)
        pages += len(_PDF_PAGE.findall(plain))
        quiet = quiet and _PDF_ACTIVE.search(plain) is None
    return pages or None, quiet


def _packed_objects(data: bytes) -> list[bytes]:
    """The object streams of newer PDF files, unpacked as far as the bounds allow."""
    found: list[bytes] = []
    left, at = _MOST_INFLATED, 0
    view = memoryview(data)
    while len(found) < _MOST_STREAMS and left > 0:
        at = data.find(b"/ObjStm", at)
        if at < 0:
            break
        at += 7
        start = data.find(b"stream", at, at + 600)
        if start < 0:
            continue
        body = start + 6 + (2 if data[start + 6 : start + 8] == b"\r\n" else 1)
        try:
            inflated = zlib.decompressobj().decompress(view[body:], left)
        except zlib.error:
            continue
        found.append(inflated)
        left -= len(inflated) + 1024
    return found
