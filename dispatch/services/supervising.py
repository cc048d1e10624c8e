"""督办: the numbered sheet, its answer, its lifting."""

from __future__ import annotations

from datetime import date, datetime

from cases.clocks import local_day
from cases.door import Change, changing
from cases.models import Case
from cases.services.course import said, tell_unit
from cases.thresholds import Threshold
from dispatch.models import Request, Supervision
from orgs.models import User
from orgs.models.notices import Topic
from orgs.models.people import Holders
from orgs.numbering import next_in
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib.errors import Invalid, WrongState


def supervise_case(*, case_id: int, by: User, reason: str, answer_days: int | None = None) -> Case:
    """督办: issue a numbered sheet to the lead unit; it must answer in so many working days."""
    with changing(case_id, "supervise", by=by) as change:
        open_supervision(change, reason=reason, answer_days=answer_days)
    return change.case


def open_supervision(
    change: Change, *, reason: str, answer_days: int | None = None, due_at: datetime | None = None
) -> None:
    """Write the sheet and move the case; `due_at` is the time that has passed.

    One issued by hand answers for none, only for its own: when the answer is due.
    """
    case, lead = change.case, change.lead
    days = answer_days or change.clocks.threshold(Threshold.ANSWER_DAYS, change.now)
    answer_due = change.clocks.after(change.now, days).at
    year = local_day(change.now).year
    county = case.center.name.removesuffix("综治中心")
    sheet = Supervision.objects.create(
        number=f"{county}综督〔{year}〕{next_in(f'supervision {case.center_id} {year}')}号",
        case=case,
        round=case.round,
        unit=lead.unit,
        due_at=due_at or answer_due,
        reason=reason,
        opened_at=change.now,
        opened_by=change.by,
        answer_due_at=answer_due,
        answer_days=days,
    )
    case.supervise()
    case.supervised_at = change.now
    change.unit, change.text = lead.unit, reason
    change.data = {"supervision": sheet.pk, "number": sheet.number}
    if lapsed := _lapse_extensions(change):
        change.data["lapsed"] = lapsed
    told = f"{case.short_number} 已督办，{said(answer_due)}前答复"
    tell_unit(lead.unit, case, told, topic=Topic.SUPERVISED)


def _lapse_extensions(change: Change) -> list[int]:
    """What was asked for before its time ran out, and nobody decided, counts no more."""
    asked = Request.objects.select_related("by").filter(
        case=change.case, kind=Request.Kind.EXTENSION, decided_at=None
    )
    lapsed = list(asked)
    for request in lapsed:
        request.decided_at, request.decision_text = change.now, "督办开始，申请失效"
        request.save(update_fields=["decided_at", "decision_text"])
        notify(
            [request.by],
            text=f"{change.case.short_number} 已督办，没批的延期申请失效",
            url=change.case.get_absolute_url(),
        )
    return [request.pk for request in lapsed]


def answer_supervision(*, case_id: int, by: User, text: str) -> Case:
    """答复督办: why it is late and until when it will be done."""
    with changing(case_id, "answer", by=by) as change:
        case, sheet = change.case, _open_sheet(change.case)
        sheet.answer, sheet.answered_at, sheet.answered_by = text, change.now, by
        sheet.save(update_fields=["answer", "answered_at", "answered_by"])
        change.unit, change.text = sheet.unit, text
        change.data = {"supervision": sheet.pk}
        notify(
            Holders(Permission.SUPERVISE, center=case.center),
            text=f"{case.short_number} {sheet.unit.name}已答复督办",
            url=case.get_absolute_url(),
        )
    return change.case


def lift_supervision(*, case_id: int, by: User, text: str, promised: date) -> Case:
    """解除督办: the answer is accepted, against the date the unit has promised.

    Raises Invalid for a date that is past.
    """
    with changing(case_id, "lift", by=by) as change:
        case, sheet = change.case, _open_sheet(change.case)
        if promised < local_day(change.now):
            raise Invalid(errors={"promised": ["答应办结的日子不能早于今天"]})
        sheet.promised_on = promised
        sheet.save(update_fields=["promised_on"])
        close_supervision(change, Supervision.Ending.LIFTED)
        case.lift()
        change.unit, change.text = sheet.unit, text
        change.data = {"supervision": sheet.pk, "promised": promised.isoformat()}
        tell_unit(sheet.unit, case, f"{case.short_number} 已解除督办，答应 {promised:%m-%d} 前办结")
    return change.case


def _open_sheet(case: Case) -> Supervision:
    sheets = Supervision.objects.select_related("unit")
    sheet: Supervision | None = sheets.filter(case=case, closed_at=None).first()
    if sheet is None:
        raise WrongState(f"{case.short_number} 现在没有督办单")
    return sheet


def close_supervision(change: Change, ending: Supervision.Ending) -> None:
    """Close the open sheet, if there is one, with how it ended."""
    change.case.supervisions.filter(closed_at=None).update(closed_at=change.now, ending=ending)
