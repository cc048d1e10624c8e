"""What people say about their messages, and administrators about everybody's."""

from __future__ import annotations

from typing import Any

from django import forms

from orgs.channels import OUTSIDE
from orgs.delivering import TOPICS
from orgs.models import SendingRule
from orgs.models.notices import Channel, Topic
from zongzhi.lib.identity import check_phone

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
TIME_ERRORS = {"invalid": "时间写成 08:00 这样", "required": "还没填时间"}

Wanted = set[tuple[Topic, Channel]]


class SubscriptionForm(forms.Form):
    """Where I am reached, and which topics by which channel; the boxes are drawn as a table."""

    phone = forms.CharField(
        label="电话", max_length=20, required=False, help_text="手机号才收得到短信"
    )
    email = forms.EmailField(
        label="邮箱",
        max_length=100,
        required=False,
        error_messages={"invalid": "邮箱写成 name@example.cn 这样"},
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "email"}),
    )

    def clean_phone(self) -> str:
        text = str(self.cleaned_data["phone"])
        if not text:
            return ""
        try:
            check_phone(text)
        except ValueError as error:
            raise forms.ValidationError(str(error).partition("。")[0]) from error
        return text

    def wanted(self) -> Wanted:
        """The boxes that are ticked."""
        return {
            (topic, channel)
            for topic in TOPICS
            for channel in OUTSIDE
            if self.data.get(box_of(topic, channel))
        }


def box_of(topic: Topic, channel: Channel) -> str:
    return f"{topic.value}_{channel.value}"


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """发送规则."""

    class Meta:
        model = SendingRule
        fields = ("daily_cap", "citizens_from", "citizens_until")
        widgets = {"citizens_from": TIME, "citizens_until": TIME}
        error_messages = {
            "citizens_from": TIME_ERRORS,
            "citizens_until": TIME_ERRORS,
            "daily_cap": {"required": "还没填条数", "invalid": "条数是整数"},
        }

    def clean_daily_cap(self) -> int:
        cap = int(self.cleaned_data["daily_cap"])
        if not 1 <= cap <= 50:
            raise forms.ValidationError("一天最少 1 条，最多 50 条")
        return cap

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("citizens_from"), data.get("citizens_until")
        if first and last and first >= last:
            self.add_error("citizens_until", "要比开始的时间晚")
        return data
