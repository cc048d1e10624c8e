"""What may be typed into a 研判."""

from __future__ import annotations

from django import forms

from cases.vocabulary import Risk
from reports.models import BriefMatter


class EditForm(forms.Form):
    text = forms.CharField(
        label="写成", max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class ReviewForm(forms.Form):
    level = forms.ChoiceField(
        label="风险",
        choices=Risk.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "还没选“风险”"},
    )
    text = forms.CharField(
        label="意见", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class MatterForm(forms.Form):
    number = forms.CharField(
        label="事项编号",
        max_length=16,
        help_text="完整的 16 位",
        error_messages={"required": "还没写“事项编号”"},
    )
    move = forms.ChoiceField(
        label="怎么调",
        choices=BriefMatter.Move.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "还没选“怎么调”"},
    )
    reason = forms.CharField(
        label="理由", max_length=200, error_messages={"required": "还没写“理由”"}
    )
