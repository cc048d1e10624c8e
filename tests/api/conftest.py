"""People who speak to the API with a token of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from cases.models import Case
from orgs.models import User
from orgs.tokens import issue_token
from tests.county import County
from tests.lives import ID_NUMBER, PHONE

PROBLEM = "application/problem+json"
PROBLEM_KEYS = {"type", "title", "status", "code", "detail", "errors"}


@dataclass
class Api:
    """One person's client."""

    user: User
    token: str

    def get(self, path: str, **params: Any) -> Any:
        return self._client.get(f"/api/v1/{path}", params)

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        sent = json.dumps({} if body is None else body)
        return self._client.post(f"/api/v1/{path}", sent, "application/json", headers=headers)

    def send(self, path: str, raw: bytes, media_type: str = "application/json") -> Any:
        return self._client.generic("POST", f"/api/v1/{path}", raw, media_type)

    def act(self, case: Case | str, verb: str, body: Any = None, *, key: str = "") -> Any:
        return self.post(f"cases/{case}/{verb}/", body, key=key)

    @property
    def _client(self) -> Client:
        return Client(headers={"Authorization": f"Token {self.token}"})


Speaks = Callable[[User], Api]


@pytest.fixture
def speaks(db: None) -> Speaks:
    return lambda user: Api(user, issue_token(user=user, address=None))


def wages(county: County, **changed: Any) -> dict[str, Any]:
    """The body of an ordinary registration."""
    body = {
        "source": "window",
        "narrative": "在和谐家园二期做木工，三个月工资没给，要求月底前付清",
        "type": "10",
        "occurred_region": county.town.region.code,
        "parties": [
            {"role": "applicant", "name": "张三丰", "phone": PHONE, "id_number": ID_NUMBER},
            {"role": "respondent", "name": "鑫源劳务公司", "phone": "", "is_organization": True},
        ],
        "visitors": 1,
        "special": ["none"],
        "willing_to_mediate": "yes",
        "same_as": None,
    }
    return {**body, **changed}


def is_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Assert that it is one, in full, and hand it over."""
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == PROBLEM
    body: dict[str, Any] = response.json()
    assert set(body) == PROBLEM_KEYS
    assert (body["status"], body["code"]) == (status, code)
    return body
