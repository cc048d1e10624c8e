from __future__ import annotations

import re

from django.core.exceptions import ValidationError

LEAST = 8
KINDS = (r"[A-Z]", r"[a-z]", r"\d", r"[^A-Za-z0-9]")


class FourKinds:
    """Eight characters of four kinds, as 等保 practice asks (GB/T 22239-2019, 8.1.4.1)."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) < LEAST or not all(re.search(kind, password) for kind in KINDS):
            raise ValidationError(self.get_help_text())

    def get_help_text(self) -> str:
        return f"密码至少 {LEAST} 位，大写字母、小写字母、数字、符号都要有"
