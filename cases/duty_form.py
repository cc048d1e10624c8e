"""强制报告办了: whom one spoke to, or why the law does not ask for it here."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.forms import choice
from cases.models import CompulsoryReport


class SettleForm(forms.Form):
    """Whom one spoke to, or why not."""

    outcome = choice(CompulsoryReport.Outcome.choices, label="结果")
    contact = forms.CharField(
        label="接报人",
        required=False,
        max_length=50,
        error_messages={"max_length": "接报人最多 50 个字"},
    )
    text = forms.CharField(
        label="说明",
        required=False,
        max_length=500,
        error_messages={"max_length": "说明最多 500 个字"},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") == CompulsoryReport.Outcome.REPORTED and not data.get("contact"):
            self.add_error("contact", "还没填“接报人”：向谁报的")
        if data.get("outcome") == CompulsoryReport.Outcome.NOT_NEEDED and not data.get("text"):
            self.add_error("text", "还没写“说明”：为什么不用报告")
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**data, "outcome": CompulsoryReport.Outcome(data["outcome"])}
