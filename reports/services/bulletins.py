"""What people do with a bulletin: bonus, checking, objections, sealing, publishing, corrections."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import IO

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum
from django.urls import reverse

from cases.clocks import local_day
from orgs.calendars import calendar_of
from orgs.models import AccessLog, Department, Post, User
from orgs.numbering import next_in
from orgs.permissions import Permission
from orgs.services import log_access, notify
from reports.bulletin_slips import BONUS, MARKS, Item, corrected, items_of
from reports.bulletins import AnyRow, fill, row_with, rows_of
from reports.models import (
    Bonus,
    Bulletin,
    BulletinRow,
    Correction,
    DraftRow,
    Objection,
    Scheme,
)
from reports.models.bulletins import with_code
from reports.scoring import Rules, median, month_words, ranked, short
from reports.services.drafting import (
    Count,
    count,
    count_again,
    keep_count,
    month_in,
    quarter_rows,
    url_of,
)
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState
from zongzhi.lib.secrecy import secrecy_mark
from zongzhi.lib.stored import Upload, clean_picture, head_of, keeping, type_of

CHECK_DAYS = 2  # working days in which units say what is wrong (ux.md §2.14)
State = Bulletin.State
_COPIED = [
    field.name
    for field in BulletinRow._meta.concrete_fields
    if field.name not in ("id", "bulletin", "place")
]


# --- who may --------------------------------------------------------------------------------------


def can_decide(user: User, bulletin: Bulletin) -> bool:
    """A leader of the centre, or of the one above it."""
    here = user.can_at(Permission.DECIDE, bulletin.center_id)
    return here or user.can_at(Permission.DECIDE, bulletin.center.parent_id)


def can_manage(user: User, bulletin: Bulletin) -> bool:
    return user.can_at(Permission.SUPERVISE, bulletin.center_id) or can_decide(user, bulletin)


def heads(user: User, unit: Department) -> bool:
    """Whether this person answers for the unit: its head; of a centre, who triages or leads it."""
    if user.can_for(Permission.HEAD, [unit.pk]):
        return True
    runs = unit.runs_id
    return runs is not None and (
        user.can_at(Permission.TRIAGE, runs) or user.can_at(Permission.DECIDE, runs)
    )


def _held(bulletin_id: int, by: User) -> Bulletin:
    """Locked, so that nobody writes into what is being sealed."""
    if not Bulletin.objects.visible_to(by).filter(pk=bulletin_id).exists():
        raise NotFound("没有这份通报")
    Bulletin.objects.select_for_update().get(pk=bulletin_id)
    rows = Bulletin.objects.select_related("center__region", "scheme", "sealed_by", "published_by")
    return rows.get(pk=bulletin_id)


def _managed(bulletin_id: int, by: User, *states: str) -> Bulletin:
    """The bulletin, for those of its centre, in one of these states."""
    bulletin = _held(bulletin_id, by)
    if not can_manage(by, bulletin):
        raise NotAllowed("通报由本中心督办的人和中心领导办")
    if bulletin.state not in states:
        raise _not_now(bulletin)
    return bulletin


def _not_now(bulletin: Bulletin) -> WrongState:
    """Why it is not the time for that."""
    who = bulletin.published_by or bulletin.sealed_by
    when = bulletin.published_at or bulletin.sealed_at
    label = State(bulletin.state).label
    if who is None or when is None:
        return WrongState(f"{bulletin.title}现在是“{label}”，不能这样办")
    return AlreadyDone(f"{bulletin.title}{who.name} {dates.moment(when)} {label}，不能再改")


def _log(bulletin: Bulletin, by: User, address: str | None, did: str, why: str = "") -> None:
    """Who did what with a bulletin, for the auditors."""
    log_access(
        AccessLog.Action.BULLETIN,
        user=by,
        address=address,
        subject=f"{bulletin.title} {did}"[:100],
        purpose=why,
        data={"bulletin": bulletin.pk},
    )


# --- the draft ------------------------------------------------------------------------------------


@transaction.atomic
def recount(*, bulletin_id: int, by: User, address: str | None = None) -> Bulletin:
    """Count a draft again, by its scheme, in the words that the dictionary has now."""
    bulletin = _managed(bulletin_id, by, State.DRAFT)
    if bulletin.is_quarter:
        found = Count(quarter_rows(bulletin), [])
    else:
        found = count_again(bulletin, _bonuses(bulletin))
    bulletin.counted_at = clock.now()
    bulletin.save()
    bulletin.draft_rows.all().delete()
    bulletin.lists.all().delete()
    keep_count(bulletin, found)
    _log(bulletin, by, address, "重新数")
    return bulletin


def _bonuses(bulletin: Bulletin) -> dict[int, Decimal]:
    rows = bulletin.bonuses.standing().order_by().values_list("unit", "grid")
    sums = rows.annotate(Sum("points"))
    return {unit if grid is None else grid: points for unit, grid, points in sums}


def _score_again(bulletin: Bulletin) -> None:
    """Work the scores out from the numbers that are there."""
    rows = list(bulletin.draft_rows.all())
    bonuses = _bonuses(bulletin)
    for row in rows:
        row.bonus = bonuses.get(row.compared_id, Decimal(0))
    fill(rows, Rules.of(bulletin.rules))
    fields = ["points", "deduction", "bonus", "sample", "score", "is_small"]
    DraftRow.objects.bulk_update(rows, fields, batch_size=1000)


def give_bonus(
    *, bulletin_id: int, by: User, unit: str, points: Decimal, reason: str, file: Upload
) -> Bonus:
    """人工加分 in a draft, with its reason and its paper; what a unit gets is capped."""
    name, content = _looked_at(file, reason)
    with keeping(content) as kept:
        said = {"file_name": name, "stored_as": kept.stored_as}
        return _give(bulletin_id, by, unit, points, reason, said)


_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def _looked_at(file: Upload, reason: str) -> tuple[str, IO[bytes]]:
    """The name and the bytes to be kept: a PDF as it is, a picture without its traces."""
    said = file.name or ""
    if mark := secrecy_mark(f"{said} {reason}"):
        raise Invalid(errors={"file": [f"带有“{mark}”字样。涉密的不能传到本系统"]})
    media_type = type_of(head_of(file, said))
    if media_type not in _ENDINGS:
        raise Invalid(errors={"file": [f"“{said[:80]}”打不开，换成照片(jpg/png)或 pdf"]})
    name = f"加分材料.{_ENDINGS[media_type]}"
    if media_type == "application/pdf":
        return name, file
    return name, io.BytesIO(clean_picture(file.read(), media_type, said).data)


@transaction.atomic
def _give(
    bulletin_id: int, by: User, code: str, points: Decimal, reason: str, kept: dict[str, str]
) -> Bonus:
    bulletin = _managed(bulletin_id, by, State.DRAFT)
    if bulletin.is_quarter:
        raise WrongState("季度排名是各月的平均，加分加在月度通报上")
    row = _row_of(bulletin, code)
    cap = Rules.of(bulletin.rules).bonus_cap
    had = _bonuses(bulletin).get(row.compared_id, Decimal(0))
    if had + points > cap:
        left = short(cap - had)
        said = f"{row.unit_name}已加 {short(had)} 分，最多 {cap} 分，还能加 {left} 分"
        raise Invalid(errors={"points": [said]})
    try:
        with transaction.atomic():
            bonus = Bonus.objects.create(
                bulletin=bulletin,
                unit=row.unit,
                grid=row.grid,
                points=points,
                reason=reason,
                by=by,
                at=clock.now(),
                **kept,
            )
    except IntegrityError:
        raise AlreadyDone(f"{row.unit_name}已经按这个理由加过分") from None
    _score_again(bulletin)
    return bonus


@transaction.atomic
def take_back_bonus(*, bulletin_id: int, bonus_id: int, by: User, why: str) -> Bulletin:
    """取消加分: it counts no more, and stays with who, when and why."""
    bulletin = _managed(bulletin_id, by, State.DRAFT)
    bonus = bulletin.bonuses.select_related("revoked_by").filter(pk=bonus_id).first()
    if bonus is None:
        raise NotFound("没有这笔加分")
    if bonus.revoked_by is not None and bonus.revoked_at is not None:
        raise AlreadyDone(
            f"这笔加分 {dates.moment(bonus.revoked_at)} 已由{bonus.revoked_by.name}取消"
        )
    if not why.strip():
        raise Invalid("还没写为什么取消这笔加分")
    bonus.revoked_at, bonus.revoked_by, bonus.revoked_why = clock.now(), by, why.strip()
    bonus.save(update_fields=["revoked_at", "revoked_by", "revoked_why"])
    _score_again(bulletin)
    return bulletin


def _row_of(bulletin: Bulletin, code: str) -> DraftRow:
    rows = bulletin.draft_rows.select_related("unit", "grid")
    row = rows.filter(with_code(code)).first()
    if row is None:
        raise NotFound(f"通报里没有这个{bulletin.who}")
    return row


# --- checking -------------------------------------------------------------------------------------


@transaction.atomic
def send_for_checking(*, bulletin_id: int, by: User, address: str | None = None) -> Bulletin:
    """发给各单位核对: each sees its own row and has two working days of the centre's calendar."""
    bulletin = _managed(bulletin_id, by, State.DRAFT)
    now = clock.now()
    bulletin.state, bulletin.sent_at, bulletin.sent_by = State.CHECKING, now, by
    bulletin.check_until = calendar_of(bulletin.center).due(now, CHECK_DAYS)
    bulletin.save()
    until = dates.moment(bulletin.check_until)
    _tell_units(bulletin, f"{bulletin.title}发来核对，{until} 前可以提意见")
    _log(bulletin, by, address, "发给各单位核对")
    return bulletin


