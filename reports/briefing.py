"""What a 研判 says: sentences from templates, each number with the rows it counts.

Pure of the web: a part is words, or a number with the key under which its rows are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from cases.clocks import thresholds_on
from cases.thresholds import Threshold
from orgs.models import Center
from reports.indicators import ledger_sets as sets
from reports.indicators.counting import TOWN, Dimension, Rows, Scope, Span, counted
from reports.indicators.measured import names_of
from reports.indicators.sets import IN_HAND, RATED, REGISTERED, VISITORS, VISITS
from reports.models import Brief
from reports.tables import Kept
from zongzhi.lib import clock, dates

Part = dict[str, Any]  # {"text": …} or {"text": …, "cell": key}
MOST = 3  # types and places named


@dataclass(frozen=True)
class Period:
    """What a brief is of, and what came before it."""

    kind: Brief.Kind
    first: date
    last: date

    @property
    def before(self) -> Period:
        return period_before(self.kind, self.first)

    @property
    def code(self) -> str:
        """As a form names it."""
        return f"{self.kind.value}:{self.first.isoformat()}"

    @property
    def words(self) -> str:
        match self.kind:
            case Brief.Kind.MONTH:
                return f"{self.first.year}年{self.first.month}月"
            case Brief.Kind.QUARTER:
                quarter = "一二三四"[(self.first.month - 1) // 3]
                return f"{self.first.year}年第{quarter}季度"
        first, last = self.first, self.last
        end = f"{last.year}年" if last.year != first.year else ""
        return f"{first.year}年{first.month}月{first.day}日至{end}{last.month}月{last.day}日"


def period_before(kind: Brief.Kind, day: date) -> Period:
    """The last whole week (from Monday), month or quarter before the one this day lies in."""
    if kind is Brief.Kind.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(kind, monday - timedelta(days=7), monday - timedelta(days=1))
    if kind is Brief.Kind.MONTH:
        last = day.replace(day=1) - timedelta(days=1)
        return Period(kind, last.replace(day=1), last)
    began = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    last = began - timedelta(days=1)
    return Period(kind, last.replace(month=last.month - 2, day=1), last)


def periods_back(kind: Brief.Kind, day: date, count: int) -> list[Period]:
    """So many whole periods before the one this day lies in, the newest first."""
    found = [period_before(kind, day)]
    while len(found) < count:
        found.append(found[-1].before)
    return found


class Crowds:
    """Who is complained of by many: asked of the whole system, once for a span, not per centre."""

    def __init__(self) -> None:
        self._found: dict[Span, list[int]] = {}

    def cases(self, span: Span) -> list[int]:
        if span not in self._found:
            rows = sets.GROUP_SIGNS.model().filter(sets.GROUP_SIGNS.where(span))
            self._found[span] = list(rows.values_list("pk", flat=True))
        return self._found[span]


@dataclass
class Draft:
    """The paragraphs of a brief, and the rows behind their numbers."""

    center: Center
    period: Period
    now: datetime
    crowds: Crowds = field(default_factory=Crowds)
    behind: Kept = field(default_factory=dict)
    paragraphs: list[tuple[str, list[Part]]] = field(default_factory=list)

    @property
    def span(self) -> Span:
        return Span.of_days(self.period.first, self.period.last)

    @property
    def span_now(self) -> Span:
        """What only the present can tell: today, until now."""
        today = clock.local(self.now).date()
        return Span.of_days(today, today, self.now)

    @property
    def span_before(self) -> Span:
        before = self.period.before
        return Span.of_days(before.first, before.last)

    def number(self, rows: Rows, span: Span, **group: Any) -> Part:
        """Count by keeping the rows: the number is their count, or what they add up to."""
        return self.kept(rows, rows.rows(Scope(self.center), span).filter(**group))

    def kept(self, rows: Rows, found: Any) -> Part:
        found = found.order_by("pk")
        kept = list(found.values_list("pk", rows.total or "pk"))
        key = f"n{len(self.behind) + 1}"
        self.behind[key] = {"set": rows.key, "ids": [pk for pk, _ in kept]}
        n = sum(weight for _, weight in kept) if rows.total else len(kept)
        return {"text": f"{n:,}", "cell": key, "n": n}

    def say(self, heading: str, *parts: str | Part) -> None:
        said = [{"text": part} if isinstance(part, str) else part for part in parts]
        self.paragraphs.append((heading, said))


def draft_of(center: Center, period: Period, now: datetime, crowds: Crowds | None = None) -> Draft:
    """Every paragraph (ux.md §2.15); 建议 is left to a person."""
    draft = Draft(center, period, now, crowds or Crowds())
    _amount(draft)
    _types(draft)
    _places(draft)
    _groups(draft)
    _overdue(draft)
    _unhappy(draft)
    _warnings(draft)
    draft.say("建议")
    return draft


def _amount(draft: Draft) -> None:
    span, before = draft.span, draft.span_before
    draft.say(
        "总量",
        "本期登记 ",
        draft.number(REGISTERED, span),
        " 件（上期 ",
        draft.number(REGISTERED, before),
        " 件），来访 ",
        draft.number(VISITS, span),
        " 批次 ",
        draft.number(VISITORS, span),
        " 人次；结案有结果 ",
        draft.number(sets.SETTLED, span),
        " 件，其中实质性办结 ",
        draft.number(sets.SUCCEEDED, span),
        " 件；期末在办 ",
        draft.number(IN_HAND, span),
        " 件。",
    )


def _joined(groups: Sequence[list[str | Part]]) -> Iterator[str | Part]:
    for n, parts in enumerate(groups):
        yield from (["；"] if n else [])
        yield from parts


def _types(draft: Draft) -> None:
    """The types that changed most against the period before."""
    now, then = (
        counted([REGISTERED], Scope(draft.center), span, Dimension.TYPE)
        for span in (draft.span, draft.span_before)
    )
    change = {
        pk: now.get(pk, {}).get(REGISTERED.key, 0) - then.get(pk, {}).get(REGISTERED.key, 0)
        for pk in {*now, *then}
    }
    moved = sorted((pk for pk in change if change[pk]), key=lambda pk: (-abs(change[pk]), pk))
    if not moved:
        draft.say("类型变化", "各类型的件数和上期一样。")
        return
    names = names_of(Dimension.TYPE, {**now, **then})
    groups: list[list[str | Part]] = [
        [
            f"{names[pk][1]} ",
            draft.number(REGISTERED, draft.span, type=pk),
            " 件（上期 ",
            draft.number(REGISTERED, draft.span_before, type=pk),
            " 件）",
        ]
        for pk in moved[:MOST]
    ]
    draft.say("类型变化", "变化较大的：", *_joined(groups), "。")


def _places(draft: Draft) -> None:
    found = counted([REGISTERED], Scope(draft.center), draft.span, Dimension.TOWN)
    towns = {code: n[REGISTERED.key] for code, n in found.items() if code and len(code) == TOWN}
    named = names_of(Dimension.TOWN, {code: found[code] for code in towns})
    top = sorted(towns, key=lambda code: (-towns[code], code))[:MOST]
    top = [code for code in top if towns[code]]
    if not top:
        draft.say("重点地区", "本期没有登记事项。")
        return
    groups: list[list[str | Part]] = [
        [
            f"{named[code][1]} ",
            draft.number(REGISTERED, draft.span, occurred_region__code__startswith=code),
            " 件",
        ]
        for code in top
    ]
    draft.say("重点地区", "登记较多的：", *_joined(groups), "。")


def _groups(draft: Draft) -> None:
    found = draft.crowds.cases(draft.span)
    here = sets.GROUP_SIGNS.model().filter(Scope(draft.center).q(""), pk__in=found)
    n = draft.kept(sets.GROUP_SIGNS, here)
    limit = thresholds_on(draft.span.last_day)
    days, persons = limit(Threshold.SIGN_DAYS), limit(Threshold.SIGN_PERSONS)
    said = f"{days} 天内同一对方被 {persons} 个以上不同来访人反映的，有 "
    draft.say("群体苗头", said, n, " 件。" if n["n"] else " 件，没有发现群体苗头。")


def _overdue(draft: Draft) -> None:
    """As it is when it is drafted: terms move, and no past moment can be had again."""
    now = draft.span_now
    late = draft.number(sets.AT_WORK_LATE, now)
    when = dates.moment(clock.local(draft.now))
    parts: list[str | Part] = [f"起草时（{when}）超过办理期限、还在单位手里的 ", late, " 件"]
    found = counted([sets.AT_WORK_LATE], Scope(draft.center), now, Dimension.UNIT)
    numbers = {pk: n[sets.AT_WORK_LATE.key] for pk, n in found.items() if pk}
    named = names_of(Dimension.UNIT, {pk: found[pk] for pk in numbers})
    worst = sorted((pk for pk in numbers if numbers[pk]), key=lambda pk: (-numbers[pk], pk))
    groups: list[list[str | Part]] = [
        [f"{named[pk][1]} ", draft.number(sets.AT_WORK_LATE, now, unit=pk), " 件"]
        for pk in worst[:MOST]
    ]
    draft.say("超期", *parts, *(["：", *_joined(groups)] if groups else []), "。")


def _unhappy(draft: Draft) -> None:
    draft.say(
        "不满意",
        "本期结案的事项里，来访人评了不满意或非常不满意的 ",
        draft.number(sets.UNHAPPY, draft.span),
        " 件（评过的 ",
        draft.number(RATED, draft.span),
        " 件，没评的不算满意）。",
    )


def _warnings(draft: Draft) -> None:
    draft.say("预警", "本期发出预警函 ", draft.number(sets.WARNINGS, draft.span), " 份。")
