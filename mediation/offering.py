"""点菜: who can be offered to the parties, and what they are shown of each (人民调解法 art. 19).

Name, title, speciality, languages, when there is time. Never how many cases, never with what
success: a list sorted by results would make people be chosen for easy cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from cases.models import Case, DisputeType
from mediation.avoiding import warnings_of
from mediation.free_time import free_halves
from mediation.models import Mediation, Mediator
from orgs.models import Center, Region
from orgs.models.places import Level
from zongzhi.lib.paging import Order, Page, paginate

PAGE = 8  # in large text, on a tablet


@dataclass(frozen=True)
class Offer:
    """One mediator as a card shows them."""

    mediator: Mediator
    specialities: str
    languages: str
    free: str


class PoolFilter(forms.Form):
    """领域、语言、镇, and a name; whatever cannot be is as if not asked."""

    q = forms.CharField(label="姓名", required=False, max_length=30)
    type = forms.ChoiceField(label="领域", required=False)
    language = forms.ChoiceField(label="会说", required=False)
    town = forms.ChoiceField(label="镇街", required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, center: Center) -> None:
        super().__init__(data)
        self.center = center
        everywhere = ("", "不限")
        types = DisputeType.objects.filter(is_active=True).values_list("code", "name")
        towns = Region.objects.filter(code__startswith=center.region.stem, level=Level.TOWN)
        self._offer("type", [everywhere, *types])
        self._offer("language", [everywhere, *((name, name) for name in languages_in(center))])
        self._offer("town", [everywhere, *towns.values_list("code", "name")])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def asked(self) -> dict[str, str]:
        """What was asked and can be."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def apply(self, rows: QuerySet[Mediator]) -> QuerySet[Mediator]:
        return narrowed(rows, self.asked())


def narrowed(rows: QuerySet[Mediator], asked: Mapping[str, str]) -> QuerySet[Mediator]:
    """The rows that answer the filters; of a region, who lives there or serves it."""
    if text := asked.get("q"):
        rows = rows.filter(name__icontains=text)
    if code := asked.get("type"):
        rows = rows.filter(specialities__code=code)
    if language := asked.get("language"):
        rows = rows.filter(languages__contains=[language])
    if (code := asked.get("town")) and (town := Region.objects.filter(code=code).first()):
        served = Region.objects.filter(code__startswith=town.stem)
        near = Q(home__in=served) | Q(
            pk__in=Mediator.areas.through.objects.filter(region__in=served).values("mediator")
        )
        rows = rows.filter(near)
    return rows


def languages_in(center: Center) -> list[str]:
    """The languages anybody of the centre's pool speaks, in the order of their names."""
    rows = pool_of(center).values_list("languages", flat=True)
    return sorted({language for languages in rows for language in languages})


def near(center: Center) -> QuerySet[Mediator]:
    """The mediators of a centre and of the one above, whose experts are lent."""
    own = [pk for pk in (center.pk, center.parent_id) if pk is not None]
    return Mediator.objects.filter(center__in=own)


def pool_of(center: Center) -> QuerySet[Mediator]:
    """Of whom one may be chosen, appointed, or asked to a session."""
    return near(center).filter(is_active=True)


def not_refused(rows: QuerySet[Mediator], mediation: Mediation | None) -> QuerySet[Mediator]:
    """Without whom a side has said that it does not want."""
    return rows.exclude(pk__in=mediation.objections.values("against")) if mediation else rows


def offers(
    case: Case,
    mediation: Mediation,
    asked: Mapping[str, str],
    params: Mapping[str, Any],
    *,
    size: int = PAGE,
) -> tuple[Page[Mediator], list[Offer]]:
    """One screen of cards. Nobody a side has objected to; nobody who had better not mediate."""
    rows = narrowed(not_refused(pool_of(case.center), mediation), asked)
    warned = warnings_of(case, mediation, list(rows.select_related("home")))
    rows = rows.exclude(pk__in=[pk for pk, words in warned.items() if words])
    page = paginate(
        rows.select_related("home").prefetch_related("specialities"), Order(), params, size=size
    )
    return page, _cards(case, page.rows)


def _cards(case: Case, mediators: list[Mediator]) -> list[Offer]:
    """The cards of these; the queries do not grow with them."""
    free = free_halves(mediators, case.center)
    return [
        Offer(
            mediator=one,
            specialities="、".join(kind.name for kind in one.specialities.all()),
            languages="、".join(one.languages),
            free="、".join(free[one.pk]),
        )
        for one in mediators
    ]