@transaction.atomic
def take_back(*, bulletin_id: int, by: User, why: str, address: str | None = None) -> Bulletin:
    """收回 what the units are checking: a draft again. Who has agreed will be asked again."""
    bulletin = _managed(bulletin_id, by, State.CHECKING)
    if not why.strip():
        raise Invalid("还没写为什么收回")
    bulletin.state = State.DRAFT
    bulletin.sent_at = bulletin.sent_by = bulletin.check_until = None
    bulletin.taken_back_at, bulletin.taken_back_by = clock.now(), by
    bulletin.taken_back_why = why.strip()
    bulletin.save()
    bulletin.draft_rows.update(agreed_at=None, agreed_by=None)
    text = f"{bulletin.title}已收回，改好再发来核对：{bulletin.taken_back_why}"
    _tell_units(bulletin, text, url=reverse("reports:bulletins"))
    _log(bulletin, by, address, "收回", bulletin.taken_back_why)
    return bulletin


def _tell_units(
    bulletin: Bulletin, text: str, units: list[int] | None = None, url: str = ""
) -> None:
    """Everybody of the compared units, in one statement however many they are."""
    codes = rows_of(bulletin).values_list("unit", flat=True)
    about = Department.objects.filter(pk__in=list(codes))
    if units is not None:
        about = about.filter(pk__in=units)
    view_unit, view_center = Permission.VIEW_UNIT.value, Permission.VIEW_CENTER.value
    posts = Post.objects.held_on(clock.today()).filter(
        Q(role__permissions__contains=[view_unit], department__in=about)
        | Q(role__permissions__contains=[view_center], center__in=about.values("runs"))
    )
    people = User.objects.filter(is_active=True, pk__in=posts.values("user"))
    notify(people, text=text, url=url or url_of(bulletin))


