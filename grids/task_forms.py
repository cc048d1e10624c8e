"""派任务: what a centre asks of a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from grids.duty_lists import duties_in_force
from grids.models import Duty, Grid
from grids.querysets import stems_of, within
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock

if TYPE_CHECKING:
    GridChoice = forms.ModelChoiceField[Grid]
    DutyChoice = forms.ModelChoiceField[Duty]
else:
    GridChoice = DutyChoice = forms.ModelChoiceField


class TaskForm(forms.Form):
    """A grid, a line of the duty list or a case, what to do, until when."""

    grid = GridChoice(
        Grid.objects.none(),
        to_field_name="code",
        label="哪个网格",
        empty_label="选择网格",
        error_messages={"required": "还没选“哪个网格”", "invalid_choice": "没有这个网格，重选一次"},
    )
    duty = DutyChoice(
        Duty.objects.none(),
        label="清单事项",
        required=False,
        empty_label="选择清单事项",
        error_messages={"invalid_choice": "这一项不在现行清单里，重选一次"},
    )
    case_number = forms.CharField(
        label="为哪件事项",
        required=False,
        max_length=16,
        help_text="没有清单事项、为一件事项派的才填；只能是先到场稳控、回访",
    )
    text = forms.CharField(
        label="做什么",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "还没填“做什么”", "max_length": "做什么最多 300 个字"},
    )
    due_at = forms.DateTimeField(
        label="最晚",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"required": "还没填“最晚”", "invalid": "时间写成 2026-11-30 17:00 这样"},
    )

    def __init__(self, data: Any = None, *, user: User, **more: Any) -> None:
        super().__init__(data, **more)
        posts = user.posts_giving(Permission.TRIAGE)
        grids, duties = self.fields["grid"], self.fields["duty"]
        if isinstance(grids, forms.ModelChoiceField):
            inside = within([post.center.region.stem for post in posts], "code")
            grids.queryset = Grid.objects.filter(inside & within(stems_of(user), "code")).active()
        if posts and isinstance(duties, forms.ModelChoiceField):
            duties.queryset = duties_in_force(posts[0].center)

    def clean_due_at(self) -> Any:
        moment = self.cleaned_data["due_at"]
        return clock.local(moment) if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI)
