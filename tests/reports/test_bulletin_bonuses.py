"""人工加分: a reason, a paper, a cap; taken back it stays to be read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from orgs.models import User
from reports.models import Bulletin
from reports.services import bulletins as services
from tests.county import County
from tests.reports.marches import a_paper, printed, published, row_of
from zongzhi.lib.errors import AlreadyDone, Invalid

# --- bonus ----------------------------------------------------------------------------------------


def test_a_bonus_has_a_reason_and_a_cap(draft: Bulletin, county: County, triage: User) -> None:
    give = {"bulletin_id": draft.pk, "by": triage, "unit": "ZJ", "file": a_paper()}
    services.give_bonus(**give, points=Decimal(3), reason="工资专户的做法全县推开")
    with pytest.raises(Invalid, match="已加 3 分，最多 5 分，还能加 2 分"):
        services.give_bonus(**give, points=Decimal("2.5"), reason="另一个做法")
    with pytest.raises(AlreadyDone):
        services.give_bonus(**give, points=Decimal(1), reason="工资专户的做法全县推开")
    assert row_of(draft, county.housing).score == Decimal("3.00")


def test_the_paper_behind_a_bonus_is_looked_at_and_handed_out(
    client: Client, draft: Bulletin, triage: User, leader: User, outsider: User
) -> None:
    client.force_login(triage)
    url = reverse("reports:bulletin_bonus", args=[draft.pk])
    asked = {"unit": "ZJ", "points": "1", "reason": "做法被推广"}
    bad = SimpleUploadedFile("x.exe", b"MZ not a paper")
    answer = client.post(url, {**asked, "file": bad})
    assert answer.status_code == 422
    assert "做法被推广" in answer.content.decode()
    good = client.post(url, {**asked, "file": a_paper()})
    assert good.status_code == 302
    published(draft, triage, leader)
    file = reverse("reports:bonus_file", args=[draft.pk, draft.bonuses.get().pk])
    client.force_login(outsider)  # of 公安局: bonuses are for all to see
    answer = client.get(file)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/octet-stream")
    assert b"".join(answer).startswith(b"\xff\xd8")
    answer.close()


def test_without_a_paper_there_is_no_bonus(client: Client, draft: Bulletin, triage: User) -> None:
    client.force_login(triage)
    url = reverse("reports:bulletin_bonus", args=[draft.pk])
    answer = client.post(url, {"unit": "ZJ", "points": "1", "reason": "做法被推广"})
    assert answer.status_code == 422
    assert "没有材料不能加分" in answer.content.decode()
    assert not draft.bonuses.exists()


def test_a_bonus_taken_back_stays_with_who_and_why_and_counts_no_more(
    client: Client, draft: Bulletin, county: County, triage: User
) -> None:
    given = {"bulletin_id": draft.pk, "by": triage, "unit": "ZJ", "reason": "做法被推广"}
    bonus = services.give_bonus(**given, points=Decimal(5), file=a_paper())
    url = reverse("reports:take_back_bonus", args=[draft.pk, bonus.pk])
    client.force_login(triage)
    assert client.post(url, {"why": ""}).status_code == 422
    assert client.post(url, {"why": "材料是去年的"}).status_code == 302
    bonus.refresh_from_db()
    assert (bonus.revoked_by, bonus.revoked_why) == (triage, "材料是去年的")
    assert row_of(draft, county.housing).bonus == 0
    page = client.get(reverse("reports:bulletin", args=[draft.pk])).content.decode()
    assert "材料是去年的" in page
    assert "人工加分：住建局" not in printed(client, draft, triage)
    with pytest.raises(AlreadyDone):
        services.take_back_bonus(bulletin_id=draft.pk, bonus_id=bonus.pk, by=triage, why="再来")
    services.give_bonus(**given, points=Decimal(5), file=a_paper())  # the cap is free again
