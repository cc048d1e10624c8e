"""What people fill in about rosters, rooms, windows and residencies."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from cases.forms import choice
from dispatch.duty import begins
from dispatch.models import Half, Residency, Shift, ShiftTemplate
from dispatch.roster import shift_words
from dispatch.scheduling import Row
from dispatch.services.rostering import HALVES, Standing
from dispatch.services.swapping import stand_ins
from orgs.models import Center, Department, Post, Room, User, Window
from zongzhi.lib import clock

SWAP_AHEAD = timedelta(days=28)
WHOLE_DAY = "day"
HALF_CHOICES = [(WHOLE_DAY, "全天"), *Half.choices]


class _Person(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: User) -> str:
        return obj.name


class _Named(forms.Form):
    """Fields whose emptiness is said in a sentence."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.required and "还没" not in str(field.error_messages.get("required", "")):
                field.error_messages["required"] = f"还没填“{field.label}”"


def people_of(row: Row, day: date) -> QuerySet[User]:
    """Who can stand on a row: people of the department, or of the centre."""
    posts = Post.objects.held_on(day)
    where = {"department": row.department} if row.department else {"center": row.center}
    holders = posts.filter(**where).values("user")
    return User.objects.filter(is_active=True, pk__in=holders).order_by("name", "pk")


class StandForm(_Named):
    """Who stands there, for which half of the day, and where."""

    half = choice(HALF_CHOICES, label="半天", initial=WHOLE_DAY)
    person = _Person(
        User.objects.none(), label="谁", required=False, empty_label="不在名单里，下面写姓名"
    )
    name = forms.CharField(
        label="姓名", max_length=50, required=False, help_text="没有账号的人，写姓名和电话"
    )
    phone = forms.CharField(label="电话", max_length=20, required=False)
    window = forms.ModelChoiceField(
        Window.objects.none(), label="窗口", required=False, empty_label="不在窗口"
    )
    room = forms.ModelChoiceField(
        Room.objects.none(), label="功能室", required=False, empty_label="不在功能室"
    )

    def __init__(self, row: Row, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["person"].queryset = people_of(row, clock.today())
        fields["window"].queryset = Window.objects.filter(center=row.center)
        fields["room"].queryset = Room.objects.filter(center=row.center)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        person, name = data.get("person"), data.get("name")
        if not person and not name and "person" not in self.errors:
            self.add_error("person", "还没选是谁，名单里没有的写姓名和电话")
        if person and name:
            self.add_error("name", f"已经选了{person.name}，不用再写姓名")
        if name and not person and not data.get("phone"):
            self.add_error("phone", f"{name}没有账号，要留一个电话")
        if data.get("window") and data.get("room"):
            self.add_error("room", "窗口和功能室只选一个")
        return data

    @property
    def halves(self) -> tuple[str, ...]:
        half = self.cleaned_data["half"]
        return HALVES if half == WHOLE_DAY else (half,)

    @property
    def standing(self) -> Standing:
        data = self.cleaned_data
        person = data["person"]
        return Standing(
            person=person,
            name="" if person else data["name"],
            phone="" if person else data["phone"],
            window=data["window"],
            room=data["room"],
        )


class UsualForm(StandForm):
    """The same for the usual week: on which weekdays."""

    weekdays = forms.TypedMultipleChoiceField(
        label="星期几",
        choices=ShiftTemplate.Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "还没选星期几"},
    )
    field_order = ("weekdays", "half", "person", "name", "phone", "window", "room")


class AwayForm(_Named):
    reason = forms.CharField(
        label="请假原因", max_length=100, error_messages={"max_length": "最多 100 个字"}
    )


class MissedForm(_Named):
    reason = forms.CharField(label="说明", max_length=100, required=False)


