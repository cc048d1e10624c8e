"""研判 of last week and last month, and last month's report sealed, as a county would have them."""

from __future__ import annotations

from datetime import datetime

from cases.vocabulary import Risk
from mediation.periods import month_of
from reports.briefing import period_before
from reports.models import Brief, Sheet
from reports.services.briefs import Step, draft_brief, edit_paragraph, review_brief
from reports.services.ledgers import Words, keep_sheet, title_of
from zongzhi.demo import county
from zongzhi.demo.lives import World
from zongzhi.lib import clock

SUGGESTION = (
    "一、欠薪类事项由人社局会同住建局逐件过一遍，月底前付不清的提请会商。\n"
    "二、登记较多的镇街开一次排查，结果随下周研判报县中心。"
)


def build(world: World) -> None:
    """Drafted by the clock, written by the supervisor; last month's is decided by the leader."""
    now = clock.now()
    center = world.places.centers[county.COUNTY]
    supervisor, leader = world.user("supervisor"), world.user("leader")
    for kind in Brief.Kind:
        made = draft_brief(center_id=center.pk, kind=kind, now=now)
        if made is None or kind is Brief.Kind.QUARTER:
            continue
        last = made.paragraphs.latest("place")
        edit_paragraph(brief_id=made.pk, place=last.place, text=SUGGESTION, by=supervisor)
        steps = [(Step.PROPOSED, supervisor)]
        if kind is Brief.Kind.MONTH:
            steps += [(Step.DISCUSSED, supervisor), (Step.DECIDED, leader)]
        for step, by in steps:
            review_brief(brief_id=made.pk, step=step, level=Risk.MEDIUM, text="", by=by)
    _seal(world, now)


def _seal(world: World, now: datetime) -> None:
    center = world.places.centers[county.COUNTY]
    before = period_before(Brief.Kind.MONTH, now.date())
    month = month_of(f"{before.first:%Y-%m}")
    kind = Sheet.Kind.PERIOD.value
    words = Words(title_of(kind, center, month), center.name)
    keep_sheet(
        kind=kind,
        center=center,
        period=month,
        by=world.user("supervisor"),
        words=words,
        seal=True,
    )