def _for_the_unit(bulletin_id: int, by: User, code: str) -> tuple[Bulletin, DraftRow]:
    """A bulletin that is being checked, and the row of a unit that this person answers for."""
    bulletin = _held(bulletin_id, by)
    row = rows_of(bulletin).filter(with_code(code)).first()
    if row is None or not heads(by, row.unit):
        raise NotAllowed("核对和提意见由本单位负责人办")
    if bulletin.state != State.CHECKING:
        raise _not_now(bulletin)
    return bulletin, _row_of(bulletin, code)


@transaction.atomic
def agree(*, bulletin_id: int, by: User, unit: str) -> DraftRow:
    """核对无误: the unit has nothing to object to."""
    bulletin, row = _for_the_unit(bulletin_id, by, unit)
    if row.agreed_at is not None:
        raise AlreadyDone(f"{row.unit_name}已经核对过")
    if bulletin.objections.filter(unit=row.unit, grid=row.grid, answered_at=None).exists():
        raise WrongState("本单位提的意见还没答复，答复后再核对")
    row.agreed_at, row.agreed_by = clock.now(), by
    row.save(update_fields=["agreed_at", "agreed_by"])
    return row


def may_still_object(bulletin: Bulletin, now: datetime) -> bool:
    """Until the deadline that was said to the units."""
    return bulletin.check_until is not None and now <= bulletin.check_until


