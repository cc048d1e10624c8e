"""The sum that is asked after three wrong passwords."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.utils.crypto import salted_hmac


@dataclass(frozen=True)
class Question:
    """A sum in words: something a person can hear read out, unlike a picture."""

    left: int
    right: int

    @classmethod
    def number(cls, username: str, failures: int) -> Question:
        """Another one after every failure, and the same one until then."""
        seed = salted_hmac("orgs.signin.question", f"{failures} {username}").digest()
        return cls(left=seed[0] % 8 + 2, right=seed[1] % 8 + 2)

    def __str__(self) -> str:
        return f"{self.left} 加 {self.right} 等于几"

    def is_answered_by(self, text: str) -> bool:
        return unicodedata.normalize("NFKC", text).strip() == str(self.left + self.right)
