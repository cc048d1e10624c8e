"""What arrives with a form: no file takes more room than a file may have."""

from __future__ import annotations

import io
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE
MOST = 30


class BoundedUploadHandler(FileUploadHandler):
    """What is too much is counted to the end but kept nowhere.

    The form still learns the name and the real size, so that it can say what was wrong. What is
    kept has no name in any folder: it ends with the request, even with one that is killed.
    """

    file: UploadedFile[bytes]

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.files = 0
        self.received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        nameless: Any = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115
        self.file = UploadedFile(nameless, self.file_name, self.content_type, 0)
        self.files += 1
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        if not self._is_too_much():
            self.file.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        if not self._is_too_much():
            self.file.seek(0)
            self.file.size = file_size
            return self.file
        self.file.close()  # and with that it is gone
        return UploadedFile(io.BytesIO(), self.file_name, self.content_type, self.received)

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()

    def _is_too_much(self) -> bool:
        return self.received > LARGEST or self.files > MOST
