"""The history of a case: rows that are added, chained, and never changed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from cases.models import Case, CaseEvent, CaseText
from orgs.models import Department, User
from zongzhi.lib import clock
from zongzhi.lib.crypto import history_key
from zongzhi.lib.prepared import Statement, insert


def record(
    case: Case,
    verb: str,
    *,
    by: User | None,
    before: str = "",
    unit: Department | None = None,
    data: dict[str, Any] | None = None,
    text: str = "",
    public: bool = False,
    saving: Callable[[], Sequence[Statement]],
) -> CaseEvent:
    """Add a line to the case's history, in the caller's transaction. `by=None`: the system.

    The caller holds the case locked. `saving` is asked when the head of the chain is on the case
    and gives what saves it, to go in with the line in one statement.
    """
    event = next_line(
        case, verb, by=by, before=before, unit=unit, data=data, text=text, public=public
    )
    insert([event], beside=saving())
    if text:
        insert([CaseText(event=event, text=text)])
    return event


def next_line(
    case: Case,
    verb: str,
    *,
    by: User | None,
    before: str = "",
    unit: Department | None = None,
    data: dict[str, Any] | None = None,
    text: str = "",
    public: bool = False,
) -> CaseEvent:
    """The next line, sealed and made the head of the chain; the caller inserts it, and its text."""
    event = CaseEvent(
        case=case,
        seq=case.history_length + 1,
        verb=verb,
        at=clock.now(),
        by=by,
        unit=unit,
        from_stage=before,
        to_stage=case.stage,
        round=case.round,
        is_public=public,
        data=data or {},
        text_digest=digest(text) if text else "",
        previous=case.history_head,
    )
    event.mac = seal(event)
    case.history_length, case.history_head = event.seq, event.mac
    return event


def digest(text: str) -> str:
    """The keyed hash an event keeps of the words that go with it."""
    return hmac.new(history_key(), text.encode(), hashlib.sha256).hexdigest()


def seal(event: CaseEvent) -> str:
    """The HMAC over everything the row says and over the row before it."""
    said = [
        event.case_id,
        event.seq,
        event.verb,
        int(event.at.timestamp() * 1_000_000),
        event.by_id,
        event.unit_id,
        event.from_stage,
        event.to_stage,
        event.round,
        event.is_public,
        event.data,
        event.text_digest,
        event.previous,
    ]
    canonical = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(history_key(), canonical.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Fault:
    """A row of history that does not add up, and how."""

    number: str
    seq: int
    what: str


def faults_of(case: Case, events: Iterable[CaseEvent]) -> Iterator[Fault]:
    """What is wrong with one case's rows, in order: changed, missing, reordered or cut off."""
    expected, previous, last_stage = 1, "", ""
    for event in events:
        if event.seq != expected:
            yield Fault(case.number, expected, "缺少这一条")
            expected = event.seq
        if event.previous != previous:
            yield Fault(case.number, event.seq, "和上一条接不上")
        if not hmac.compare_digest(event.mac, seal(event)):
            yield Fault(case.number, event.seq, "内容被改过")
        if wrong := _fault_of_words(event):
            yield Fault(case.number, event.seq, wrong)
        expected, previous, last_stage = event.seq + 1, event.mac, event.to_stage
    if case.history_length != expected - 1 or case.history_head != previous:
        yield Fault(case.number, expected, "末尾被截断或多出")
    elif last_stage and last_stage != case.stage:
        yield Fault(case.number, expected - 1, "和事项现在的阶段对不上")


def _fault_of_words(event: CaseEvent) -> str:
    """What is wrong with the words of an event; nothing when they were lawfully erased."""
    words = getattr(event, "words", None)
    if words is None:
        return "文字不见了" if event.text_digest else ""
    changed = words.erased_at is None and digest(words.text) != event.text_digest
    return "文字被改过" if changed else ""


def faults(*, since: datetime | None = None, chunk: int = 500) -> Iterator[Fault]:
    """Walk every case (or those changed since) and yield what does not add up."""
    cases = Case.objects.order_by("pk")
    if since is not None:
        cases = cases.filter(updated_at__gte=since)
    rows = CaseEvent.objects.select_related("words").order_by("seq")
    for case in cases.prefetch_related(Prefetch("events", queryset=rows)).iterator(chunk):
        yield from faults_of(case, case.events.all())
