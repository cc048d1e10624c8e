"""月度通报 of the demo county: last months' published after an objection, the newest a draft."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from dispatch.circulars import month_before
from orgs.calendars import calendar_of
from orgs.models import User
from reports.models import Bulletin, Scheme
from reports.services import bulletins, drafting, schemes
from zongzhi.demo import county
from zongzhi.demo.lives import World
from zongzhi.lib import clock

MONTHS = 3
SMALL_HERE = 1  # the demo county has few cases a month: a line counts from one on
OBJECTS = "RS"
# One empty page: the smallest file that is a PDF.
PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def months(world: World) -> None:
    """Each of the last months as it would have gone; of the newest, the towns' is still a draft."""
    now = clock.now()
    schemes.ensure_schemes()
    for scheme in list(Scheme.objects.filter(center=world.places.centers[county.COUNTY])):
        schemes.add_version(
            center=scheme.center,
            group=scheme.group,
            by=world.user("sysadmin"),
            lines=[schemes.Weighed(line.indicator, line.weight) for line in scheme.lines.all()],
            effective=scheme.effective,
            name=scheme.name,
            small_sample=SMALL_HERE,
        )
    _compare_grids(world)
    month = now.date().replace(day=1)
    firsts = [month]
    for _ in range(MONTHS - 1):
        firsts.append(month_before(firsts[-1]))
    for first in reversed(firsts):
        _month(world, first, now)


def _compare_grids(world: World) -> None:
    """This county compares its grids too; no installation begins with that."""
    schemes.add_version(
        center=world.places.centers[county.COUNTY],
        group=Scheme.Group.GRIDS.value,
        by=world.user("sysadmin"),
        lines=[schemes.Weighed(key, weight) for key, weight in schemes.FOR_GRIDS],
        effective=schemes.FROM_THE_START,
        name="网格评分",
        small_sample=SMALL_HERE,
        yellow=Decimal(0),
        red=Decimal(0),
    )


def _month(world: World, first: date, now: datetime) -> None:
    """What was done about the bulletins of the month that ended the day before `first`."""
    center = world.places.centers[county.COUNTY]
    calendar = calendar_of(center)
    drafts_at = calendar.opens(first) - timedelta(hours=2)
    morning = calendar.opens(calendar.workday_after(first - timedelta(days=1), 1))
    sends_at = morning + timedelta(hours=1)
    seals_at = calendar.due(sends_at, bulletins.CHECK_DAYS) + timedelta(minutes=5)
    newest = first == now.date().replace(day=1)
    if drafts_at > now:
        return
    with clock.at(drafts_at):
        for pk in drafting.months_due(drafts_at):
            drafting.draft_month(scheme_id=pk, now=drafts_at)
    month = month_before(first)
    for bulletin in Bulletin.objects.filter(center=center, since=month):
        if newest and bulletin.group == Scheme.Group.TOWNS:
            continue
        if seals_at < now:
            _go_through(world, bulletin, sends_at, seals_at)


def _go_through(world: World, bulletin: Bulletin, sends_at: datetime, seals_at: datetime) -> None:
    supervisor, leader = world.user("supervisor"), world.user("leader")
    with clock.at(sends_at):
        _bonus(bulletin, supervisor)
        bulletins.send_for_checking(bulletin_id=bulletin.pk, by=supervisor)
    head = world.user("renshe_head")
    if bulletin.draft_rows.filter(unit__code=OBJECTS).exists():
        with clock.at(sends_at + timedelta(hours=3)):
            objection = bulletins.object_to(
                bulletin_id=bulletin.pk,
                by=head,
                unit=OBJECTS,
                text="有一件月底才派来，办理期限还没到，请核对是不是算进来了。",
                indicator="on_time_rate",
            )
        with clock.at(sends_at + timedelta(hours=5)):
            bulletins.answer_objection(
                objection_id=objection.pk,
                by=supervisor,
                upheld=False,
                text="没有算进来：这一项只数当月审核通过的，那一件下月审核通过了才算。",
            )
    with clock.at(seals_at):
        bulletins.seal(bulletin_id=bulletin.pk, by=supervisor)
        bulletins.publish(bulletin_id=bulletin.pk, by=leader, publicity=Scheme.Publicity.OWN.value)


def _bonus(bulletin: Bulletin, by: User) -> None:
    """亮点: one unit gets something for what others have taken over from it."""
    row = bulletin.draft_rows.filter(is_small=False).order_by("pk").first()
    if row is not None:
        bulletins.give_bonus(
            bulletin_id=bulletin.pk,
            by=by,
            unit=row.code,
            points=Decimal(2),
            reason="当面核对、一次告知的做法，其他单位已照着办",
            file=SimpleUploadedFile("推广通知.pdf", PAPER),
        )
