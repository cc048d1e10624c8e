from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dispatch.duty import OnDuty
from dispatch.models import Residency, Shift
from dispatch.models.roster import is_staff_of_a_center
from orgs.models import User


class OnDutySerializer(serializers.Serializer[OnDuty]):
    """What the roster says of this moment."""

    present = serializers.BooleanField(help_text="现在有没有人在岗")
    person = serializers.CharField(help_text="在岗的人；空为没有写名")
    where = serializers.CharField(help_text="窗口或功能室")
    next = serializers.CharField(help_text="下次什么时候，例如“周四上午”；空为没有排")
    sentence = serializers.CharField(help_text="一句话")


class ResidencySerializer(serializers.ModelSerializer[Residency]):
    department = serializers.CharField(
        source="department.code", read_only=True, help_text="单位代码"
    )
    center = serializers.CharField(
        source="center.region.code", read_only=True, help_text="中心的区划代码"
    )
    window = serializers.IntegerField(
        source="window.number", read_only=True, default=None, allow_null=True, help_text="窗口号"
    )
    contact = serializers.CharField(
        source="contact_words", read_only=True, help_text="值班联系人；空为还没有定"
    )
    phone = serializers.SerializerMethodField(help_text="值班联系人的电话，只给工作人员")
    on_duty = serializers.SerializerMethodField(help_text="现在谁在岗")

    class Meta:
        model = Residency
        fields = [
            "department",
            "center",
            "kind",
            "window",
            "contact",
            "phone",
            "answers_within",
            "on_duty",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_phone(self, seat: Residency) -> str:
        return seat.phone_words if self._shows_phones else ""

    @extend_schema_field(OnDutySerializer(allow_null=True))
    def get_on_duty(self, seat: Residency) -> dict[str, Any] | None:
        duty = self.context["duties"].get((seat.center_id, seat.department_id))
        if duty is None:
            return None
        shown = dict(OnDutySerializer(duty).data)
        if not self._shows_phones:
            shown["sentence"] = f"{duty.kind}，{'随叫随到' if duty.on_call else duty.brief}"
        return shown

    @property
    def _shows_phones(self) -> bool:
        user = self.context["request"].user
        return isinstance(user, User) and is_staff_of_a_center(user)


class ShiftSerializer(serializers.ModelSerializer[Shift]):
    center = serializers.CharField(
        source="center.region.code", read_only=True, help_text="中心的区划代码"
    )
    department = serializers.CharField(
        source="department.code",
        read_only=True,
        default=None,
        allow_null=True,
        help_text="单位代码；空为值班",
    )
    person = serializers.CharField(source="who", read_only=True, help_text="谁")
    window = serializers.IntegerField(
        source="window.number", read_only=True, default=None, allow_null=True, help_text="窗口号"
    )
    room = serializers.CharField(
        source="room.name", read_only=True, default=None, allow_null=True, help_text="功能室"
    )

    class Meta:
        model = Shift
        fields = [
            "center",
            "day",
            "half",
            "department",
            "duty",
            "person",
            "window",
            "room",
            "state",
        ]
        read_only_fields = fields