@transaction.atomic
def object_to(
    *, bulletin_id: int, by: User, unit: str, text: str, indicator: str = ""
) -> Objection:
    """提意见 about one line or the whole row, until the deadline."""
    bulletin, row = _for_the_unit(bulletin_id, by, unit)
    now = clock.now()
    if bulletin.check_until is not None and not may_still_object(bulletin, now):
        until = dates.moment(bulletin.check_until)
        raise WrongState(f"{until} 起不能再提意见。有错打 {bulletin.center.phone}，发布后可以更正")
    if indicator not in ("", *(line.key for line in Rules.of(bulletin.rules).lines)):
        raise Invalid(errors={"indicator": ["通报里没有这一项"]})
    try:
        with transaction.atomic():
            objection = Objection.objects.create(
                bulletin=bulletin,
                unit=row.unit,
                grid=row.grid,
                indicator=indicator,
                text=text,
                by=by,
                at=now,
            )
    except IntegrityError:
        raise AlreadyDone("这一项已经提过意见，等答复") from None
    DraftRow.objects.filter(pk=row.pk).update(agreed_at=None, agreed_by=None)
    people = User.objects.holding(Permission.SUPERVISE, center=bulletin.center)
    said = f"{row.unit_name}对{bulletin.title}提了意见"
    notify(people, text=said, url=url_of(bulletin))
    return objection


@transaction.atomic
def answer_objection(*, objection_id: int, by: User, upheld: bool, text: str) -> Objection:
    """答复. Upheld, the unit's numbers are counted again: they come from the cases, nobody types
    them; what that changed is kept in words."""
    known = Objection.objects.filter(pk=objection_id).first()
    if known is None:
        raise NotFound("没有这条意见")
    bulletin = _managed(known.bulletin_id, by, State.CHECKING)
    held = Objection.objects.select_for_update(of=("self",)).select_related("unit", "grid")
    objection = held.get(pk=objection_id)
    if objection.answered_at is not None:
        raise AlreadyDone(f"这条意见 {dates.moment(objection.answered_at)} 已经答复")
    if upheld:
        objection.changed = _count_again(bulletin, objection.code)
    objection.answer, objection.is_upheld = text, upheld
    objection.answered_by, objection.answered_at = by, clock.now()
    objection.save()
    _tell_units(bulletin, f"对{bulletin.title}提的意见已答复", [objection.unit_id])
    return objection


def _count_again(bulletin: Bulletin, code: str) -> str:
    """Count one unit's numbers anew, score everybody by them, and say what became different."""
    row = _row_of(bulletin, code)
    if bulletin.is_quarter:
        return "季度排名是各月的平均，没有变"
    before = said_by(bulletin, row)
    rules = Rules.of(bulletin.rules)
    found = count(bulletin, rules, only=[row.compared_id])
    if not found.rows:
        return "现在已停用，数和清单没有变"
    for one in found.lists:  # also where another unit answers for the grid by now
        one.unit = row.unit
    for fresh in found.rows:
        row.numbers, row.yellow, row.red = fresh.numbers, fresh.yellow, fresh.red
    row.save(update_fields=["numbers", "yellow", "red"])
    bulletin.lists.filter(unit=row.unit, grid=row.grid).delete()
    keep_count(bulletin, Count([], found.lists))
    _score_again(bulletin)
    after = said_by(bulletin, _row_of(bulletin, code))
    moved = [f"{name} {was} → {after[name]}" for name, was in before.items() if was != after[name]]
    return "；".join(moved)[:500] or "重新数过，没有变"


