from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.serializers import ResidencySerializer, ShiftSerializer
from dispatch.duty import on_duties
from dispatch.models import Residency, Shift
from zongzhi.lib import clock
from zongzhi.lib.api import Endpoint, Pages
from zongzhi.lib.errors import Invalid

LONGEST = timedelta(days=62)  # two months at a time; a roster is asked for by the week


class ResidencyList(Endpoint, ListAPIView[Residency]):
    """入驻: which department is present in which centre and how, and who is there now."""

    queryset = Residency.objects.select_related("department", "center__region", "window", "contact")
    serializer_class = ResidencySerializer
    pagination_class = Pages

    @extend_schema(operation_id="residency_list", summary="入驻")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows: Any = self.paginate_queryset(self.get_queryset())
        centers = {seat.center_id: seat.center for seat in rows}
        duties = on_duties(centers.values(), clock.now())
        context = {**self.get_serializer_context(), "duties": duties}
        return self.get_paginated_response(
            ResidencySerializer(rows, many=True, context=context).data
        )


class ShiftList(Endpoint, ListAPIView[Shift]):
    """班次: who stands where on which half day, in the centres one has to do with. Reads only."""

    queryset = Shift.objects.none()
    serializer_class = ShiftSerializer
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Shift]:
        user: Any = self.request.user
        asked = self.request.query_params
        first = _day(asked.get("from", ""), "from") or clock.today()
        last = _day(asked.get("to", ""), "to") or first + timedelta(days=6)
        if last < first or last - first > LONGEST:
            raise Invalid(errors={"to": ["从 from 起，最多 62 天"]})
        rows = Shift.objects.visible_to(user).filter(day__range=(first, last))
        if code := asked.get("department", ""):
            rows = rows.filter(department__code=code)
        return rows.select_related("center__region", "department", "person", "window", "room")

    @extend_schema(
        operation_id="shift_list",
        summary="班次",
        parameters=[
            OpenApiParameter("from", OpenApiTypes.DATE, description="从哪天；不给为今天"),
            OpenApiParameter("to", OpenApiTypes.DATE, description="到哪天（含）；不给为七天"),
            OpenApiParameter("department", str, description="单位代码"),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


def _day(text: str, name: str) -> Any:
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Invalid(errors={name: ["日期写成 2026-11-30 这样"]})
    return day
