"""Messages on their way out: from the row that calls for one to the answer of the other side.

Three steps, each a transaction of its own, safe in two workers, late, or after a kill:

1. `relay` writes the deliveries that new notices call for, once (the marker on the notice);
2. `claim` takes one that is due: it counts the attempt and leases the row before anything is sent;
3. `deliver` sends it, without a transaction open, and marks it if the lease is still its own.

Killed between sending and marking, the row is claimed again when its lease is over and sent with
the same `request_id`. That is at least once; with a gateway that keeps its promise to take a
`request_id` only once (docs/channels.md), a person gets it exactly once. E-mail has no such
promise: a repetition carries the same Message-ID and no more.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from orgs.channels import PermanentError, TemporaryError, is_on, on_outside, sender_of
from orgs.channels.sms import mobile
from orgs.channels.templates import TEST, staff_template
from orgs.hurrying import hurry
from orgs.models import AccessLog, Delivery, Notice, SendingRule, Subscription, User
from orgs.models.notices import Channel, Topic
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.crypto import blind_index
from zongzhi.lib.errors import NotFound, WrongState

logger = logging.getLogger(__name__)

CHUNK = 200
LEASE = timedelta(minutes=5)  # longer than any channel takes to answer
STALE_AFTER = timedelta(days=1)  # 快到期 told of the day after helps nobody
# After which attempt to wait how long; the fifth was the last.
PAUSES = tuple(timedelta(minutes=n) for n in (1, 5, 30, 120))

# 到期前一天、被督办时、加急件 go out by 短信 unless the person says otherwise; the rest is wanted.
USUAL = {(topic, Channel.SMS) for topic in (Topic.NEAR, Topic.SUPERVISED, Topic.URGENT)}
TOPICS = tuple(topic for topic in Topic if topic != Topic.GENERAL)

_NUMBER = re.compile(r"\b\d{4}-\d{3,4}\b")
State = Delivery.State
NOT_SENT = (State.FAILED, State.GIVEN_UP)


# --- From a notice to its deliveries --------------------------------------------------------------


def relay() -> int:
    """Write what new notices call for beyond 消息; how many notices were looked at."""
    looked = 0
    while done := _relay_some():
        looked += done
    return looked


@transaction.atomic
def _relay_some() -> int:
    now = clock.now()
    fresh = Notice.objects.filter(relayed_at=None).exclude(topic=Topic.GENERAL)
    rows = list(
        fresh.select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .order_by("pk")[:CHUNK]
    )
    channels = on_outside()
    recent = [row for row in rows if row.created_at > now - STALE_AFTER and row.user.is_active]
    wanted = wishes(row.user_id for row in recent) if channels else {}
    Delivery.objects.bulk_create(
        [
            _delivery(row, channel, now)
            for row in recent
            for channel in channels
            if (Topic(row.topic), channel) in wanted[row.user_id]
            and sender_of(channel).address_of(row.user)
        ],
        ignore_conflicts=True,
    )
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(relayed_at=now)
    return len(rows)


def _delivery(notice: Notice, channel: Channel, now: datetime) -> Delivery:
    found = _NUMBER.search(notice.text)
    return Delivery(
        origin=f"notice {notice.pk} {channel}",
        notice=notice,
        channel=channel,
        recipient=notice.user,
        template=staff_template(notice.topic),
        parameters={"number": found[0] if found else "见系统"},
        created_at=now,
        next_try_at=now,
    )


def wishes(user_ids: Iterable[int]) -> dict[int, set[tuple[Topic, Channel]]]:
    """By which channels each person wants which topics: the usual, but for what they have said."""
    found: dict[int, set[tuple[Topic, Channel]]] = defaultdict(lambda: set(USUAL))
    ids = set(user_ids)
    for row in Subscription.objects.filter(user__in=ids):
        pair = (Topic(row.topic), Channel(row.channel))
        if row.wanted:
            found[row.user_id].add(pair)
        else:
            found[row.user_id].discard(pair)
    return {pk: found[pk] for pk in ids}


def text_a_citizen(*, origin: str, phone: str, template: str, parameters: dict[str, str]) -> None:
    """A message to somebody without an account, once for its origin; with the caller's act."""
    now = clock.now()
    Delivery.objects.bulk_create(
        [
            Delivery(
                origin=origin,
                channel=Channel.SMS,
                phone=phone,
                template=template,
                parameters=parameters,
                created_at=now,
                next_try_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    hurry()


# --- Sending --------------------------------------------------------------------------------------


def deliver_due() -> int:
    """Send all that is due, one after the other; how many were tried."""
    tried = 0
    while (delivery := claim()) is not None:
        deliver(delivery)
        tried += 1
    return tried


def claim() -> Delivery | None:
    """Take the next one that is due, leased for this worker; None when nothing is left."""
    while True:
        with transaction.atomic():
            now = clock.now()
            delivery = _next(now)
            if delivery is None:
                return None
            if _may_go(delivery, now):
                return delivery


def _next(now: datetime) -> Delivery | None:
    due = Delivery.objects.filter(state=State.WAITING, next_try_at__lte=now)
    free = due.filter(Q(leased_until=None) | Q(leased_until__lt=now))
    locked = free.select_for_update(skip_locked=True, of=("self",))
    return locked.select_related("recipient").order_by("next_try_at", "pk").first()


def _may_go(delivery: Delivery, now: datetime) -> bool:
    """Lease it, unless a rule keeps it; then it is put off, or put away with the reason."""
    rule = sending_rule()
    address = address_of(delivery)
    if reason := _barred(delivery, address, now):
        _put_away(delivery, reason)
    elif delivery.attempts > len(PAUSES):
        delivery.state = State.GIVEN_UP  # the last attempt never came to be marked
        delivery.error = delivery.error or "no_answer"
        delivery.leased_until = None
        delivery.save(update_fields=["state", "error", "leased_until"])
    elif delivery.recipient is None and not _in_hours(rule, now):
        delivery.next_try_at = _opens(rule, now)
        delivery.leased_until = None
        delivery.save(update_fields=["next_try_at", "leased_until"])
    elif delivery.channel == Channel.SMS and _had_enough(delivery, address, rule, now):
        _put_away(delivery, Delivery.Why.CAP)
    else:
        delivery.attempts += 1
        delivery.leased_until = now + LEASE
        delivery.save(update_fields=["attempts", "leased_until", "sent_to"])
        return True
    return False


def address_of(delivery: Delivery) -> str:
    """Where it goes: what the account says now, or the phone it was written for."""
    if delivery.recipient is None:
        return mobile(delivery.phone)
    return sender_of(delivery.channel).address_of(delivery.recipient)


def _barred(delivery: Delivery, address: str, now: datetime) -> Delivery.Why | None:
    if not is_on(delivery.channel):
        return Delivery.Why.OFF
    if delivery.created_at < now - STALE_AFTER:
        return Delivery.Why.STALE
    active = delivery.recipient is None or delivery.recipient.is_active
    return None if address and active else Delivery.Why.NO_ADDRESS


def _put_away(delivery: Delivery, reason: Delivery.Why) -> None:
    delivery.state, delivery.error, delivery.leased_until = State.SUPPRESSED, reason, None
    delivery.save(update_fields=["state", "error", "leased_until"])


def _had_enough(delivery: Delivery, address: str, rule: SendingRule, now: datetime) -> bool:
    """Whether this phone has had its messages of today, those on their way included.

    Two workers with two messages for one phone take turns here, so that the cap is exact.
    """
    delivery.sent_to = blind_index(address, "delivery.phone")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [delivery.sent_to])
    today = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    others = Delivery.objects.filter(sent_to=delivery.sent_to).exclude(pk=delivery.pk)
    had = others.filter(
        Q(sent_at__gte=today) | Q(state=State.WAITING, leased_until__gte=now)
    ).count()
    return had >= rule.daily_cap


def _in_hours(rule: SendingRule, now: datetime) -> bool:
    return rule.citizens_from <= clock.local(now).time() < rule.citizens_until


def _opens(rule: SendingRule, now: datetime) -> datetime:
    """When citizens may next be written to."""
    here = clock.local(now)
    opens = here.replace(
        hour=rule.citizens_from.hour, minute=rule.citizens_from.minute, second=0, microsecond=0
    )
    return opens if here < opens else opens + timedelta(days=1)


def deliver(delivery: Delivery) -> None:
    """Send one that this worker has claimed, and write down what came of it."""
    try:
        number = sender_of(delivery.channel).send(delivery, address_of(delivery))
    except PermanentError as error:
        _mark(delivery, state=State.FAILED, error=error.code)
    except TemporaryError as error:
        _mark(delivery, error=error.code, **_later(delivery))
    else:
        now = clock.now()
        _mark(delivery, state=State.SENT, sent_at=now, provider_id=number, error="")


def _later(delivery: Delivery) -> dict[str, object]:
    if delivery.attempts > len(PAUSES):
        return {"state": State.GIVEN_UP}
    return {"next_try_at": clock.now() + PAUSES[delivery.attempts - 1]}


def _mark(delivery: Delivery, **columns: object) -> None:
    """Write it, unless the lease ran out and another worker has claimed the row meanwhile."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=State.WAITING, attempts=delivery.attempts)
    if not mine.update(leased_until=None, **columns):
        logger.warning("a delivery was marked too late", extra={"delivery": delivery.pk})


def sending_rule() -> SendingRule:
    """The rule of the installation; what the model says where nobody has set one."""
    return SendingRule.objects.filter(pk=1).first() or SendingRule(pk=1)


def not_sent() -> QuerySet[Delivery]:
    """What the other side refused, or what was tried too often: somebody has to look at it."""
    return Delivery.objects.filter(state__in=NOT_SENT)


def forget_old(*, before: datetime) -> int:
    """Drop what was written before that moment and waits for nothing; how many there were."""
    old = Delivery.objects.filter(created_at__lt=before).exclude(state=State.WAITING)
    return old.delete()[0]


# --- What an administrator does -------------------------------------------------------------------


def send_again(*, delivery_id: int, by: User, address: str | None) -> Delivery:
    """再发: one that was refused or given up gets its attempts anew, with the same request.

    Raises NotFound, WrongState.
    """
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
        if delivery is None:
            raise NotFound("没有这条外发")
        if delivery.state not in NOT_SENT:
            raise WrongState(f"这条现在是“{State(delivery.state).label}”，不用再发")
        now = clock.now()
        delivery.state, delivery.attempts, delivery.error = State.WAITING, 0, ""
        delivery.created_at = delivery.next_try_at = now
        delivery.save(update_fields=["state", "attempts", "error", "created_at", "next_try_at"])
        _log(by, address, subject=f"delivery {delivery.pk}", purpose="再发")
        hurry()
    return delivery


def send_test(*, channel: Channel, by: User, address: str | None) -> Delivery:
    """试发: to oneself, and tried at once. Raises WrongState where it cannot go anywhere."""
    if not is_on(channel):
        raise WrongState(f"{channel.label}没有配置，不能试发")
    if not sender_of(channel).address_of(by):
        what = "手机号" if channel == Channel.SMS else "邮箱"
        raise WrongState(f"这个账号没有{what}，先在“消息提醒”里看看")
    now = clock.now()
    with transaction.atomic():
        delivery = Delivery.objects.create(
            origin=f"test {uuid.uuid4()}",
            channel=channel,
            recipient=by,
            template=TEST,
            created_at=now,
            next_try_at=now,
            attempts=len(PAUSES) + 1,  # tried once: the page says what came of it
            leased_until=now + LEASE,
        )
        _log(by, address, subject=channel.label, purpose="试发")
    deliver(delivery)
    delivery.refresh_from_db()
    return delivery


def change_rule(*, rule: SendingRule, by: User, address: str | None) -> None:
    """Keep the rule; it holds from the next message on."""
    with transaction.atomic():
        rule.pk = 1
        rule.save()
        said = f"一天 {rule.daily_cap} 条，{rule.citizens_from:%H:%M}–{rule.citizens_until:%H:%M}"
        _log(by, address, subject="发送规则", purpose=said)


def _log(by: User, address: str | None, *, subject: str, purpose: str) -> None:
    log_access(AccessLog.Action.CHANNEL, user=by, address=address, subject=subject, purpose=purpose)
