"""Keeping official tables: a printed edition, a sealed one (封存), a correction; what is put on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db import connection, transaction
from django.db.models import Max

from cases.models import Case
from mediation.periods import Period, period_of
from orgs.models import Center, User
from orgs.permissions import Permission
from reports.indicators.counting import Scope
from reports.indicators.ledger_sets import chosen
from reports.kept import kept_rows
from reports.ledgers import cases_on, columns_of, edits_of, span_of, table_of
from reports.models import Ledger, LedgerEntry, LineEdit, Sheet, SheetRows
from reports.tables import cell_key, frozen
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState


@dataclass(frozen=True)
class Words:
    """What a person may write over and under a sheet. Words of its lines are saved line by line."""

    title: str
    reporter: str
    note: str = ""


def may_keep(user: User, center: Center) -> bool:
    """Whoever supervises or leads the centre."""
    wanted = (Permission.SUPERVISE, Permission.DECIDE)
    return any(user.can_at(permission, center.pk) for permission in wanted)


def title_of(kind: str, center: Center, period: Period) -> str:
    name = center.name.removesuffix("综治中心")
    return f"{name}{period.words}{Sheet.Kind(kind).label}"


@transaction.atomic
def keep_sheet(
    *, kind: str, center: Center, period: Period, by: User, words: Words, seal: bool = False
) -> Sheet:
    """Keep an edition to print; with `seal`, the one that stands for the period from now on."""
    _check(by, center)
    if seal:
        _may_seal(kind, center, period)
    return _keep(kind, center, period, by, words, is_sealed=seal)


def _may_seal(kind: str, center: Center, period: Period) -> None:
    if period.until >= clock.today():
        raise WrongState(f"{period.words}还没过完，过完再封存")
    _lock(center)
    done = Sheet.objects.of(center, kind, period.code).filter(is_sealed=True, corrects=None).first()
    if done is not None:
        raise AlreadyDone(
            f"{period.words}的已由{done.made_by.name}封存，有错在封存的那一版上写更正单"
        )


@transaction.atomic
def correct_sheet(*, sheet_id: int, by: User, reason: str) -> Sheet:
    """更正单: the numbers as they are now, beside the sealed ones, which stay."""
    if not reason.strip():
        raise Invalid("还没写更正原因")
    old = Sheet.objects.visible_to(by).filter(pk=sheet_id).select_related("center__region").first()
    if old is None:
        raise NotFound("没有这张表")
    _check(by, old.center)
    _lock(old.center)
    if not old.is_sealed:
        raise WrongState("没有封存的不用更正，重新存一版就行")
    if Sheet.objects.filter(corrects=old).exists():
        raise AlreadyDone("这一版已经更正过，要再改，更正最新的那一版")
    words = Words(old.title, old.reporter, old.note)
    return _keep(
        old.kind,
        old.center,
        period_of(old.period),
        by,
        words,
        is_sealed=True,
        corrects=old,
        reason=reason.strip(),
        texts=_texts(old),
    )


def _texts(sheet: Sheet) -> dict[str, str]:
    """The free words of a kept table that nobody has written anew since."""
    free = [column["key"] for column in sheet.table["columns"] if column["free"]]
    since = LineEdit.objects.filter(
        center=sheet.center, ledger=sheet.kind, period=sheet.period, at__gt=sheet.made_at
    )
    written = set(since.values_list("case__number", flat=True)) if free else set()
    return {
        cell_key(line["key"], key): line["cells"][key]["text"]
        for line in sheet.table["lines"]
        if line["key"] not in written
        for key in free
    }


def _keep(
    kind: str,
    center: Center,
    period: Period,
    by: User,
    words: Words,
    *,
    is_sealed: bool,
    corrects: Sheet | None = None,
    reason: str = "",
    texts: Mapping[str, str] = MappingProxyType({}),
) -> Sheet:
    _lock(center)
    last = Sheet.objects.of(center, kind, period.code).aggregate(n=Max("version"))["n"] or 0
    now = clock.now()
    table, behind = frozen(table_of(kind, center, period), center, texts)
    sheet = Sheet.objects.create(
        center=center,
        kind=kind,
        period=period.code,
        version=last + 1,
        is_sealed=is_sealed,
        corrects=corrects,
        reason=reason,
        title=words.title,
        reporter=words.reporter,
        note=words.note,
        table=table,
        as_of=span_of(period).as_of,
        made_by=by,
        made_at=now,
    )
    SheetRows.objects.bulk_create(kept_rows(SheetRows, behind, sheet=sheet), batch_size=500)
    return sheet


@transaction.atomic
def save_line(
    *,
    ledger: Ledger,
    center: Center,
    period: Period,
    number: str,
    cells: Mapping[str, str],
    restore: bool,
    seen: int,
    by: User,
) -> LineEdit | None:
    """Keep what somebody has changed of one line; `cells` are only the columns they changed.

    With `restore` the line follows its case again. `seen` is the latest edit that was on the page:
    whoever has not seen what another has just written does not write over it. None when there is
    nothing to keep.
    """
    _check(by, center)
    _lock(center)
    case = cases_on(ledger, center, period).filter(number=number).first()
    if case is None:
        raise NotFound("台账上没有这件事项")
    last = edits_of(ledger, center, period, [case]).get(case.pk)
    if (last.pk if last else 0) != seen:
        raise WrongState(f"{last.by.name if last else '别人'}刚改过这一行，核对后再保存")
    free = {column.key for column in columns_of(ledger) if column.free}
    before = last.cells if last else {}
    written = {} if restore else {**before, **{k: v for k, v in cells.items() if k in free}}
    if written == before:
        return last
    return LineEdit.objects.create(
        center=center,
        ledger=ledger,
        period=period.code,
        case=case,
        cells=written,
        by=by,
        at=clock.now(),
    )


@transaction.atomic
def mark_entry(
    *, ledger: Ledger, center: Center, number: str, is_on: bool, reason: str, by: User
) -> LedgerEntry:
    """Put a case onto a ledger or take it off by hand, saying why."""
    _check(by, center)
    wrong = {}
    inside = Scope(center).q("")
    case = Case.objects.visible_to(by).filter(inside, number=number.strip()).first()
    if case is None:
        wrong["number"] = ["没有这个编号的事项，写完整的 16 位编号"]
    if not reason.strip():
        wrong["reason"] = ["还没写理由"]
    if wrong or case is None:
        raise Invalid(errors=wrong)
    Case.objects.visible_to(by).locked().get(pk=case.pk)
    now = clock.now()
    stands = Case.objects.visible_to(by).filter(chosen(ledger, span_of(period_of(""))), pk=case.pk)
    if stands.exists() == is_on:
        where = "已经在台账上" if is_on else "不在台账上"
        raise AlreadyDone(f"{case.short_number} {where}，不用再调")
    return LedgerEntry.objects.create(
        ledger=ledger, case=case, is_on=is_on, reason=reason.strip(), by=by, at=now
    )


def _check(by: User, center: Center) -> None:
    if not may_keep(by, center):
        raise NotAllowed("台账和报表由本中心督办的人或领导存")


def _lock(center: Center) -> None:
    """One edition of a centre at a time: versions follow one another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sheet'), %s)", [center.pk])
