"""A brief as it is read: paragraphs with what was computed and what was written, its review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.urls import reverse

from cases.composing import Paper
from cases.vocabulary import Risk
from reports.briefing import Period
from reports.models import Brief, BriefEdit, BriefMatter, BriefParagraph, BriefReview
from zongzhi.lib import clock, dates

_NUMBERS = "一二三四五六七八九十"
BLANK = "（待填写）"


@dataclass(frozen=True)
class Part:
    """Words, or a number with the address of its list."""

    text: str
    url: str
    number: int = 0


@dataclass(frozen=True)
class Read:
    """A paragraph: what was computed, and the latest of what people wrote instead."""

    place: int
    heading: str
    parts: list[Part]
    edits: list[BriefEdit]

    @property
    def computed(self) -> str:
        return "".join(part.text for part in self.parts)

    @property
    def text(self) -> str:
        return self.edits[-1].text if self.edits else self.computed

    @property
    def seen(self) -> int:
        """The edit that is shown; 0 where there is none."""
        return self.edits[-1].pk if self.edits else 0

    @property
    def is_edited(self) -> bool:
        return bool(self.edits)


def period_of(brief: Brief) -> Period:
    return Period(Brief.Kind(brief.kind), brief.first, brief.last)


def title_of(brief: Brief) -> str:
    name = brief.center.name.removesuffix("综治中心")
    return f"{name}矛盾纠纷{brief.get_kind_display()}（{period_of(brief).words}）"


def paragraphs_of(brief: Brief) -> list[Read]:
    edits = Prefetch("edits", queryset=BriefEdit.objects.select_related("by").order_by("pk"))
    address = reverse("reports:brief_list", args=[brief.pk])
    return [
        Read(
            row.place,
            row.heading,
            [_part(part, address) for part in row.parts],
            list(row.edits.all()),
        )
        for row in BriefParagraph.objects.filter(brief=brief).prefetch_related(edits)
    ]


def _part(part: Mapping[str, Any], address: str) -> Part:
    cell = part.get("cell")
    url = f"{address}?{urlencode({'cell': cell})}" if cell else ""
    return Part(part["text"], url, part.get("n", 0))


def reviews_of(brief: Brief) -> list[BriefReview]:
    return list(brief.reviews.select_related("by"))


def matters_of(brief: Brief) -> list[BriefMatter]:
    return list(brief.matters.select_related("case", "by"))


def paper_of(brief: Brief) -> Paper:
    """In the layout of an official document; unsealed it says that it is a draft."""
    said, n = [], 0
    for one in paragraphs_of(brief):
        said.append(f"{_NUMBERS[n]}、{one.heading}")
        said += [line for line in (one.text or BLANK).splitlines() if line.strip()]
        n += 1
    for heading, lines in (
        ("风险等级", [_reviewed(review) for review in reviews_of(brief)]),
        ("点名事项", [_named(one) for one in matters_of(brief)]),
    ):
        if lines:
            said += [f"{_NUMBERS[n]}、{heading}", *lines]
            n += 1
    signed: datetime = brief.sealed_at or brief.drafted_at
    return Paper(
        title=title_of(brief),
        number="" if brief.sealed_at else "（草稿，未审定）",
        paragraphs=said,
        signed_by=brief.center.name,
        signed_on=dates.document(clock.local(signed)),
    )


def _named(matter: BriefMatter) -> str:
    return f"{matter.case.short_number} {matter.get_move_display()}：{matter.reason}"


def _reviewed(review: BriefReview) -> str:
    said = f"{review.get_step_display()}：{Risk(review.level).label}"
    who = f"（{review.by.name}，{dates.document(review.at)}）"
    return f"{said}{who}{'。' + review.text if review.text else ''}"
