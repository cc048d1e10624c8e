"""A whole dossier as one zip, in the order of its contents, written while it is being sent."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, cast

from cases.composing import Paper
from cases.models import Attachment, Case
from cases.services.attachments import clean_name
from cases.wording import word_file
from mediation.composing import keeping
from mediation.dossier import Dossier, Item, dossier_of
from mediation.models import Mediation
from zongzhi.lib import clock
from zongzhi.lib.errors import NotFound
from zongzhi.lib.stored import path_to

_BLOCK = 256 * 1024
HASHES = "校验清单.txt"


@dataclass(frozen=True)
class Entry:
    """One file of the zip: its name there, and where its bytes come from."""

    name: str
    chunks: Callable[[], Iterator[bytes]]
    expected: str = ""  # the hash it was kept under


def entries_of(case: Case, mediation: Mediation, foot: str) -> list[Entry]:
    """Cover, contents, the parts in their order, back. Raises NotFound when a file is gone."""
    found, day, number = dossier_of(case, mediation), clock.today(), mediation.number
    first = [
        ("封面", keeping.cover(case, mediation, number, day)),
        ("卷内目录", keeping.contents(mediation, found.lines, number, day)),
    ]
    entries = [
        Entry(f"{n:03d}_{name}.docx", _composed(paper, foot))
        for n, (name, paper) in enumerate(first, start=1)
    ]
    for section_n, item in _items(found):
        entries.append(_entry(len(entries) + 1, section_n, item, foot))
    back = keeping.back(mediation, found.pages, number, day)
    entries.append(Entry(f"{len(entries) + 1:03d}_13_封底.docx", _composed(back, foot)))
    return entries


def _items(dossier: Dossier) -> Iterator[tuple[int, Item]]:
    for section in dossier.sections:
        for item in section.items:
            if item.document is not None or item.file is not None:
                yield section.n, item


def _entry(n: int, section: int, item: Item, foot: str) -> Entry:
    head = f"{n:03d}_{section:02d}_"
    if item.file is not None:
        _refuse_lost(item.file)
        return Entry(head + clean_name(item.file.name), _stored(item.file), item.file.sha256)
    assert item.document is not None
    paper = Paper.thawed(item.document.content)
    return Entry(f"{head}{clean_name(item.name + '.docx')}", _composed(paper, foot))


def _refuse_lost(file: Attachment) -> None:
    if not path_to(file.stored_as).exists():
        raise NotFound(f"“{file.name}”的文件不在了，找系统管理员")


def _composed(paper: Paper, foot: str) -> Callable[[], Iterator[bytes]]:
    return lambda: iter([word_file(paper, foot=foot)])


def _stored(file: Attachment) -> Callable[[], Iterator[bytes]]:
    def chunks() -> Iterator[bytes]:
        with path_to(file.stored_as).open("rb") as content:
            while block := content.read(_BLOCK):
                yield block

    return chunks


class _Outlet(io.RawIOBase):
    """Where zipfile writes; what it has written is taken away before the next block."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, block: Any) -> int:
        self._blocks.append(bytes(block))
        return len(block)

    def taken(self) -> Iterator[bytes]:
        blocks, self._blocks = self._blocks, []
        yield from blocks


def stream(entries: list[Entry], folder: str) -> Iterator[bytes]:
    """The bytes of the zip, a block at a time; the last file lists the SHA-256 of every other."""
    outlet = _Outlet()
    hashes: list[str] = []
    with zipfile.ZipFile(cast(IO[bytes], outlet), "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            digest = hashlib.sha256()
            with archive.open(_info(f"{folder}/{entry.name}"), "w", force_zip64=True) as file:
                for block in entry.chunks():
                    digest.update(block)
                    file.write(block)
                    yield from outlet.taken()
            hashes.append(_line(entry, digest.hexdigest()))
        with archive.open(_info(f"{folder}/{HASHES}"), "w") as last:
            _write(last, "\n".join(hashes) + "\n")
        yield from outlet.taken()
    yield from outlet.taken()


def _line(entry: Entry, found: str) -> str:
    """「hash  name」, as sha256sum reads it; a file that is not what was kept is pointed out."""
    changed = entry.expected and entry.expected != found
    return f"{found}  {entry.name}" + ("  （和上传时不一致）" if changed else "")


def _write(file: IO[bytes], text: str) -> None:
    file.write(text.encode())


def _info(name: str) -> zipfile.ZipInfo:
    now = clock.local(clock.now())
    return zipfile.ZipInfo(name, now.timetuple()[:6])
