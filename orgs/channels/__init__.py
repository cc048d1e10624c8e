"""The ways out of the house, behind one interface. What is not configured is off."""

from __future__ import annotations

from orgs.channels.base import PermanentError, Sender, TemporaryError
from orgs.channels.in_app import InApp
from orgs.channels.mail import Mail
from orgs.channels.sms import Sms
from orgs.models.notices import Channel

__all__ = ["SENDERS", "PermanentError", "Sender", "TemporaryError", "is_on", "sender_of"]

SENDERS: dict[Channel, Sender] = {
    Channel.IN_APP: InApp(),
    Channel.SMS: Sms(),
    Channel.EMAIL: Mail(),
}
OUTSIDE = (Channel.SMS, Channel.EMAIL)  # those that need a `Delivery`


def sender_of(channel: str) -> Sender:
    return SENDERS[Channel(channel)]


def is_on(channel: str) -> bool:
    """Whether messages can go out by it."""
    return SENDERS[Channel(channel)].is_configured()


def on_outside() -> list[Channel]:
    """The channels besides the notice itself that are configured."""
    return [channel for channel in OUTSIDE if is_on(channel)]
