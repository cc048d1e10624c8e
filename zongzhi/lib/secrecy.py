"""The marks of state secrets (国家秘密): this system may not hold what carries one."""

from __future__ import annotations

import re
import unicodedata

_MARK = re.compile(r"绝\s*密|机\s*密|秘\s*密\s*[★☆]|[★☆]\s*秘\s*密")


def secrecy_mark(text: str) -> str:
    """The mark a name or a text carries, as it is written there; "" when it carries none."""
    found = _MARK.search(unicodedata.normalize("NFKC", text))
    return "".join(found[0].split()) if found else ""
