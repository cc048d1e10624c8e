"""`Authorization: Token …`: who is asking."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from orgs.models import User
from orgs.tokens import TokenRefused, holder_of
from zongzhi.lib.http import client_address

CHALLENGE = 'Token realm="zongzhi"'


class TokenAuthentication(BaseAuthentication):
    """A person's or a channel's key, in the header."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"token":
            return None
        if len(words) != 2:
            raise AuthenticationFailed("Authorization 写成“Token”空一格再写令牌", "malformed")
        try:
            user = holder_of(words[1].decode("latin-1"), address=client_address(request._request))
        except TokenRefused as refused:
            raise AuthenticationFailed(refused.message, refused.code) from refused
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """What the description of the API says about it."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "“Token”空一格再写令牌；个人的令牌 30 分钟不用就失效",
        }
