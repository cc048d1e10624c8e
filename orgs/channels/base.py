"""What every channel can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from orgs.models import Delivery, User


class SendingError(Exception):
    """`code` is short and ours, or cleaned: it is stored and shown, and holds nothing personal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:40]


class TemporaryError(SendingError):
    """It may go out later. Whether it has gone out already may be unknown (no answer came)."""


class PermanentError(SendingError):
    """The other side will never take this one; trying again by itself is of no use."""


class Sender(Protocol):
    """A channel. It is told of one delivery at a time and keeps nothing."""

    def is_configured(self) -> bool:
        """Whether the environment says where to send to."""
        ...

    def address_of(self, user: User) -> str:
        """Where this person is reached; "" when they are not."""
        ...

    def send(self, delivery: Delivery, address: str) -> str:
        """Hand it over; the other side's own number for it, if it gives one.

        Raises TemporaryError or PermanentError. Called again with the same `request_id` after an
        answer that never came.
        """
        ...
