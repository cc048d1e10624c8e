from __future__ import annotations

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def of_unit(names: Mapping[int, str], unit: int) -> str:
    """The name of a unit by its id; "" of one that is not there."""
    return names.get(unit, "")


@register.filter
def named(names: Mapping[str, str], key: str) -> str:
    """The name of an indicator; 整行 where none is named."""
    return names.get(key, key) if key else "整行"
