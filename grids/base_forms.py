"""What may be typed about a resident or a site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from grids.models import Grid, Site
from orgs.importing import phone
from zongzhi.lib.identity import check_id_number


class _Placed(forms.Form):
    """Knows the grids this person sees; the code is what stands on every card."""

    grid = forms.CharField(label="网格编码", max_length=18, help_text="在网格名册里，15 到 18 位")

    def __init__(self, *args: Any, grids: QuerySet[Grid], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grids = grids

    def clean_grid(self) -> Grid:
        code = self.cleaned_data["grid"].strip()
        found = self.grids.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(f"没有编码是“{code}”的网格，核对编码")
        return found


class ResidentForm(_Placed):
    name = forms.CharField(label="姓名", max_length=40)
    number = forms.CharField(
        label="身份证号",
        max_length=30,
        required=False,
        help_text="只留一个查得到、看不出的记号，号码本身不保存",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    external_ref = forms.CharField(
        label="外部系统编号",
        max_length=40,
        required=False,
        help_text="公安、民政等系统里的编号；情况去那边看，这里不登记",
    )
    field_order = ("name", "number", "grid", "external_ref")

    def clean_number(self) -> str:
        text = self.cleaned_data["number"]
        try:
            return check_id_number(text) if text else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class SiteForm(_Placed):
    kind = forms.ChoiceField(label="类别", choices=Site.Kind.choices)
    name = forms.CharField(label="名称", max_length=60)
    address = forms.CharField(label="地址", max_length=100, required=False)
    contact = forms.CharField(label="联系人", max_length=30, required=False)
    phone = forms.CharField(
        label="联系电话",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    external_ref = forms.CharField(label="外部系统编号", max_length=40, required=False)
    note = forms.CharField(label="备注", max_length=200, required=False)
    is_active = forms.BooleanField(label="还在", required=False, initial=True)
    field_order = (
        *("kind", "name", "grid", "address", "contact", "phone"),
        *("external_ref", "note", "is_active"),
    )

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"]
        try:
            return phone(text) if text else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
