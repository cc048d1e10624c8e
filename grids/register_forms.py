"""What may be typed about grids, who serves them, their training and their pay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet

from grids.models import Grid, GridPartner, GridRole
from grids.register_rules import towns_seen, villages_kept
from orgs.models import Region, User
from zongzhi.lib import clock
from zongzhi.lib.identity import check_phone

if TYPE_CHECKING:
    AnyChoice = forms.ModelChoiceField[Any]
else:
    AnyChoice = forms.ModelChoiceField

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
MOST_HOURS = 200
_SHORT = {"class": "control--auto"}


class _Named(AnyChoice):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


def tell_plainly(form: forms.BaseForm) -> None:
    """The house's own sentences, and dates the browser helps to type."""
    for field in form.fields.values():
        field.error_messages["required"] = f"还没填“{field.label}”"
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            field.error_messages["invalid"] = "日期写成 2026-11-30 这样"
        elif isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
            field.error_messages["invalid_choice"] = f"“{field.label}”里没有这一个"
        elif isinstance(field, forms.IntegerField | forms.DecimalField):
            field.error_messages["invalid"] = f"“{field.label}”要是数字"
        if isinstance(field, forms.CharField) and field.max_length:
            field.error_messages["max_length"] = f"“{field.label}”最多 {field.max_length} 个字"


def _phone(text: str) -> str:
    try:
        return check_phone(text) if text else ""
    except ValueError as error:
        raise forms.ValidationError(str(error).replace("。没有电话可勾“没有电话”", "")) from error


class GridFilter(forms.Form):
    """By town, kind, name or code, and those nobody serves."""

    town = _Named(
        Region.objects.none(),
        to_field_name="code",
        label="镇街",
        required=False,
        empty_label="全部",
    )
    kind = forms.ChoiceField(
        label="类别", choices=[("", "全部"), *Grid.Kind.choices], required=False
    )
    q = forms.CharField(
        label="名称或编码",
        max_length=50,
        required=False,
        widget=forms.TextInput({"type": "search"}),
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        town = self.fields["town"]
        if isinstance(town, forms.ModelChoiceField):
            town.queryset = towns_seen(user)


class FactsForm(forms.Form):
    """The facts of a grid."""

    name = forms.CharField(label="名称", max_length=50)
    households = forms.IntegerField(
        label="户数",
        min_value=0,
        max_value=1_000_000,
        initial=0,
        help_text="综合网格一般 300 到 500 户，微网格 50 到 80 户",
    )
    population = forms.IntegerField(label="人口", min_value=0, max_value=10_000_000, initial=0)
    extent = forms.CharField(
        label="范围",
        max_length=300,
        required=False,
        help_text="四至，公示用：东到哪里、南到哪里、西到哪里、北到哪里",
        widget=forms.Textarea({"rows": 2}),
    )
    phone = forms.CharField(label="监督电话", max_length=20, required=False, help_text="公示用")
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, grid: Grid | None = None) -> None:
        names = ("name", "households", "population", "extent", "phone", "note")
        initial = {name: getattr(grid, name) for name in names} if grid else {}
        super().__init__(data, initial=initial)
        tell_plainly(self)

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"])


class NewGridForm(FactsForm):
    """A grid that was not there: where, of which kind; its number follows."""

    village = _Named(
        Region.objects.none(), to_field_name="code", label="村社区", empty_label="选择村社区"
    )
    kind = forms.ChoiceField(label="类别", choices=Grid.Kind)
    parent = _Named(
        Grid.objects.none(),
        to_field_name="code",
        label="综合网格",
        required=False,
        empty_label="不是微网格",
    )
    field_order = ("village", "kind", "parent", "name")

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, user: User, town: str = ""
    ) -> None:
        super().__init__(data)
        villages = villages_kept(user)
        if town:
            villages = villages.filter(code__startswith=town[:9])
        for name, rows in (("village", villages), ("parent", self._parents(villages))):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows

    @staticmethod
    def _parents(villages: QuerySet[Region]) -> QuerySet[Grid]:
        return Grid.objects.active().filter(region__in=villages, kind=Grid.Kind.COMPREHENSIVE)


class RoleForm(forms.Form):
    """Somebody new in a grid."""

    kind = forms.ChoiceField(label="身份", choices=GridRole.Kind, initial=GridRole.Kind.FULL_TIME)
    name = forms.CharField(label="姓名", max_length=50)
    phone = forms.CharField(
        label="电话", max_length=20, required=False, help_text="公示用；按姓名和电话认账号"
    )
    username = forms.CharField(
        label="账号", max_length=50, required=False, help_text="已经有账号的可以写账号"
    )
    since = forms.DateField(label="从哪天起", initial=clock.today)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix="role")
        tell_plainly(self)

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "phone" in said and not said["phone"] and not said.get("username"):
            self.add_error("phone", "没有账号的要写电话")
        return said


class EndForm(forms.Form):
    until = forms.DateField(label="做到哪天", initial=clock.today)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix="end")
        tell_plainly(self)


