"""The search box of the events: a number as people say it, or two characters and more of the words.

The pairs of neighbouring characters of what was said and where stand in an index
(`grids_pairs`, migration 0006): with Chinese words of two characters, trigrams find nothing.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, TextField

from grids.models import GridEvent
from grids.querysets import EventQuerySet

LEAST = 2
FEW = 1000  # events that words are found in
_FULL = re.compile(r"\d{12}G\d{2,}")
_SHORT = re.compile(r"\d{4}-G\d{2,}")


class _Pairs(Func):
    """Exactly the expression that is indexed."""

    function = "grids_pairs"
    arg_joiner = " || ' ' || "
    output_field = ArrayField(TextField())


def search(events: EventQuerySet, text: str) -> EventQuerySet:
    """Those of the given events that the text means; they must be the visible ones already."""
    text = text.strip()
    number = text.upper().replace("—", "-").replace("–", "-")
    if _FULL.fullmatch(number):
        return events.filter(number=number)
    if _SHORT.fullmatch(number):
        return events.filter(short_number=number)
    found = with_words(GridEvent.objects.all(), text)
    # Few are named by their ids: the database does not know how often words come together.
    few = list(found.order_by().values_list("pk", flat=True)[: FEW + 1])
    return events.filter(pk__in=few) if len(few) <= FEW else with_words(events, text)


def with_words(events: EventQuerySet, text: str) -> EventQuerySet:
    pairs = sorted({a + b for a, b in pairwise(text.lower())})
    untyped: Any = events  # the type checker takes the alias for a text
    paired = untyped.alias(pairs=_Pairs(F("text"), F("place"))).filter(pairs__contains=pairs)
    found: EventQuerySet = paired.filter(Q(text__icontains=text) | Q(place__icontains=text))
    return found
