"""已转录: a case copied into the platform above, with the number it has there."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef

from cases.door import lock
from cases.models import Case, Transcription, UpperPlatform
from cases.policies import can_triage
from cases.querysets import CaseQuerySet
from cases.vocabulary import Closure
from orgs.models import AccessLog, User
from orgs.permissions import Permission
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed
from zongzhi.lib.identity import normalise_id

LONGEST = 50


def to_transcribe(user: User) -> CaseQuerySet:
    """What this person copies upwards: accepted cases of the centres they triage for."""
    centers = {post.center_id for post in user.posts_giving(Permission.TRIAGE)}
    mine = Case.objects.visible_to(user).filter(center__in=centers, accepted_at__isnull=False)
    return mine.exclude(closure__in=(Closure.DECLINED, Closure.MERGED))


def transcribed(cases: CaseQuerySet, platform: UpperPlatform, *, done: bool) -> CaseQuerySet:
    """Those that are in the platform, or those that are not yet."""
    there = Exists(Transcription.objects.filter(platform=platform, case=OuterRef("pk")))
    return cases.filter(there if done else ~there)


def mark_transcribed(
    *,
    case_id: int,
    platform: UpperPlatform,
    their_number: str,
    by: User,
    address: str | None,
    corrects: bool = False,
) -> Transcription:
    """标记已转录. Raises Invalid without a number, AlreadyDone when it is in there already.

    `corrects`: the number was mistyped; the row of before stays.
    """
    number = normalise_id(their_number)
    if not number or len(number) > LONGEST:
        raise Invalid("还没填对方编号" if not number else f"对方编号最多 {LONGEST} 个字符")
    with transaction.atomic():
        case = lock(case_id, visible_to=by)
        may_transcribe(by, case)
        last = case.transcriptions.filter(platform=platform).select_related("by").first()
        if last is not None and (not corrects or last.their_number == number):
            at = clock.local(last.at)
            raise AlreadyDone(
                f"{case.short_number} {last.by.name} {at.month}月{at.day}日 {at:%H:%M} "
                f"已经转录，对方编号 {last.their_number}"
            )
        made = Transcription.objects.create(
            case=case, platform=platform, their_number=number, at=clock.now(), by=by
        )
        log_access(
            AccessLog.Action.TRANSCRIBE,
            user=by,
            address=address,
            subject=f"case {case.number}",
            purpose="更正对方编号" if last else "标记已转录",
            data={"case": case.pk, "platform": platform.pk},
        )
    return made


def show_for_copying(*, case: Case, by: User, address: str | None) -> None:
    """Remember that somebody looked behind the masks in order to copy."""
    may_transcribe(by, case)
    if not by.can_at(Permission.REVEAL, case.center_id):
        raise NotAllowed(f"这个账号不能显示 {case.short_number} 当事人的电话和身份证号")
    log_access(
        AccessLog.Action.REVEAL,
        user=by,
        address=address,
        subject=f"case {case.number}",
        purpose="转录上级平台",
        data={"case": case.pk},
    )


def may_transcribe(by: User, case: Case) -> None:
    """Raises NotAllowed for whoever is not at the triage desk of the case's centre."""
    if not can_triage(by, case):
        raise NotAllowed(f"{case.short_number} 由{case.center.name}的分流员转录")
