"""只是咨询，记一笔: two things to fill in, fifteen seconds."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django import forms

from cases.forms import choice
from cases.models import Consultation
from cases.secrecy_question import SecrecyQuestion
from zongzhi.lib.identity import check_phone


class ConsultationForm(SecrecyQuestion):
    """What kind of question, in one sentence; who asked only if they say."""

    about: ClassVar[str] = "text"

    category = choice(Consultation.Category.choices, label="分类")
    text = forms.CharField(
        label="一句话",
        min_length=2,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "还没写“一句话”：问了什么",
            "min_length": "写得太短，说清问了什么",
            "max_length": "一句话最多 500 个字",
        },
    )
    name = forms.CharField(label="姓名", required=False, max_length=30)
    phone = forms.CharField(label="电话", required=False, max_length=30)
    visitors = forms.IntegerField(
        label="人数",
        initial=1,
        min_value=1,
        max_value=500,
        widget=forms.NumberInput(attrs={"class": "control--short"}),
        error_messages={"required": "还没填“人数”", "min_value": "人数至少是 1"},
    )

    submission_id = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)
    # The registration this question was typed in first; it is over once the question is kept.
    draft = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.ask_secrecy()
        return data

    def clean_phone(self) -> str:
        text = str(self.cleaned_data["phone"]).strip()
        if not text:
            return ""
        try:
            return check_phone(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
