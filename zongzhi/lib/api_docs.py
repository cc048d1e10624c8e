"""The pages that describe the API."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import reverse
from django.utils.decorators import method_decorator
from drf_spectacular.plumbing import get_relative_url
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class Description(SpectacularAPIView):
    """The description for programs. It depends on nothing in the address."""

    authentication_classes: list[Any] = []

    @extend_schema(exclude=True)
    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return self._get_schema_response(request)  # type: ignore[no-untyped-call]

    def _get_version_parameter(self, request: Any) -> None:
        return None


# Swagger UI draws its icons from data: addresses and brings a <style> of its own.
@method_decorator(
    csp_update({"style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:"]}), name="dispatch"
)
class DescriptionPage(SpectacularSwaggerSplitView):
    """The description for people, from files of our own: no network needed."""

    authentication_classes: list[Any] = []

    def _get_schema_url(self, request: Any) -> str:
        return get_relative_url(reverse(self.url_name))
