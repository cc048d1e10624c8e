"""启动调解, 告知, 终止, 延长: the life of one proceeding (人民调解法 arts. 3, 17, 23, 26)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from cases import statutory
from cases.door import Change, changing
from cases.models import Admission, Case, Party
from cases.vocabulary import Clock, LegalRoute, Willing
from mediation.models import Agreement, Body, Mediation, Mediator, Session
from mediation.proceedings import SIDES, forget, open_mediation, side_of
from orgs.models import User
from orgs.numbering import next_in
from orgs.services import notify
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, WrongState

WHY_LET_IN = "主持或参加调解"


def start_mediation(
    *,
    case_id: int,
    by: User,
    origin: str,
    demands: str = "",
    claimed: Decimal | None = None,
    body: Body | None = None,
    is_hard: bool = False,
    informed: bool = False,
) -> Case:
    """Open a proceeding: its number, its body, its period. Refused when a party will not mediate.

    The body is that of the lead unit when nobody names another.
    """
    with changing(case_id, "start-mediation", by=by) as change:
        case, lead = change.case, change.lead
        if body is not None and body.department.center_id != case.center_id:
            raise Invalid(errors={"body": [f"只能由{case.center.name}的调解组织调解"]})
        body = body or Body.objects.filter(department=lead.unit_id).first()
        today = clock.today()
        mediation = Mediation.objects.create(
            case=case,
            center=case.center,
            body=body,
            unit_id=lead.unit_id,
            round=case.round,
            year=today.year,
            serial=next_in(f"mediation {case.center_id} {body.pk if body else 0} {today.year}"),
            origin=origin,
            is_hard=is_hard,
            demands=demands,
            claimed=claimed,
            started_on=today,
            started_by=by,
            informed_on=today if informed else None,
        )
        case.mediated_at = case.mediated_at or change.now
        case.is_mediating = True
        statutory.begin(case, Clock.MEDIATION, today)
        say(change, mediation, mediation.number, demands)
    return change.case


def tell_rights(*, case_id: int, by: User) -> Case:
    """告知: the parties have been told their rights and duties (人民调解法 arts. 23, 24)."""
    with changing(case_id, "tell-rights", by=by) as change:
        mediation = running(change)
        mediation.informed_on = clock.today()
        mediation.save(update_fields=["informed_on"])
        say(change, mediation, "")
    return change.case


def refuse_mediation(*, case_id: int, by: User, party: Party, route: str, text: str = "") -> Case:
    """一方不愿调解: it ends, the other ways are told; not to be started again against that will."""
    with changing(case_id, "refuse-mediation", by=by) as change:
        mediation = running(change)
        if party.case_id != change.case.pk:
            raise Invalid(errors={"party": ["没有这个当事人"]})
        change.case.willing_to_mediate = Willing.NO
        side = SIDES[side_of(party)]
        why = text or f"{side}不愿调解"
        end_mediation(change, mediation, Mediation.Ending.REFUSED, why, route)
        say(change, mediation, f"{side}不愿调解，告知{LegalRoute(route).label}", text)
    return change.case


def stop_mediation(*, case_id: int, by: User, ending: str, route: str, text: str) -> Case:
    """终止并告知: it has failed, run out of time, or been withdrawn (人民调解法 art. 26)."""
    with changing(case_id, "end-mediation", by=by) as change:
        mediation = running(change)
        end_mediation(change, mediation, ending, text, route)
        words = f"{Mediation.Ending(ending).label}，告知{LegalRoute(route).label}"
        say(change, mediation, words, text)
    return change.case


def extend_mediation(*, case_id: int, by: User, days: int, text: str, agreed: bool) -> Case:
    """双方同意延长: so many days more. Raises Invalid unless both agree."""
    with changing(case_id, "extend-mediation", by=by) as change:
        if not agreed:
            raise Invalid(errors={"agreed": ["双方都同意才能延长，先问过双方再勾"]})
        mediation = running(change)
        if not statutory.extend(change.case, Clock.MEDIATION, days, text, by):
            raise WrongState("这次调解没有在走的期限，不用延长")
        say(change, mediation, f"双方同意延长 {days} 天", text)
    return change.case


def running(change: Change) -> Mediation:
    """The open proceeding of the case that is held; the act's `when` has seen that there is one."""
    mediation = open_mediation(change.case)
    if mediation is None:
        raise WrongState(f"{change.case.short_number} 没有在进行的调解")
    return mediation


