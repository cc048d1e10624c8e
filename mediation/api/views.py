from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from mediation.api.serializers import MediatorSerializer
from mediation.models import Mediator
from mediation.offering import narrowed
from zongzhi.lib.api import Endpoint, Pages

_FILTERS = ("q", "type", "language", "town")


class MediatorList(Endpoint, ListAPIView[Mediator]):
    """调解员: those on the register of the centres one has to do with."""

    queryset = Mediator.objects.none()
    serializer_class = MediatorSerializer
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Mediator]:
        user: Any = self.request.user
        asked = {name: self.request.query_params.get(name, "")[:30] for name in _FILTERS}
        rows = narrowed(Mediator.objects.visible_to(user).active(), asked)
        return rows.select_related("center__region", "body__department", "level").prefetch_related(
            "specialities"
        )

    @extend_schema(
        operation_id="mediator_list",
        summary="调解员",
        parameters=[
            OpenApiParameter("q", str, description="姓名里的字"),
            OpenApiParameter("type", str, description="擅长的类型代码"),
            OpenApiParameter("language", str, description="会说的话，例如 彝话"),
            OpenApiParameter("town", str, description="家在或服务哪个区划，12 位代码"),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
