"""代网格员录入: rows as they stand on the paper sheet, several at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django import forms

from grids.models import Grid
from grids.services.reporting import LONGEST_PLACE, LONGEST_TEXT, Report
from grids.vocabulary import Category
from orgs.models import User
from zongzhi.lib import clock

if TYPE_CHECKING:
    WorkerChoice = forms.ModelChoiceField[User]
else:
    WorkerChoice = forms.ModelChoiceField

ROWS = 8
_TIMES = ("%H:%M", "%H.%M", "%H%M")
_WORDS = ("text", "place")


class _Worker(WorkerChoice):
    def label_from_instance(self, obj: User) -> str:
        return obj.name


class PaperRow(forms.Form):
    """One line of the sheet; a line without words is no line."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    worker = _Worker(
        User.objects.none(),
        to_field_name="username",
        label="网格员",
        empty_label=None,
        error_messages={
            "required": "还没选网格员",
            "invalid_choice": "这个人不在这个网格，重选一次",
        },
    )
    day = forms.DateField(
        label="哪天",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "还没填哪天", "invalid": "日期写成 2026-11-30 这样"},
    )
    at = forms.TimeField(
        label="几点",
        required=False,
        input_formats=_TIMES,
        widget=forms.TextInput(attrs={"placeholder": "9:30", "autocomplete": "off"}),
        error_messages={"invalid": "时间写成 9:30 这样"},
    )
    category = forms.ChoiceField(
        label="类别",
        choices=Category.choices,
        error_messages={"required": "还没选类别", "invalid_choice": "还没选类别"},
    )
    text = forms.CharField(
        label="什么事",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": f"写得太长，最多 {LONGEST_TEXT} 字"},
    )
    place = forms.CharField(
        label="在哪",
        required=False,
        max_length=LONGEST_PLACE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": f"地点太长，最多 {LONGEST_PLACE} 字"},
    )
    settled = forms.BooleanField(label="已办好", required=False)

    def __init__(self, *args: Any, workers: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["worker"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = workers

    @property
    def is_written(self) -> bool:
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in _WORDS)

    def report(self, grid: Grid) -> Report:
        said = self.cleaned_data
        at = datetime.combine(said["day"], said["at"] or time(12), tzinfo=clock.SHANGHAI)
        today = said["day"] == clock.today() and not said["at"]
        return Report(
            client_id=said["client_id"],
            grid=grid,
            category=Category(said["category"]),
            text=said["text"],
            place=said["place"],
            settled_on_spot=said["settled"],
            reported_at=clock.now() if today else at,
            reported_by=said["worker"],
        )


def rows_for(workers: Any, data: Mapping[str, Any] | None = None, count: int = ROWS) -> list[Any]:
    """The rows of the page, empty or as they were typed."""
    initial = {"day": clock.today(), "category": Category.OTHER}
    return [
        PaperRow(
            data,
            workers=workers,
            prefix=f"r{number}",
            initial={**initial, "client_id": uuid.uuid4()},
        )
        for number in range(count)
    ]
