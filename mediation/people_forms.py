"""What may be typed about mediators and bodies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import modelform_factory

from cases.models import DisputeType
from mediation.models import (
    Absence,
    Body,
    Honour,
    Mediator,
    MediatorLevel,
    Service,
    Training,
    WeeklyHours,
)
from mediation.offering import languages_in
from orgs.models import Center, Region, User
from orgs.models.places import Level
from orgs.permissions import Permission
from zongzhi.lib.identity import check_id_number, check_phone

SEPARATORS = re.compile(r"[\s,，、；;]+")
YEARS = range(1950, 2100)
WEEKDAYS = [(n, f"星期{day}") for n, day in enumerate("一二三四五六日")]


def _plain(form: forms.BaseForm) -> None:
    """The house's own sentences, and a date that the browser helps to type."""
    for field in form.fields.values():
        field.error_messages["required"] = f"还没填“{field.label}”"
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            field.error_messages["invalid"] = "日期写成 2026-11-30 这样"
        elif isinstance(field, forms.TimeField):
            field.widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            field.error_messages["invalid"] = "时间写成 09:00 这样"
        elif isinstance(field, forms.ModelChoiceField):
            field.error_messages["invalid_choice"] = f"“{field.label}”里没有这一个"


if TYPE_CHECKING:
    AnyChoice = forms.ModelChoiceField[Any]
    ModelForm = forms.ModelForm[Any]
else:
    AnyChoice, ModelForm = forms.ModelChoiceField, forms.ModelForm


class _NamedField(AnyChoice):
    """A row by its name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class MediatorForm(forms.Form):
    """One mediator. A number that is there already stays when nothing is typed over it."""

    name = forms.CharField(label="姓名", max_length=30)
    gender = forms.ChoiceField(
        label="性别", choices=[("", "没填"), ("m", "男"), ("f", "女")], required=False
    )
    kind = forms.ChoiceField(label="身份", choices=Mediator.Kind, initial=Mediator.Kind.PEOPLE)
    body = _NamedField(Body.objects.none(), label="组织", required=False, empty_label="不在组织里")
    is_full_time = forms.BooleanField(label="专职", required=False)
    title = forms.CharField(
        label="介绍", max_length=40, required=False, help_text="当事人选调解员时看得到"
    )
    specialities = forms.ModelMultipleChoiceField(
        DisputeType.objects.filter(is_active=True),
        to_field_name="code",
        label="擅长",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    languages = forms.CharField(
        label="会说", max_length=100, required=False, help_text="几种用顿号隔开，例如 普通话、彝话"
    )
    home = forms.ModelChoiceField(
        Region.objects.none(),
        to_field_name="code",
        label="家在哪个村",
        required=False,
        empty_label="没填",
    )
    areas = forms.ModelMultipleChoiceField(
        Region.objects.none(),
        to_field_name="code",
        label="服务片区",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    work_unit = forms.CharField(label="工作单位", max_length=60, required=False)
    level = forms.ModelChoiceField(
        MediatorLevel.objects.filter(is_active=True),
        label="等级",
        required=False,
        empty_label="没定级",
    )
    leveled_on = forms.DateField(label="定级日期", required=False)
    phone = forms.CharField(label="电话", max_length=20, required=False)
    id_number = forms.CharField(label="身份证号", max_length=30, required=False)
    user = _NamedField(
        User.objects.none(),
        to_field_name="username",
        label="账号",
        required=False,
        empty_label="没有账号",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        center: Center,
        mediator: Mediator | None = None,
    ) -> None:
        initial = _initial(mediator) if mediator else {}
        super().__init__(data, initial=initial)
        inside = Region.objects.filter(code__startswith=center.region.stem)
        accounts = User.objects.holding(Permission.MEDIATE, center=center)
        self._rows("body", Body.objects.filter(department__center=center))
        self._rows("home", inside.filter(level=Level.VILLAGE))
        self._rows("areas", inside.filter(level=Level.TOWN))
        free = accounts.filter(mediator=None)
        if mediator is not None and mediator.user_id:
            free = free | User.objects.filter(pk=mediator.user_id)
        self._rows("user", free)
        spoken = "、".join(languages_in(center))
        if spoken:
            self.fields["languages"].help_text += f"；已有：{spoken}"
        for name in ("phone", "id_number"):
            if mediator is not None and getattr(mediator, name):
                self.fields[name].help_text = "已填，重新写才改"
        _plain(self)

    def _rows(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows

    def clean_languages(self) -> list[str]:
        found = list(dict.fromkeys(filter(None, SEPARATORS.split(self.cleaned_data["languages"]))))
        if any(len(language) > 20 for language in found):
            raise forms.ValidationError("一种话最多 20 个字，几种用顿号隔开")
        return found

    def clean_phone(self) -> str:
        return _checked(check_phone, self.cleaned_data["phone"])

    def clean_id_number(self) -> str:
        return _checked(check_id_number, self.cleaned_data["id_number"])


def _checked(check: Any, text: str) -> str:
    try:
        return str(check(text)) if text else ""
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error


def _initial(one: Mediator) -> dict[str, Any]:
    same = ("name", "gender", "kind", "is_full_time", "title", "work_unit", "leveled_on")
    return {
        **{name: getattr(one, name) for name in same},
        "body": one.body_id,
        "level": one.level_id,
        "languages": "、".join(one.languages),
        "home": one.home.code if one.home else None,
        "user": one.user.username if one.user else None,
        "specialities": [kind.code for kind in one.specialities.all()],
        "areas": [region.code for region in one.areas.all()],
    }


class _Row(ModelForm):
    """What hangs from a mediator; what the database would refuse is said in words here."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, found in misordered(data).items():
            self.add_error(name, found)
        return data

    def validate_constraints(self) -> None:
        """Said already: Django would name the constraint."""


