"""Sets that only dashboards count: how things stand now, and how far what came in has got."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.models import Assignment, Case
from cases.vocabulary import Stage
from reports.indicators.counting import Rows, Span
from reports.indicators.sets import REGISTERED, Where, _within

OFTEN = 3  # 批次 from which a matter counts as one that people keep coming back for


def _cases() -> QuerySet[Any]:
    return Case.objects.all()


_OPEN = ~Q(stage=Stage.CLOSED)

LATE = Rows(
    "late",
    "没有结案、现在该办的一步已经过了时限的事项",
    _cases,
    "",
    lambda span: _OPEN & Q(due_at__lt=span.as_of, registered_at__lte=span.as_of),
    facts=(("到期", "due_at"), ("状态", "label")),
)
NEAR = Rows(
    "near",
    "没有结案、灯已变黄还没过时限的事项",
    _cases,
    "",
    lambda span: (
        _OPEN & Q(near_at__lte=span.as_of, due_at__gte=span.as_of, registered_at__lte=span.as_of)
    ),
    facts=(("到期", "due_at"), ("状态", "label")),
)
CAME_OFTEN = Rows(
    "came_often",
    f"没有结案、来访 {OFTEN} 次以上的事项",
    _cases,
    "",
    lambda span: _OPEN & Q(visits_count__gte=OFTEN, registered_at__lte=span.as_of),
    facts=(("批次", "visits_count"), ("登记", "registered_at")),
)

# 办结 of cases; `ACCEPTED` counts a case that is done again once for each round.
APPROVED = Rows(
    "approved",
    "本期办结（审核通过）的事项",
    _cases,
    "approved_at",
    facts=(("结案方式", "closure"), ("第几次办理", "round")),
)


def _led(moment: str) -> Where:
    """Some unit that led it has come that far by then."""

    def where(span: Span) -> Q:
        parts = Assignment.objects.filter(
            case=OuterRef("pk"), role=Assignment.Role.LEAD, **{f"{moment}__lte": span.as_of}
        ).exclude(ending=Assignment.Ending.RECALLED)
        return Q(Exists(parts))

    return where


DISPATCHED_OF = _within(REGISTERED, "came_dispatched", "其中已经派出的", _led("dispatched_at"))
CLAIMED_OF = _within(REGISTERED, "came_claimed", "其中已经签收的", _led("claimed_at"))
REPORTED_OF = _within(
    REGISTERED,
    "came_reported",
    "其中已经反馈结果的",
    _led("reported_at"),
)
APPROVED_OF = _within(
    REGISTERED,
    "came_approved",
    "其中已经办结（审核通过）的",
    lambda span: Q(approved_at__lte=span.as_of),
)

# 登记 → 派出 → 签收 → 反馈 → 办结, of what was registered in a span.
STEPS = (
    ("登记", REGISTERED),
    ("派出", DISPATCHED_OF),
    ("签收", CLAIMED_OF),
    ("反馈", REPORTED_OF),
    ("办结", APPROVED_OF),
)
STANDING = {
    rows.key: rows for rows in (LATE, NEAR, CAME_OFTEN, APPROVED, *(one for _, one in STEPS))
}
