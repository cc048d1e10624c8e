"""Routing rules for tests: one version of a centre, written as the service writes it."""

from __future__ import annotations

from typing import Any

from dispatch.models import RuleSet
from dispatch.routing import Named, Rule
from dispatch.services.rules import add_rows
from orgs.models import Center, Department
from zongzhi.lib import clock

WAGES = "在工地做木工，老板拖欠工资三个月"


def named(unit: Any) -> Named:
    return Named(unit.code, unit.name)


def rule(code: str, unit: Department | str, **more: Any) -> Rule:
    """A rule that leads to the unit; types are given by their codes."""
    lead = Named(unit, unit) if isinstance(unit, str) else named(unit)
    more["types"] = tuple(Named(one, one) for one in more.get("types", ()))
    more["assisting"] = tuple(named(one) for one in more.get("assisting", ()))
    return Rule(code=code, lead=lead, **more)


def in_force(center: Center, *rules: Rule) -> RuleSet:
    """Make these the next version of the centre's rules."""
    before = RuleSet.objects.filter(center=center).count()
    RuleSet.objects.filter(center=center).update(is_current=False)
    version = RuleSet.objects.create(center=center, number=before + 1, note="试验", at=clock.now())
    add_rows(version, rules)
    return version
