"""What happens to a case on its way, besides being handled: taken on, noted, mended, ended."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cases.door import Change, changing
from cases.history import digest
from cases.models import Assignment, Case, CaseLink
from cases.services.registration import index_words
from cases.vocabulary import Closure, Willing
from orgs.models import Department, User
from orgs.models.notices import Topic
from orgs.models.people import Holders
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotFound, WrongState


def accept_case(*, case_id: int, by: User) -> Case:
    """受理: take on a matter that came by another channel."""
    with changing(case_id, "accept", by=by) as change:
        change.case.accept()
        change.case.accepted_at = change.now
        change.public = True
    return change.case


def decline_case(*, case_id: int, by: User, reason: str, route: str, text: str) -> Case:
    """不予受理: for a listed reason, with the legal route told to the citizen."""
    with changing(case_id, "decline", by=by) as change:
        change.case.decline()
        close(change, Closure.DECLINED, text)
        change.data = {"reason": reason, "route": route}
        change.public = True
    return change.case


def note_case(*, case_id: int, by: User, text: str, public: bool = False) -> Case:
    """记进展: internal unless it is said that the citizen may be told."""
    with changing(case_id, "note", by=by) as change:
        change.on_behalf_of(by)
        change.text, change.public = text, public
    return change.case


def amend_case(
    *, case_id: int, by: User, text: str, fields: dict[str, Any], version: int | None = None
) -> Case:
    """补充更正: change what was registered; before and after stay on record.

    `fields` maps attribute names of the case to new values; what is already so is left alone.
    Raises Invalid when nothing would change, WrongState when the case has moved past `version`.
    """
    with changing(case_id, "amend", by=by, version=version) as change:
        case = change.case
        changes = {name: value for name, value in fields.items() if getattr(case, name) != value}
        if not changes:
            raise Invalid("没有改动：内容和原来一样")
        if case.is_mediating and changes.get("willing_to_mediate") == Willing.NO:
            # 人民调解法 art. 17: it is a side that refuses, and it is told the other ways.
            raise WrongState("正在调解，不能在这里改成“不愿意调解”：点“一方不愿调解”")
        change.data = {
            "fields": {
                name: [_on_record(name, getattr(case, name)), _on_record(name, value)]
                for name, value in changes.items()
            }
        }
        before = [f"{_called(name)}原为：{_words(case, name)}" for name in changes]
        change.text = "\n".join([text, *before])
        for name, value in changes.items():
            setattr(case, name, value)
        if changes.keys() & {"narrative", "type"}:
            index_words(case, list(case.parties.values_list("name", flat=True)))
    return change.case


def _on_record(name: str, value: object) -> object:
    """An id or a primitive; a text only as its keyed hash."""
    if name == "narrative":
        return digest(str(value))
    return getattr(value, "pk", value if isinstance(value, int | None) else str(value))


def _called(name: str) -> str:
    return str(getattr(Case._meta.get_field(name), "verbose_name", name))


def _words(case: Case, name: str) -> str:
    display = getattr(case, f"get_{name}_display", None)
    value = display() if display else getattr(case, name)
    return "未填" if value in (None, "") else str(value)


def withdraw_case(*, case_id: int, by: User, text: str) -> Case:
    """撤回: on the citizen's own word, taken down by the window."""
    with changing(case_id, "withdraw", by=by) as change:
        _end(change, Closure.WITHDRAWN, text)
    return change.case


def transfer_case(*, case_id: int, by: User, to: str, text: str) -> Case:
    """移送: to an authority outside the centre."""
    with changing(case_id, "transfer", by=by) as change:
        _end(change, Closure.TRANSFERRED, f"移送{to}。{text}")
        change.data = {"to": to}
    return change.case


def merge_case(*, case_id: int, by: User, into: str, text: str) -> Case:
    """并案: the matter is followed under another number; this one ends and stays findable.

    Raises NotFound for a target that is not visible, WrongState for one that is closed or the
    same case.
    """
    target = Case.objects.visible_to(by).named(into).first()
    if target is None:
        raise NotFound(f"没有编号 {into}，核对后再并")
    with transaction.atomic():
        # Both rows, the lower id first: two merges in opposite directions cannot deadlock.
        list(Case.objects.filter(pk__in=[case_id, target.pk]).order_by("pk").locked())
        return _merge(case_id, target.pk, by=by, text=text)


def _merge(case_id: int, target_id: int, *, by: User, text: str) -> Case:
    with changing(case_id, "merge", by=by) as change:
        case = change.case
        target = Case.objects.get(pk=target_id)
        if target.pk == case.pk or not target.is_open:
            raise WrongState(f"{target.short_number} 不能作为并入的事项：要是另一件还没结案的")
        _end(change, Closure.MERGED, text)
        case.merged_into = target
        change.data = {"into": target.pk}
        CaseLink.objects.update_or_create(
            kind=CaseLink.Kind.MERGED, source=case, target=target, defaults={"at": change.now}
        )
    return change.case


def unmerge_case(*, case_id: int, by: User) -> Case:
    """撤销并案: within seven days the case stands on its own again, to be dispatched anew."""
    with changing(case_id, "unmerge", by=by) as change:
        case = change.case
        CaseLink.objects.filter(kind=CaseLink.Kind.MERGED, source=case).delete()
        case.suggested_unit = case.unit
        case.merged_into = None
        ruled_at = case.ruled_at or (change.now if _was_returned(case) else None)
        restart(change)
        case.ruled_at = ruled_at  # the round goes on: what was returned in it is not returned again
    return change.case


def _was_returned(case: Case) -> bool:
    """Whether a unit gave the case back in this round."""
    return case.assignments.filter(round=case.round, returned_at__isnull=False).exists()


def restart(change: Change) -> None:
    """Back to 待分流 with clean clocks; the former unit is suggested, not chosen."""
    case = change.case
    case.reopen()
    case.accepted_at = case.accepted_at or change.now  # it may have ended before it was taken on
    case.closed_at = case.approved_at = case.dispatched_at = case.claimed_at = None
    case.complained_at = case.ruled_at = None
    case.closure = case.closure_text = case.satisfaction = case.rated_by = ""
    case.is_joint = False


def close(change: Change, closure: Closure, text: str) -> None:
    """Write how the case ended; the arc itself is the caller's."""
    case = change.case
    case.closed_at, case.closure, case.closure_text = change.now, closure, text
    change.text = text


def _end(change: Change, closure: Closure, text: str) -> None:
    """End a case without a result, and tell the units that were at work on it."""
    case = change.case
    case.end()
    close(change, closure, text)
    change.public = True
    for unit in change.end_assignments(Assignment.Ending.CASE_ENDED):
        tell_unit(unit, case, f"{case.short_number} 已终止（{closure.label}），不用再办")


def tell_unit(unit: Department, case: Case, text: str, *, topic: Topic = Topic.GENERAL) -> None:
    """A notice to everybody who handles cases in that unit."""
    people = Holders(Permission.HANDLE, department=unit)
    notify(people, text=text, url=case.get_absolute_url(), topic=topic)


def said(moment: Any) -> str:
    """「4月3日 10:44」 for a sentence."""
    local = clock.local(moment)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
