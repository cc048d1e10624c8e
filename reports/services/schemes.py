"""评分方案: each change a version; the ones an installation starts with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from dispatch.circulars import month_before
from orgs.models import AccessLog, Center, User
from orgs.models.places import Level
from orgs.services import log_access
from reports.compared import dimension_of
from reports.indicators.dictionary import BY_KEY, INDICATORS, Indicator
from reports.models import Bulletin, Scheme, SchemeLine
from reports.scoring import FULL
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid

FROM_THE_START = date(2020, 1, 1)
_SHARE, _BANDED = SchemeLine.Kind.SHARE, SchemeLine.Kind.BANDED

# Examples of ours, for a county to change: outcomes weigh most, what people say of them next, and
# speed least. Nobody's real scheme. Indicators as in domain.md §6.4, none of those §6.5 bars.
STANDARD: dict[Scheme.Group, tuple[str, tuple[tuple[str, int], ...]]] = {
    Scheme.Group.DEPARTMENTS: (
        "部门评分",
        (
            ("substantive_rate", 30),
            ("content_rate", 25),
            ("on_time_rate", 20),
            ("claim_rate", 10),
            ("redone_rate", 10),
            ("upheld_rate", 5),
        ),
    ),
    Scheme.Group.TOWNS: (
        "镇街评分",
        (
            ("substantive_rate", 35),
            ("content_rate", 20),
            ("on_time_rate", 20),
            ("revisit_rate", 15),
            ("claim_rate", 10),
        ),
    ),
}
# No installation begins with comparing grids; whoever wants to may begin with this.
FOR_GRIDS = (("own_on_time_rate", 60), ("own_at_once_rate", 40))


@dataclass(frozen=True)
class Weighed:
    """One line as it is typed."""

    indicator: str
    weight: int
    kind: str = _SHARE


def can_be_scored(indicator: Indicator, group: str) -> bool:
    """A share with a direction, that tells those of the group apart."""
    has_direction = indicator.out_of is not None and indicator.better != 0
    return has_direction and indicator.has(dimension_of(group))


def scorable(group: str) -> list[Indicator]:
    return [one for one in INDICATORS if can_be_scored(one, group)]


def check_lines(lines: Sequence[Weighed], group: str) -> None:
    """Raises Invalid unless the weights add up to 100 over indicators that can be scored."""
    total = sum(line.weight for line in lines)
    if total != FULL:
        missing = FULL - total
        said = f"还差 {missing}" if missing > 0 else f"多了 {-missing}"
        raise Invalid(f"各项权重加起来应为 {FULL}，现在是 {total}，{said}")
    known = {one.key for one in scorable(group)}
    if any(line.indicator not in known or line.weight < 1 for line in lines):
        raise Invalid("有一项不能打分，重新选")
    if any(line.kind == _BANDED and BY_KEY[line.indicator].better < 0 for line in lines):
        raise Invalid("越少越好的指标不能按分档系数扣分，改成按比例得分")


def first_month(center: Center, group: str) -> date:
    """From when a new version may hold: last month, unless its bulletin has been drafted.

    What units are being compared by is not changed when the numbers are known.
    """
    month = month_before(clock.today())
    last = Bulletin.objects.filter(center=center, group=group, period=Bulletin.Period.MONTH)
    newest = last.aggregate(n=Max("since"))["n"]
    return month if newest is None or newest < month else month_after(newest)


def month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


@transaction.atomic
def add_version(
    *,
    center: Center,
    group: str,
    by: User | None,
    lines: Sequence[Weighed],
    effective: date,
    address: str | None = None,
    **said: Any,
) -> Scheme:
    """A new version of the scheme for a group; the earlier ones stay as they are."""
    check_lines(lines, group)
    _check_month(center, group, effective)
    last = Scheme.objects.filter(center=center, group=group).order_by("-version").first()
    try:
        with transaction.atomic():
            scheme = Scheme.objects.create(
                center=center,
                group=group,
                version=last.version + 1 if last else 1,
                effective=effective.replace(day=1),
                made_at=clock.now(),
                made_by=by,
                **said,
            )
    except IntegrityError:
        raise AlreadyDone("别人刚改过这个方案，看一看再改") from None
    SchemeLine.objects.bulk_create(
        [
            SchemeLine(
                scheme=scheme,
                position=n,
                indicator=line.indicator,
                kind=line.kind,
                weight=line.weight,
            )
            for n, line in enumerate(lines, start=1)
        ]
    )
    if by is not None:
        log_access(
            AccessLog.Action.RULE,
            user=by,
            address=address,
            subject=f"评分方案 {scheme.get_group_display()} 第 {scheme.version} 版",
            data={"scheme": scheme.pk},
        )
    return scheme


def _check_month(center: Center, group: str, effective: date) -> None:
    """Raises Invalid where a bulletin has been drafted for a month that it would hold for."""
    drafted = Bulletin.objects.filter(
        center=center,
        group=group,
        period=Bulletin.Period.MONTH,
        since__gte=effective.replace(day=1),
    )
    newest = drafted.aggregate(n=Max("since"))["n"]
    if newest is not None:
        first = month_after(newest)
        raise Invalid(
            f"{newest.year}年{newest.month}月的通报已经起草，新的一版最早从"
            f"{first.year}年{first.month}月起"
        )


def ensure_schemes() -> None:
    """A scheme for the departments and one for the towns of every county that has none."""
    bare = Center.objects.filter(level=Level.COUNTY).exclude(pk__in=Scheme.objects.values("center"))
    for center in bare:
        for group, (name, weights) in STANDARD.items():
            add_version(
                center=center,
                group=group.value,
                by=None,
                lines=[Weighed(key, weight) for key, weight in weights],
                effective=FROM_THE_START,
                name=name,
                bonus_cap=Decimal(5),
            )
