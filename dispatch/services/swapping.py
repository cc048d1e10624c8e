"""换班 and 找人替: one asks, the other agrees with one click, then both change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from dispatch.duty import begins
from dispatch.models import Shift, ShiftChange, Swap
from dispatch.scheduling import is_own, may_schedule
from dispatch.services.rostering import (
    Standing,
    address_of,
    changed,
    keep,
    locked,
    moment_words,
    place,
)
from orgs.models import Post, User
from orgs.services import notify
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

SWAPS = "dispatch:roster_swaps"


def stand_ins(shift: Shift) -> list[User]:
    """Who could step in: people of the same department; for a duty, of the same centre."""
    posts = Post.objects.held_on(max(shift.day, clock.today()))
    if shift.department_id is not None:
        posts = posts.filter(department=shift.department_id)
    else:
        posts = posts.filter(center=shift.center_id)
    people = User.objects.filter(is_active=True, pk__in=posts.values("user"))
    if shift.person is not None:
        people = people.exclude(pk=shift.person.pk)
    return list(people.order_by("name", "pk"))


def _allow_asking(by: User, shift: Shift) -> None:
    if not (is_own(by, shift) or may_schedule(by, shift.center_id, shift.department_id)):
        raise NotAllowed("换班由本人、排班的人或者本单位负责人提")


def _ahead(shift: Shift) -> datetime:
    """When the shift begins; WrongState when it has."""
    beginning = begins(shift.center, shift.day, shift.half)
    if beginning <= clock.now():
        raise WrongState(f"{moment_words(shift)}已经开始，不能再换")
    return beginning


@transaction.atomic
def ask_swap(*, shift_id: int, other_id: int, by: User, reason: str = "") -> Swap:
    """换班: ask whoever stands on the other shift of the same row to change places.

    Raises Invalid when the two are not of the same row or the other has no account to agree with.
    """
    first, second = sorted([shift_id, other_id])  # several rows are locked by ascending pk
    rows = {pk: locked(pk, by) for pk in dict.fromkeys((first, second))}
    shift, other = rows[shift_id], rows[other_id]
    _allow_asking(by, shift)
    _refuse_unlike(shift, other)
    if other.person is None:
        raise Invalid(errors={"other": [f"{other.who}没有账号，当面说好以后由排班的人直接改"]})
    expires = min(_ahead(shift), _ahead(other))
    swap = _ask(shift, other.person, by, expires, reason, other=other)
    text = (
        f"换班要你同意：{moment_words(other)}换{moment_words(shift)}，{shift.what}，{shift.who}提出"
    )
    notify([other.person], text=text, url=reverse(SWAPS))
    return swap


def _refuse_unlike(shift: Shift, other: Shift) -> None:
    same = (shift.center_id, shift.department_id, shift.duty)
    if same != (other.center_id, other.department_id, other.duty):
        raise Invalid(errors={"other": ["只能和同一行的班次换"]})
    standing = Shift.State.PLANNED
    if shift.state != standing or other.state != standing:
        raise WrongState("两个班都要排定，才能换")
    if shift.person_id is not None and shift.person_id == other.person_id:
        raise Invalid(errors={"other": ["两个班是同一个人，不用换"]})


@transaction.atomic
def ask_stand_in(*, shift_id: int, partner: User, by: User, reason: str = "") -> Swap:
    """找人替: ask a colleague of the same department to take the shift over."""
    shift = locked(shift_id, by)
    _allow_asking(by, shift)
    if shift.state not in (Shift.State.PLANNED, Shift.State.AWAY):
        raise WrongState(f"{moment_words(shift)}是“{shift.get_state_display()}”，不用找人替")
    if partner not in stand_ins(shift):
        raise Invalid(errors={"partner": [f"{partner.name}不是{shift.what}的人，另找一位"]})
    swap = _ask(shift, partner, by, _ahead(shift), reason)
    words = f"替班要你同意：{moment_words(shift)} {shift.what}，替{shift.who}"
    notify([partner], text=words, url=reverse(SWAPS))
    return swap


def _ask(
    shift: Shift,
    partner: User,
    by: User,
    expires: datetime,
    reason: str,
    *,
    other: Shift | None = None,
) -> Swap:
    try:
        with transaction.atomic():
            return Swap.objects.create(
                shift=shift,
                other=other,
                giver=shift.person,
                partner=partner,
                asked_by=by,
                asked_at=clock.now(),
                expires_at=expires,
                reason=reason,
            )
    except IntegrityError as error:
        raise AlreadyDone(f"{moment_words(shift)}已经问过人，等答复或者先撤回") from error


@transaction.atomic
def answer_swap(*, swap_id: int, agree: bool, by: User) -> Swap:
    """同意 or 不同意. Of many answers the first counts; agreement changes both shifts at once."""
    swap = _locked_swap(swap_id)
    if swap is None or by.pk not in (swap.partner_id, swap.asked_by_id, swap.giver_id):
        raise NotFound("没有这个换班申请")
    if swap.partner_id != by.pk:
        raise NotAllowed(f"这次换班要{swap.partner.name}同意")
    _refuse_answered(swap)
    if clock.now() >= swap.expires_at:
        raise WrongState(f"{dates.moment(swap.expires_at)}前没有答复，班次没有变")
    if agree:
        _exchange(swap, by)
    _settle(swap, Swap.State.AGREED if agree else Swap.State.REFUSED, by)
    _tell(swap, "同意了，班次已换" if agree else "没同意，班次没有变", but=by)
    return swap


@transaction.atomic
def withdraw_swap(*, swap_id: int, by: User) -> Swap:
    """撤回: by whoever asked, while nobody has answered."""
    swap = _locked_swap(swap_id)
    if swap is None or by.pk not in (swap.partner_id, swap.asked_by_id, swap.giver_id):
        raise NotFound("没有这个换班申请")
    if by.pk not in (swap.asked_by_id, swap.giver_id):
        raise NotAllowed("换班由提出的人撤回")
    _refuse_answered(swap)
    _settle(swap, Swap.State.WITHDRAWN, by)
    notify([swap.partner], text=f"换班已撤回：{_words(swap)}", url=reverse(SWAPS))
    return swap


def _locked_swap(swap_id: int) -> Swap | None:
    """Shifts first, by ascending pk, then the swap: as everything here locks."""
    known = Swap.objects.filter(pk=swap_id).values_list("shift", "other").first()
    if known is None:
        return None
    pks = [pk for pk in known if pk is not None]
    list(Shift.objects.filter(pk__in=pks).order_by("pk").select_for_update())
    rows = Swap.objects.select_for_update(of=("self",)).select_related(
        "partner",
        "giver",
        "asked_by",
        "shift__center",
        "shift__person",
        "shift__department",
        "shift__window",
        "shift__room",
        "other__center",
        "other__person",
        "other__department",
        "other__window",
        "other__room",
        "answered_by",
    )
    return rows.get(pk=swap_id)


def _refuse_answered(swap: Swap) -> None:
    if swap.state == Swap.State.ASKED:
        return
    when = dates.moment(swap.answered_at) if swap.answered_at else ""
    who = swap.answered_by.name if swap.answered_by else ""
    raise AlreadyDone(f"这次换班 {when} {who}{swap.get_state_display()}")


def _settle(swap: Swap, state: Swap.State, by: User | None) -> None:
    swap.state, swap.answered_at, swap.answered_by = state, clock.now(), by
    swap.save(update_fields=["state", "answered_at", "answered_by"])


def _exchange(swap: Swap, by: User) -> None:
    """Both shifts change, or neither does."""
    shift, other = swap.shift, swap.other
    stands = [Shift.State.PLANNED] if other else [Shift.State.PLANNED, Shift.State.AWAY]
    if shift.person_id != swap.giver_id or shift.state not in stands:
        raise WrongState(f"{moment_words(shift)}已经改过，这次换班不算了")
    giver = Standing(shift.person, shift.name, shift.phone)
    _hand_over(shift, Standing(swap.partner), by, swapped=other is not None)
    if other is None:
        return
    if other.person_id != swap.partner_id or other.state != Shift.State.PLANNED:
        raise WrongState(f"{moment_words(other)}已经改过，这次换班不算了")
    _hand_over(other, giver, by, swapped=True)


def _hand_over(shift: Shift, to: Standing, by: User, *, swapped: bool) -> None:
    before = shift.who
    place(shift, Standing(to.person, to.name, to.phone, shift.window, shift.room))
    shift.state, shift.reason, shift.gap_reason = Shift.State.PLANNED, "", ""
    shift.by_hand = True
    keep(shift)
    what = ShiftChange.What.SWAPPED if swapped else ShiftChange.What.STOOD_IN
    changed(shift, by, what, before=before, after=shift.who)


def _words(swap: Swap) -> str:
    words = f"{moment_words(swap.shift)} {swap.shift.what}"
    return f"{words} 和 {moment_words(swap.other)}" if swap.other else words


def _tell(swap: Swap, words: str, *, but: User | None = None) -> None:
    """Both hear of it, and whoever asked for them."""
    people = {user.pk: user for user in (swap.partner, swap.giver, swap.asked_by) if user}
    told = [user for user in people.values() if but is None or user.pk != but.pk]
    by = but.name if but else ""
    notify(told, text=f"换班：{_words(swap)}，{by}{words}", url=address_of(swap.shift))


def expired_swaps(*, now: datetime) -> Iterable[int]:
    """Those nobody answered before the first of the shifts began."""
    rows = Swap.objects.filter(state=Swap.State.ASKED, expires_at__lte=now)
    return list(rows.order_by("expires_at").values_list("pk", flat=True))


@transaction.atomic
def expire_swap(*, swap_id: int) -> bool:
    """过了时间: nothing changes, and both are told. True if this call did it."""
    swap = _locked_swap(swap_id)
    if swap is None or swap.state != Swap.State.ASKED or clock.now() < swap.expires_at:
        return False
    _settle(swap, Swap.State.EXPIRED, None)
    _tell(swap, "没有答复，班次没有变")
    return True
