"""法院收案数: a month's number as somebody told the centre; the latest word holds."""

from __future__ import annotations

from datetime import date

from orgs.models import Center, User
from orgs.models.places import Level
from orgs.permissions import Permission
from reports.models import CourtIntake
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed

MOST = 999_999


def enters_for(user: User) -> Center | None:
    """The county centre somebody enters its court's number for, if they are of one."""
    posts = user.posts_giving(Permission.SUPERVISE)
    return next((post.center for post in posts if post.center.level == Level.COUNTY), None)


def enter_court_intake(*, month: date, number: int, source: str, by: User) -> CourtIntake:
    """Say how many civil cases the court received in a month that is over.

    Entered again, it takes the place of what was said before, which stays to be read.
    Raises NotAllowed for whoever is of no county centre, Invalid for a month that is not over.
    """
    center = enters_for(by)
    if center is None:
        raise NotAllowed("法院收案数由县级中心录，一个县一家基层法院")
    first = month.replace(day=1)
    if first >= clock.today().replace(day=1):
        raise Invalid(errors={"month": ["这个月还没过完，过完再录"]})
    if first.year < 2000:
        raise Invalid(errors={"month": ["月份太早，从 2000 年起"]})
    if not 0 <= number <= MOST:
        raise Invalid(errors={"number": [f"件数在 0 到 {MOST} 之间"]})
    if not source.strip():
        raise Invalid(errors={"source": ["还没写“来源”"]})
    return CourtIntake.objects.create(
        center=center,
        month=first,
        number=number,
        source=source.strip(),
        entered_by=by,
        entered_at=clock.now(),
    )
