"""What the selects of pages offer. Names and codes only, kept for a minute by each process."""

from __future__ import annotations

from collections import Counter

from django.core.cache import cache
from pypinyin import Style, lazy_pinyin

from cases.models import Case, DisputeType
from orgs.models import Center, Department, Region, User
from orgs.models.places import Level

KEPT = 60  # seconds: a page of a list may not pay a query for each select
_USUAL_TYPES = ("10", "02", "01", "03", "17")
_LOOKED_AT = 300
TOWN = 9  # digits of a division code that name the town

Options = list[tuple[str, str]]


def type_options() -> Options:
    """The dispute types that may be chosen, by code."""
    return _kept("types", lambda: list(_types()))


def type_words() -> list[tuple[str, str, list[str]]]:
    """Code, name and words of each type that may be chosen."""
    rows = DisputeType.objects.filter(is_active=True).values_list("code", "name", "words")
    return _kept("type-words", lambda: list(rows))


def unit_options() -> Options:
    """Every unit a list can be narrowed to, by code."""
    units = Department.objects.filter(is_active=True).values_list("code", "name")
    return _kept("units", lambda: list(units))


def town_options() -> Options:
    """The towns, by division code."""
    towns = Region.objects.filter(level=Level.TOWN).values_list("code", "name")
    return _kept("towns", lambda: list(towns))


def usual_types(center: Center, *, most: int = 5) -> list[str]:
    """The codes of the types this centre has used most among its newest cases."""
    return _kept(f"usual-{center.pk}-{most}", lambda: _usual(center, most))


def _types() -> list[tuple[str, str]]:
    return list(DisputeType.objects.filter(is_active=True).values_list("code", "name"))


def _usual(center: Center, most: int) -> list[str]:
    newest = Case.objects.filter(center=center).order_by("-registered_at", "-pk")
    used = Counter(newest.values_list("type__code", flat=True)[:_LOOKED_AT])
    ranked = [code for code, _ in used.most_common(most)]
    return [*ranked, *(code for code in _USUAL_TYPES if code not in ranked)][:most]


def _kept(name: str, load: object) -> list:  # type: ignore[type-arg]
    return cache.get_or_set(f"choices-{name}", load, KEPT) or []


def initials_of(name: str) -> str:
    """「和谐社区」 as somebody types it: hxsq."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()


def last_town(user: User, center: Center) -> str:
    """The division code of the town this person's window last registered in; "" for none."""
    newest = Case.objects.filter(center=center, registered_by=user).order_by("-registered_at")
    code = newest.values_list("occurred_region__code", flat=True).first() or ""
    return f"{code[:TOWN]}000" if code else ""


def places_below(center: Center) -> list[tuple[str, Options]]:
    """The towns of the centre's area with their villages, for a grouped select."""
    return _kept(f"places-{center.pk}", lambda: _places(center))


def place_initials(center: Center) -> dict[str, str]:
    """The initials of every town and village there, to be typed instead of looked for."""
    return dict(_kept(f"initials-{center.pk}", lambda: _initials(center)))


def _initials(center: Center) -> list[tuple[str, str]]:
    groups = places_below(center)
    names = [town for town, _ in groups] + [name for _, inside in groups for _, name in inside]
    return [(name, initials_of(name)) for name in names]


def _places(center: Center) -> list[tuple[str, Options]]:
    inside = Region.objects.filter(code__startswith=center.region.stem)
    rows = list(inside.select_related("parent").order_by("code"))
    groups: dict[str, Options] = {}
    for region in rows:
        if region.level == Level.TOWN:
            groups[region.name] = [(region.code, "不清楚哪个村")]
        elif region.level == Level.VILLAGE:
            town = region.parent.name if region.parent else ""
            groups.setdefault(town, []).append((region.code, region.name))
    others = [(r.code, r.name) for r in rows if r.level in (Level.COUNTY, Level.CITY)]
    return [*groups.items(), *([("其他", others)] if others else [])]