class SwapForm(_Named):
    """With whom: another shift of the same row, not begun, of somebody with an account."""

    other = forms.ModelChoiceField(
        Shift.objects.none(),
        label="和哪个班换",
        empty_label="选一个班",
        error_messages={"required": "还没选和哪个班换", "invalid_choice": "这个班已经不能换"},
    )
    reason = forms.CharField(label="原因", max_length=100, required=False)

    def __init__(self, shift: Shift, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["other"]
        field.queryset = swappable(shift)
        today = clock.today()
        field.label_from_instance = lambda other: shift_words(other, today)


def swappable(shift: Shift) -> QuerySet[Shift]:
    today = clock.today()
    rows = Shift.objects.standing().filter(
        center=shift.center_id,
        department=shift.department_id,
        duty=shift.duty,
        person__isnull=False,
        day__range=(today, today + SWAP_AHEAD),
    )
    rows = rows.exclude(pk=shift.pk)
    if shift.person_id is not None:
        rows = rows.exclude(person=shift.person_id)
    begun = [h for h in HALVES if begins(shift.center, today, h) <= clock.now()]
    return rows.exclude(day=today, half__in=begun).for_roster()


class StandInForm(_Named):
    partner = _Person(
        User.objects.none(),
        label="谁来替",
        empty_label="选一位",
        error_messages={"required": "还没选谁来替", "invalid_choice": "只能找同一单位的人"},
    )
    reason = forms.CharField(label="说明", max_length=100, required=False)

    def __init__(self, shift: Shift, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["partner"]
        field.queryset = User.objects.filter(
            pk__in=[user.pk for user in stand_ins(shift)]
        ).order_by("name", "pk")


class PublishForm(_Named):
    """One sentence for all gaps, or one for each."""

    gap_reason = forms.CharField(
        label="空缺的说明",
        max_length=200,
        required=False,
        help_text="所有空缺一句话说明；或者在上面逐个写",
    )

    def __init__(self, gaps: list[Shift], data: Any = None) -> None:
        super().__init__(data)
        for gap in gaps:
            self.fields[f"gap-{gap.pk}"] = forms.CharField(
                label="原因", max_length=100, required=False
            )
        self.gaps = gaps

    @property
    def reasons(self) -> dict[int, str]:
        return {gap.pk: self.cleaned_data.get(f"gap-{gap.pk}", "") for gap in self.gaps}


# ---------------------------------------------------------------- 入驻与场所


class RoomForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Room
        fields = ("name", "kind")
        error_messages = {"name": {"required": "还没填“名称”"}}


class WindowForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Window
        fields = ("number", "name", "department")
        labels = {"department": "哪个单位用"}
        error_messages = {"number": {"required": "还没填“窗口号”"}}

    def __init__(self, *args: Any, center: Center, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["department"]
        unit.queryset = units_of(center)
        unit.empty_label = "几个单位共用"


class ResidencyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Residency
        fields = (
            "department",
            "kind",
            "window",
            "contact",
            "contact_name",
            "contact_phone",
            "answers_within",
        )
        error_messages = {
            "department": {"required": "还没选“单位”"},
            "kind": {"required": "还没选“入驻方式”"},
            "answers_within": {"required": "还没填“几分钟内回应”"},
        }
        help_texts = {
            "contact": "没有人在岗时，事项派给谁",
            "contact_name": "联系人没有账号的，写姓名和电话",
            "contact_phone": "不填用联系人账号里的电话，再没有用单位电话",
        }

    def __init__(self, *args: Any, center: Center, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["department"].queryset = units_of(center)
        fields["department"].empty_label = "选择单位"
        fields["window"].queryset = Window.objects.filter(center=center)
        fields["window"].empty_label = "没有窗口"
        unit = self.instance.department if self.instance.department_id else None
        posts = Post.objects.held_on(clock.today())
        posts = posts.filter(department=unit) if unit else posts.filter(center=center)
        people = User.objects.filter(is_active=True, pk__in=posts.values("user"))
        fields["contact"].queryset = people.order_by("name", "pk")
        fields["contact"].label_from_instance = lambda user: user.name
        fields["contact"].empty_label = "没有账号，下面写姓名"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("contact") and data.get("contact_name"):
            self.add_error("contact_name", "已经选了联系人，不用再写姓名")
        if data.get("contact_name") and not data.get("contact_phone"):
            self.add_error("contact_phone", "联系人没有账号，要留一个电话")
        return data


def units_of(center: Center) -> QuerySet[Department]:
    """Who can have a place in a centre: its bureaux and mediation bodies."""
    own = Department.objects.filter(center=center, is_active=True)
    return own.exclude(kind=Department.Kind.CENTER)
