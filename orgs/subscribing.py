"""消息提醒: what a person wants to hear of besides 消息, and where they are reached."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from django.db import transaction

from orgs.channels import OUTSIDE
from orgs.delivering import TOPICS
from orgs.models import AccessLog, Subscription, User
from orgs.models.notices import Channel, Topic
from orgs.services import log_access


@transaction.atomic
def subscribe(
    *,
    user: User,
    phone: str,
    email: str,
    wanted: AbstractSet[tuple[Topic, Channel]],
    address: str | None,
) -> None:
    """Keep what the person wants; what is said here outweighs the usual. 站内消息 never ends."""
    Subscription.objects.bulk_create(
        [
            Subscription(user=user, topic=topic, channel=channel, wanted=(topic, channel) in wanted)
            for topic in TOPICS
            for channel in OUTSIDE
        ],
        update_conflicts=True,
        unique_fields=["user", "topic", "channel"],
        update_fields=["wanted"],
    )
    if (user.phone, user.email) != (phone, email):
        user.phone, user.email = phone, email
        user.save(update_fields=["phone", "email"])
        log_access(
            AccessLog.Action.ACCOUNT,
            user=user,
            address=address,
            subject=user.username,
            purpose="改自己的电话、邮箱",
        )
