"""Sets that only dashboards count: how things stand now, and how far what came in has got."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.clocks import thresholds_on
from cases.models import Assignment, Case
from cases.thresholds import Threshold
from cases.vocabulary import RatedBy, Risk, Stage
from reports.indicators.apart import CONSULTATIONS, CONSULTED
from reports.indicators.counting import Rows, Span
from reports.indicators.sets import RATED, REGISTERED, Where, _within


def _cases() -> QuerySet[Any]:
    return Case.objects.all()


def _open() -> QuerySet[Any]:
    return Case.objects.open()


def _known(span: Span) -> Q:
    return Q(registered_at__lte=span.as_of)


LATE = Rows(
    "late",
    "没有结案、现在该办的一步已经过了时限的事项（该哪一方办都算；单位过了办理期限的另算，叫超期在办）",
    _open,
    "",
    lambda span: _known(span) & Q(due_at__lt=span.as_of),
    facts=(("到期", "due_at"), ("状态", "label")),
)
NEAR = Rows(
    "near",
    "没有结案、灯已变黄还没过时限的事项",
    _open,
    "",
    lambda span: _known(span) & Q(near_at__lte=span.as_of, due_at__gte=span.as_of),
    facts=(("到期", "due_at"), ("状态", "label")),
)
HIGH_RISK = Rows(
    "high_risk",
    "没有结案、风险定为高的事项",
    _open,
    "",
    lambda span: _known(span) & Q(risk=Risk.HIGH),
    facts=(("风险", "risk"), ("状态", "label")),
)
TO_MEND = Rows(
    "to_mend",
    "没有结案、来访人评了不满意或正在重新办理的事项",
    _open,
    "",
    lambda span: _known(span) & (Q(complained_at__isnull=False) | Q(round__gt=1)),
    facts=(("第几次办理", "round"), ("状态", "label")),
)


def _often(span: Span) -> Q:
    times = thresholds_on(span.as_of_day)(Threshold.SIGN_VISITS)
    return _known(span) & Q(visits_count__gte=times)


CAME_OFTEN = Rows(
    "came_often",
    "没有结案、反复来访的事项（来访几次起算，见“督办和层级规则”）",
    _open,
    "",
    _often,
    facts=(("批次", "visits_count"), ("登记", "registered_at")),
)


def _at_stage(stage: Stage) -> Rows:
    return Rows(
        f"at_{stage.value}",
        f"没有结案、现在在“{stage.label}”这一步的事项",
        _open,
        "",
        lambda span: _known(span) & Q(stage=stage),
        facts=(("状态", "label"), ("登记", "registered_at")),
    )


AT_STAGE: dict[Stage, Rows] = {
    stage: _at_stage(stage) for stage in Stage if stage is not Stage.CLOSED
}


def _rated_by(way: RatedBy) -> Rows:
    return _within(
        RATED,
        f"rated_by_{way.value}",
        f"其中{_WAYS[way]}",
        lambda span: Q(rated_by=way),
    )


_WAYS = {
    RatedBy.SCAN: "来访人自己扫码评的",
    RatedBy.TABLET: "在窗口登录着的平板或电脑上评的",
    RatedBy.STAFF: "工作人员回访（电话、短信、上门）后记下的",
}
RATED_BY = {way: _rated_by(way) for way in RatedBy}

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
    rows.key: rows
    for rows in (
        LATE,
        NEAR,
        HIGH_RISK,
        TO_MEND,
        CAME_OFTEN,
        APPROVED,
        CONSULTATIONS,
        CONSULTED,
        *AT_STAGE.values(),
        *RATED_BY.values(),
        *(one for _, one in STEPS),
    )
}
