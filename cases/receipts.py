"""待签回执: whose signature under which paper is still missing."""

from __future__ import annotations

from cases.models import Receipt
from cases.models.papers import ReceiptQuerySet
from orgs.models import User
from orgs.permissions import Permission

MINE, SENT = "mine", "sent"
SIDES = {MINE: "本单位待签", SENT: "本中心送出没签"}


def waiting_mine(user: User) -> ReceiptQuerySet:
    """What this person's units have yet to sign for; a triage desk signs for its centre."""
    units = {post.department_id for post in user.posts_giving(Permission.HANDLE)} - {None}
    centers = {post.center_id for post in user.posts_giving(Permission.TRIAGE)}
    return _waiting(user).of_units(units, centers)


def waiting_sent(user: User) -> ReceiptQuerySet:
    """What the centre of this person's triage desk has sent and nobody has signed for."""
    centers = {post.center_id for post in user.posts_giving(Permission.TRIAGE)}
    return _waiting(user).filter(document__case__center__in=centers)


def _waiting(user: User) -> ReceiptQuerySet:
    rows: ReceiptQuerySet = Receipt.objects.visible_to(user).waiting()
    return rows
