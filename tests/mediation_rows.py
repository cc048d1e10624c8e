"""Rows of a mediation for tests: the smallest that are legal, changed by keyword."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from cases.models import Attachment, Case
from mediation.models import (
    Agreement,
    AgreementTerm,
    Body,
    Mediation,
    Mediator,
    Presence,
    Session,
    SubsidyGrade,
)
from orgs.models import Center, Department, User
from zongzhi.lib import clock
from zongzhi.lib.stored import path_to


def a_body(center: Center, name: str = "示范县人民调解委员会", **changed: Any) -> Body:
    code = f"B{Department.objects.count()}"
    unit = Department.objects.create(code=code, name=name, center=center, kind="body")
    given = {"kind": Body.Kind.COMMITTEE, "founder": Body.Founder.TOWN, "case_word": "示"}
    return Body.objects.create(department=unit, **{**given, **changed})


def a_mediator(center: Center, name: str = "赵英", **changed: Any) -> Mediator:
    return Mediator.objects.create(center=center, name=name, **changed)


def a_mediation(case: Case, *, by: User, **changed: Any) -> Mediation:
    """One that is open since today; `ended_on` or `ending` end it."""
    Case.objects.filter(pk=case.pk).update(mediated_at=clock.now())
    given: dict[str, Any] = {
        "center": case.center,
        "round": case.round,
        "year": 2026,
        "serial": Mediation.objects.count() + 1,
        "origin": Mediation.Origin.APPLIED,
        "demands": "付清三个月工资",
        "started_on": clock.today(),
        "started_by": by,
    }
    given |= changed
    if given.get("ending") and not given.get("ended_on"):
        given["ended_on"] = given["started_on"]
    if given.get("ended_on"):
        given.setdefault("ending", Mediation.Ending.AGREED)
        given.setdefault("ended_by", by)
    return Mediation.objects.create(case=case, **given)


def a_session(mediation: Mediation, *, host: Mediator, by: User, **changed: Any) -> Session:
    """One that has been held, with everybody there."""
    starts = datetime.combine(mediation.started_on, time(9), clock.SHANGHAI)
    given: dict[str, Any] = {
        "host": host,
        "level": "county",
        "place": "一号调解室",
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=1, minutes=30),
        "state": Session.State.HELD,
        "outcome": Session.Outcome.WRITTEN,
        "planned_by": by,
        "planned_at": clock.now(),
        "record": "双方陈述。\n核对工资表，欠三个月。",
        "recorder": "何静",
    }
    row = Session.objects.create(mediation=mediation, **{**given, **changed})
    for party in mediation.case.parties.all():
        Presence.objects.create(session=row, party=party, came=True)
    return row


def an_agreement(
    mediation: Mediation,
    *,
    by: User,
    amounts: tuple[str | None, ...] = ("38600",),
    done_on: date | None = None,
    **changed: Any,
) -> Agreement:
    """A written one with a clause for each amount, all performed on `done_on` if given."""
    reached = mediation.ended_on or mediation.started_on
    given: dict[str, Any] = {
        "form": Agreement.Form.WRITTEN,
        "facts": "鑫源劳务公司拖欠张三丰三个月工资。",
        "manner": "银行转账",
        "place": "示范县",
        "reached_on": reached,
        "in_force_on": reached,
        "written_by": by,
        "written_at": clock.now(),
    }
    row = Agreement.objects.create(mediation=mediation, **{**given, **changed})
    for n, amount in enumerate(amounts, start=1):
        AgreementTerm.objects.create(
            agreement=row,
            n=n,
            text=f"鑫源劳务公司付第{n}笔工资",
            amount=Decimal(amount) if amount else None,
            due_on=reached + timedelta(days=30),
            done_on=done_on,
        )
    return row


def a_file(case: Case, name: str, *, by: User, content: bytes = b"%PDF-1.4 x", pages: int = 2):
    """A file of the case, with its bytes where they lie."""
    import hashlib  # noqa: PLC0415

    digest = hashlib.sha256(content).hexdigest()
    row = Attachment.objects.create(
        case=case,
        name=name,
        stored_as=hashlib.sha256(f"{case.pk} {name}".encode()).hexdigest()[:48],
        media_type="application/pdf",
        size=len(content),
        sha256=digest,
        pages=pages,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    path_to(row.stored_as).parent.mkdir(parents=True, exist_ok=True)
    path_to(row.stored_as).write_bytes(content)
    return row


def a_grade(
    center: Center, name: str = "一般", amount: str = "100", **changed: Any
) -> SubsidyGrade:
    given = {"rank": 2, "criteria": "争议不大，一次调成"}
    return SubsidyGrade.objects.create(
        center=center, name=name, amount=Decimal(amount), **{**given, **changed}
    )
