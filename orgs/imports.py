"""An import from Excel, step by step: sent, looked at, carried out in one go, taken back.

What a row is and how it gets into the database, an Importer says; the next kinds (grids, their
workers) are one more Importer each. What was sent lives in the Import row, encrypted, so that
every step works without script and from another computer.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import IntegrityError, models, transaction

from orgs.importing import Row, Sheet, Table, read_row
from orgs.models import AccessLog, Center, Import, User
from orgs.services import log_access
from orgs.sheets import MOST_ROWS
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, WrongState

UNDO_WITHIN = timedelta(hours=24)
Snapshot = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    title: str
    old: str
    new: str


class Importer(ABC):
    """How the rows of one kind are known, made, changed and taken back, in one centre."""

    kind: ClassVar[Import.Kind]
    most_rows: ClassVar[int] = MOST_ROWS  # of one file
    by: User | None = None  # who carries it out, and from where
    address: str | None = None

    def __init__(self, center: Center) -> None:
        self.center = center

    table: Table

    @abstractmethod
    def load(self) -> None:
        """Fetch once what is there, to compare all rows with."""

    def look_up(self, rows: Sequence[Row]) -> None:  # noqa: B027 most kinds load all there is
        """Fetch once what these rows name, where all that is there would be too much."""

    @abstractmethod
    def match(self, row: Row) -> int | None:
        """Who of those there this row is; what stands in the way is put into its errors."""

    @abstractmethod
    def identities(self, row: Row) -> tuple[set[Hashable], set[Hashable]]:
        """(what this row is known by, what no row before it may be known by)."""

    @abstractmethod
    def differences(self, pk: int, row: Row) -> list[Difference]: ...

    @abstractmethod
    def create(self, rows: list[Row]) -> list[int]: ...

    @abstractmethod
    def cover(self, pk: int, row: Row) -> None: ...

    def cover_many(self, covers: Sequence[tuple[int, Row]]) -> None:
        """The same of many; worth its own where `cover` asks more than a little."""
        for pk, row in covers:
            self.cover(pk, row)

    @abstractmethod
    def snapshots(self, pks: Iterable[int]) -> dict[int, Snapshot]:
        """All there is to know of each, as JSON has it; locked until the transaction ends."""

    @abstractmethod
    def restore(self, pk: int, before: Snapshot, after: Snapshot) -> str:
        """Give the values before back, or say why that cannot be."""

    @abstractmethod
    def used(self, pk: int) -> list[str]:
        """By what it is used since it was made, in words."""

    def used_by(self, pks: Sequence[int]) -> dict[int, list[str]]:
        """The same of many; worth its own where `used` asks more than a little."""
        return {pk: self.used(pk) for pk in pks}

    @abstractmethod
    def remove(self, pk: int) -> None: ...

    def remove_many(self, pks: Sequence[int]) -> None:
        """The same of many; worth its own where `remove` asks more than a little."""
        for pk in pks:
            self.remove(pk)


@dataclass(frozen=True)
class Cover:
    """A row about somebody who is there already."""

    row: Row
    pk: int
    differences: list[Difference]


@dataclass
class Checked:
    fresh: list[Row] = field(default_factory=list)
    bad: list[Row] = field(default_factory=list)
    covers: list[Cover] = field(default_factory=list)


# --- sent and looked at ---------------------------------------------------------------------------


def begin(importer: Importer, sheet: Sheet, by: User) -> Import:
    """Keep what was sent, until it is imported or a day has gone."""
    return Import.objects.create(
        kind=importer.kind,
        center=importer.center,
        by=by,
        at=clock.now(),
        rows=_dump({"rows": sheet.rows, "unread": sheet.unread}),
    )


def contents(one: Import) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(one.rows) if one.rows else {}
    return found


def check(importer: Importer, one: Import) -> Checked:
    """Every row in one of three heaps, as things stand now."""
    return check_rows(importer, contents(one).get("rows", []))


def check_rows(importer: Importer, rows: Iterable[tuple[int, dict[str, str]]]) -> Checked:
    """The same of rows that are kept nowhere: a file for the command line."""
    importer.load()
    read = [read_row(importer.table, at, cells) for at, cells in rows]
    importer.look_up([row for row in read if not row.errors])
    found = Checked()
    seen: dict[Hashable, int] = {}
    for row in read:
        pk = None if row.errors else _place(importer, row, seen)
        if row.errors:
            found.bad.append(row)
        elif pk is None:
            found.fresh.append(row)
        else:
            found.covers.append(Cover(row, pk, importer.differences(pk, row)))
    return found


def _place(importer: Importer, row: Row, seen: dict[Hashable, int]) -> int | None:
    pk = importer.match(row)
    known_by, before = importer.identities(row)
    if pk is not None:
        known_by, before = known_by | {("pk", pk)}, before | {("pk", pk)}
    if clash := next((seen[key] for key in before if key in seen), None):
        first = importer.table.columns[0]
        row.errors.setdefault(first.key, f"和第 {clash} 行是同一个，留下一行")
    if not row.errors:
        seen.update(dict.fromkeys(known_by, row.at))
    return pk


def mend(one_id: int, typed: Mapping[int, Mapping[str, str]], dropped: set[int]) -> None:
    """Put what was typed over the cells of these rows; leave these rows out."""
    with transaction.atomic():
        one = _locked(one_id)
        if one.state != Import.State.CHECKING:
            raise WrongState("这一份已经导入了，不能再改")
        kept = contents(one)
        kept["rows"] = [
            (at, {**cells, **typed.get(at, {})}) for at, cells in kept["rows"] if at not in dropped
        ]
        one.rows = _dump(kept)
        one.save(update_fields=["rows"])


# --- carried out ----------------------------------------------------------------------------------


def carry_out(
    importer: Importer, one_id: int, *, by: User, address: str | None, cover: bool
) -> Import:
    """Import what can be, all of it or nothing; asked twice, done once.

    The rows are looked at again under the lock of the centre: two files take turns.
    """
    importer.by, importer.address = by, address
    try:
        with transaction.atomic():
            one = _locked(one_id)
            if one.state != Import.State.CHECKING:
                return one
            Center.objects.select_for_update(no_key=True).get(pk=one.center_id)
            _carry_out(importer, one, cover=cover)
            _log(AccessLog.Action.IMPORT, one, by, address, "导入")
    except IntegrityError as error:
        raise WrongState("核对以后名册又变了，这次没有导入，刷新看看再导") from error
    return one


def _carry_out(importer: Importer, one: Import, *, cover: bool) -> None:
    found = check(importer, one)
    covers = [each for each in found.covers if cover and each.differences]
    if not found.fresh and not covers:
        raise Invalid("没有可以导入的行。有问题的先改好；要更新已经存在的，勾上再导入")
    changed = [each.pk for each in covers]
    before = importer.snapshots(changed)
    made = importer.create(found.fresh)
    importer.cover_many([(each.pk, each.row) for each in covers])
    after = importer.snapshots([*made, *changed])
    rest = _keep_the_rest(one, found, cover=cover)
    one.rows = _dump(
        {
            "rest": rest.pk if rest else None,
            "made": [{"pk": pk, "after": after[pk]} for pk in made],
            "changed": [{"pk": pk, "before": before[pk], "after": after[pk]} for pk in changed],
            "left_out": len(found.bad),
            "not_covered": 0 if cover else sum(bool(each.differences) for each in found.covers),
        }
    )
    one.state, one.done_at = Import.State.DONE, clock.now()
    one.created, one.covered = len(made), len(changed)
    one.save()


def _keep_the_rest(one: Import, found: Checked, *, cover: bool) -> Import | None:
    """The rows that were wrong or not to be covered, to be mended and imported after all: as if
    sent by themselves, and forgotten as such."""
    kept = contents(one)
    left = {row.at for row in found.bad}
    left |= {each.row.at for each in found.covers if each.differences and not cover}
    rows = [(at, cells) for at, cells in kept["rows"] if at in left]
    if not rows:
        return None
    return Import.objects.create(
        kind=one.kind,
        center_id=one.center_id,
        by_id=one.by_id,
        at=clock.now(),
        rows=_dump({"rows": rows, "unread": kept.get("unread", [])}),
    )


# --- taken back -----------------------------------------------------------------------------------


def may_undo(one: Import) -> bool:
    return (
        one.state == Import.State.DONE
        and one.done_at is not None
        and clock.now() < one.done_at + UNDO_WITHIN
    )


def undo(importer: Importer, one_id: int, *, by: User, address: str | None) -> Import:
    """撤销本次导入: as before; what was used or changed since is named and left."""
    with transaction.atomic():
        one = _locked(one_id)
        if one.state == Import.State.UNDONE:
            return one
        if not may_undo(one):
            raise WrongState("导入超过 24 小时，不能撤销了，到名册里一个一个改")
        kept = contents(one)
        left = _take_back(importer, kept)
        one.rows = _dump({"left": left, "rest": kept.get("rest")})
        one.state, one.undone_at = Import.State.UNDONE, clock.now()
        one.save()
        _log(AccessLog.Action.IMPORT, one, by, address, "撤销导入", left=len(left))
    return one


def _take_back(importer: Importer, kept: dict[str, Any]) -> list[str]:
    """Take back what can be; the sentences name what is left as it is."""
    entries = [*kept["made"], *kept["changed"]]
    now = importer.snapshots(entry["pk"] for entry in entries)
    as_made = [entry["pk"] for entry in kept["made"] if now.get(entry["pk"]) == entry["after"]]
    used = importer.used_by(as_made)
    left, gone = [], []
    for entry in entries:
        pk, before = entry["pk"], entry.get("before")
        if pk not in now:
            continue
        if now[pk] != entry["after"]:
            left.append(f"{now[pk]['name']}：导入以后改过")
        elif before is not None:
            if why := importer.restore(pk, before, entry["after"]):
                left.append(f"{now[pk]['name']}：{why}")
        elif used[pk]:
            left.append(f"{now[pk]['name']}：已经用到（{'、'.join(used[pk])}）")
        else:
            gone.append(pk)
    importer.remove_many(gone)
    return left


def users_of(row: models.Model, *, besides: set[type[models.Model]]) -> list[str]:
    """What points to this row, by the names of the models; its own lists left out."""
    return users_of_many(type(row), [row.pk], besides=besides)[row.pk]


def users_of_many(
    pointed_to: type[models.Model], pks: Sequence[int], *, besides: set[type[models.Model]]
) -> dict[int, list[str]]:
    """What points to each of these rows; each relation is asked once, however many they are.

    A list of many to many goes by the name of the model that has it.
    """
    found: dict[int, set[str]] = {pk: set() for pk in pks}
    relations: Any = pointed_to._meta.get_fields(include_hidden=True)
    for relation in relations:
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        model: Any = relation.related_model
        if model in besides:
            continue
        name = relation.field.attname
        rows = model._base_manager.filter(**{f"{name}__in": pks}).values_list(name, flat=True)
        has_it = model._meta.auto_created or model
        for pk in rows.distinct():
            found[pk].add(str(has_it._meta.verbose_name))
    return {pk: sorted(names) for pk, names in found.items()}


def forget_old(*, before: datetime) -> None:
    """What was sent and not imported goes; of what was imported, only the numbers stay."""
    Import.objects.filter(state=Import.State.CHECKING, at__lt=before).delete()
    Import.objects.filter(at__lt=before, undone_at__lt=before).update(rows="")
    Import.objects.filter(state=Import.State.DONE, done_at__lt=before).update(rows="")


def _locked(one_id: int) -> Import:
    return Import.objects.select_for_update(of=("self",)).get(pk=one_id)


def _dump(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False)


def _log(
    action: AccessLog.Action, one: Import, by: User, address: str | None, what: str, **data: int
) -> None:
    log_access(
        action,
        user=by,
        address=address,
        subject=f"{what}{one.get_kind_display()}（第 {one.pk} 次）",
        data={"created": one.created, "covered": one.covered, **data},
    )
