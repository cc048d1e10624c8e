from __future__ import annotations

from django.test import Client

from cases.models import ClockRule
from tests.county import ensure_reference


def test_it_is_alive_without_a_database(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


def test_it_is_ready_once_migrated_and_set_up(client: Client, db) -> None:
    ensure_reference()
    assert client.get("/readyz").json() == {"ready": True, "missing": []}
    ClockRule.objects.all().delete()
    response = client.get("/readyz")
    assert (response.status_code, response.json()["missing"]) == (503, ["clocks"])


def test_metrics_exist_only_for_neighbours(client: Client, settings, db) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
    settings.METRICS_FROM = ["203.0.113.0/24"]
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 200
