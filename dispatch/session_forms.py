"""What may be typed about a session: its arrangement, its minutes, what became of a task."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Q

from cases.forms import ActForm, UnitField, UnitsField, choice, sentence
from cases.models import Case
from dispatch.forms import PersonField
from dispatch.groups import group_for, units_of_group
from dispatch.level_forms import in_these_years, moment_field
from dispatch.models import JointSession, JointTask
from dispatch.services.convening import Given
from dispatch.units import own_units
from dispatch.whistle_forms import line
from orgs.models import Department, Room, User
from orgs.permissions import Permission

TASKS = 6
SEPARATORS = re.compile(r"[\s,，、；;]+")


class ConveneForm(ActForm):
    submit = "安排会商"
    kind = choice(JointSession.Kind.choices, label="类型", initial=JointSession.Kind.LEADERS)
    chair = PersonField(
        User.objects.none(),
        to_field_name="username",
        label="主持",
        empty_label="选择主持人",
        error_messages={"required": "还没选“主持”", "invalid_choice": "这个人不能在本中心主持"},
    )
    starts_at = moment_field(label="开始")
    ends_at = moment_field(label="结束")
    room = forms.ModelChoiceField(
        Room.objects.none(),
        to_field_name="name",
        label="房间",
        empty_label="选择房间",
        error_messages={"required": "还没选“房间”", "invalid_choice": "本中心没有这个房间"},
    )
    units = UnitsField(label="参加的单位")
    agenda = sentence(label="议题", least=4)
    others = forms.CharField(
        label="一起议的其他事项",
        required=False,
        max_length=200,
        help_text="短号或 16 位编号，几件用逗号隔开",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def fit(self) -> None:
        center = self.case.center
        chair, room = self.fields["chair"], self.fields["room"]
        people = User.objects.holding(Permission.DECIDE, center=center)
        people = people | User.objects.holding(Permission.TRIAGE, center=center)
        if isinstance(chair, forms.ModelChoiceField) and isinstance(room, forms.ModelChoiceField):
            chair.queryset, room.queryset = people, center.rooms.all()
        self._units()

    def _units(self) -> None:
        """The units near; those of a 专班 for this type are ticked already."""
        field = self.fields["units"]
        if not isinstance(field, UnitsField) or not self.on_page:
            return
        case = self.case
        near = Q(center__in=[case.center_id, case.center.parent_id])
        field.widget = forms.CheckboxSelectMultiple()
        field.queryset = Department.objects.filter(near, is_active=True).exclude(runs=case.center)
        field.to_field_name = "code"
        parts = [part.unit.code for part in case.open_assignments]
        group = group_for(case)
        if group is not None:
            units = units_of_group(group)
            field.help_text = f"{group.name}管这一类，已勾上{'、'.join(u.name for u in units)}"
            self.fields["kind"].initial = JointSession.Kind.TRADE
            parts += [unit.code for unit in units]
        field.initial = parts

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        given["units"] = list(given["units"])
        given["others"] = [part for part in SEPARATORS.split(given["others"]) if part]
        return given


class OfSession(ActForm):
    """An act on one of the planned sessions of the case; which, only where there are several."""

    session = forms.IntegerField(label="哪一次会商", required=False, widget=forms.RadioSelect)

    def fit(self) -> None:
        rows = list(planned_sessions(self.case))
        if len(rows) == 1:
            self.fields["session"].widget = forms.HiddenInput()
            self.fields["session"].initial = rows[0].pk
        elif isinstance(widget := self.fields["session"].widget, forms.RadioSelect):
            widget.choices = [(str(row.pk), row.name) for row in rows]


class CancelSessionForm(OfSession):
    submit = "取消会商"
    text = line(label="为什么取消", least=2)


def _task_fields() -> dict[str, forms.Field]:
    """Lines of the minutes: which unit, what, until when, of which case."""
    fields: dict[str, forms.Field] = {}
    for n in range(1, TASKS + 1):
        fields[f"unit_{n}"] = UnitField(label=f"任务 {n} 的单位", required=False)
        fields[f"what_{n}"] = line(label=f"任务 {n} 要办什么", required=False)
        fields[f"due_{n}"] = forms.DateField(
            label=f"任务 {n} 的期限",
            required=False,
            validators=[in_these_years],
            widget=forms.DateInput(attrs={"type": "date"}),
            error_messages={"invalid": "日期写成 2026-11-30 这样"},
        )
        fields[f"case_{n}"] = forms.CharField(
            label=f"任务 {n} 是哪一件的", required=False, max_length=16
        )
    return fields


class _MinuteForm(OfSession):
    submit = "记下纪要，交办任务"
    came = UnitsField(label="到会的单位")
    text = sentence(label="议定事项", least=4, rows=5)

    def fit(self) -> None:
        super().fit()
        rows = list(planned_sessions(self.case))
        units = Department.objects.filter(
            pk__in=[s.unit_id for row in rows for s in row.seats.all()]
        )
        came = self.fields["came"]
        if self.on_page and isinstance(came, UnitsField):
            came.widget = forms.CheckboxSelectMultiple()
            came.queryset = units
            came.to_field_name = "code"
            came.initial = [unit.code for unit in units]
        numbers = sorted({case.short_number for row in rows for case in row.cases.all()})
        for n in range(1, TASKS + 1):
            if self.on_page and len(numbers) < 2:
                del self.fields[f"case_{n}"]
            elif self.on_page:
                choices = [("", "哪一件"), *((number, number) for number in numbers)]
                self.fields[f"case_{n}"].widget = forms.Select(choices=choices)

    def clean(self) -> dict[str, Any]:
        """A line of a task is whole or empty."""
        data = super().clean() or {}
        for n in range(1, TASKS + 1):
            unit, what = data.get(f"unit_{n}"), data.get(f"what_{n}")
            if unit and not what:
                self.add_error(f"what_{n}", f"任务 {n} 还没写要办什么")
            if what and not unit and f"unit_{n}" not in self.errors:
                self.add_error(f"unit_{n}", f"任务 {n} 还没选单位")
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        tasks = [
            Given(
                unit=data[f"unit_{n}"],
                what=data[f"what_{n}"],
                due_on=data[f"due_{n}"],
                case=data.get(f"case_{n}", ""),
            )
            for n in range(1, TASKS + 1)
            if data[f"unit_{n}"]
        ]
        return {
            "came": list(data["came"]),
            "text": data["text"],
            "tasks": tasks,
            "session": data["session"],
        }

    @property
    def lines(self) -> list[list[forms.BoundField]]:
        """The fields of each task, for the page."""
        names = ("unit", "what", "due", "case")
        return [
            [self[f"{name}_{n}"] for name in names if f"{name}_{n}" in self.fields]
            for n in range(1, TASKS + 1)
        ]


MinuteForm: type[_MinuteForm] = type("MinuteForm", (_MinuteForm,), _task_fields())


class FinishTaskForm(ActForm):
    submit = "报办完"
    task = forms.IntegerField(label="哪一项任务", required=False, widget=forms.RadioSelect)
    result = sentence(label="办得怎样", least=4)

    def fit(self) -> None:
        units = own_units(self.user)
        rows = [row for row in open_tasks(self.case) if row.unit_id in units]
        if len(rows) == 1:
            self.fields["task"].widget = forms.HiddenInput()
            self.fields["task"].initial = rows[0].pk
        elif isinstance(widget := self.fields["task"].widget, forms.RadioSelect):
            widget.choices = [(str(row.pk), row.what) for row in rows]


PLANNED, TASKED = "loaded_sessions", "loaded_tasks"  # what the procedure leaves on many cases


def planned_sessions(case: Case) -> list[JointSession]:
    """What is arranged about this case and still to be held."""
    loaded: list[JointSession] | None = getattr(case, PLANNED, None)
    if loaded is None:
        rows = JointSession.objects.planned().filter(cases=case.pk)
        loaded = list(rows.prefetch_related("seats", "cases"))
    return loaded


def tasks_given(case: Case) -> list[JointTask]:
    """The tasks of this case, done or to be done, with their units."""
    loaded: list[JointTask] | None = getattr(case, TASKED, None)
    if loaded is None:
        rows = JointTask.objects.filter(case=case, dropped_at=None)
        loaded = list(rows.select_related("unit").order_by("pk"))
    return loaded


def open_tasks(case: Case) -> list[JointTask]:
    """The tasks of this case that are still to be done."""
    return [row for row in tasks_given(case) if row.is_open]