def said_by(bulletin: Bulletin, row: AnyRow) -> dict[str, str]:
    """What a row says, word by word: {「满意率」: 「9/10」, …, 「得分」: 「91.40」}."""
    said = {}
    for line in Rules.of(bulletin.rules).lines:
        pair = row.numbers[line.key]
        said[line.name] = f"{pair['part']}/{pair['whole']}"
    said |= {month_words(month): score for month, score in row.months.items()}
    cards = {"黄牌": str(row.yellow), "红牌": str(row.red)}
    if bulletin.is_quarter or bulletin.is_of_grids:
        cards = {}
    return {**said, **cards, "得分": "–" if row.score is None else str(row.score)}


# --- sealing, publishing, correcting --------------------------------------------------------------


def why_not_seal(bulletin: Bulletin, now: datetime) -> str:
    """Why it cannot be sealed yet; "" when it can."""
    if bulletin.state != State.CHECKING:
        return "还没发给各单位核对" if bulletin.state == State.DRAFT else "已经定稿"
    waiting = bulletin.objections.filter(answered_at=None).count()
    if waiting:
        return f"还有 {waiting} 条意见没答复"
    if bulletin.check_until is not None and now <= bulletin.check_until:
        spoke = {one.compared_id for one in bulletin.objections.all()}
        silent = bulletin.draft_rows.filter(agreed_at=None)
        if left := sum(row.compared_id not in spoke for row in silent):
            until = dates.moment(bulletin.check_until)
            return f"{until} 前还有 {left} 个单位可以提意见"
    return ""


@transaction.atomic
def seal(*, bulletin_id: int, by: User, address: str | None = None) -> Bulletin:
    """定稿: the rows are copied to where the database lets nobody touch them again.

    With them the places, the middle and the centre's name: nothing on paper is looked up later.
    """
    bulletin = _managed(bulletin_id, by, State.DRAFT, State.CHECKING)
    if reason := why_not_seal(bulletin, clock.now()):
        raise WrongState(f"现在不能定稿：{reason}")
    rows = [
        BulletinRow(bulletin=bulletin, **{name: getattr(row, name) for name in _COPIED})
        for row in bulletin.draft_rows.all()
    ]
    for place, row in ranked(rows)[0]:
        row.place = place
    BulletinRow.objects.bulk_create(rows, batch_size=1000)
    bulletin.draft_rows.all().delete()
    bulletin.state, bulletin.sealed_at, bulletin.sealed_by = State.SEALED, clock.now(), by
    bulletin.median, bulletin.center_name = median(rows), bulletin.center.name
    bulletin.save()
    _log(bulletin, by, address, "定稿")
    return bulletin


@transaction.atomic
def publish(*, bulletin_id: int, by: User, publicity: str, address: str | None = None) -> Bulletin:
    """发布: numbered, to each unit its own row and the middle, or everything to all."""
    bulletin = _held(bulletin_id, by)
    if not can_decide(by, bulletin):
        raise NotAllowed("通报由中心领导发布")
    if bulletin.state == State.PUBLISHED:
        raise _not_now(bulletin)
    if bulletin.state != State.SEALED:
        raise WrongState("先定稿再发布")
    now = clock.now()
    year = local_day(now).year
    county = bulletin.said_by.removesuffix("综治中心")
    serial = next_in(f"bulletin {bulletin.center_id} {year}")
    bulletin.number = f"{county}综评〔{year}〕{serial}号"
    bulletin.state, bulletin.publicity = State.PUBLISHED, Scheme.Publicity(publicity)
    bulletin.published_at, bulletin.published_by = now, by
    bulletin.save()
    _tell_units(bulletin, f"{bulletin.title}已发布（{bulletin.number}）")
    _log(bulletin, by, address, "发布", str(Scheme.Publicity(publicity).label))
    return bulletin


