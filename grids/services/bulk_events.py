"""A year of events from the system used before: only what has ended, each once, numbered as ours.

What is still open comes in by the phone or 代录 instead: its clock must run from a moment that
somebody knows.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from grids.models import Grid
from grids.services.bulk import Bulk, Outcome, cut, sql, told_twice
from grids.services.reporting import LONGEST_PLACE, LONGEST_TEXT
from grids.vocabulary import Category
from grids.vocabulary import Outcome as Ending
from orgs.importing import YES_NO
from orgs.models import Center, Post, User
from orgs.models.places import Level
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.clock import SHANGHAI
from zongzhi.lib.secrecy import secrecy_mark

_CATEGORIES = {str(label): value for value, label in Category.choices}
_ENDINGS = {str(one.label): one.value for one in Ending if one != Ending.CASE_CLOSED}
_SPACE = uuid.UUID(
    "6f0b3a52-6d0e-5b7e-9d38-0d6f7f1c8f10"
)  # other systems' numbers become ids in it
_LOWER = (Level.VILLAGE, Level.TOWN)

Bad = Callable[[str, str], None]


class Events(Bulk):
    name = "网格事件"
    required = (
        *("编号", "网格编码", "类别", "说一句", "上报时间", "上报人账号"),
        *("办结时间", "结果"),
    )
    optional = ("在哪", "收到时间", "怎么处置的", "要马上处理")
    staging = (
        "client_id uuid, source text, grid_id bigint, area text, center_id bigint, category text,"
        " words text, place text, urgent boolean, reporter bigint, reported timestamptz,"
        " received timestamptz, done timestamptz, outcome text, result text"
    )

    def load(self) -> None:
        grids = Grid.objects.values_list("code", "pk")
        self.grids = dict(grids)
        self.people = dict(User.objects.values_list("username", "pk"))
        rows = Center.objects.values_list("region__code", "pk")
        self.counties = dict(rows.filter(level=Level.COUNTY))
        self.manned = dict(rows.filter(level__in=_LOWER, pk__in=_with_somebody()))
        self.now = clock.now()

    def read(self, cells: dict[str, str], bad: Bad) -> tuple[Any, ...]:
        code, reporter = cells["网格编码"], self.people.get(cells["上报人账号"])
        center = self._center(code)
        if code not in self.grids:
            bad("网格编码", f"没有编码是“{cut(code)}”的网格")
        elif center is None:
            bad("网格编码", "这个网格上面还没有综治中心")
        if reporter is None:
            bad("上报人账号", f"没有“{cut(cells['上报人账号'])}”这个账号")
        reported, received, done = self._moments(cells, bad)
        outcome = _one_of(_ENDINGS, "结果", cells, bad)
        words = _text("说一句", LONGEST_TEXT, cells, bad)
        return (
            _client_id(code[:6], cells["编号"]),
            cells["编号"],
            self.grids.get(code),
            code[:12],
            center,
            _one_of(_CATEGORIES, "类别", cells, bad),
            words,
            _text("在哪", LONGEST_PLACE, cells, bad),
            _one_of(YES_NO, "要马上处理", {"要马上处理": cells.get("要马上处理") or "否"}, bad),
            reporter,
            reported,
            received,
            done,
            outcome,
            cells.get("怎么处置的") or (words if outcome == Ending.ON_SPOT else ""),
        )

    def _center(self, code: str) -> int | None:
        """The centre over the grid, as `reporting.center_for` finds it; nothing is asked here:
        the connection is busy with the rows."""
        over = (code[:12], f"{code[:9]}000")
        lower = next((self.manned[one] for one in over if one in self.manned), None)
        return lower or self.counties.get(f"{code[:6]}000000")

    def _moments(self, cells: dict[str, str], bad: Bad) -> tuple[datetime | None, ...]:
        reported = self._moment("上报时间", cells, bad)
        received = self._moment("收到时间", cells, bad) if cells.get("收到时间") else reported
        done = self._moment("办结时间", cells, bad)
        if reported and received and received < reported:
            bad("收到时间", "早于上报时间")
        if received and done and done < received:
            bad("办结时间", "早于收到的时间")
        return reported, received, done

    def _moment(self, title: str, cells: dict[str, str], bad: Bad) -> datetime | None:
        try:
            moment = datetime.fromisoformat(cells[title])
        except ValueError:
            bad(title, f"“{cut(cells[title])}”不是时间，写成 2025-04-03 09:12")
            return None
        moment = moment.replace(tzinfo=moment.tzinfo or SHANGHAI)
        if moment > self.now:
            bad(title, "还没有到")
        return moment

    def compare(self, bad: Callable[[int, str, str], None]) -> None:
        for line, sentence in told_twice("client_id::text", "编号"):
            bad(line, "编号", sentence)

    def apply(self) -> Outcome:
        there = sql("DELETE FROM staged s USING grids_gridevent e WHERE e.client_id = s.client_id")
        sql(_NUMBERED)
        new = sql(_INSERT)
        return Outcome(new, 0, there)


# The series of `reporting`: what comes in by phone tomorrow goes on counting.
_SERIES = (
    "'grid event ' || left(area, 6) || ' ' ||"
    " to_char(received AT TIME ZONE 'Asia/Shanghai', 'YYMMDD')"
)
_NUMBERED = f"""
CREATE TEMP TABLE numbered ON COMMIT DROP AS
WITH counted AS (
    INSERT INTO orgs_counter (series, last)
    SELECT {_SERIES}, count(*) FROM staged GROUP BY 1 ORDER BY 1
    ON CONFLICT (series) DO UPDATE SET last = orgs_counter.last + excluded.last
    RETURNING series, last
), ordered AS (
    SELECT *, {_SERIES} AS series, count(*) OVER (PARTITION BY {_SERIES}) AS many,
        row_number() OVER (PARTITION BY {_SERIES} ORDER BY received, line) AS n
    FROM staged
)
SELECT ordered.*, counted.last - many + n AS serial FROM ordered JOIN counted USING (series)
"""
_INSERT = """
WITH made AS (
    INSERT INTO grids_gridevent (client_id, number, short_number, grid_id, area, center_id, stage,
        actor, category, text, place, is_urgent, reported_by_id, reported_at, received_at,
        settled_on_spot, case_number, asked, step, overdue_steps, handled_at, done_at, outcome,
        result, seen_at, version)
    SELECT client_id,
        left(area, 6) || to_char(received AT TIME ZONE 'Asia/Shanghai', 'YYMMDD') || 'G' || tail,
        to_char(received AT TIME ZONE 'Asia/Shanghai', 'MMDD') || '-G' || tail,
        grid_id, area, center_id, 'done', 'nobody', category, words, place, urgent, reporter,
        reported, received, outcome = 'on_spot', '', '', '', 0, done, done, outcome, result,
        done, 1
    FROM numbered, LATERAL (
        SELECT lpad(serial::text, greatest(2, length(serial::text)), '0') AS tail
    ) written
    ORDER BY received, line
    RETURNING id, received_at, reported_by_id
)
INSERT INTO grids_eventline (event_id, seq, verb, at, by_id, from_stage, to_stage, text, data)
SELECT id, 1, 'report', received_at, reported_by_id, '', 'done', '', '{"imported": true}' FROM made
"""


def _with_somebody() -> QuerySet[Post, Any]:
    """The centres where somebody handles what comes in."""
    posts = Post.objects.held_on(clock.today()).filter(user__is_active=True)
    return posts.filter(role__permissions__contains=[Permission.TRIAGE.value]).values("center")


def _client_id(county: str, number: str) -> uuid.UUID:
    """The same id for the same number of the same county, however often its file comes."""
    return uuid.uuid5(_SPACE, f"{county}/{number}")


def _one_of(known: dict[str, Any], title: str, cells: dict[str, str], bad: Bad) -> Any:
    if cells[title] not in known:
        bad(title, f"没有“{cut(cells[title])}”，可以填：{'、'.join(known)}")
        return None
    return known[cells[title]]


def _text(title: str, most: int, cells: dict[str, str], bad: Bad) -> str:
    cell = cells.get(title, "")
    if len(cell) > most:
        bad(title, f"最多 {most} 个字，现在是 {len(cell)} 个")
    elif mark := secrecy_mark(cell):
        bad(title, f"带有“{mark}”字样，涉密的不能传到本系统")
    return cell
