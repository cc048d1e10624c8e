from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from orgs import hurrying
from tests.gateway import KEY, Gateway, running


@pytest.fixture
def gateway(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """A gateway that is configured and well, until told otherwise."""
    # No broker is asked: these tests call the task themselves.
    monkeypatch.setattr(hurrying, "_not_before", float("inf"))
    with running() as gateway:
        settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_KEY = gateway.url, KEY
        yield gateway
