"""What arrives with a form: no file takes more room than a file may have."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE
MOST = 30


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """What is too much is counted to the end but kept nowhere.

    The form still learns the name and the real size, so that it can say what was wrong.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.files = 0
        self.received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.files += 1
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        if not self._is_too_much():
            super().receive_data_chunk(raw_data, start)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        kept = super().file_complete(file_size)
        if not self._is_too_much():
            return kept
        self.file.close()  # and with that it is gone
        return UploadedFile(io.BytesIO(), self.file_name, self.content_type, self.received)

    def _is_too_much(self) -> bool:
        return self.received > LARGEST or self.files > MOST
