"""What is said about the files that are sent together."""

from __future__ import annotations

from django import forms

from cases.models import Attachment


class AttachmentForm(forms.Form):
    source = forms.ChoiceField(
        label="来源",
        choices=[("", "选择来源"), *Attachment.Source.choices],
        error_messages={"required": "还没选“来源”", "invalid_choice": "没有这种来源"},
    )
    note = forms.CharField(
        label="说明",
        required=False,
        max_length=200,
        error_messages={"max_length": "说明最多 200 个字"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    not_secret = forms.BooleanField(label="已核对，不涉密", required=False)