class MoveForm(forms.Form):
    """To another grid, by its code."""

    to = forms.CharField(label="到哪个网格", max_length=18, help_text="写网格编码")
    since = forms.DateField(label="从哪天起", initial=clock.today)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix="move")
        tell_plainly(self)


class PartnersForm(forms.Form):
    """四个一: a name, a unit and an office telephone for each of the four."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, grid: Grid) -> None:
        super().__init__(data, prefix="partners")
        there = {row.kind: row for row in grid.partners.all()}
        for kind, label in GridPartner.Kind.choices:
            row = there.get(kind)
            for name, words, longest in (
                ("name", "", 30),
                ("unit", "单位", 50),
                ("phone", "电话", 20),
            ):
                self.fields[f"{kind}_{name}"] = forms.CharField(
                    label=f"{label}{words}",
                    max_length=longest,
                    required=False,
                    initial=getattr(row, name, ""),
                )
        tell_plainly(self)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for kind, label in GridPartner.Kind.choices:
            if not said.get(f"{kind}_name") and (
                said.get(f"{kind}_unit") or said.get(f"{kind}_phone")
            ):
                self.add_error(f"{kind}_name", f"还没写{label}的姓名")
        return said

    def partners(self) -> dict[str, dict[str, str]]:
        said = self.cleaned_data
        return {
            kind: {name: said[f"{kind}_{name}"] for name in ("name", "unit", "phone")}
            for kind, _ in GridPartner.Kind.choices
        }


class ShapeForm(forms.Form):
    file = forms.FileField(
        label="边界文件",
        help_text="GeoJSON，经纬度，最大 2 MB",
        error_messages={
            "empty": "文件是空的，重新选一份",
            "invalid": "还没选文件",
            "missing": "还没选文件",
        },
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, prefix="shape")
        self.fields["file"].error_messages["required"] = "还没选文件"


class MonthField(forms.CharField):
    """「2026-11」, as the first day of that month."""

    widget = forms.TextInput({"type": "month"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        match = _MONTH.fullmatch(text)
        if match is None:
            raise forms.ValidationError("月份写成 2026-11 这样")
        return date(int(match[1]), int(match[2]), 1)


class RateForm(forms.Form):
    kind = forms.ChoiceField(label="身份", choices=GridRole.Kind)
    amount = forms.DecimalField(
        label="每月（元）",
        min_value=Decimal(0),
        max_digits=8,
        decimal_places=2,
        error_messages={
            "max_digits": "金额太大",
            "min_value": "金额不能是负数",
            "max_decimal_places": "金额最多两位小数",
            "max_whole_digits": "金额太大",
        },
    )
    month = MonthField(label="从哪个月起")

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        tell_plainly(self)


class TrainingForm(forms.Form):
    """A training, and who of the place was there."""

    on = forms.DateField(label="日期", initial=clock.today)
    subject = forms.CharField(label="内容", max_length=100)
    organiser = forms.CharField(label="谁组织", max_length=50, required=False)
    hours = forms.DecimalField(
        label="学时",
        min_value=Decimal("0.5"),
        max_value=MOST_HOURS,
        max_digits=4,
        decimal_places=1,
        error_messages={
            "min_value": "学时至少 0.5",
            "max_value": f"学时最多 {MOST_HOURS}",
            "max_decimal_places": "学时最多一位小数",
            "max_digits": f"学时最多 {MOST_HOURS}",
            "max_whole_digits": f"学时最多 {MOST_HOURS}",
        },
    )
    everybody = forms.BooleanField(label="下面的人都参加了", required=False)
    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="谁参加",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": "有人不在这里服务，刷新再选",
            "invalid_pk_value": "有人不在这里服务，刷新再选",
        },
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, people: QuerySet[User]) -> None:
        super().__init__(data)
        tell_plainly(self)
        field = self.fields["people"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = people
            field.label_from_instance = lambda row: row.name  # type: ignore[assignment]

    def came(self) -> list[User]:
        field = self.fields["people"]
        if self.cleaned_data["everybody"] and isinstance(field, forms.ModelMultipleChoiceField):
            return list(field.queryset or ())
        return list(self.cleaned_data["people"])


class DutyListForm(forms.Form):
    """A new version of the duty list: its lines pasted, or in a file."""

    title = forms.CharField(label="名称", max_length=60, initial="网格服务管理事项清单")
    effective_from = forms.DateField(label="从哪天起", initial=clock.today)
    note = forms.CharField(label="改了什么", max_length=200, required=False)
    lines = forms.CharField(
        label="事项",
        required=False,
        strip=False,
        max_length=100_000,
        widget=forms.Textarea({"rows": 18, "class": "duty-lines", "spellcheck": "false"}),
        help_text="一行一项：类别、事项、做什么、牵头部门，用制表符（从 Excel 复制就是）或｜隔开",
    )
    file = forms.FileField(
        label="或者传文件",
        required=False,
        help_text="文本文件（UTF-8），最大 1 MB；传了就用文件里的",
        error_messages={"empty": "文件是空的，重新选一份"},
    )

    def __init__(self, data: Any = None, files: Any = None, *, text: str = "") -> None:
        super().__init__(data, files, initial={"lines": text})
        tell_plainly(self)