_HonourForm = modelform_factory(Honour, form=_Row, fields=["name", "by", "given_on"])
_ServiceForm = modelform_factory(Service, form=_Row, fields=["post", "since", "until"])
_TrainingForm = modelform_factory(Training, form=_Row, fields=["on", "subject", "hours"])
_HoursForm = modelform_factory(
    WeeklyHours,
    form=_Row,
    fields=["weekday", "opens", "closes"],
    widgets={"weekday": forms.Select(choices=WEEKDAYS)},
)
_AbsenceForm = modelform_factory(Absence, form=_Row, fields=["since", "until", "why"])

# What hangs from a mediator: its form, and whether the mediator keeps it too.
ROWS: dict[str, tuple[Any, str, str]] = {
    "hours": (_HoursForm, "常有空的时间", "hours"),
    "absence": (_AbsenceForm, "没空的日子", "absences"),
    "honour": (_HonourForm, "荣誉", "honours"),
    "service": (_ServiceForm, "任期", "services"),
    "training": (_TrainingForm, "培训", "trainings"),
}
OWN = ("hours", "absence")
_PAIRS = (("since", "until"), ("opens", "closes"))


def row_form(what: str, data: Mapping[str, Any] | None = None) -> Any:
    """The form of one kind of row, with the house's sentences; prefixed, several on a page."""
    form = ROWS[what][0](data, prefix=what)
    _plain(form)
    return form


def misordered(cleaned: Mapping[str, Any]) -> dict[str, list[str]]:
    """The end comes before its beginning: what the database would refuse, in words."""
    for first, last in _PAIRS:
        start, end = cleaned.get(first), cleaned.get(last)
        if start and end and (end < start or (end == start and "why" not in cleaned)):
            return {last: ["“到”要晚于“从”"]}
    for name in ("on", "since", "until", "given_on"):
        if (day := cleaned.get(name)) and day.year not in YEARS:
            return {name: [f"年份要在 {YEARS[0]} 到 {YEARS[-1]} 之间"]}
    if cleaned.get("weekday", 0) not in range(7):
        return {"weekday": ["星期从一到日里选"]}
    if (cleaned.get("hours") or 1) <= 0:
        return {"hours": ["学时要大于 0"]}
    return {}


class BodyForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=Body.Kind)
    founder = forms.ChoiceField(label="由谁设立", choices=Body.Founder)
    founded_on = forms.DateField(label="设立日期", required=False)
    case_word = forms.CharField(
        label="卷号里的字",
        max_length=10,
        required=False,
        help_text="写“示”，卷号就是（2026）示人调字第 1 号",
    )
    reported_to_court_on = forms.DateField(
        label="通报法院日期", required=False, help_text="人民调解法第十条：设立和人员要通报法院"
    )
    about = forms.CharField(label="特色", max_length=200, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, body: Body) -> None:
        names = ("kind", "founder", "founded_on", "case_word", "reported_to_court_on", "about")
        super().__init__(data, initial={name: getattr(body, name) for name in names})
        _plain(self)


class LeaveForm(forms.Form):
    why = forms.CharField(
        label="为什么不在册",
        max_length=100,
        min_length=2,
        error_messages={"min_length": "写明原因", "required": "还没填“为什么不在册”"},
    )