@dataclass(frozen=True)
class Right:
    """What is right, as it is typed: part and whole of a line, a number of marks or of points."""

    part: int | None = None
    whole: int | None = None
    worth: Decimal | None = None


@transaction.atomic
def correct(
    *,
    bulletin_id: int,
    by: User,
    unit: str,
    key: str,
    why: str,
    right: Right | None = None,
    address: str | None = None,
) -> Correction:
    """更正单: beside the published bulletin, which stays as it is; the unit is told.

    What a score comes to is reckoned; what a month of a quarter comes to is said by its own slips.
    """
    bulletin = _held(bulletin_id, by)
    if not can_manage(by, bulletin):
        raise NotAllowed("更正由本中心督办的人和中心领导办")
    if bulletin.state != State.PUBLISHED:
        raise WrongState("还没发布，不用更正单")
    row = row_with(corrected(bulletin), unit)
    if row is None:
        raise NotFound(f"通报里没有这个{bulletin.who}")
    item = _item(bulletin, row, key)
    if item is None:
        raise Invalid(errors={"what": ["通报里没有这一项"]})
    if bulletin.is_quarter:
        right = _of_the_month(month_in(bulletin, key), unit)
    slip = Correction(
        row_id=row.pk,
        key=key,
        what=item.name,
        was=item.words,
        why=why,
        by=by,
        at=clock.now(),
        score_was=row.score,
        **asdict(_checked(bulletin, key, right or Right())),
    )
    after = row_with(corrected(bulletin, [slip]), unit)
    now = None if after is None else _item(bulletin, after, key)
    if after is None or now is None or now.words == item.words:
        hint = "，先更正那个月的通报" if bulletin.is_quarter else ""
        raise Invalid(errors={"what": [f"{item.name}就是 {item.words}，不用更正{hint}"]})
    slip.now, slip.score_now = now.words, after.score
    slip.save()
    _tell_units(bulletin, f"{bulletin.title}（{bulletin.number}）有更正", [row.unit_id])
    _log(bulletin, by, address, f"更正{item.name}", why[:200])
    return slip


def _item(bulletin: Bulletin, row: AnyRow, key: str) -> Item | None:
    return next((item for item in items_of(bulletin, row) if item.key == key), None)


def _of_the_month(month: Bulletin, code: str) -> Right:
    """A unit's score in a month after its slips; nothing where it is not compared."""
    row = row_with(corrected(month), code)
    return Right(worth=None if row is None or row.is_small else row.score)


def _checked(bulletin: Bulletin, key: str, right: Right) -> Right:
    """What was typed, as the kind of number wants it; raises Invalid where it cannot be."""
    if bulletin.is_quarter:
        return right
    if key in MARKS or key == BONUS:
        return Right(worth=_worth(bulletin, key, right.worth))
    wrong = {}
    if right.part is None:
        wrong["part"] = ["还没填“分子应当是”"]
    if right.whole is None:
        wrong["whole"] = ["还没填“分母应当是”"]
    if right.part is not None and right.whole is not None and right.part > right.whole:
        wrong["part"] = ["分子不能比分母大"]
    if wrong:
        raise Invalid(errors=wrong)
    return Right(right.part, right.whole)


def _worth(bulletin: Bulletin, key: str, worth: Decimal | None) -> Decimal:
    cap = Rules.of(bulletin.rules).bonus_cap
    if worth is None:
        raise Invalid(errors={"worth": ["还没填“应当是”"]})
    if key in MARKS and worth != worth.to_integral_value():
        raise Invalid(errors={"worth": [f"{MARKS[key]}是几张，填整数"]})
    if key == BONUS and worth > cap:
        raise Invalid(errors={"worth": [f"人工加分最多 {cap} 分"]})
    return worth
