"""What may be typed about a 专班."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.forms import UnitField, UnitsField
from cases.models import DisputeType
from dispatch.models import TaskGroup
from orgs.models import Center, Department


class GroupForm(forms.Form):
    name = forms.CharField(label="名称", max_length=30, error_messages={"required": "还没填“名称”"})
    types = forms.ModelMultipleChoiceField(
        DisputeType.objects.filter(is_active=True),
        to_field_name="code",
        label="管哪些类型",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "还没选“管哪些类型”"},
    )
    lead = UnitField(label="牵头单位")
    members = UnitsField(label="成员单位", required=True)
    contact = forms.CharField(
        label="联系人", max_length=30, error_messages={"required": "还没填“联系人”"}
    )
    phone = forms.CharField(
        label="联系电话", max_length=20, error_messages={"required": "还没填“联系电话”"}
    )
    is_active = forms.BooleanField(label="启用", required=False, initial=True)

    def __init__(self, data: Any = None, *, center: Center, group: TaskGroup | None = None) -> None:
        super().__init__(data, initial=_initial(group))
        here = Department.objects.filter(center=center, is_active=True)
        bureaux = here.exclude(kind=Department.Kind.BODY)
        lead, members = self.fields["lead"], self.fields["members"]
        if isinstance(lead, UnitField) and isinstance(members, UnitsField):
            lead.queryset = members.queryset = bureaux
            members.widget = forms.CheckboxSelectMultiple()
            members.queryset = bureaux
            members.error_messages["required"] = "还没选“成员单位”"


def _initial(group: TaskGroup | None) -> dict[str, Any]:
    if group is None:
        return {}
    return {
        "name": group.name,
        "types": [kind.code for kind in group.types.all()],
        "lead": group.lead.code,
        "members": [unit.code for unit in group.members.all()],
        "contact": group.contact,
        "phone": group.phone,
        "is_active": group.is_active,
    }
