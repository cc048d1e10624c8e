from __future__ import annotations

from rest_framework import serializers

from mediation.models import Mediator


class MediatorSerializer(serializers.ModelSerializer[Mediator]):
    """What the parties may be shown, and nothing of how many cases or with what success."""

    id = serializers.IntegerField(read_only=True, help_text="选调解员、安排调解员时用")
    center = serializers.CharField(
        source="center.region.code", read_only=True, help_text="中心的区划代码"
    )
    body = serializers.CharField(
        source="body.department.code",
        read_only=True,
        default=None,
        allow_null=True,
        help_text="调解组织的单位代码；空为不在组织里",
    )
    specialities = serializers.SlugRelatedField(  # type: ignore[var-annotated]
        slug_field="code", many=True, read_only=True, help_text="擅长的类型代码"
    )
    level = serializers.CharField(
        source="level.name", read_only=True, default="", help_text="等级；空为没定级"
    )
    languages = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="会说的话"
    )

    class Meta:
        model = Mediator
        fields = [
            "id",
            "name",
            "kind",
            "title",
            "center",
            "body",
            "specialities",
            "languages",
            "level",
            "is_active",
        ]
        read_only_fields = fields
