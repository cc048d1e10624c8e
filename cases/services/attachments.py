"""材料: papers and pictures of a case, checked by what they are and kept under names of our own."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from cases.door import Change, changing
from cases.models import Attachment, Case
from orgs.models import User
from zongzhi.lib.errors import Invalid, WrongState
from zongzhi.lib.papers import SHEET, WORD, BadPaperError, look_into_office, look_into_pdf
from zongzhi.lib.secrecy import secrecy_mark
from zongzhi.lib.stored import Kept, Upload, clean_picture, head_of, keeping, type_of
from zongzhi.lib.uploads import MOST

LONGEST_NAME = 80

# What is let in, and the endings a file of that type may have; the first if it had another.
ENDINGS = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    WORD: ("docx",),
    SHEET: ("xlsx",),
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"


class CarriesMarkError(Invalid):
    """The name carries a mark of secrecy, and nobody has said that the paper is none."""

    code = "carries_mark"


@dataclass(frozen=True)
class _Checked:
    """What a file turned out to be, and the bytes that are to be kept."""

    media_type: str
    content: IO[bytes]
    pages: int | None = None
    may_preview: bool = False


def attach_file(
    *,
    case_id: int,
    by: User,
    upload: Upload,
    source: str = "",
    note: str = "",
    not_secret: bool = False,
) -> Case:
    """Keep a file with the case; a note in its history says so.

    The type is what the bytes say, never what the name claims. Raises Invalid for a type, size
    or name that may not be, WrongState when the case has its thirty files.
    """
    with (
        taking(upload, note=note, not_secret=not_secret) as file,
        changing(case_id, "note", by=by) as change,
    ):
        attachment = file.keep(change, by=by, source=source)
        change.on_behalf_of(by)
        change.data = {"attachment": attachment.pk, "sha256": attachment.sha256}
        if not_secret and secrecy_mark(f"{attachment.name} {note}"):
            change.data["not_secret"] = True
        change.text = f"{attachment.name}，{note}" if note else attachment.name
    return change.case


@dataclass(frozen=True)
class Taken:
    """A file that has been looked at and lies in its place, to be kept with a case by some act."""

    name: str
    note: str
    checked: _Checked
    kept: Kept

    def keep(self, change: Change, *, by: User, source: str = "") -> Attachment:
        """Raises WrongState when the case has its thirty files."""
        case = change.case
        if case.attachments.count() >= MOST:
            raise WrongState(f"{case.short_number} 已经有 {MOST} 份材料，不能再加")
        return Attachment.objects.create(
            case=case,
            name=self.name,
            stored_as=self.kept.stored_as,
            media_type=self.checked.media_type,
            size=self.kept.size,
            sha256=self.kept.sha256,
            source=source,
            note=self.note,
            pages=self.checked.pages,
            may_preview=self.checked.may_preview,
            uploaded_by=by,
            uploaded_at=change.now,
        )


@contextmanager
def taking(upload: Upload, *, note: str = "", not_secret: bool = False) -> Iterator[Taken]:
    """Look at a file and lay it down before the case is locked; gone again if the block fails.

    Raises Invalid for a type, size or name that may not be.
    """
    name = clean_name(upload.name or "")
    if not not_secret and (mark := secrecy_mark(f"{name} {note}")):
        raise CarriesMarkError(
            f"“{name}”带有“{mark}”字样。涉密的不能传到本系统；不涉密的，勾上“已核对，不涉密”再选一次"
        )
    checked = _check(upload, name)
    with keeping(checked.content) as kept:
        yield Taken(_with_its_ending(name, checked.media_type), note, checked, kept)


def clean_name(name: str) -> str:
    """The file name as it may be shown and handed out: no folders, no control characters."""
    bare = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    bare = "".join(c for c in bare if unicodedata.category(c)[0] != "C")
    bare = re.sub(r'[<>:"|?*;]', "_", bare).strip(". ")
    stem, dot, ending = bare.rpartition(".")
    if not dot:
        return bare[:LONGEST_NAME] or "材料"
    return f"{stem[:LONGEST_NAME] or '材料'}.{ending[:10]}"


def _with_its_ending(name: str, media_type: str) -> str:
    stem, dot, ending = name.rpartition(".")
    fitting = ENDINGS[media_type]
    if ending.lower() in fitting:
        return name
    return f"{stem if dot else name}.{fitting[0]}"


# --- What it is -----------------------------------------------------------------------------------


def _check(upload: Upload, name: str) -> _Checked:
    head = head_of(upload, name)
    if head.startswith(_ZIP):
        return _office(upload, name)
    if head.startswith(_OLD_OFFICE):
        raise Invalid(f"“{name}”是旧格式，在 word 或 excel 里另存为 docx 或 xlsx 再传")
    media_type = type_of(head)
    if media_type == "application/pdf":
        pages, quiet = look_into_pdf(upload.read())
        upload.seek(0)
        return _Checked(media_type, upload, pages, may_preview=quiet)
    if media_type in ENDINGS:
        return _picture(upload.read(), media_type, name)
    raise Invalid(f"“{name}”打不开，换成照片(jpg/png)、pdf、word")


def _picture(data: bytes, media_type: str, name: str) -> _Checked:
    picture = clean_picture(data, media_type, name)
    return _Checked(media_type, io.BytesIO(picture.data), 1, may_preview=True)


def _office(upload: Upload, name: str) -> _Checked:
    try:
        media_type, pages = look_into_office(upload)
    except BadPaperError as error:
        raise Invalid(f"“{name}”{error}") from error
    upload.seek(0)
    return _Checked(media_type, upload, pages)
