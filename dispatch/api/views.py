from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.serializers import ResidencySerializer
from dispatch.models import Residency
from zongzhi.lib.api import Endpoint, Pages


class ResidencyList(Endpoint, ListAPIView[Residency]):
    """入驻: which department is present in which centre, and how."""

    queryset = Residency.objects.select_related("department", "center__region", "window")
    serializer_class = ResidencySerializer
    pagination_class = Pages

    @extend_schema(operation_id="residency_list", summary="入驻")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
