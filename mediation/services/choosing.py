"""点菜: the parties choose a mediator, the other side agrees or objects once, else the centre
assigns (人民调解法 art. 19; 特邀调解规定 art. 15 for 回避)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cases.door import Change, changing
from cases.models import Case, Party
from mediation.avoiding import doubts_of
from mediation.models import Choice, Conflict, Mediation, Mediator, Objection
from mediation.offering import near, pool_of
from mediation.proceedings import SIDES, side_of
from mediation.services.proceedings import running, say, seat
from mediation.services.sessions import drop_sessions_of
from orgs.models import User
from zongzhi.lib import dates
from zongzhi.lib.errors import AlreadyDone, Invalid, WrongState

How, Consent = Choice.How, Choice.Consent


def choose_mediator(
    *,
    case_id: int,
    by: User,
    mediator: int,
    party: Party,
    consent: str = Consent.NOT_ASKED,
    overruled_why: str = "",
    both_agree: bool = False,
) -> Case:
    """A party has chosen; when the other side agrees at once, the mediator hosts.

    Raises Invalid for somebody who may not be offered, or who had better not and neither a reason
    nor the word of both sides is given; AlreadyDone while another choice holds.
    """
    with changing(case_id, "choose-mediator", by=by) as change:
        mediation = running(change)
        _refuse_when_settled(mediation)
        one = _offered(change, mediation, mediator)
        warned = _reasoned(change, mediation, [one], overruled_why, both_agree)
        if party.case_id != change.case.pk:
            raise Invalid(errors={"party": ["没有这个当事人"]})
        consent = Consent.NOT_ASKED if consent == Consent.CHANGE else Consent(consent)
        reason = (warned, overruled_why, both_agree)
        _choose(change, mediation, one, How.CHOSEN, consent, reason, by_party=party)
        seat(change, mediation, one if consent == Consent.AGREES else None, helpers=())
        agreed = "，对方同意" if consent == Consent.AGREES else ""
        side = SIDES[side_of(party)]
        say(change, mediation, f"{side}选了{one.name}{agreed}", overruled_why)
    return change.case


def consent_to_mediator(*, case_id: int, by: User, choice: int) -> Case:
    """对方同意: the one who was chosen hosts from now on.

    Raises WrongState when somebody else has been chosen since the other side was asked.
    """
    with changing(case_id, "consent-mediator", by=by) as change:
        mediation = running(change)
        current = _current(mediation)
        if current.pk != choice:
            raise WrongState(f"现在选的是{current.mediator.name}，问过对方是否同意再记")
        current.consent = Consent.AGREES
        current.save(update_fields=["consent"])
        seat(change, mediation, current.mediator)
        say(change, mediation, f"对方同意{current.mediator.name}")
    return change.case


def object_to_mediator(*, case_id: int, by: User, party: Party, text: str = "") -> Case:
    """要换一位: each side may say so once; the one objected to is not offered again.

    Raises AlreadyDone when this side has done so before.
    """
    with changing(case_id, "object-mediator", by=by) as change:
        mediation = running(change)
        if party.case_id != change.case.pk:
            raise Invalid(errors={"party": ["没有这个当事人"]})
        side = side_of(party)
        if before := mediation.objections.filter(side=side).first():
            raise AlreadyDone(
                f"{SIDES[side]}{dates.day(before.at.date())}已经要求换过一位，每一方只能换一次。"
                "还是谈不拢，由中心安排"
            )
        choice = _current(mediation)
        Objection.objects.create(
            mediation=mediation,
            party=party,
            side=side,
            against=choice.mediator,
            why=text,
            at=change.now,
            by=by,
        )
        _unseat(change, mediation, choice)
        drop_sessions_of(change, choice.mediator, f"{SIDES[side]}要求换调解员")
        say(change, mediation, f"{SIDES[side]}要换，不要{choice.mediator.name}", text)
    return change.case


def appoint_mediator(
    *,
    case_id: int,
    by: User,
    mediator: int,
    helpers: Iterable[int] = (),
    overruled_why: str = "",
    both_agree: bool = False,
) -> Case:
    """中心安排: who hosts and who helps; also where the parties have left it to the centre."""
    with changing(case_id, "appoint-mediator", by=by) as change:
        mediation = running(change)
        host = _offered(change, mediation, mediator)
        others = [_offered(change, mediation, pk, "helpers") for pk in helpers if pk != mediator]
        warned = _reasoned(change, mediation, [host, *others], overruled_why, both_agree)
        mediation.choices.filter(is_current=True).update(is_current=False)
        reason = (warned, overruled_why, both_agree)
        _choose(change, mediation, host, How.ASSIGNED, Consent.NOT_ASKED, reason, None)
        seat(change, mediation, host, helpers=others)
        names = "、".join(one.name for one in [host, *others])
        say(change, mediation, f"中心安排{names}", overruled_why)
    return change.case


def tell_conflict(*, case_id: int, by: User, mediator: int, kind: str, text: str = "") -> Case:
    """记回避情形: what only people know. Who hosts or helps meanwhile, does so no longer, and what
    they were to hold is called off."""
    with changing(case_id, "tell-conflict", by=by) as change:
        mediation = running(change)
        one = near(change.case.center).filter(pk=mediator).first()
        if one is None:
            raise Invalid(errors={"mediator": ["本中心没有这位调解员"]})
        _, is_new = Conflict.objects.get_or_create(
            mediation=mediation,
            mediator=one,
            kind=kind,
            defaults={"text": text, "at": change.now, "by": by},
        )
        if not is_new:
            raise AlreadyDone(f"{one.name}的“{Conflict.Kind(kind).label}”已经记过")
        choice = mediation.choices.filter(is_current=True, mediator=one).first()
        if choice is not None:
            choice.is_current = False
            choice.save(update_fields=["is_current"])
        helpers = [helper for helper in mediation.helpers.all() if helper.pk != one.pk]
        host = mediation.host if mediation.host_id != one.pk else None
        seat(change, mediation, host, helpers=helpers)
        drop_sessions_of(change, one, "调解员要回避")
        say(change, mediation, f"{one.name}：{Conflict.Kind(kind).label}", text)
    return change.case


def _refuse_when_settled(mediation: Mediation) -> None:
    current = mediation.choices.filter(is_current=True).select_related("mediator").first()
    if current is None:
        return
    if current.how == How.ASSIGNED or current.consent == Consent.AGREES:
        raise AlreadyDone(
            f"已经定了由{current.mediator.name}调解。要换，点“要换一位”或者由中心安排"
        )
    current.is_current = False
    current.save(update_fields=["is_current"])


def _offered(change: Change, mediation: Mediation, pk: int, field: str = "mediator") -> Mediator:
    """Somebody of the centre's pool to whom no side has objected."""
    found = pool_of(change.case.center).select_related("user", "home").filter(pk=pk).first()
    if found is None:
        raise Invalid(errors={field: ["本中心在册的调解员里没有这一位"]})
    if mediation.objections.filter(against=found).exists():
        raise Invalid(errors={field: [f"有一方不要{found.name}，换一位"]})
    return found


