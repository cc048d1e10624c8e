"""What may be typed about somebody who is named after the registration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from cases.forms import ActForm, choice
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole
from zongzhi.lib.identity import check_id_number, check_phone

ROLES = [(role.value, role.label) for role in PartyRole if role != PartyRole.APPLICANT]


class AddPartyForm(ActForm):
    submit = "补充当事人"
    intro = "登记时不知道的对方，或者后来才有的代理人、代表。"
    role = choice(ROLES, label="身份", initial=PartyRole.RESPONDENT)
    name = forms.CharField(
        label="姓名或单位名称",
        min_length=2,
        max_length=60,
        error_messages={"min_length": "姓名或单位名称至少 2 个字"},
    )
    is_organization = forms.BooleanField(label="是单位", required=False)
    phone = forms.CharField(label="电话", required=False, max_length=20)
    id_number = forms.CharField(label="身份证号", required=False, max_length=18)
    address = forms.CharField(label="住址", required=False, max_length=100)

    def clean_phone(self) -> str:
        return _checked(self.cleaned_data["phone"], check_phone)

    def clean_id_number(self) -> str:
        return _checked(self.cleaned_data["id_number"], check_id_number)

    def arguments(self) -> dict[str, Any]:
        given = {**self.cleaned_data, "role": PartyRole(self.cleaned_data["role"])}
        return {"party": PartyInput(**given)}


def _checked(text: str, check: Callable[[str], str]) -> str:
    if not text:
        return ""
    try:
        return check(text)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error
