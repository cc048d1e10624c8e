"""The bodies of the acts, from the forms that the pages use: their description and their check.

A form takes whatever turns into text; JSON has kinds, and a list where a word belongs is a mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from cases.lines import LinesField

Kind = dict[str, Any]

# The first that fits; our only typed choice is yes or no.
_KINDS: tuple[tuple[tuple[type[forms.Field], ...], str], ...] = (
    ((forms.ModelMultipleChoiceField, forms.MultipleChoiceField), "array"),
    ((forms.BooleanField, forms.TypedChoiceField), "boolean"),
    ((forms.DecimalField,), "number"),
    ((forms.IntegerField,), "integer"),
    ((forms.ChoiceField, forms.DateField, forms.DateTimeField, forms.CharField), "string"),
)
_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float, str),
    "boolean": (bool,),
    "array": (list,),
}
_NAMES = {
    "string": "文字",
    "integer": "整数",
    "number": "数",
    "boolean": "true 或 false",
    "array": "一个由文字组成的列表",
    "object": "一个 JSON 对象",
    "lines": "一个由 JSON 对象组成的列表",
}


def describe(form: type[forms.Form]) -> Kind:
    """The JSON schema of what an act takes."""
    fields = _fields(form)
    inner = {name for names in _groups(form).values() for name in names}
    outer = [name for name in fields if name not in inner]
    properties = {name: _described(fields[name]) for name in outer}
    for group, names in _groups(form).items():
        properties[group] = _object({name: _described(fields[name]) for name in names}, [])
    return _object(properties, [name for name in outer if fields[name].required])


def _groups(form: type[forms.Form]) -> Mapping[str, tuple[str, ...]]:
    """Which fields lie inside an object of the body."""
    groups: Mapping[str, tuple[str, ...]] = getattr(form, "groups", {})
    return groups


def _fields(form: type[forms.Form]) -> dict[str, forms.Field]:
    """What JSON can carry: a file comes only with the page."""
    return {n: f for n, f in form.base_fields.items() if not isinstance(f, forms.FileField)}


def _object(properties: Kind, required: list[str]) -> Kind:
    found: Kind = {"type": "object", "properties": properties}
    return {**found, "required": required} if required else found


def _described(field: forms.Field) -> Kind:
    said = {"title": str(field.label or ""), "description": str(field.help_text or "")}
    kind = {
        **({} if isinstance(field, LinesField) else {"type": _kind(field)}),
        **_details(field),
        **{n: text for n, text in said.items() if text},
    }
    if field.required:
        return kind
    empty = {"enum": [*kind["enum"], "", None]} if "enum" in kind else {}
    return {**kind, **empty, "nullable": True}


def _kind(field: forms.Field) -> str:
    if isinstance(field, LinesField):
        return "lines"
    for classes, kind in _KINDS:
        if isinstance(field, classes):
            return kind
    raise TypeError(f"no JSON for {type(field).__name__}")


def _details(field: forms.Field) -> Kind:
    details = _of_several(field) or _of_one(field)
    return {name: value for name, value in details.items() if value is not None}


def _of_several(field: forms.Field) -> Kind:
    match field:
        case LinesField(columns=columns):
            required = [name for name, column in columns.items() if column.required]
            inner = {name: _described(column) for name, column in columns.items()}
            return {"type": "array", "items": _object(inner, required)}
        case forms.ModelMultipleChoiceField():
            return {"items": {"type": "string"}}
        case forms.MultipleChoiceField():
            known = {"enum": values} if (values := _values(field)) else {}  # else by the case
            return {"items": {"type": "string", **known}}
    return {}


def _of_one(field: forms.Field) -> Kind:
    match field:
        case forms.ModelChoiceField() | forms.TypedChoiceField():
            return {}
        case forms.ChoiceField():
            return {"enum": _values(field)}
        case forms.IntegerField():  # a DecimalField too
            return {"minimum": field.min_value, "maximum": field.max_value}
        case forms.DateField():
            return {"format": "date"}
        case forms.DateTimeField():
            return {"format": "date-time"}
        case forms.CharField():
            return {"minLength": field.min_length, "maxLength": field.max_length}
    return {}


def _values(field: forms.ChoiceField) -> list[str]:
    choices: Any = field.choices
    return [str(value) for value, _ in choices]


def misfits(form: type[forms.Form], body: Any) -> dict[str, list[str]]:
    """What in a body is of the wrong kind, as sentences by field."""
    if not isinstance(body, Mapping):
        return {"body": [f"请求体要是{_NAMES['object']}"]}
    given = dict(body)
    wrong: dict[str, list[str]] = {}
    for group in _groups(form):
        inner = given.pop(group, None)
        if isinstance(inner, Mapping):
            given = {**inner, **given}
        elif inner is not None:
            wrong[group] = [f"“{group}”要是{_NAMES['object']}"]
    for name, field in _fields(form).items():
        kind = _kind(field)
        if given.get(name) is not None and not _fits(given[name], kind):
            wrong[name] = [f"“{field.label or name}”要是{_NAMES[kind]}"]
    return wrong


def _fits(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "lines":
        return isinstance(value, list) and all(isinstance(item, Mapping) for item in value)
    if kind == "array":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, _PYTHON[kind])