def _reasoned(
    change: Change, mediation: Mediation, mediators: Sequence[Mediator], why: str, both_agree: bool
) -> str:
    """Why they had better not, in words; Invalid when they must not, or not without more.

    What has been told is overruled by both sides alone (特邀调解规定 art. 15), what can be seen by
    a reason.
    """
    found = doubts_of(change.case, mediation, mediators)
    said = "；".join(
        f"{one.name}：{'，'.join(found[one.pk].words)}" for one in mediators if found[one.pk].words
    )
    for one in mediators:
        if found[one.pk].is_party:
            raise Invalid(errors={"mediator": [f"{one.name}本人就是当事人，不能调解，换一位"]})
    if any(found[one.pk].told for one in mediators):
        if not both_agree:
            words = f"{said}。双方都同意由他调解的，问过以后勾上“双方都同意由他调解”"
            raise Invalid(errors={"both_agree": [words]})
    elif said and len(why) < 2:
        raise Invalid(errors={"overruled_why": [f"{said}。仍要由他调解，写明理由"]})
    return said[:200]


def _choose(
    change: Change,
    mediation: Mediation,
    mediator: Mediator,
    how: str,
    consent: str,
    reason: tuple[str, str, bool],
    by_party: Party | None,
) -> Choice:
    assert change.by is not None  # nothing here is done by the system itself
    warned, why, both_agree = reason
    return Choice.objects.create(
        mediation=mediation,
        mediator=mediator,
        how=how,
        by_party=by_party,
        consent=consent,
        warned=warned,
        overruled_why=why if warned else "",
        both_agree=both_agree and bool(warned),
        at=change.now,
        by=change.by,
    )


def _current(mediation: Mediation) -> Choice:
    rows = mediation.choices.filter(is_current=True).select_related("mediator__user")
    choice = rows.first()
    if choice is None:
        raise WrongState("还没选调解员")
    return choice


def _unseat(change: Change, mediation: Mediation, choice: Choice) -> None:
    choice.is_current = False
    if choice.how == How.CHOSEN:
        choice.consent = Consent.CHANGE
    choice.save(update_fields=["is_current", "consent"])
    seat(change, mediation, None, helpers=())
