from __future__ import annotations

from rest_framework.request import Request

from orgs.models import User


class StaffApiRequest(Request):
    """What a view receives once the token has been accepted."""

    user: User
