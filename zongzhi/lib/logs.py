"""What is put into every line of the log."""

from __future__ import annotations

import logging


class WithNumber(logging.Filter):
    """Puts the number of the page into the line of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        number = getattr(getattr(record, "request", None), "error_number", None)
        if number and not getattr(record, "error_number", None):
            record.error_number = number
            record.msg = f"{number} {record.msg}"
        return True
