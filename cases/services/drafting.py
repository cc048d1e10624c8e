"""草稿: kept while somebody types, found again on any computer, gone once it is a case."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Q

from cases.drafts import UNDO_WITHIN, unfinished
from cases.models import Case, Draft
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotFound

KEPT_FOR = timedelta(days=30)
LONGEST = 20_000  # characters of content; the form itself allows about a seventh

Content = Mapping[str, list[str]]


def save_draft(*, submission_id: uuid.UUID, by: User, content: Content) -> Draft:
    """Keep what has been typed, over what was kept before.

    Raises AlreadyDone once the form has made a case, NotFound for somebody else's.
    """
    done = Case.objects.filter(submission_id=submission_id).first()
    if done is not None:
        raise AlreadyDone(_registered(done, by))
    text = json.dumps(dict(content), ensure_ascii=False)
    if len(text) > LONGEST:
        raise Invalid("写得太长，草稿存不下。先提交，详细情况以后补充")
    kept = {"content": text, "saved_at": clock.now(), "deleted_at": None}
    draft, created = Draft.objects.get_or_create(
        submission_id=submission_id, defaults={"owner": by, **kept}
    )
    if draft.owner_id != by.pk:
        raise NotFound("没有这份草稿")
    if not created:
        for name, value in kept.items():
            setattr(draft, name, value)
        draft.save(update_fields=list(kept))
    return draft


def _registered(case: Case, by: User) -> str:
    if case.registered_by_id != by.pk:
        raise NotFound("没有这份草稿")
    at = clock.local(case.registered_at)
    return f"已登记 {case.short_number}（{at:%H:%M}），没有重复登记"


def delete_draft(*, submission_id: uuid.UUID, by: User) -> None:
    """Put a draft away; for seven days it can be fetched back."""
    _mark(submission_id, by, deleted_at=clock.now())


def restore_draft(*, submission_id: uuid.UUID, by: User) -> None:
    """撤销: fetch back a draft put away within seven days."""
    _mark(submission_id, by, deleted_at=None)


def _mark(submission_id: uuid.UUID, by: User, *, deleted_at: datetime | None) -> None:
    mine = unfinished().filter(submission_id=submission_id, owner=by)
    if not mine.filter(_within_reach()).update(deleted_at=deleted_at):
        raise NotFound("没有这份草稿，可能已经登记或者过了 7 天")


def _within_reach() -> Q:
    return Q(deleted_at=None) | Q(deleted_at__gte=clock.now() - UNDO_WITHIN)


def forget_draft(*, submission_id: uuid.UUID, by: User) -> None:
    """The form has been sent: what it kept on the way is not needed any more."""
    Draft.objects.filter(submission_id=submission_id, owner=by).delete()


def purge_drafts(*, now: datetime) -> int:
    """Remove for good what was deleted 7 days ago, sent, or untouched for 30 days."""
    old = Q(deleted_at__lt=now - UNDO_WITHIN) | Q(saved_at__lt=now - KEPT_FOR)
    sent = ~Q(pk__in=unfinished().values("pk"))
    removed, _ = Draft.objects.filter(old | sent).delete()
    return removed
