"""Files kept on our own disk, under names of our own, outside every folder that is served."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from zongzhi.lib.errors import Invalid
from zongzhi.lib.pictures import MOST_PIXELS, BadPictureError, Picture, without_traces
from zongzhi.lib.uploads import LARGEST, MEGABYTE

Upload: TypeAlias = "UploadedFile[bytes]"

_SNIFFED = 8192
_BLOCK = 256 * 1024


@dataclass(frozen=True)
class Kept:
    """Where the bytes lie, and what they are known by."""

    stored_as: str
    sha256: str
    size: int


def path_to(stored_as: str) -> Path:
    """Where the bytes lie."""
    return Path(settings.ATTACHMENT_ROOT) / stored_as[:2] / stored_as


@contextmanager
def keeping(content: IO[bytes]) -> Iterator[Kept]:
    """The bytes under a random name, with their hash; gone again if the block fails."""
    stored_as = secrets.token_hex(24)
    path = path_to(stored_as)
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            while block := content.read(_BLOCK):
                digest.update(block)
                size += file.write(block)
        yield Kept(stored_as, digest.hexdigest(), size)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def head_of(upload: Upload, name: str) -> bytes:
    """The first bytes, which say what a file is. Raises Invalid for an empty or too large one."""
    if not upload.size:
        raise Invalid(f"“{name}”是空的，核对后再传")
    if upload.size > LARGEST:
        size = -(-upload.size // MEGABYTE)
        raise Invalid(f"“{name}”{size} MB 太大，最多 {LARGEST // MEGABYTE} MB")
    upload.seek(0)
    head: bytes = upload.read(_SNIFFED)
    upload.seek(0)
    return head


def type_of(head: bytes) -> str:
    """The media type that the bytes say; "" for one nobody knows."""
    kind = filetype.guess(head)
    return str(kind.mime) if kind else ""


def clean_picture(data: bytes, media_type: str, name: str) -> Picture:
    """The picture without its traces. Raises Invalid for one that cannot be shown."""
    try:
        return without_traces(data, media_type)
    except BadPictureError as error:
        raise Invalid(
            f"“{name}”打不开，可能坏了，或超过 {MOST_PIXELS // 10_000} 万像素，重新拍一张再传"
        ) from error