def end_mediation(
    change: Change,
    mediation: Mediation,
    ending: str,
    why: str,
    route: str = "",
    on: date | None = None,
) -> None:
    """End the proceeding, today or on that day, inside an act that holds the case.

    Without success, what was written and not signed by all is void: nobody signs it afterwards.
    Its mediators stay until the dossier has passed (`let_in_whoever_mediates`).

    The case's own column says that nothing runs any more; the door saves it when the act is done.
    """
    day = max(on or clock.today(), mediation.started_on)
    mediation.ending, mediation.ended_on, mediation.ended_by = ending, day, change.by
    mediation.ended_why, mediation.route = why, route
    mediation.save(update_fields=["ending", "ended_on", "ended_by", "ended_why", "route"])
    if ending != Mediation.Ending.AGREED:
        draft = Agreement.objects.filter(mediation=mediation, in_force_on=None, voided_at=None)
        draft.update(voided_at=change.now, void_why="没签完，调解已经结束")
    change.case.is_mediating = False
    statutory.meet(change.case, Clock.MEDIATION, day, Mediation.Ending(ending).label)
    forget(change.case)


def seat(
    change: Change,
    mediation: Mediation,
    host: Mediator | None,
    helpers: Iterable[Mediator] | None = None,
) -> None:
    """Who hosts and who helps from now on; those with an account are told, and see the case once
    the act is done (`let_in_whoever_mediates`)."""
    before = {mediation.host_id, *(one.pk for one in mediation.helpers.all())}
    was_host = mediation.host_id
    mediation.host = host
    mediation.save(update_fields=["host"])
    if helpers is not None:
        mediation.helpers.set([one for one in helpers if host is None or one.pk != host.pk])
    if host is not None and host.pk != was_host:
        _ask(change, host, "主持调解")
    for one in mediation.helpers.select_related("user"):
        if one.pk not in before:
            _ask(change, one, "一起调解")
    forget(change.case)


def _ask(change: Change, mediator: Mediator, what: str) -> None:
    if mediator.user is not None:
        text = f"{change.case.short_number} 请你{what}"
        notify([mediator.user], text=text, url=change.case.get_absolute_url())


def tell_who_mediates(mediation: Mediation, text: str) -> None:
    """A line to those with an account who host or help."""
    here = Mediator.objects.filter(Q(hosted=mediation) | Q(helped=mediation)).distinct()
    people = [one.user for one in here.select_related("user") if one.user is not None]
    notify(people, text=text, url=mediation.case.get_absolute_url())


def let_in_whoever_mediates(case: Case, now: datetime) -> None:
    """Who sees the case because they mediate it: let in, and out again, as the rows now say.

    The host and helpers of every proceeding until its dossier has passed, since agreement,
    performance and papers are theirs too; whoever is asked to a session until it is written down.
    A proceeding that only the end of the case has ended keeps nobody.
    """
    wanted = set(_accounts(case))
    inside = Admission.objects.filter(case=case, until=None)
    inside.filter(why=WHY_LET_IN).exclude(user__in=wanted).update(until=now)
    wanted -= set(inside.values_list("user", flat=True))
    Admission.objects.bulk_create(
        Admission(case=case, user_id=account, why=WHY_LET_IN, since=now)
        for account in sorted(wanted)
    )


def _accounts(case: Case) -> Iterable[int]:
    """The accounts of those in the register who mediate this case."""
    rows = Mediation.objects.filter(case=case, checked_on=None)
    rows = rows.exclude(ending=Mediation.Ending.CASE_ENDED)
    sessions = Session.objects.planned().filter(mediation__case=case)
    seated = Q(hosted__in=rows) | Q(helped__in=rows) | Q(sessions__in=sessions)
    helping = Session.helpers.through.objects.filter(session__in=sessions).values("mediator")
    found = Mediator.objects.active().filter(seated | Q(pk__in=helping), user__isnull=False)
    accounts: Iterable[int] = found.values_list("user", flat=True)
    return accounts


def say(change: Change, mediation: Mediation, words: str, text: str = "") -> None:
    change.on_behalf_of(change.by)
    change.text = text
    change.data |= {"mediation": mediation.pk, "words": words}
