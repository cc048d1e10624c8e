"""Getting a token, and who there is to give a case to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from orgs import signin
from orgs.api.authentication import CHALLENGE
from orgs.api.serializers import CredentialsSerializer, DepartmentSerializer, TokenSerializer
from orgs.models import AccessLog, Department, User
from orgs.services import log_access
from orgs.tokens import StalePassword, issue_token
from zongzhi.lib.api import Endpoint, Pages, Problem
from zongzhi.lib.http import client_address


@method_decorator(never_cache, name="dispatch")
class Token(Endpoint):
    """取令牌. The same five tries as on the page, and the same half hour."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="token_issue",
        summary="取令牌",
        request=CredentialsSerializer,
        responses={200: TokenSerializer},
    )
    @method_decorator(sensitive_variables("given", "data"))
    def post(self, request: Request) -> Response:
        given = CredentialsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        user = self._user(request, data["username"], data["password"])
        if user.password_is_stale:
            raise StalePassword
        token = issue_token(user=user, address=client_address(request._request))
        return Response({"token": token})

    def _user(self, request: Request, username: str, password: str) -> User:
        web = request._request
        user = authenticate(web, username=username, password=password)
        if isinstance(user, User):
            signin.unlock(username)
            return user
        shut = getattr(web, "axes_locked_out", False)
        web.axes_locked_out = False  # type: ignore[attr-defined]  # or axes would answer for us
        known = User.objects.filter(username=username).exists()
        log_access(
            AccessLog.Action.SIGN_IN_FAILED,
            user=None,
            address=client_address(web),
            subject=username if known else "",
        )
        if shut:
            raise Problem(403, "locked", signin.locked(username))
        raise Problem(
            401,
            "wrong_password",
            signin.wrong(web, username),
            headers={"WWW-Authenticate": CHALLENGE},
        )


class DepartmentList(Endpoint, ListAPIView[Department]):
    """单位, by code: whom a case can be given to."""

    queryset = Department.objects.filter(is_active=True).select_related("center__region")
    serializer_class = DepartmentSerializer
    pagination_class = Pages

    @extend_schema(operation_id="department_list", summary="单位")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
