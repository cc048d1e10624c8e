"""分流规则: changed on a draft, saved as one version, gone back to by one more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from cases.services.course import said
from dispatch.models import RoutingRule, RuleDraft, RuleSet
from dispatch.routing import Rule
from dispatch.rulebook import as_row, book_of, draft_of, from_draft, rules_in
from orgs.models import AccessLog, Center, Department, Region, User
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotFound, WrongState

Rows = list[dict[str, Any]]


# ---------------------------------------------------------------- the draft


def put_rule(*, center: Center, by: User, row: dict[str, Any], replaces: str = "") -> RuleDraft:
    """Write a rule into the draft: in the place of another, or at the end."""

    def put(rows: Rows) -> Rows:
        others = [one["code"] for one in rows if one["code"] != replaces]
        if row["code"] in others:
            raise Invalid(errors={"code": [f"{row['code']} 已经有了，换一个编号"]})
        if not replaces:
            return [*rows, row]
        _place_of(rows, replaces)
        return [row if one["code"] == replaces else one for one in rows]

    return _change(center, by, put)


def move_rule(*, center: Center, by: User, code: str, up: bool) -> RuleDraft:
    """One place up or down; the first stays the first."""

    def move(rows: Rows) -> Rows:
        here = _place_of(rows, code)
        there = max(0, min(len(rows) - 1, here + (-1 if up else 1)))
        rest = [row for row in rows if row["code"] != code]
        return [*rest[:there], rows[here], *rest[there:]]

    return _change(center, by, move)


def switch_rule(*, center: Center, by: User, code: str, on: bool) -> RuleDraft:
    """停用 or 启用: a stopped rule stays in the list and leads nowhere."""

    def switch(rows: Rows) -> Rows:
        _place_of(rows, code)
        return [{**row, "is_active": on} if row["code"] == code else row for row in rows]

    return _change(center, by, switch)


@transaction.atomic
def _change(center: Center, by: User, change: Callable[[Rows], Rows]) -> RuleDraft:
    """Change this person's draft; the first change begins it with what is in force."""
    Center.objects.select_for_update(no_key=True).get(pk=center.pk)
    draft = draft_of(center, by)
    if draft is None:
        book = book_of(center.pk)
        rows = [as_row(rule) for rule in book.rules]
        draft = RuleDraft(center=center, by=by, based_on=book.version, rows=rows)
    draft.rows, draft.at = change(draft.rows), clock.now()
    draft.save()
    return draft


def _place_of(rows: Rows, code: str) -> int:
    found = [place for place, row in enumerate(rows) if row["code"] == code]
    if not found:
        raise NotFound(f"没有规则 {code}")
    return found[0]


def discard_draft(*, center: Center, by: User) -> None:
    """What was changed and not saved is thrown away."""
    RuleDraft.objects.filter(center=center, by=by).delete()


# ---------------------------------------------------------------- versions


@transaction.atomic
def save_rules(*, center: Center, by: User, note: str, address: str | None) -> RuleSet:
    """Make the draft the next version, in force at once; what was dispatched before stays as it
    was. Raises WrongState when somebody else has saved one meanwhile: the draft is kept.
    """
    current = _lock_current(center)
    draft = draft_of(center, by)
    if draft is None:
        raise WrongState("没有改动，不用保存")
    if current is not None and draft.based_on_id != current.pk:
        who = f"{current.by.name} " if current.by else ""
        raise WrongState(
            f"改的时候，{who}{said(current.at)} 保存了第 {current.number} 版。"
            "看过那一版，点“不要这些改动”重新开始"
        )
    saved = _add_version(center, current, from_draft(draft.rows), by=by, note=note)
    draft.delete()
    _log(saved, by, address)
    return saved


@transaction.atomic
def roll_back(*, center: Center, number: int, by: User, note: str, address: str | None) -> RuleSet:
    """Go back to an old version by a new one with the same rules; raises NotFound."""
    current = _lock_current(center)
    old = RuleSet.objects.filter(center=center, number=number).first()
    if old is None:
        raise NotFound(f"没有第 {number} 版")
    if current is not None and old.pk == current.pk:
        raise WrongState(f"现在用的就是第 {number} 版")
    saved = _add_version(center, current, rules_in(old.pk), by=by, note=note, copied_from=old)
    _log(saved, by, address)
    return saved


def _lock_current(center: Center) -> RuleSet | None:
    """One at a time for each centre, so that versions are numbered without a gap."""
    Center.objects.select_for_update(no_key=True).get(pk=center.pk)
    current = RuleSet.objects.filter(center=center, is_current=True)
    return current.select_related("by").first()


def _add_version(
    center: Center,
    current: RuleSet | None,
    rules: Sequence[Rule],
    *,
    by: User,
    note: str,
    copied_from: RuleSet | None = None,
) -> RuleSet:
    RuleSet.objects.filter(center=center, is_current=True).update(is_current=False)
    saved = RuleSet.objects.create(
        center=center,
        number=current.number + 1 if current else 1,
        note=note,
        by=by,
        at=clock.now(),
        copied_from=copied_from,
    )
    add_rows(saved, rules)
    return saved


def add_rows(version: RuleSet, rules: Sequence[Rule]) -> None:
    """Write the rules of a new version, in their order."""
    codes = {unit.code for rule in rules for unit in (rule.lead, *rule.assisting)}
    units = {unit.code: unit for unit in Department.objects.filter(code__in=codes)}
    stands = {rule.place.code for rule in rules if rule.place}
    places = {region.code: region for region in Region.objects.filter(code__in=stands)}
    rows = RoutingRule.objects.bulk_create(
        RoutingRule(
            rules=version,
            position=position,
            code=rule.code,
            words=list(rule.words),
            without=list(rule.without),
            types=[named.code for named in rule.types],
            place=places[rule.place.code] if rule.place else None,
            party=rule.party,
            amount_from=rule.amount_from,
            amount_to=rule.amount_to,
            special=list(rule.special),
            unit=units[rule.lead.code],
            complexity=rule.complexity,
            risk=rule.risk,
            direct=rule.direct,
            reason=rule.reason,
            is_active=rule.is_active,
        )
        for position, rule in enumerate(rules, start=1)
    )
    helps = RoutingRule.assisting.through
    helps.objects.bulk_create(
        helps(routingrule_id=row.pk, department_id=units[unit.code].pk)
        for row, rule in zip(rows, rules, strict=True)
        for unit in rule.assisting
    )


def _log(saved: RuleSet, by: User, address: str | None) -> None:
    log_access(
        AccessLog.Action.REFERENCE,
        user=by,
        address=address,
        subject=f"分流规则：{saved.center.name}第 {saved.number} 版",
        purpose=saved.note,
        data={"model": RuleSet._meta.label_lower, "pk": saved.pk},
    )
