"""Mediators from Excel: the columns, who is the same person, and what an import does to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet

from cases.models import DisputeType
from mediation.models import Body, Honour, Mediator, MediatorLevel
from orgs.importing import (
    YES_NO,
    Column,
    Row,
    Table,
    id_number,
    one_of,
    phone,
    place,
    several,
    several_of,
    several_places,
    text,
)
from orgs.imports import Difference, Importer, Snapshot, users_of_many
from orgs.models import Center, Import, Region
from orgs.models.places import Level
from zongzhi.lib.crypto import blind_index
from zongzhi.lib.identity import mask_id, mask_phone, sex

_GENDERS = {"男": "m", "女": "f"}
_KINDS = {str(label): value for value, label in Mediator.Kind.choices}
_LISTS = ("specialities", "areas")
_PLAIN = (
    "name",
    "gender",
    "id_number",
    "phone",
    "kind",
    "is_full_time",
    "title",
    "work_unit",
    "languages",
    "body_id",
    "home_id",
    "level_id",
    "user_id",
    "is_active",
    "left_why",
)
_POINTS_TO: dict[str, type[Model]] = {"body_id": Body, "home_id": Region, "level_id": MediatorLevel}
_SPECIALITY_NAMES = 2  # that an example shows


def table_of(center: Center) -> Table:
    """The columns, with what there is to choose in this centre."""
    bodies = {row.name: row.pk for row in _bodies(center)}
    types = dict(DisputeType.objects.filter(is_active=True).values_list("name", "pk"))
    levels = dict(MediatorLevel.objects.filter(is_active=True).values_list("name", "pk"))
    inside = Region.objects.filter(code__startswith=center.region.stem)
    villages = list(inside.filter(level=Level.VILLAGE))
    towns = list(inside.filter(level=Level.TOWN))
    return Table(
        (
            *_person(),
            Column(
                "kind",
                "身份",
                one_of(_KINDS),
                required=True,
                examples=("人民调解员", "专家", "律师"),
                choices=tuple(_KINDS),
            ),
            Column(
                "body_id",
                "调解组织",
                one_of(bodies),
                examples=(_first(bodies), "", ""),
                choices=tuple(bodies),
                hint="从下拉里选；不在组织里的不填",
                width=26,
            ),
            *_work(villages),
            Column(
                "specialities",
                "擅长",
                several_of(types),
                examples=("、".join(list(types)[:_SPECIALITY_NAMES]), _first(types), ""),
                hint="纠纷类型的名称，几个用顿号隔开：" + "、".join(types),
                width=26,
            ),
            Column(
                "languages",
                "会说",
                several(20),
                examples=("普通话、彝话", "普通话", "普通话"),
                hint="几种用顿号隔开",
            ),
            Column(
                "areas",
                "服务片区",
                several_places(*_by_name(towns)),
                examples=(towns[0].name if towns else "", "", ""),
                hint="镇街的名称或区划代码，几个用顿号隔开",
                width=20,
            ),
            Column("level_id", "等级", one_of(levels), choices=tuple(levels)),
            Column(
                "is_full_time",
                "专职",
                one_of(YES_NO),
                examples=("是", "否", "否"),
                choices=tuple(YES_NO),
                width=8,
            ),
            Column(
                "honours",
                "称号",
                several(40),
                examples=("县金牌调解员", "", ""),
                hint="几个用顿号隔开；只加不删",
                width=20,
            ),
        )
    )


def _person() -> tuple[Column, ...]:
    return (
        Column(
            "name",
            "姓名",
            text(30),
            required=True,
            examples=("示例一", "示例二", "示例三"),
            width=12,
        ),
        Column(
            "gender",
            "性别",
            one_of(_GENDERS),
            examples=("女", "男", "男"),
            choices=tuple(_GENDERS),
            width=8,
        ),
        Column(
            "id_number",
            "身份证号",
            id_number,
            examples=("11010519491231002X", "", ""),
            hint="18 位；填了就按它认人，没填按姓名和调解组织认",
            width=22,
            mask=mask_id,
        ),
        Column(
            "phone",
            "电话",
            phone,
            examples=("19900000001", "0990-2120001", ""),
            hint="手机，或带区号的座机",
            width=16,
            mask=mask_phone,
        ),
    )


def _work(villages: Sequence[Region]) -> tuple[Column, ...]:
    return (
        Column(
            "title",
            "介绍",
            text(40),
            examples=("退休法官", "劳动争议仲裁员", "公益律师"),
            hint="当事人选调解员时看得到",
            width=20,
        ),
        Column("work_unit", "工作单位", text(60), examples=("", "某单位", "某律所"), width=20),
        Column(
            "home_id",
            "家在哪个村",
            place(*_by_name(villages)),
            examples=(villages[0].name if villages else "", "", ""),
            hint="村、社区的名称或 12 位区划代码",
            width=18,
        ),
    )


def _first(names: Iterable[str]) -> str:
    return next(iter(names), "")


def _by_name(rows: Sequence[Region]) -> tuple[dict[str, list[int]], dict[str, int]]:
    names: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        names[row.name].append(row.pk)
    return names, {row.code: row.pk for row in rows}


def _bodies(center: Center) -> QuerySet[Body]:
    return Body.objects.filter(department__center=center).select_related("department")


def _key(number: str) -> str:
    return blind_index(number, "party.id_number")


class MediatorImporter(Importer):
    kind = Import.Kind.MEDIATORS

    def __init__(self, center: Center) -> None:
        super().__init__(center)
        self.table = table_of(center)

    def load(self) -> None:
        rows = Mediator.objects.filter(center=self.center).select_related(
            "body__department", "home", "level"
        )
        self.there = {row.pk: row for row in rows.prefetch_related(*_LISTS, "honours")}
        self.by_key = {one.id_number_key: one for one in self.there.values() if one.id_number_key}
        self.by_name: dict[Hashable, list[Mediator]] = defaultdict(list)
        for row in self.there.values():
            self.by_name[row.name, row.body_id].append(row)

    def match(self, row: Row) -> int | None:
        number = row.values.get("id_number", "")
        if number and row.values.get("gender", _GENDERS[sex(number)]) != _GENDERS[sex(number)]:
            row.errors["gender"] = f"和身份证号对不上，身份证号上是{sex(number)}"
        if number and (same := self.by_key.get(_key(number))):
            _refuse_who_left(same, row)
            return same.pk
        found = self.by_name[row.values["name"], row.values.get("body_id")]
        if number:
            found = [one for one in found if not one.id_number_key]
        if len(found) > 1:
            row.errors["id_number"] = f"名册里有 {len(found)} 位同名同组织的，填身份证号才认得出"
        if len(found) == 1:
            _refuse_who_left(found[0], row)
        return found[0].pk if found else None

    def identities(self, row: Row) -> tuple[set[Hashable], set[Hashable]]:
        person = (row.values["name"], row.values.get("body_id"))
        if number := row.values.get("id_number"):
            return {number, ("numbered", person)}, {number, ("bare", person)}
        return {("bare", person)}, {("bare", person), ("numbered", person)}

    def differences(self, pk: int, row: Row) -> list[Difference]:
        one, found = self.there[pk], []
        for key in row.values:
            column, old, new = self.table[key], _words(one, key), row.cells[key]
            if not _changes(one, key, row.values[key]):
                continue
            if key == "honours":  # only ever added
                new = "、".join(dict.fromkeys(filter(None, [*old.split("、"), *row.values[key]])))
            if column.mask:
                old, new = column.shown(old), column.shown(str(row.values[key]))
            found.append(Difference(column.title, old, new))
        return found

    def create(self, rows: list[Row]) -> list[int]:
        made = Mediator.objects.bulk_create(
            [self._fill(Mediator(center=self.center), row) for row in rows]
        )
        pairs = list(zip(made, rows, strict=True))
        for name in _LISTS:
            field: Any = Mediator._meta.get_field(name)
            through, column = field.remote_field.through, f"{field.m2m_reverse_field_name()}_id"
            through.objects.bulk_create(
                through(**{"mediator_id": one.pk, column: pk})
                for one, row in pairs
                for pk in row.values.get(name, ())
            )
        Honour.objects.bulk_create(
            Honour(mediator=one, name=name)
            for one, row in pairs
            for name in row.values.get("honours", ())
        )
        return [one.pk for one in made]

    def cover(self, pk: int, row: Row) -> None:
        one = Mediator.objects.get(pk=pk)
        self._fill(one, row).save()
        for name in _LISTS:
            if name in row.values:
                getattr(one, name).set(row.values[name])
        for name in set(row.values.get("honours", ())) - {own.name for own in one.honours.all()}:
            one.honours.create(name=name)

    def _fill(self, one: Mediator, row: Row) -> Mediator:
        for key, value in row.values.items():
            if key == "level_id" and value != one.level_id:
                one.leveled_on = None  # the day was that of the former grade
            if key in _PLAIN:
                setattr(one, key, value)
        one.id_number_key = _key(one.id_number)
        if one._state.adding and one.id_number and not one.gender:
            one.gender = _GENDERS[sex(one.id_number)]
        return one

    def snapshots(self, pks: Iterable[int]) -> dict[int, Snapshot]:
        rows = Mediator.objects.select_for_update(of=("self",)).filter(
            center=self.center, pk__in=list(pks)
        )
        listed = rows.order_by("pk").prefetch_related(*_LISTS, "honours")
        return {one.pk: _snapshot(one) for one in listed}

    def restore(self, pk: int, before: Snapshot, after: Snapshot) -> str:
        one = Mediator.objects.get(pk=pk)
        for key, model in _POINTS_TO.items():
            if before[key] and not model._default_manager.filter(pk=before[key]).exists():
                return f"原来的{model._meta.verbose_name}已经删了"
        for key in _PLAIN:
            setattr(one, key, before[key])
        one.leveled_on = date.fromisoformat(day) if (day := before["leveled_on"]) else None
        one.id_number_key = _key(one.id_number)
        one.save()
        for name in _LISTS:
            if before[name] != after[name]:
                getattr(one, name).set(before[name])
        kept = [honour for honour, _ in before["honours"]]
        one.honours.exclude(pk__in=kept).delete()
        return ""

    def used(self, pk: int) -> list[str]:
        return self.used_by([pk])[pk]

    def used_by(self, pks: Sequence[int]) -> dict[int, list[str]]:
        own: set[Any] = {Mediator.specialities.through, Mediator.areas.through, Honour}
        return users_of_many(Mediator, pks, besides=own)

    def remove(self, pk: int) -> None:
        Mediator.objects.get(pk=pk).delete()


def _refuse_who_left(one: Mediator, row: Row) -> None:
    """Whoever left the register comes back by somebody's word, not by a line in a file."""
    if not one.is_active:
        why = f"（{one.left_why}）" if one.left_why else ""
        row.errors["name"] = f"名册里有{one.name}，但不在册{why}。先在他那一页点“重新在册”再导入"


def _snapshot(one: Mediator) -> Snapshot:
    return {
        **{key: getattr(one, key) for key in _PLAIN},
        "leveled_on": one.leveled_on.isoformat() if one.leveled_on else None,
        **{name: sorted(row.pk for row in getattr(one, name).all()) for name in _LISTS},
        "honours": sorted([row.pk, row.name] for row in one.honours.all()),
    }


def _changes(one: Mediator, key: str, value: Any) -> bool:
    if key == "honours":
        return bool(set(value) - {own.name for own in one.honours.all()})
    if key in _LISTS:
        return {row.pk for row in getattr(one, key).all()} != set(value)
    return bool(getattr(one, key) != value)


def _words(one: Mediator, key: str) -> str:
    """What stands there now, as a cell would say it."""
    if key == "languages":
        return "、".join(one.languages)
    if key in (*_LISTS, "honours"):
        return "、".join(row.name for row in getattr(one, key).all())
    if key == "is_full_time":
        return "是" if one.is_full_time else "否"
    if key in ("gender", "kind"):
        return str(getattr(one, f"get_{key}_display")())
    if key.endswith("_id"):
        related = getattr(one, key.removesuffix("_id"))
        return related.name if related else ""
    return str(getattr(one, key))
