"""A field of several lines that are all alike: the clauses of an agreement, who has signed.

On the page a fixed number of lines, and 「再加几条」 for more, without a script; in the JSON body
of the API a list of objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

FIRST = 4  # lines on an empty page
ADDED = 4  # by 「再加几条」
MOST = 40


class LinesWidget(forms.Widget):
    """Draws the columns of every line; reads them back as a list of what was typed."""

    template_name = "components/lines.html"
    use_fieldset = True

    def __init__(self, columns: Mapping[str, forms.Field]) -> None:
        super().__init__()
        self.columns = columns
        self.titles: list[str] = []  # one line for each, and no more

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        given = data.get(name)
        if given is not None and not isinstance(given, str):
            return given
        lines: list[dict[str, Any]] = []
        while len(lines) < MOST and any(self._key(name, len(lines), c) in data for c in self._all):
            n = len(lines)
            lines.append({c: data.get(self._key(name, n, c), "") for c in self._all})
        return lines + [{}] * ADDED if f"{name}_more" in data else lines

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False

    @property
    def _all(self) -> list[str]:
        return list(self.columns)

    @staticmethod
    def _key(name: str, n: int, column: str) -> str:
        return f"{name}_{n + 1}_{column}"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        lines = [line for line in value or [] if isinstance(line, Mapping)]
        if self.titles:
            count = len(self.titles)
        else:
            count = min(MOST, max(FIRST, len(lines) + (1 if value and not lines[-1:] else 0)))
        lines = (lines + [{}] * count)[:count]
        rows = [
            {
                "title": self.titles[n] if self.titles else f"第 {n + 1} 条",
                "cells": [self._cell(name, n, c, line.get(c)) for c in self._all],
            }
            for n, line in enumerate(lines)
        ]
        context["widget"] |= {
            "rows": rows,
            "heads": [f.label for f in self.columns.values() if not f.widget.is_hidden],
            "more": "" if self.titles or count >= MOST else f"{name}_more",
        }
        return context

    def _cell(self, name: str, n: int, column: str, value: Any) -> dict[str, Any]:
        field, key = self.columns[column], self._key(name, n, column)
        shown = field.prepare_value(field.initial if value is None else value)
        return {
            "column": column,
            "label": field.label,
            "id": f"id_{key}",
            "hidden": field.widget.is_hidden,
            "html": field.widget.render(key, shown, {"id": f"id_{key}"}),
        }


class LinesField(forms.Field):
    """The lines as a list of dicts by column; wholly empty ones are left out."""

    widget: LinesWidget

    def __init__(self, columns: Mapping[str, forms.Field], *, label: str, **kwargs: Any) -> None:
        self.columns = dict(columns)
        super().__init__(label=label, widget=LinesWidget(self.columns), **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> LinesField:
        copied: LinesField = super().__deepcopy__(memo)
        copied.columns = {name: _copy(field, memo) for name, field in self.columns.items()}
        copied.widget = LinesWidget(copied.columns)
        copied.widget.is_required = self.required
        return copied

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        """Every line clean, or all that is wrong with any of them, by the number of the line."""
        wrong: list[str] = []
        lines = []
        for n, given in enumerate(value or []):
            if not isinstance(given, Mapping) or self._is_empty(given):
                continue
            line, found = self._clean_line(given)
            title = self.widget.titles[n] if n < len(self.widget.titles) else f"第 {n + 1} 条"
            wrong += [f"{title}：{sentence}" for sentence in found]
            lines.append(line)
        if wrong:
            raise forms.ValidationError(wrong)
        return lines

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(initial != data)

    def _is_empty(self, given: Mapping[str, Any]) -> bool:
        shown = [name for name, field in self.columns.items() if not field.widget.is_hidden]
        return not any(given.get(name) not in (None, "") for name in shown)

    def _clean_line(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        line: dict[str, Any] = {}
        wrong: list[str] = []
        for name, field in self.columns.items():
            value = given.get(name)
            try:
                line[name] = field.clean("" if value is None else str(value))
            except forms.ValidationError as error:
                wrong += error.messages
        return line, wrong


def _copy(field: forms.Field, memo: dict[int, Any]) -> forms.Field:
    copied: forms.Field = field.__deepcopy__(memo)
    return copied
