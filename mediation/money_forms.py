"""What may be typed about 以案定补 and what a table of figures is asked for."""

from __future__ import annotations

from typing import Any

from django import forms

from mediation.models import Body
from mediation.periods import choices
from orgs.models import Center, User
from orgs.permissions import Permission


class ProposeForm(forms.Form):
    grade = forms.CharField(
        label="档次", max_length=20, error_messages={"required": "还没选“档次”"}
    )
    text = forms.CharField(label="说明", max_length=200, required=False)


class StepForm(forms.Form):
    state = forms.CharField(max_length=10)
    text = forms.CharField(label="意见", max_length=200, required=False)


class GradeForm(forms.Form):
    """A grade from a day on."""

    name = forms.CharField(label="档次", max_length=20, error_messages={"required": "还没填“档次”"})
    rank = forms.IntegerField(
        label="次序",
        min_value=1,
        max_value=99,
        help_text="小的在前",
        widget=forms.NumberInput(attrs={"class": "control--short"}),
        error_messages={"required": "还没填“次序”", "invalid": "次序要是整数"},
    )
    amount = forms.DecimalField(
        label="每件（元）",
        min_value=0,
        max_digits=8,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"class": "control--short"}),
        error_messages={"required": "还没填“每件（元）”", "invalid": "金额要是数字"},
    )
    criteria = forms.CharField(
        label="怎样算这一档",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "还没填“怎样算这一档”"},
    )
    effective_from = forms.DateField(
        label="从哪天起",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "还没填“从哪天起”", "invalid": "日期写成 2026-11-30 这样"},
    )


class ScopeForm(forms.Form):
    """Of which period, centre and body; an address that names none of ours means all."""

    period = forms.ChoiceField(label="时间", required=False)
    center = forms.ModelChoiceField(
        Center.objects.none(),
        label="中心",
        required=False,
        empty_label="看得到的全部",
        to_field_name="pk",
    )
    body = forms.ModelChoiceField(
        Body.objects.none(), label="调解组织", required=False, empty_label="全部"
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        reach = {pk for post in user.posts_giving(Permission.VIEW_CENTER) for pk in post.reach}
        reach |= {post.center_id for post in user.posts_today}
        period, center, body = (self.fields[name] for name in ("period", "center", "body"))
        if isinstance(period, forms.ChoiceField):
            period.choices = choices()
        if isinstance(center, forms.ModelChoiceField):
            center.queryset = Center.objects.filter(pk__in=reach)
        if isinstance(body, forms.ModelChoiceField):
            rows = Body.objects.filter(department__center__in=reach).select_related("department")
            body.queryset = rows
            body.label_from_instance = lambda row: row.name  # type: ignore[assignment]
