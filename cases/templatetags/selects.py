"""Long selects: their options drawn in one go."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def options(choices: Iterable[tuple[object, object]], value: str = "") -> SafeString:
    """The options of a select, (code, words) each; `value` may be a code or the words.

    A page of a list has hundreds: as a loop in the template they cost more than its rows.
    """
    drawn = (_option(str(code), str(words), value in (code, words)) for code, words in choices)
    return mark_safe("".join(drawn))  # each escaped by itself


@lru_cache(4096)
def _option(code: str, words: str, chosen: bool) -> SafeString:
    selected = mark_safe(" selected") if chosen else ""
    return format_html('<option value="{}"{}>{}</option>', code, selected, words)
