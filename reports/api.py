"""The board's figures by API: the same definitions, the same numbers, the lists behind them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.api.requests import StaffApiRequest
from orgs.permissions import Permission
from reports.ahead import STANDING, told
from reports.figures import FIGURES, OF_CASES, AsOf, Counted, with_lists
from reports.indicators.dictionary import percent
from zongzhi.lib.api import Endpoint
from zongzhi.lib.errors import NotAllowed


class FigureSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    number = serializers.IntegerField()
    definition = serializers.CharField(help_text="怎么数的")
    url = serializers.URLField(help_text="数的就是这些事项")


class ShareSerializer(serializers.Serializer[Any]):
    percent = serializers.CharField(help_text="“92.4%”；少于 10 件不算，空着")
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()


class DashboardSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateTimeField(help_text="数据时点")
    figures = serializers.DictField(child=FigureSerializer())
    satisfaction = ShareSerializer(help_text="本月满意率")
    visits = serializers.IntegerField(help_text="本月为事项来访的批次，咨询另算")
    visitors = serializers.IntegerField(help_text="本月为事项来访的人次，咨询另算")
    consultations = serializers.IntegerField(help_text="本月只是咨询的次数")
    consulted = serializers.IntegerField(help_text="本月只是咨询的人次")


class Dashboard(Endpoint):
    """看板, for whoever may see the board."""

    request: StaffApiRequest

    @extend_schema(operation_id="dashboard", summary="看板", responses=DashboardSerializer)
    def get(self, request: Request) -> Response:
        user = self.request.user
        if not user.can(Permission.BOARD):
            raise NotAllowed("看板不由这个账号用。要用，找本单位管理员开通")
        ((moment, standing),) = told(user, STANDING)
        at = AsOf(moment)
        counted = with_lists(FIGURES, standing.numbers, at)
        content, rated = counted["content_month"].number, counted["rated_month"].number
        of_cases = {one.key for one in OF_CASES}
        board = {
            "as_of": at.moment,
            "figures": {
                key: _figure(found, at, request)
                for key, found in counted.items()
                if key in of_cases
            },
            "satisfaction": {
                "percent": percent(content, rated),
                "numerator": content,
                "denominator": rated,
            },
            **{key: found.number for key, found in counted.items() if key not in of_cases},
        }
        return Response(DashboardSerializer(board).data)


def _figure(found: Counted, at: AsOf, request: Request) -> dict[str, Any]:
    asks = dict(found.figure.params(at) or {})
    return {
        "name": found.figure.name,
        "number": found.number,
        "definition": found.figure.definition,
        "url": request.build_absolute_uri(f"{reverse('api:case-list')}?{urlencode(asks)}"),
    }
