from __future__ import annotations

from rest_framework import serializers

from dispatch.models import Residency


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

    class Meta:
        model = Residency
        fields = ["department", "center", "kind", "window"]
        read_only_fields = fields
