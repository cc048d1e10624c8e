"""Saving and going back: a version is added, never changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from dispatch.models import RoutingRule, RuleDraft, RuleSet
from dispatch.rulebook import as_row, book_of, from_draft, rules_in
from dispatch.services.rules import (
    discard_draft,
    move_rule,
    put_rule,
    roll_back,
    save_rules,
    switch_rule,
)
from orgs.models import AccessLog, Center, User
from tests.county import County
from tests.rulebook import in_force, rule
from zongzhi.lib.errors import Invalid, NotFound, WrongState


@pytest.fixture
def center(county: County) -> Center:
    in_force(
        county.county,
        rule("R-07", county.human_resources, words=("工资",), assisting=(county.housing,)),
        rule("R-13", county.housing, words=("物业",)),
        rule("R-05", county.police, words=("打架",)),
    )
    return county.county


def save(center: Center, by: User, note: str = "试一试") -> RuleSet:
    return save_rules(center=center, by=by, note=note, address=None)


def codes(center: Center) -> list[str]:
    return [rule.code for rule in book_of(center.pk).rules]


def row(county: County, code: str, **more: Any) -> dict[str, Any]:
    return {**as_row(rule(code, county.police, words=("殴打",))), **more}


def test_nothing_is_in_force_before_it_is_saved(center: Center, county, sysadmin) -> None:
    put_rule(center=center, by=sysadmin, row=row(county, "R-20"))
    assert codes(center) == ["R-07", "R-13", "R-05"]
    saved = save(center, sysadmin, "打人的归公安")
    assert codes(center) == ["R-07", "R-13", "R-05", "R-20"]
    assert (saved.number, saved.note, saved.by) == (2, "打人的归公安", sysadmin)
    assert not RuleDraft.objects.exists()


def test_the_order_is_what_is_saved(center: Center, sysadmin) -> None:
    move_rule(center=center, by=sysadmin, code="R-05", up=True)
    move_rule(center=center, by=sysadmin, code="R-07", up=True)  # the first stays the first
    save(center, sysadmin)
    assert codes(center) == ["R-07", "R-05", "R-13"]


def test_a_stopped_rule_stays_in_its_place(center: Center, sysadmin) -> None:
    switch_rule(center=center, by=sysadmin, code="R-13", on=False)
    save(center, sysadmin)
    assert [(r.code, r.is_active) for r in book_of(center.pk).rules] == [
        ("R-07", True),
        ("R-13", False),
        ("R-05", True),
    ]


def test_a_rule_is_changed_in_its_place(center: Center, county, sysadmin) -> None:
    put_rule(center=center, by=sysadmin, row=row(county, "R-14"), replaces="R-13")
    assert [one["code"] for one in RuleDraft.objects.get().rows] == ["R-07", "R-14", "R-05"]


def test_two_rules_never_have_one_number(center: Center, county, sysadmin) -> None:
    with pytest.raises(Invalid, match="R-07 已经有了"):
        put_rule(center=center, by=sysadmin, row=row(county, "R-07"))


def test_a_rule_that_is_not_there_is_not_found(center: Center, county, sysadmin) -> None:
    with pytest.raises(NotFound, match="没有规则 R-99"):
        put_rule(center=center, by=sysadmin, row=row(county, "R-98"), replaces="R-99")


def test_a_version_is_never_rewritten(center: Center) -> None:
    for spoil in (
        lambda: RoutingRule.objects.filter(code="R-07").update(words=["别的"]),
        lambda: RoutingRule.objects.filter(code="R-13").delete(),
        lambda: RoutingRule.objects.get(code="R-07").assisting.clear(),
    ):
        with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
            spoil()


def test_only_one_version_is_in_force(center: Center) -> None:
    old = RuleSet.objects.get()
    with pytest.raises(IntegrityError, match="rule_set_one_current"):
        RuleSet.objects.create(center=center, number=2, note="两版", at=old.at)


def test_going_back_is_one_more_version(center: Center, county, sysadmin) -> None:
    put_rule(center=center, by=sysadmin, row=row(county, "R-20"))
    save(center, sysadmin)
    again = roll_back(center=center, number=1, by=sysadmin, note="R-20 不好用", address=None)
    assert (again.number, again.copied_from.number) == (3, 1)
    first = RuleSet.objects.get(number=1)
    assert [as_row(r) for r in rules_in(again.pk)] == [as_row(r) for r in rules_in(first.pk)]
    assert codes(center) == ["R-07", "R-13", "R-05"]


def test_there_is_no_going_back_to_what_is_in_force_or_was_never(center: Center, sysadmin) -> None:
    with pytest.raises(WrongState, match="现在用的就是第 1 版"):
        roll_back(center=center, number=1, by=sysadmin, note="再来", address=None)
    with pytest.raises(NotFound, match="没有第 9 版"):
        roll_back(center=center, number=9, by=sysadmin, note="再来", address=None)


def test_who_saves_second_reads_who_was_first_and_keeps_the_draft(
    center: Center, county, sysadmin, secadmin
) -> None:
    put_rule(center=center, by=sysadmin, row=row(county, "R-20"))
    put_rule(center=center, by=secadmin, row=row(county, "R-21"))
    save(center, secadmin)
    with pytest.raises(WrongState, match=r"孙宁 .*保存了第 2 版"):
        save(center, sysadmin)
    assert RuleDraft.objects.get().by == sysadmin


def test_nothing_changed_is_nothing_to_save(center: Center, sysadmin) -> None:
    with pytest.raises(WrongState, match="没有改动"):
        save(center, sysadmin)


def test_a_draft_can_be_thrown_away(center: Center, sysadmin) -> None:
    move_rule(center=center, by=sysadmin, code="R-05", up=True)
    discard_draft(center=center, by=sysadmin)
    assert not RuleDraft.objects.exists()


def test_a_draft_keeps_a_rule_whole(center: Center, county) -> None:
    (first, *_) = book_of(center.pk).rules
    (again,) = from_draft([as_row(first)])
    assert as_row(again) == as_row(first)
    assert again.assisting[0].name == "住建局"


def test_every_version_is_in_the_access_log(center: Center, sysadmin) -> None:
    move_rule(center=center, by=sysadmin, code="R-05", up=True)
    save(center, sysadmin, "打架的先看")
    line = AccessLog.objects.get(action=AccessLog.Action.REFERENCE)
    assert (line.subject, line.purpose) == ("分流规则：示范县综治中心第 2 版", "打架的先看")


def test_a_centre_has_its_own_rules(center: Center, county) -> None:
    assert book_of(county.town.pk).rules == ()


def test_the_rules_cost_one_query_while_nothing_changes(
    center: Center, sysadmin, django_assert_num_queries
) -> None:
    revision = sysadmin.reference_revision
    assert revision
    book_of(center.pk, revision)
    with django_assert_num_queries(1):
        book_of(center.pk, revision)
