"""What the API's description says beside what drf-spectacular finds by itself."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter

from zongzhi.lib.api import PROBLEM

IDEMPOTENCY_KEY = OpenApiParameter(
    name="Idempotency-Key",
    type={"type": "string", "maxLength": 100},
    location=OpenApiParameter.HEADER,
    description="同一个键、同一份请求体，重发只办一次，答复和第一次一样",
)

_TEXT = {"type": "string"}
_PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457；errors 按字段给出要改的话",
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": _TEXT,
        "detail": _TEXT,
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": _TEXT},
        },
    },
}


class Schema(AutoSchema):
    """Every operation may answer with a problem, and every POST may carry an Idempotency-Key."""

    def get_description(self) -> str:  # type: ignore[override]
        return ""  # docstrings are for us; what a client must know is said by name

    def get_override_parameters(self) -> list[Any]:
        repeatable = self.method == "POST" and self.view.authentication_classes
        return [IDEMPOTENCY_KEY] if repeatable else []

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name="Problem",
            type=ResolvedComponent.SCHEMA,
            schema=_PROBLEM_SCHEMA,
            object="Problem",
        )
        self.registry.register_on_missing(component)
        return {
            **bodies,
            "default": {
                "description": "没有办成",
                "content": {PROBLEM: {"schema": component.ref}},
            },
        }
