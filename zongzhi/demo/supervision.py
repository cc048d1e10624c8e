"""What supervisors and leaders do about units: talks, circulars, an instruction."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from cases.models import Case, Document, Receipt
from cases.services.papers import make_document, sign_receipt
from cases.vocabulary import Actor
from dispatch.models import Circular, Commitment, Talk
from dispatch.services import circulating, instructing, talking
from orgs.models import User
from zongzhi.demo import county
from zongzhi.demo.lives import World
from zongzhi.lib import clock

WAITS = timedelta(days=2)  # until a leader decides about a talk that the sweep has proposed
FACTS = "督办单没有按时答复，事项超期后没有向来访人说明。"
MINUTES = "单位说明了超期的原因：经办人换岗没有交接。表示补上交接，专人盯办，办结前每周报一次进展。"
PROMISES = ("超期事项一周内办结或说明原因", "换岗三天内交接在办事项，名单报中心")
TEXT = "请被点名的单位对照清单逐件说明原因，五个工作日内把整改情况报县综治中心。"
TALKED_TO = "ZJ"
INSTRUCTION = "来访人反映没人联系，请分管领导过问，和来访人见一次面，把能先付的先付。"


def morning(world: World, *, drafts: bool) -> None:
    """What follows every working morning's sweep; `drafts` on the first of a month."""
    now = clock.now()
    _talk(world, now)
    if drafts:
        circulating.draft_what_is_due(now=now)
        _issue(world)


def _talk(world: World, now: datetime) -> None:
    leader, supervisor = world.user("leader"), world.user("supervisor")
    under_way = Q(decided_at=None) | Q(is_called=True, closed_at=None)
    if not Talk.objects.filter(under_way).exists():
        return
    for talk in Talk.objects.filter(decided_at=None, proposed_at__lt=now - WAITS):
        _call(world, talk, leader)
    for talk in Talk.objects.filter(is_called=True, recorded_at=None, meet_at__lt=now):
        if talk.center == world.places.centers[county.COUNTY]:
            _record(talk, supervisor)
            _put_on_paper(talk, supervisor)
            _sign(world, talk)
    for promise in Commitment.objects.filter(settled_at=None, until__lt=now.date()):
        _settle(promise)


def _call(world: World, talk: Talk, leader: User) -> None:
    if talk.center != world.places.centers[county.COUNTY]:
        talking.refuse_talk(talk_id=talk.pk, by=leader, text="由本中心当面提醒，这次不约谈")
        return
    meet_at = world.hours.morning_after(clock.now(), 90)
    talking.call_talk(
        talk_id=talk.pk,
        by=leader,
        meet_at=meet_at,
        place="县综治中心三楼会商室",
        invited="分管负责人、经办人",
    )


def _record(talk: Talk, by: User) -> None:
    if talk.meet_at is None:
        return
    today = clock.today()
    talking.record_talk(
        talk_id=talk.pk,
        by=by,
        held_at=talk.meet_at,
        host="中心领导",
        present=f"{talk.unit.name}分管负责人、经办人",
        facts=FACTS,
        minutes=MINUTES,
        promises=[
            talking.Promise(what, today + timedelta(days=days))
            for what, days in zip(PROMISES, (7, 3), strict=True)
        ],
    )


def _put_on_paper(talk: Talk, by: User) -> None:
    """约谈记录, a paper of every case it was about."""
    for case in talk.cases.order_by("pk"):
        kind = Document.Kind.TALK
        make_document(case_id=case.pk, kind=kind, about=talk.pk, by=by, address=None)


def _sign(world: World, talk: Talk, *, but: int = 0) -> None:
    """The unit signs, but for the last ones."""
    receipts = Receipt.objects.waiting().filter(
        document__kind=Document.Kind.TALK, document__about=talk.pk
    )
    rows = list(receipts.select_related("unit"))
    for receipt in rows[: len(rows) - but]:
        by = world.holders("handler", receipt.unit.code)[0]
        sign_receipt(document_id=receipt.document_id, unit_id=receipt.unit_id, by=by)


def _settle(promise: Commitment) -> None:
    talk = Talk.objects.select_related("recorded_by").get(pk=promise.talk_id)
    if talk.recorded_by is not None:
        talking.settle_commitment(commitment_id=promise.pk, by=talk.recorded_by, kept=True)


def _issue(world: World) -> None:
    leader, supervisor = world.user("leader"), world.user("supervisor")
    here = world.places.centers[county.COUNTY]
    for circular in Circular.objects.filter(center=here, issued_at=None):
        circulating.write_circular(circular_id=circular.pk, by=supervisor, text=TEXT)
        circulating.issue_circular(circular_id=circular.pk, by=leader)


def today(world: World) -> None:
    """On the day somebody looks: a talk held with a promise left to keep, an instruction open."""
    hours, supervisor, leader = world.hours, world.user("supervisor"), world.user("leader")
    here = world.places.centers[county.COUNTY]
    theirs = Case.objects.open().filter(
        center=here, actor=Actor.UNIT, unit__code=TALKED_TO, claimed_at__isnull=False
    )
    cases = list(theirs.order_by("due_at", "pk").select_related("unit")[:2])
    if not cases or (unit := cases[0].unit) is None:
        return
    with clock.at(hours.on(4, 60)):
        talk = talking.propose_talk(
            unit=unit,
            center=here,
            cases=cases,
            reason="来访人多次催问，一直没有答复",
            by=supervisor,
        )
        _call(world, talk, leader)
    with clock.at(hours.on(2, 60)):
        talk = Talk.objects.select_related("unit").get(pk=talk.pk)
        _record(talk, supervisor)
        _put_on_paper(talk, supervisor)
        _sign(world, talk, but=1)
    soonest = Commitment.objects.filter(talk=talk).order_by("until").first()
    if soonest is not None:
        with clock.at(hours.on(1, 60)):
            talking.settle_commitment(
                commitment_id=soonest.pk, by=supervisor, kept=True, text="交接名单已收到"
            )
    instructing.instruct_case(
        case_id=cases[0].pk, by=leader, to=instructing.TO_UNIT, text=INSTRUCTION, answer_days=2
    )
