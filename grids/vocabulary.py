"""The words of the grids, as stored and as people read them. Nothing here does anything."""

from __future__ import annotations

from django.db.models import TextChoices


class Category(TextChoices):
    """The seven groups of the phone; the duty list stands behind them."""

    DISPUTE = "dispute", "矛盾纠纷"
    HAZARD = "hazard", "安全隐患"
    SECURITY = "security", "治安"
    ENVIRONMENT = "environment", "环境卫生"
    HELP = "help", "民生求助"
    FACILITY = "facility", "设施损坏"
    OTHER = "other", "其他"


class EventStage(TextChoices):
    """上报 → 核实 → 处置 → 反馈 → 核查 → 办结, in this order."""

    REPORTED = "reported", "上报"  # waits to be verified, or for what was asked
    VERIFIED = "verified", "核实"  # is true; who handles it is still to be said
    HANDLING = "handling", "处置"
    FEEDBACK = "feedback", "反馈"  # handled; the centre has not looked at it yet
    CHECKING = "checking", "核查"  # somebody goes and sees
    DONE = "done", "办结"


class EventActor(TextChoices):
    """Who must act next. An open event always has one."""

    CENTER = "center", "中心"
    UNIT = "unit", "单位"
    WORKER = "worker", "网格员"
    CASE = "case", "转成的事项"
    NOBODY = "nobody", "–"


class StepClock(TextChoices):
    """The steps that have a time, in working hours of the centre."""

    VERIFY = "verify", "核实"
    ASSIGN = "assign", "交办"
    HANDLE = "handle", "处置"
    REVIEW = "review", "看反馈"
    CHECK = "check", "核查"


class Outcome(TextChoices):
    """How an event ended."""

    SETTLED = "settled", "已处置"
    ON_SPOT = "on_spot", "当场办了"
    UNFOUNDED = "unfounded", "核实不属实"
    OUTSIDE = "outside", "不在清单里"
    DUPLICATE = "duplicate", "和别的重复"
    CASE_CLOSED = "case_closed", "转成的事项已办结"


# What 核实 may find instead of 属实; each ends the event.
NOT_SO = {
    Outcome.UNFOUNDED.value: "不属实",
    Outcome.OUTSIDE.value: "不在清单里",
    Outcome.DUPLICATE.value: "和别的重复",
}
