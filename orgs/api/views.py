"""Getting a token, and who there is to give a case to."""

from __future__ import annotations

from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from orgs import factors, signin
from orgs.api.authentication import CHALLENGE
from orgs.api.serializers import CredentialsSerializer, DepartmentSerializer, TokenSerializer
from orgs.models import Department, User
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
        user = self._user(request, data)
        if user.password_is_stale:
            raise StalePassword
        token = issue_token(user=user, address=client_address(request._request))
        return Response({"token": token})

    def _user(self, request: Request, data: dict[str, Any]) -> User:
        """Whose credentials these are; the tries are forgotten once both halves were right."""
        web = request._request
        answer = signin.try_password(web, data["username"], data["password"])
        user = answer.user or _refused("wrong_password", answer)
        if factors.is_set_up(user):
            answer = _code_of(web, user, data.get("otp") or "")
            user = answer.user or _refused("wrong_otp", answer)
        elif factors.must_have(user):
            raise Problem(403, "otp_not_set_up", "先在网页上登录一次，绑定动态口令，再取令牌")
        signin.unlock(user.username)
        return user


def _code_of(web: HttpRequest, user: User, code: str) -> signin.Answer:
    if not code:
        raise Problem(
            401,
            "otp_required",
            "这个账号要动态口令，把手机上的 6 位数写在 otp 里",
            headers={"WWW-Authenticate": CHALLENGE},
        )
    return signin.try_code(web, user, code)


def _refused(code: str, answer: signin.Answer) -> NoReturn:
    if answer.locked:
        raise Problem(403, "locked", answer.sentence)
    raise Problem(401, code, answer.sentence, headers={"WWW-Authenticate": CHALLENGE})


class DepartmentList(Endpoint, ListAPIView[Department]):
    """单位, by code: whom a case can be given to."""

    queryset = Department.objects.filter(is_active=True).select_related("center__region")
    serializer_class = DepartmentSerializer
    pagination_class = Pages

    @extend_schema(operation_id="department_list", summary="单位")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
