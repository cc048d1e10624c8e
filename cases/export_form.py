"""What is asked before whole names and numbers leave the system."""

from __future__ import annotations

from typing import Any

from django import forms

MASKED, FULL = "masked", "full"


class ExportForm(forms.Form):
    content = forms.ChoiceField(
        label="内容",
        choices=[(MASKED, "脱敏"), (FULL, "未脱敏（有姓名、电话、证件号）")],
        initial=MASKED,
        widget=forms.RadioSelect,
        error_messages={"required": "还没选“内容”", "invalid_choice": "没有这种内容"},
    )
    reason = forms.CharField(
        label="事由",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="未脱敏时要写：给谁、做什么用",
    )
    colleague = forms.CharField(
        label="复核人账号",
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label="复核人密码",
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="由同事当面输入；密码错 5 次会锁住同事的账号",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("content") != FULL:
            return data
        if len(data.get("reason", "").strip()) < 4:
            self.add_error("reason", "写清事由，至少 4 个字")
        for name, sentence in (
            ("colleague", "还没填复核人账号"),
            ("password", "还没填复核人密码"),
        ):
            if not data.get(name):
                self.add_error(name, sentence)
        return data

    @property
    def is_full(self) -> bool:
        return bool(self.cleaned_data.get("content") == FULL)
