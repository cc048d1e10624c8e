"""样式: the living page of all components, for those who build."""

from __future__ import annotations

import re
from pathlib import Path

from django.test import Client
from django.urls import reverse

ROOT = Path(__file__).parent.parent
# Drawn by the frame around every page, or on papers.
ELSEWHERE = {
    "banner.html",
    "chips.html",
    "counts.html",
    "field.html",
    "font_choice.html",
    "form_foot.html",
    "keys.html",
    "lines.html",  # drawn by its widget, like the chips
    "messages.html",
    "paper.html",  # a sheet has a page of its own
    "session_panels.html",
    "watermark.html",
    "when.html",
    "case_row.html",
}


def test_it_is_there_only_for_those_who_build(client: Client, clerk, settings) -> None:
    client.force_login(clerk)
    assert client.get(reverse("styleguide")).status_code == 404
    settings.DEBUG = True
    page = client.get(reverse("styleguide"))
    assert page.status_code == 200
    said = page.content.decode()
    for state in (
        "退回待裁定",
        "超 2 个工作日",
        "风险：高",
        "有 4 处要改",
        "未发生",
        "内部",
        "第 1 条",
    ):
        assert state in said, state


def test_every_component_is_shown() -> None:
    components = {p.name for p in (ROOT / "templates/components").glob("[a-z]*.html")}
    page = (ROOT / "templates/styleguide.html").read_text(encoding="utf-8")
    shown = set(re.findall(r'components/(\w+\.html)"', page))
    assert components - shown - ELSEWHERE == set()
