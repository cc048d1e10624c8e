from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django import forms
from django.conf import settings
from django.core.management import call_command

from cases.acts import all_acts
from cases.api.bodies import describe


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("schema") / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(path))
    return path


def test_the_committed_description_is_the_api(described: Path) -> None:
    committed = settings.BASE_DIR / "docs" / "openapi.yaml"
    assert committed.read_text() == described.read_text(), "run `make schema`"


def test_every_act_has_its_own_address(described: Path) -> None:
    paths = yaml.safe_load(described.read_text())["paths"]
    for act in all_acts():
        operation = paths[f"/api/v1/cases/{{number}}/{act.verb}/"]["post"]
        assert operation["summary"] == act.label
        assert ("requestBody" in operation) == act.asks


def test_every_form_can_be_described() -> None:
    for act in all_acts():
        described = describe(act.form)
        flat = {n for n in described["properties"] if n not in act.form.groups}
        inner = {name for names in act.form.groups.values() for name in names}
        files = {n for n, f in act.form.base_fields.items() if isinstance(f, forms.FileField)}
        assert flat | inner == set(act.form.base_fields) - files  # a file comes with the page


def test_the_description_is_served_to_anybody(client, db) -> None:
    for path in ("schema/", "schema/?format=json", "schema/?lang=%00&version=%0a1"):
        assert client.get(f"/api/v1/{path}").status_code == 200


def test_the_pages_come_from_here_and_fit_the_policy(client, db) -> None:
    page = client.get("/api/v1/docs/")
    said = page.content.decode()
    assert "http://" not in said
    assert "https://" not in said
    assert "<script>" not in said
    policy = page["Content-Security-Policy"]
    assert "img-src 'self' data:" in policy
    assert "script-src" not in policy  # as everywhere: only files of our own
    assert client.get("/api/v1/docs/?script").status_code == 200
    assert "unsafe-inline" not in client.get("/api/v1/schema/")["Content-Security-Policy"]
