from __future__ import annotations

from typing import Any

from rest_framework import serializers

from orgs.models import Department


class CredentialsSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(
        max_length=50, error_messages={"required": "还没填“账号”", "blank": "还没填“账号”"}
    )
    password = serializers.CharField(
        max_length=128,
        trim_whitespace=False,
        error_messages={"required": "还没填“密码”", "blank": "还没填“密码”"},
    )
    otp = serializers.CharField(
        max_length=10,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="动态口令，绑定了的账号才要",
    )


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField()


class DepartmentSerializer(serializers.ModelSerializer[Department]):
    center = serializers.CharField(
        source="center.region.code", read_only=True, help_text="所在中心的区划代码"
    )

    class Meta:
        model = Department
        fields = ["code", "name", "kind", "center", "duties", "phone"]
        read_only_fields = fields
