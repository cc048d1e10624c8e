"""立卷, 卷宗检查, 调查记录, and where the files of a case lie in its dossier."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from cases.door import Change, changing
from cases.models import Case
from mediation.dossier import dossier_of
from mediation.dossier_forms import to_check, to_file
from mediation.dossier_loading import proceeding
from mediation.models import DossierFile, Inquiry, Mediation
from mediation.policies import mediates
from mediation.proceedings import ended_mediations
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound, WrongState


def file_dossier(
    *,
    case_id: int,
    by: User,
    kept_for: str,
    note: str = "",
    mediation_id: int | None = None,
    is_hard: bool | None = None,
    no_crime_people: int | None = None,
    no_petition_people: int | None = None,
) -> Case:
    """立卷: put together, numbered, to be kept so long; somebody else checks it.

    With what the official statistics ask of it: 疑难, and how many people were kept from 民转刑 and
    群体性上访. What nobody has said stays as it was.
    """
    with changing(case_id, "file-dossier", by=by) as change:
        row = _one(change.case, to_file, mediation_id, "这一卷已经立了")
        row.filed_on, row.filed_by = clock.local(change.now).date(), by
        row.kept_for, row.dossier_note = kept_for, note.strip()
        counted = {
            "is_hard": is_hard,
            "no_crime_people": no_crime_people,
            "no_petition_people": no_petition_people,
        }
        said = {name: value for name, value in counted.items() if value is not None}
        for name, value in said.items():
            setattr(row, name, value)
        row.save(update_fields=["filed_on", "filed_by", "kept_for", "dossier_note", *said])
        _told(change, row, note.strip())
    return change.case


def check_dossier(
    *,
    case_id: int,
    by: User,
    passed: bool,
    defects: str = "",
    mediation_id: int | None = None,
) -> Case:
    """卷宗检查: passed, or back to whoever filed it with the list of defects.

    A dossier that has passed needs its mediators no more: those let in see the case no longer.

    What is required and missing has to be explained in the note before it can pass. Raises
    NotAllowed for one's own dossier, WrongState for one with holes nobody has explained.
    """
    with changing(case_id, "check-dossier", by=by) as change:
        row = _one(change.case, to_check, mediation_id, "这一卷没有等着检查")
        if row.filed_by_id == by.pk:
            raise NotAllowed("自己立的卷，要由别人检查")
        if passed:
            _refuse_holes(change.case, row)
            row.checked_on, row.checked_by = clock.local(change.now).date(), by
        else:
            row.filed_on = row.filed_by = None
        row.save(update_fields=["checked_on", "checked_by", "filed_on", "filed_by"])
        change.data["passed"] = passed
        _told(change, row, "合格" if passed else f"不合格：{defects.strip()}")
    return change.case


def _one(
    case: Case, fits: Callable[[Mediation], bool], pk: int | None, otherwise: str
) -> Mediation:
    rows = [row for row in ended_mediations(case) if fits(row)]
    if pk is not None:
        rows = [row for row in rows if row.pk == pk]
    if not rows:
        raise WrongState(otherwise)
    if len(rows) > 1:
        raise Invalid(errors={"mediation": ["还没选“哪一卷”"]})
    return rows[0]


def _refuse_holes(case: Case, row: Mediation) -> None:
    if row.dossier_note:
        return
    loaded = proceeding(Case.objects.for_detail().get(pk=case.pk), row.pk)
    missing = dossier_of(loaded.case, loaded).missing if loaded else []
    if missing:
        raise WrongState(
            f"还缺 {len(missing)} 样：{'；'.join(missing)}。"
            "补上，或者退回去在卷宗情况说明里写明原因，才能合格"
        )


def _told(change: Change, row: Mediation, text: str) -> None:
    change.data["mediation"] = row.pk
    change.text = text


def record_inquiry(
    *,
    mediation_id: int,
    by: User,
    at: datetime,
    place: str,
    subject: str,
    asked: str,
    asked_by: str,
    text: str,
    recorder: str = "",
) -> Inquiry:
    """记调查: what somebody said when asked; its paper is made from it.

    A note in the history says that it was done, nothing of what was said.
    """
    mediation = _mine(mediation_id, by)
    with changing(mediation.case_id, "note", by=by) as change:
        row = Inquiry.objects.create(
            mediation=mediation,
            at=at,
            place=place,
            subject=subject,
            asked=asked,
            asked_by=asked_by,
            recorder=recorder,
            text=text,
            by=by,
            written_at=change.now,
        )
        change.data = {"inquiry": row.pk}
        change.text = "记了一份调查记录"
    return row


def place_file(*, mediation_id: int, by: User, file: int, part: str) -> None:
    """Say in which part of the dossier a file lies; not once it has been checked."""
    with transaction.atomic():
        mediation = _mine(mediation_id, by)
        if mediation.checked_on is not None:
            raise WrongState("卷宗已经检查合格，不能再动")
        if not mediation.case.attachments.filter(pk=file).exists():
            raise NotFound("没有这份材料")
        DossierFile.objects.update_or_create(
            mediation=mediation, attachment_id=file, defaults={"part": part}
        )


def _mine(mediation_id: int, by: User) -> Mediation:
    row = Mediation.objects.visible_to(by).filter(pk=mediation_id).first()
    if row is None:
        raise NotFound("没有这次调解")
    case = Case.objects.visible_to(by).for_detail().get(pk=row.case_id)
    if not mediates(by, case):
        raise NotAllowed(
            f"{case.short_number} 由{case.center.name}安排的调解员调解，这个账号不能办"
        )
    row.case = case
    found: Mediation = row
    return found
