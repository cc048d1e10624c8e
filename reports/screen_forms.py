from __future__ import annotations

from typing import Any

from django import forms

from orgs.gates import centers_of
from orgs.models import Center, User
from orgs.permissions import Permission
from reports.displays import LONGEST, NotANetwork, network_of


class EnterForm(forms.Form):
    """大屏口令, typed once at the cabinet; never part of an address."""

    key = forms.CharField(
        label="大屏口令",
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "输入口令。口令在“配置 > 大屏”里做"},
    )


class DisplayForm(forms.Form):
    """A new display: what it is called, whose it is, and from where alone it may ask."""

    name = forms.CharField(
        label="名称",
        max_length=40,
        help_text="如“一楼大厅大屏”",
        error_messages={"required": "写这块屏叫什么"},
    )
    center = forms.ModelChoiceField(
        label="显示哪个中心", queryset=Center.objects.none(), empty_label=None
    )
    network = forms.CharField(
        label="只能从哪里用",
        max_length=43,
        help_text="大屏电脑的地址（10.1.2.3），或者它所在的一段（10.1.2.0/24）",
        error_messages={"required": "写大屏电脑的地址"},
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["center"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = centers_of(user, Permission.SETTINGS)

    def clean_network(self) -> str:
        try:
            return network_of(self.cleaned_data["network"])
        except NotANetwork as wrong:
            raise forms.ValidationError(wrong.message) from None
