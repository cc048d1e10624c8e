"""Grids and who serves them from Excel or CSV: the columns, who is the same, what is made of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q

from grids.accounts import REPORTING, give_posts, log_accounts, make_accounts
from grids.models import Grid, GridEvent, GridRole
from grids.register_rules import centers_over
from orgs.importing import Column, Row, Table, one_of, phone, text
from orgs.imports import Difference, Importer, Snapshot, users_of_many
from orgs.models import Center, Import, Post, Region, User
from orgs.models.places import Level
from orgs.permissions import RoleCode
from zongzhi.lib import clock
from zongzhi.lib.identity import mask_phone

_KINDS = {str(label): value for value, label in Grid.Kind.choices}
_ROLES = {str(label): value for value, label in GridRole.Kind.choices}
_CODE = re.compile(r"\d{13,18}")
_VILLAGE = 12
_MOST = 10_000_000
_PLAIN = ("name", "kind", "households", "population", "extent", "phone", "parent_id", "is_active")
BATCH = 1000


def _code(cell: str) -> str:
    if not _CODE.fullmatch(cell):
        raise ValueError(
            "网格编码是 12 位村社区代码加顺序号，13 到 18 位数字；Excel 里设成“文本”再填"
        )
    return cell


def _count(cell: str) -> int:
    if not cell.isascii() or not cell.isdigit() or int(cell) > _MOST:
        raise ValueError(f"要是整数（现在是“{cell}”）")
    return int(cell)


def _day(cell: str) -> date:
    try:
        found = date.fromisoformat(cell.replace("/", "-").replace(".", "-"))
    except ValueError as error:
        raise ValueError("日期写成 2026-11-30 这样") from error
    if not date(2000, 1, 1) <= found <= clock.today():
        raise ValueError("日期要在 2000 年以后、今天以前")
    return found


class GridImporter(Importer):
    """网格, known by their codes."""

    kind = Import.Kind.GRIDS
    most_rows = 10_000  # a city has 28,821, micro grids too: three files

    def __init__(self, center: Center) -> None:
        super().__init__(center)
        village = Region.objects.filter(
            code__startswith=center.region.stem, level=Level.VILLAGE
        ).first()
        example = village.code if village else "000000000000"
        self.table = Table(_grid_columns(example))

    def load(self) -> None:
        stem = self.center.region.stem
        villages = Region.objects.filter(code__startswith=stem, level=Level.VILLAGE)
        self.villages = dict(villages.values_list("code", "pk"))
        rows = Grid.objects.filter(code__startswith=stem).select_related("parent")
        self.there = {row.pk: row for row in rows}
        self.by_code = {row.code: row for row in self.there.values()}
        self.kinds = {row.code: row.kind for row in self.there.values()}

    def match(self, row: Row) -> int | None:
        code = row.values["code"]
        if code[:_VILLAGE] not in self.villages:
            row.errors["code"] = f"本中心辖区里没有代码是 {code[:_VILLAGE]} 的村社区"
        known = self.by_code.get(code)
        if known is None and "kind" not in row.values:
            row.values["kind"] = Grid.Kind.COMPREHENSIVE
        kind = row.values.get("kind", known.kind if known else "")
        self._check_parent(row, code, kind, known)
        if not row.errors:
            self.kinds[code] = kind
        return known.pk if known else None

    def _check_parent(self, row: Row, code: str, kind: str, known: Grid | None) -> None:
        parent = row.values.get("parent", "")
        if kind != Grid.Kind.MICRO:
            if parent or (known and known.parent_id):
                row.errors["parent"] = "只有微网格写所属综合网格"
        elif not parent and known is None:
            row.errors["parent"] = "微网格要写所属综合网格的编码"
        elif parent and parent[:_VILLAGE] != code[:_VILLAGE]:
            row.errors["parent"] = "所属综合网格要在同一个村社区"
        elif parent and self.kinds.get(parent) != Grid.Kind.COMPREHENSIVE:
            row.errors["parent"] = f"没有编码是 {parent} 的综合网格；在同一份表里的，写在微网格前面"

    def identities(self, row: Row) -> tuple[set[Hashable], set[Hashable]]:
        return {row.values["code"]}, {row.values["code"]}

    def differences(self, pk: int, row: Row) -> list[Difference]:
        one = self.there[pk]
        found = []
        for key, value in row.values.items():
            old = (one.parent.code if one.parent else "") if key == "parent" else getattr(one, key)
            if old != value:
                words = str(one.get_kind_display()) if key == "kind" else str(old)
                found.append(Difference(self.table[key].title, words, row.cells[key]))
        return found

    def create(self, rows: list[Row]) -> list[int]:
        """Comprehensive grids first: micro grids of the same file lie in them."""
        first = [row for row in rows if not row.values.get("parent")]
        made = Grid.objects.bulk_create([self._new(row) for row in first], batch_size=BATCH)
        ids = {code: grid.pk for code, grid in self.by_code.items()}
        ids |= {grid.code: grid.pk for grid in made}
        inner = [row for row in rows if row.values.get("parent")]
        made += Grid.objects.bulk_create(
            [self._new(row, ids[row.values["parent"]]) for row in inner], batch_size=BATCH
        )
        return [grid.pk for grid in made]

    def _new(self, row: Row, parent_id: int | None = None) -> Grid:
        values = {key: value for key, value in row.values.items() if key != "parent"}
        village = self.villages[values["code"][:_VILLAGE]]
        return Grid(region_id=village, parent_id=parent_id, **values)

    def cover(self, pk: int, row: Row) -> None:
        self.cover_many([(pk, row)])

    def cover_many(self, covers: Sequence[tuple[int, Row]]) -> None:
        grids = Grid.objects.in_bulk([pk for pk, _ in covers])
        codes = {code for _, row in covers if (code := row.values.get("parent"))}
        parents = {one.code: one for one in Grid.objects.filter(code__in=codes)}
        changed = {"parent"}
        for pk, row in covers:
            for key, value in row.values.items():
                setattr(grids[pk], key, parents[value] if key == "parent" else value)
                changed.add(key)
        if grids:
            Grid.objects.bulk_update(grids.values(), sorted(changed), batch_size=BATCH)

    def snapshots(self, pks: Iterable[int]) -> dict[int, Snapshot]:
        rows = Grid.objects.select_for_update(of=("self",)).filter(pk__in=list(pks))
        return {
            row.pk: {key: getattr(row, key) for key in ("code", *_PLAIN)}
            for row in rows.order_by("pk")
        }

    def restore(self, pk: int, before: Snapshot, after: Snapshot) -> str:
        one = Grid.objects.get(pk=pk)
        if before["parent_id"] and not Grid.objects.filter(pk=before["parent_id"]).exists():
            return "原来的综合网格已经删了"
        for key in _PLAIN:
            setattr(one, key, before[key])
        one.save()
        return ""

    def used(self, pk: int) -> list[str]:
        return self.used_by([pk])[pk]

    def used_by(self, pks: Sequence[int]) -> dict[int, list[str]]:
        """Micro grids that are taken back too do not hold the grid they lie in."""
        used = users_of_many(Grid, pks, besides={Grid})
        inner = Grid.objects.filter(parent__in=pks).values_list("pk", "parent")
        held = {parent for pk, parent in inner if used.get(pk) != []}
        return {pk: [*names, "微网格"] if pk in held else names for pk, names in used.items()}

    def remove(self, pk: int) -> None:
        self.remove_many([pk])

    def remove_many(self, pks: Sequence[int]) -> None:
        """Micro grids first: the others hold them."""
        inner = Grid.objects.filter(pk__in=pks)
        inner.exclude(parent=None).delete()
        inner.delete()


def _grid_columns(village: str) -> tuple[Column, ...]:
    return (
        Column(
            "code",
            "网格编码",
            _code,
            required=True,
            examples=(f"{village}001", f"{village}002", f"{village}201"),
            hint="12 位村社区代码加 3 位顺序号，从西到东、从北到南编",
            width=22,
        ),
        Column(
            "name",
            "名称",
            text(50),
            required=True,
            examples=("示例第1网格", "示例第2网格", "示例第1微网格"),
            width=26,
        ),
        Column(
            "kind",
            "类别",
            one_of(_KINDS),
            examples=("综合网格", "综合网格", "微网格"),
            choices=tuple(_KINDS),
            hint="不填是综合网格",
        ),
        Column(
            "parent",
            "所属综合网格",
            _code,
            examples=("", "", f"{village}001"),
            hint="微网格填所属综合网格的编码，综合网格要写在前面",
            width=22,
        ),
        Column("households", "户数", _count, examples=("320", "410", "60"), width=8),
        Column("population", "人口", _count, examples=("1010", "1260", "180"), width=8),
        Column("extent", "范围", text(300), examples=("东到河边，西到公路", "", ""), width=30),
        Column("phone", "监督电话", phone, examples=("0990-2120000", "", ""), width=16),
    )


class WorkerImporter(Importer):
    """网格员: name, telephone, grid, as what, since when. Who has no account gets one."""

    kind = Import.Kind.GRID_WORKERS
    most_rows = 4_000  # a city has 7,339: two files; each may come with an account

    def __init__(self, center: Center) -> None:
        super().__init__(center)
        self.table = Table(_worker_columns())

    def load(self) -> None:
        stem = self.center.region.stem
        rows = Grid.objects.active().filter(code__startswith=stem)
        self.grids = {code: (pk, name) for pk, code, name in rows.values_list("pk", "code", "name")}
        self.people = _people_of(stem)
        roles = GridRole.objects.filter(grid__code__startswith=stem, until=None)
        self.there = {role.pk: role for role in roles.select_related("user", "grid")}
        self.held = {(r.user_id, r.grid.code, r.kind): r.pk for r in self.there.values()}

    def match(self, row: Row) -> int | None:
        said = row.values
        if said["grid"] not in self.grids:
            row.errors["grid"] = f"本中心辖区里没有编码是 {said['grid']} 的网格，先导入网格"
        found = self.people[said["name"], said["phone"]]
        if len(found) > 1:
            row.errors["phone"] = "有几个同名同电话的账号，到网格的页面里一个一个加"
        if row.errors or not found:
            return None
        return self.held.get((found[0], said["grid"], said["kind"]))

    def identities(self, row: Row) -> tuple[set[Hashable], set[Hashable]]:
        said = row.values
        key = (said["name"], said["phone"], said["grid"], said["kind"])
        return {key}, {key}

    def differences(self, pk: int, row: Row) -> list[Difference]:
        since = self.there[pk].since
        if since == row.values["since"]:
            return []
        return [Difference(self.table["since"].title, str(since), str(row.values["since"]))]

    def create(self, rows: list[Row]) -> list[int]:
        users = self._users(rows)
        pairs = [(row, users[row.values["name"], row.values["phone"]]) for row in rows]
        made = GridRole.objects.bulk_create(
            [
                GridRole(
                    grid_id=self.grids[row.values["grid"]][0],
                    user=user,
                    kind=row.values["kind"],
                    since=row.values["since"],
                )
                for row, user in pairs
            ],
            batch_size=BATCH,
        )
        centers = _Lowest()
        wanted = [
            (user, centers.over(row.values["grid"]), row.values["since"])
            for row, user in pairs
            if row.values["kind"] in REPORTING
        ]
        posts = give_posts(wanted, by=self.by)
        log_accounts([], posts, by=self.by, address=self.address)
        return [role.pk for role in made]

    def _users(self, rows: list[Row]) -> dict[tuple[str, str], User]:
        """Everybody of these rows: those there are, and new accounts, one for each person."""
        asked = dict.fromkeys((row.values["name"], row.values["phone"]) for row in rows)
        known = {key: self.people[key][0] for key in asked if self.people[key]}
        there = User.objects.in_bulk(known.values())
        fresh = [key for key in asked if key not in known]
        made = make_accounts(fresh)
        log_accounts(made, [], by=self.by, address=self.address)
        return {
            **{key: there[pk] for key, pk in known.items()},
            **dict(zip(fresh, made, strict=True)),
        }

    def cover(self, pk: int, row: Row) -> None:
        GridRole.objects.filter(pk=pk).update(since=row.values["since"])

    def snapshots(self, pks: Iterable[int]) -> dict[int, Snapshot]:
        rows = GridRole.objects.select_for_update(of=("self",)).filter(pk__in=list(pks))
        return {
            row.pk: {
                "name": row.user.name,
                "user": row.user_id,
                "since": row.since.isoformat(),
                "until": row.until and row.until.isoformat(),
            }
            for row in rows.select_related("user").order_by("pk")
        }

    def restore(self, pk: int, before: Snapshot, after: Snapshot) -> str:
        GridRole.objects.filter(pk=pk).update(since=date.fromisoformat(before["since"]))
        return ""

    def used(self, pk: int) -> list[str]:
        return self.used_by([pk])[pk]

    def used_by(self, pks: Sequence[int]) -> dict[int, list[str]]:
        mine = Q(reported_by=OuterRef("user")) | Q(worker=OuterRef("user"))
        events = GridEvent.objects.filter(mine, grid=OuterRef("grid"))
        busy = set(GridRole.objects.filter(Exists(events), pk__in=pks).values_list("pk", flat=True))
        return {pk: ["网格事件"] if pk in busy else [] for pk in pks}

    def remove(self, pk: int) -> None:
        self.remove_many([pk])

    def remove_many(self, pks: Sequence[int]) -> None:
        """The services go, and with the last one an account nobody has ever signed in with."""
        roles = list(GridRole.objects.filter(pk__in=pks).values_list("user", "since"))
        GridRole.objects.filter(pk__in=pks).delete()
        idle = User.objects.filter(pk__in={user for user, _ in roles}, grid_roles=None)
        users = {user.pk: user for user in idle}
        ended = {(user, since) for user, since in roles if user in users}
        known = {pk for pk, user in users.items() if user.has_usable_password()}
        self._take_posts({pair for pair in ended if pair[0] in known})
        strangers = sorted(users.keys() - known)
        tied = users_of_many(User, strangers, besides={Post, GridRole})
        gone = [pk for pk in strangers if not tied[pk]]
        Post.objects.filter(user__in=gone).delete()
        User.objects.filter(pk__in=gone).delete()

    def _take_posts(self, ended: set[tuple[int, date]]) -> None:
        """The posts that came with these services, of people who have signed in."""
        posts = Post.objects.filter(
            role__code=RoleCode.GRID_WORKER.value, user__in={user for user, _ in ended}
        )
        going = [post.pk for post in posts if (post.user_id, post.since) in ended]
        Post.objects.filter(pk__in=going).delete()


def _people_of(stem: str) -> dict[tuple[str, str], list[int]]:
    """Active people with a post in the area, or with none at all, by name and telephone."""
    near = User.objects.filter(is_active=True).exclude(phone="")
    near = near.filter(Q(posts=None) | Q(posts__center__region__code__startswith=stem)).distinct()
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pk, name, number in near.values_list("pk", "name", "phone"):
        found[name, number].append(pk)
    return found


class _Lowest:
    """The lowest centre over a grid; asked once for each village."""

    def __init__(self) -> None:
        self.known: dict[str, Center] = {}

    def over(self, code: str) -> Center:
        village = code[:_VILLAGE]
        if village not in self.known:
            self.known[village] = centers_over(village)[0]
        return self.known[village]


def _worker_columns() -> tuple[Column, ...]:
    return (
        Column(
            "name",
            "姓名",
            text(50),
            required=True,
            examples=("示例一", "示例二", "示例三"),
        ),
        Column(
            "phone",
            "电话",
            phone,
            required=True,
            examples=("19900000001", "19900000002", "19900000003"),
            hint="按姓名和电话认账号；没有账号的新建，账号是姓名全拼，安全管理员给首次密码以后才能登录",
            width=16,
            mask=mask_phone,
        ),
        Column(
            "grid",
            "网格编码",
            _code,
            required=True,
            examples=("000000000000001", "000000000000002", "000000000000003"),
            width=22,
        ),
        Column(
            "kind",
            "身份",
            one_of(_ROLES),
            required=True,
            examples=("专职网格员", "网格长", "信息员"),
            choices=tuple(_ROLES),
        ),
        Column(
            "since",
            "从哪天起",
            _day,
            required=True,
            examples=("2026-01-01", "2026-01-01", "2026-01-01"),
            hint="日期写成 2026-11-30 这样",
        ),
    )
