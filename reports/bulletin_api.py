"""Published bulletins by API: the same rows that the same person reads on the page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.api.requests import StaffApiRequest
from reports.bulletin_pages import Shown, Table, table_of
from reports.models import Bulletin, Correction
from zongzhi.lib.api import Endpoint, Pages
from zongzhi.lib.errors import NotFound


class BulletinSerializer(serializers.ModelSerializer[Bulletin]):
    title = serializers.CharField()
    center = serializers.CharField(source="center.region.code", help_text="中心的区划代码")
    until = serializers.DateField(source="last_day")

    class Meta:
        model = Bulletin
        fields: ClassVar[list[str]] = [
            "id",
            "title",
            "number",
            "center",
            "group",
            "period",
            "since",
            "until",
            "as_of",
            "published_at",
            "publicity",
        ]


class BulletinLineSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    weight = serializers.IntegerField()
    definition = serializers.CharField(help_text="怎么数的")


class BulletinNumberSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    part = serializers.IntegerField()
    whole = serializers.IntegerField()
    points = serializers.CharField(allow_null=True, help_text="没有样本的为空")


class BulletinRowSerializer(serializers.Serializer[Any]):
    unit = serializers.CharField(help_text="单位代码；网格通报是网格编码")
    name = serializers.CharField()
    place = serializers.IntegerField(allow_null=True, help_text="名次；不排名、不公开的为空")
    numbers = BulletinNumberSerializer(many=True)
    months = serializers.DictField(child=serializers.CharField(), help_text="季度排名：各月得分")
    yellow = serializers.IntegerField()
    red = serializers.IntegerField()
    deduction = serializers.CharField()
    bonus = serializers.CharField()
    score = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    is_small = serializers.BooleanField(help_text="样本不足，不排名")


class BulletinCorrectionSerializer(serializers.Serializer[Any]):
    unit = serializers.CharField()
    what = serializers.CharField()
    was = serializers.CharField()
    now = serializers.CharField()
    why = serializers.CharField()
    score = serializers.CharField(allow_null=True, help_text="更正后得分")
    at = serializers.DateTimeField()


class BulletinDetailSerializer(BulletinSerializer):
    lines = BulletinLineSerializer(many=True)
    rows = BulletinRowSerializer(many=True, help_text="能看到的行：单位只有自己的，公开的有全部")
    median = serializers.CharField(allow_null=True, help_text="得分的中位数；不到 3 个单位为空")
    corrections = BulletinCorrectionSerializer(many=True)

    class Meta:
        model = Bulletin
        fields: ClassVar[list[str]] = [
            *BulletinSerializer.Meta.fields,
            "lines",
            "rows",
            "median",
            "corrections",
        ]


class BulletinList(Endpoint, ListAPIView[Bulletin]):
    """月度通报: published ones that concern this person's centre or unit."""

    queryset = Bulletin.objects.none()
    serializer_class = BulletinSerializer
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Bulletin]:
        user: Any = self.request.user
        rows = Bulletin.objects.visible_to(user).published()
        return rows.select_related("center__region")

    @extend_schema(operation_id="bulletin_list", summary="月度通报")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class BulletinDetail(Endpoint):
    """One published bulletin with the rows this person may read."""

    request: StaffApiRequest

    @extend_schema(
        operation_id="bulletin_detail", summary="一份月度通报", responses=BulletinDetailSerializer
    )
    def get(self, request: Request, pk: int) -> Response:
        user = self.request.user
        rows = Bulletin.objects.visible_to(user).published().select_related("center__region")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise NotFound("没有这份通报")
        table = table_of(user, found)
        said = {
            **BulletinSerializer(found).data,
            "lines": BulletinLineSerializer(table.rules.lines, many=True).data,
            "rows": [_row(one, table) for one in table.all_rows],
            "median": None if table.median is None else str(table.median),
            "corrections": [_slip(slip) for slip in table.slips],
        }
        return Response(said)


def _row(one: Shown, table: Table) -> dict[str, Any]:
    row = one.row
    numbers = [
        {
            "key": line.key,
            "part": row.numbers[line.key]["part"],
            "whole": row.numbers[line.key]["whole"],
            "points": row.points.get(line.key),
        }
        for line in table.rules.lines
    ]
    return {
        "unit": row.code,
        "name": row.unit_name,
        "place": one.place or None,
        "numbers": numbers,
        "months": row.months,
        "yellow": row.yellow,
        "red": row.red,
        "deduction": str(row.deduction),
        "bonus": str(row.bonus),
        "score": None if row.score is None else str(row.score),
        "previous": None if row.previous is None else str(row.previous),
        "is_small": row.is_small,
    }


def _slip(slip: Correction) -> dict[str, Any]:
    return {
        "unit": slip.row.code,
        "what": slip.what,
        "was": slip.was,
        "now": slip.now,
        "why": slip.why,
        "score": None if slip.score_now is None else str(slip.score_now),
        "at": slip.at.isoformat(),
    }
