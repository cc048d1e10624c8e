"""What somebody has begun and not finished; shown by enough to know it by, not by what it says."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from cases.models import Case, Draft, Visit
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.identity import mask_name

UNDO_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class ShownDraft:
    """「10:42 没登记完：张某 手机尾号 5621」"""

    submission_id: uuid.UUID
    saved_at: datetime
    who: str


def unfinished() -> QuerySet[Draft]:
    """Drafts whose form has not been sent: those sent are a case, or a visit, already."""
    case = Case.objects.filter(submission_id=OuterRef("submission_id"))
    visit = Visit.objects.filter(submission_id=OuterRef("submission_id"))
    return Draft.objects.filter(~Exists(case), ~Exists(visit))


def drafts_of(user: User) -> QuerySet[Draft]:
    """What this person can go on with."""
    return unfinished().filter(owner=user, deleted_at=None)


def deleted_drafts_of(user: User) -> QuerySet[Draft]:
    """What this person has put away within the last seven days."""
    return unfinished().filter(owner=user, deleted_at__gte=clock.now() - UNDO_WITHIN)


def content_of(draft: Draft) -> dict[str, list[str]]:
    """The fields as they were typed."""
    content: dict[str, list[str]] = json.loads(draft.content)
    return content


def show(draft: Draft) -> ShownDraft:
    """The draft as a list shows it."""
    typed = {name: values[0] for name, values in content_of(draft).items() if values}
    name, phone = typed.get("name", "").strip(), typed.get("phone", "").strip()
    parts = [mask_name(name, minor=True) if name else "没写姓名"]
    if len(phone) >= 4:
        parts.append(f"手机尾号 {phone[-4:]}")
    return ShownDraft(draft.submission_id, draft.saved_at, " ".join(parts))
