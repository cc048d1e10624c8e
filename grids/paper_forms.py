"""代网格员录入: rows as they stand on the paper sheet, several at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django import forms

from grids.models import Grid, GridTask
from grids.services.patrols import LONGEST, NOTHING_FOUND
from grids.services.reporting import LONGEST_PLACE, LONGEST_TEXT, Report
from grids.vocabulary import Category
from orgs.models import User
from zongzhi.lib import clock

if TYPE_CHECKING:
    WorkerChoice = forms.ModelChoiceField[User]
    TaskChoice = forms.ModelChoiceField[GridTask]
else:
    WorkerChoice = TaskChoice = forms.ModelChoiceField

ROWS = 8
_TIMES = ("%H:%M", "%H.%M", "%H%M")
_WORDS = ("text", "place")
_AGAIN = "重新打开这一页再录"


class _Worker(WorkerChoice):
    def label_from_instance(self, obj: User) -> str:
        return obj.name


class _OfWorker(forms.Form):
    """What one of the grid's people has written on paper."""

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

    def __init__(self, *args: Any, workers: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["worker"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = workers

    @property
    def can_be_filled(self) -> bool:
        """Whether each of its lists has something to choose."""
        chosen = [f for f in self.fields.values() if isinstance(f, forms.ModelChoiceField)]
        return all(field.queryset is not None and field.queryset.exists() for field in chosen)

    @property
    def typed(self) -> dict[str, Any]:
        """What stands in it, checked or not."""
        return {name: self[name].value() for name in self.fields}


def _day() -> forms.DateField:
    return forms.DateField(
        label="哪天",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "还没填哪天", "invalid": "日期写成 2026-11-30 这样"},
    )


class PaperRow(_OfWorker):
    """One line of the sheet; a line without words is no line."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    day = _day()
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
    is_urgent = forms.BooleanField(label="要马上处理", required=False)
    settled = forms.BooleanField(label="已办好", required=False)

    @property
    def is_written(self) -> bool:
        return any(str(self[name].value() or "").strip() for name in _WORDS)

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
            is_urgent=said["is_urgent"],
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


class PaperPatrol(_OfWorker):
    """巡查记录: a day, and one line."""

    client_id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": _AGAIN, "invalid": _AGAIN}
    )
    day = _day()
    text = forms.CharField(
        label="记一句",
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": NOTHING_FOUND}),
        error_messages={"max_length": f"写得太长，最多 {LONGEST} 字"},
    )

    @property
    def is_written(self) -> bool:
        return bool(str(self["text"].value() or "").strip())


class _Task(TaskChoice):
    def label_from_instance(self, obj: GridTask) -> str:
        return f"{obj.text[:30]}（最晚 {clock.local(obj.due_at):%m-%d %H:%M}）"


class PaperResult(_OfWorker):
    """What came of an open task of the grid."""

    task = _Task(
        GridTask.objects.none(),
        label="哪个任务",
        empty_label=None,
        error_messages={
            "required": "还没选哪个任务",
            "invalid_choice": "这个任务已经办完或撤销，重选一次",
        },
    )
    result = forms.CharField(
        label="结果",
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "还没写结果", "max_length": "结果最多 500 个字"},
    )
    field_order = ("task", "worker", "result")

    def __init__(self, *args: Any, tasks: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["task"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = tasks

    @property
    def is_written(self) -> bool:
        return bool(str(self["result"].value() or "").strip())
