"""指标词典 by API: the definitions, and what they come to, with the lists behind the numbers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.api.requests import StaffApiRequest
from orgs.models import User
from orgs.permissions import Permission
from reports.indicators.counting import Dimension, Span
from reports.indicators.dictionary import INDICATORS
from reports.indicators.measured import Group, Measured, table_of
from zongzhi.lib import clock
from zongzhi.lib.api import Endpoint
from zongzhi.lib.errors import NotAllowed

LONGEST = 366  # days


class IndicatorSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    group = serializers.CharField()
    numerator = serializers.CharField(source="top.name", help_text="分子，或者数的是什么")
    denominator = serializers.CharField(
        source="out_of.said", default="", help_text="分母；不是比率的空着"
    )
    as_of = serializers.CharField(help_text="时点")
    rounding = serializers.CharField()
    basis = serializers.CharField(source="source", help_text="依据")
    better = serializers.IntegerField(help_text="1 多的好，-1 少的好，0 不分好坏")


class MeasureQuery(serializers.Serializer[Any]):
    """From one day to another, both included; at most a year."""

    since = serializers.DateField(help_text="从哪天")
    until = serializers.DateField(help_text="到哪天，含当天")
    by = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Dimension], default=Dimension.UNIT.value
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["until"] < attrs["since"]:
            raise serializers.ValidationError({"until": "不能早于开始的日子"})
        if (attrs["until"] - attrs["since"]).days >= LONGEST:
            raise serializers.ValidationError({"until": "一次最多看一年"})
        return attrs


class NumberSerializer(serializers.Serializer[Any]):
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField(allow_null=True)
    shown = serializers.CharField(help_text="怎么写：“92.3%（12/13）”，分母不到 10 只写“3/4”")
    url = serializers.URLField(help_text="数的就是这些")
    denominator_url = serializers.URLField(allow_blank=True)


class GroupSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(
        help_text="单位代码、9 位镇街代码、中心编号、类型代码或来源；- 是没有"
    )
    name = serializers.CharField()
    indicators = serializers.DictField(child=NumberSerializer())


class MeasureSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateTimeField(help_text="数据时点")
    groups = GroupSerializer(many=True)


class _ForTheBoard(Endpoint):
    request: StaffApiRequest

    def reader(self) -> User:
        """Whoever asks, if the board is theirs to see."""
        if not self.request.user.can(Permission.BOARD):
            raise NotAllowed("指标不由这个账号看。要看，找本单位管理员开通")
        return self.request.user


class Indicators(_ForTheBoard):
    """指标词典: how every number is counted."""

    @extend_schema(
        operation_id="indicators", summary="指标怎么算", responses=IndicatorSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        self.reader()
        return Response(IndicatorSerializer(INDICATORS, many=True).data)


class Measure(_ForTheBoard):
    """Every indicator of a period by unit, town, centre, type or source."""

    @extend_schema(
        operation_id="measure",
        summary="一段时间的指标",
        parameters=[MeasureQuery],
        responses=MeasureSerializer,
    )
    def get(self, request: Request) -> Response:
        user = self.reader()
        asked = MeasureQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        span = Span.of_days(given["since"], given["until"])
        table = table_of(user, span, Dimension(given["by"]))
        groups = [_group(group, request) for group in table]
        return Response(
            MeasureSerializer({"as_of": clock.local(span.as_of), "groups": groups}).data
        )


def _group(group: Group, request: Request) -> dict[str, Any]:
    numbers = {one.indicator.key: _number(one, request) for one in group.found}
    return {"code": group.code, "name": group.name, "indicators": numbers}


def _number(one: Measured, request: Request) -> dict[str, Any]:
    return {
        "numerator": one.value.part,
        "denominator": one.value.whole,
        "shown": one.value.shown,
        "url": request.build_absolute_uri(one.top_url),
        "denominator_url": request.build_absolute_uri(one.out_of_url) if one.out_of_url else "",
    }
