"""强制报告: opened with the case, settled by somebody, chased when nobody does."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from cases.clocks import Clocks
from cases.compulsory import authorities_of
from cases.door import changing
from cases.models import Case, CompulsoryReport
from cases.policies import can_note
from cases.thresholds import Threshold
from cases.vocabulary import Authority, Special
from orgs.models import User
from orgs.models.notices import Topic
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound


def require_reports(case: Case, clocks: Clocks, *, now: datetime) -> None:
    """Open what the law asks for, in the transaction that registers the case; tell the desk."""
    authorities = authorities_of(Special(flag) for flag in case.special)
    if not authorities:
        return
    due_at = now + timedelta(minutes=clocks.threshold(Threshold.COMPULSORY_MINUTES, now))
    CompulsoryReport.objects.bulk_create(
        [
            CompulsoryReport(case=case, authority=a, opened_at=now, due_at=due_at)
            for a in authorities
        ]
    )
    names = "、".join(authority.label for authority in authorities)
    until = dates.moment(due_at)
    notify(
        User.objects.holding(Permission.TRIAGE, center=case.center),
        text=f"{case.short_number} 有特别情况，先看这件；{until} 前报告{names}",
        url=case.get_absolute_url(),
        topic=Topic.URGENT,
    )


def settle_report(
    *, report_id: int, by: User, outcome: CompulsoryReport.Outcome, contact: str, text: str
) -> CompulsoryReport:
    """Say that an authority has been told, when and by whom and to whom; or why it need not be.

    It becomes a line of the case's history while the case is open; one that has ended meanwhile
    must still be reported. Raises NotFound, NotAllowed, AlreadyDone.
    """
    with transaction.atomic():
        report = _locked(report_id, by)
        if report.case.is_open:
            with changing(report.case_id, "note", by=by) as change:
                change.data = {"compulsory_report": report.pk, "outcome": str(outcome)}
                change.text = _said(report, outcome, contact, text)
        elif not can_note(by, report.case):
            raise NotAllowed(f"{report.case.short_number} 的强制报告由{report.case.center.name}办")
        report.outcome, report.contact = outcome, contact
        report.settled_at, report.settled_by = clock.now(), by
        report.save()
    return report


def _locked(report_id: int, by: User) -> CompulsoryReport:
    """The report, held after its case, in the order every act holds them."""
    rows = CompulsoryReport.objects.visible_to(by)
    case_id = rows.filter(pk=report_id).values_list("case", flat=True).first()
    if case_id is None:
        raise NotFound("没有这项强制报告")
    case = Case.objects.locked().select_related("center", "unit").get(pk=case_id)
    case._open_assignments = []
    report: CompulsoryReport = CompulsoryReport.objects.select_for_update().get(pk=report_id)
    report.case = case
    if report.settled_at is not None and report.settled_by is not None:
        at, who = clock.local(report.settled_at), report.settled_by.name
        label = Authority(report.authority).label
        raise AlreadyDone(f"{who} {at:%H:%M} 已经办了向{label}的报告，不用再办")
    return report


def _said(
    report: CompulsoryReport, outcome: CompulsoryReport.Outcome, contact: str, text: str
) -> str:
    label = Authority(report.authority).label
    if outcome == CompulsoryReport.Outcome.NOT_NEEDED:
        return f"强制报告：不用向{label}报告，因为{text}"
    more = f"。{text}" if text else ""
    return f"强制报告：已向{label}报告，接报人 {contact}{more}"


def chase_reports(*, now: datetime) -> int:
    """Tell desk and leaders, once each, of reports that are past their time; how many."""
    late = CompulsoryReport.objects.filter(settled_at=None, chased_at=None, due_at__lt=now)
    return sum(_chase(pk, now) for pk in late.values_list("pk", flat=True))


@transaction.atomic
def _chase(report_id: int, now: datetime) -> bool:
    waiting = CompulsoryReport.objects.filter(pk=report_id, settled_at=None, chased_at=None)
    if not waiting.update(chased_at=now):
        return False  # settled, or chased by another worker, since it was found
    report = CompulsoryReport.objects.select_related("case__center").get(pk=report_id)
    case, label = report.case, Authority(report.authority).label
    for permission in (Permission.TRIAGE, Permission.DECIDE):
        notify(
            User.objects.holding(permission, center=case.center),
            text=f"{case.short_number} 过了时间还没向{label}报告，马上办",
            url=case.get_absolute_url(),
            topic=Topic.URGENT,
        )
    return True
