"""材料: papers and pictures of a case, checked by what they are and kept under names of our own."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from cases.door import changing
from cases.models import Attachment, Case
from orgs.models import User
from zongzhi.lib.errors import Invalid, WrongState

Upload: TypeAlias = "UploadedFile[bytes]"

MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE
MOST = 30
LONGEST_NAME = 80
_SNIFFED = 8192
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What is let in, and the ending it gets whatever it was called.
TYPES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
    _WORD: "docx",
    _SHEET: "xlsx",
}
_SECRET = re.compile("绝密|机密|秘密|★")


def attach_file(*, case_id: int, by: User, upload: Upload) -> Case:
    """Keep a file with the case; a note in its history says so.

    The type is what the bytes say, never what the name claims. Raises Invalid for a type, size
    or name that may not be, WrongState when the case has its thirty files.
    """
    name = clean_name(upload.name or "")
    if _SECRET.search(name):
        raise Invalid(f"“{name}”带有密级字样。本系统不得处理涉密信息，不能上传")
    media_type = _media_type(upload, name)
    with _stored(upload) as (stored_as, digest), changing(case_id, "note", by=by) as change:
        case = change.case
        if case.attachments.count() >= MOST:
            raise WrongState(f"{case.short_number} 已经有 {MOST} 份材料，不能再加")
        attachment = Attachment.objects.create(
            case=case,
            name=name,
            stored_as=stored_as,
            media_type=media_type,
            size=upload.size or 0,
            sha256=digest,
            uploaded_by=by,
            uploaded_at=change.now,
        )
        part = change.part_of(by)
        change.unit = part.unit if part else None
        change.data, change.text = {"attachment": attachment.pk, "sha256": digest}, name
    return change.case


def clean_name(name: str) -> str:
    """The file name as it may be shown and handed out: no folders, no control characters."""
    bare = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    bare = "".join(c for c in bare if unicodedata.category(c)[0] != "C")
    bare = re.sub(r'[<>:"|?*;]', "_", bare).strip(". ")
    stem, dot, ending = bare.rpartition(".")
    if not dot:
        return bare[:LONGEST_NAME] or "材料"
    return f"{stem[:LONGEST_NAME] or '材料'}.{ending[:10]}"


def path_of(attachment: Attachment) -> Path:
    """Where the bytes lie."""
    return Path(settings.ATTACHMENT_ROOT) / attachment.stored_as[:2] / attachment.stored_as


def _media_type(upload: Upload, name: str) -> str:
    if not upload.size:
        raise Invalid(f"“{name}”是空的，核对后再传")
    if upload.size > LARGEST:
        size = -(-upload.size // MEGABYTE)
        raise Invalid(f"“{name}”{size} MB 太大，最多 {LARGEST // MEGABYTE} MB")
    upload.seek(0)
    kind = filetype.guess(upload.read(_SNIFFED))
    upload.seek(0)
    if kind is None or kind.mime not in TYPES:
        raise Invalid(f"“{name}”打不开，换成照片(jpg/png)、pdf、word")
    return str(kind.mime)


@contextmanager
def _stored(upload: Upload) -> Iterator[tuple[str, str]]:
    """The upload under a random name, and its hash; gone again if the block fails."""
    stored_as = secrets.token_hex(24)
    path = Path(settings.ATTACHMENT_ROOT) / stored_as[:2] / stored_as
    path.parent.mkdir(parents=True, exist_ok=True)
    walk = hashlib.sha256()
    try:
        with path.open("xb") as file:
            for chunk in upload.chunks():
                walk.update(chunk)
                file.write(chunk)
        yield stored_as, walk.hexdigest()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
