"""对接 in figures: two rates of a month, each with its definition and the lists it counts.

Rates are cut off after one decimal, as the reports they are compared with cut them (91 of 105 is
86.6 %).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from cases.models import StatutoryTerm
from mediation.handed_over import ANSWER_DAYS, CLOCKS, FROM_COURT
from mediation.models import Referral
from mediation.periods import Period
from mediation.querysets import ReferralQuerySet
from orgs.calendars import calendar_of, revisions
from orgs.models import User
from zongzhi.lib import dates
from zongzhi.lib.light import Light

KIND = Referral.Kind
VIEWS = {
    "to_take": "等答复",
    "running": "在调",
    "returned": "已回复",
    "declined": "没接受",
    "all": "全部",
}
# The lists behind the two figures, of one month.
LISTS = {
    "court": "法院移交的",
    "commissioned": "诉前委派的",
    "answered": "诉前委派、已回复的",
    "agreed": "诉前委派、调解成功的",
}


def referrals_seen(user: User) -> ReferralQuerySet:
    found: ReferralQuerySet = Referral.objects.visible_to(user)
    return found


def lists_of(user: User) -> dict[str, QuerySet[Referral]]:
    mine = referrals_seen(user)
    return {
        "to_take": mine.open().filter(taken_on=None),
        "running": mine.open().exclude(taken_on=None),
        "returned": mine.exclude(returned_on=None),
        "declined": mine.exclude(declined_on=None),
        "all": mine,
    }


def months_lists(user: User, month: Period) -> dict[str, QuerySet[Referral]]:
    """What each number of that month counts."""
    mine = referrals_seen(user)
    days = (month.since, month.until)
    received = mine.filter(received_on__range=days)
    commissioned = Q(kind=KIND.COMMISSIONED)
    answered = mine.filter(commissioned, returned_on__range=days)
    return {
        "court": received.filter(kind__in=FROM_COURT),
        "commissioned": received.filter(commissioned),
        "answered": answered,
        "agreed": answered.filter(
            outcome__in=[Referral.Outcome.AGREED, Referral.Outcome.WITHDRAWN]
        ),
    }


@dataclass(frozen=True)
class Rate:
    """A share with its numerator, its denominator and what they are."""

    name: str
    part: int
    whole: int
    of: str  # the list of the numerator
    out_of: str  # the list of the denominator
    definition: str

    @property
    def words(self) -> str:
        """「86.6%」, cut off, not rounded; 「—」 where there is nothing to divide by."""
        if not self.whole:
            return "—"
        tenths = 1000 * self.part // self.whole
        return f"{tenths // 10}.{tenths % 10}%"


def rates_of(user: User, month: Period) -> list[Rate]:
    numbers = {key: rows.count() for key, rows in months_lists(user, month).items()}
    return [
        Rate(
            "诉前分流率",
            numbers["commissioned"],
            numbers["court"],
            "commissioned",
            "court",
            "分子：本月签收的法院诉前委派；分母：本月签收的法院移交（诉前委派和立案后委托）。"
            "按签收材料的日子算，舍去第二位小数",
        ),
        Rate(
            "调解成功率",
            numbers["agreed"],
            numbers["answered"],
            "agreed",
            "answered",
            "分子：达成协议或者撤回起诉、申请的；分母：本月已经回复法院的诉前委派。"
            "按回复的日子算，舍去第二位小数",
        ),
    ]


@dataclass(frozen=True)
class ReferralRow:
    referral: Referral
    light: Light
    until: str


def referral_rows(
    referrals: Iterable[Referral], periods: Iterable[StatutoryTerm], today: date
) -> list[ReferralRow]:
    """Rows for referrals loaded with case and centre; the same queries for all."""
    running = {(term.clock, term.about): term for term in periods}
    known = revisions()
    rows = []
    for row in referrals:
        clock = CLOCKS.get(row.kind)
        period = running.get((clock.value, row.pk)) if clock else None
        calendar = calendar_of(row.case.center, now=known)
        answer = calendar.workday_after(row.received_on, ANSWER_DAYS)
        rows.append(_row(row, period, answer, today))
    return rows


def _row(row: Referral, period: StatutoryTerm | None, answer: date, today: date) -> ReferralRow:
    if row.declined_on:
        return ReferralRow(row, Light("none", "没接受"), "")
    if row.returned_on:
        late = period is not None and row.returned_on > period.last_day
        return ReferralRow(row, Light("done", "超期回复" if late else "已回复"), "")
    if row.taken_on is None:
        return ReferralRow(row, _until(answer, answer, today), f"{dates.day(answer)}前答复")
    if period is None:
        return ReferralRow(row, Light("none", "不限日子"), "")
    lamp = _until(period.last_day, period.near_on, today)
    given = [f"已延长 {period.extended_days} 日"] if period.extended_days else []
    given += [f"鉴定不计入 {period.excluded_days} 日"] if period.excluded_days else []
    longer = f"（{'，'.join(given)}）" if given else ""
    return ReferralRow(row, lamp, f"{dates.day(period.last_day)}前调完{longer}")


def _until(last: date, near: date, today: date) -> Light:
    left = (last - today).days
    if left < 0:
        return Light("red", f"超 {-left} 日")
    if left == 0:
        return Light("amber", "今天到期")
    return Light("amber" if today >= near else "green", f"剩 {left} 日")
