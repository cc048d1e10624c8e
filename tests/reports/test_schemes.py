"""评分方案: versions, weights that add up, a try-out that keeps nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from orgs.models import User
from reports.models import Bulletin, Scheme
from reports.services import schemes
from tests.county import County
from tests.reports.marches import a_scheme, sealed
from zongzhi.lib.errors import Invalid


def test_weights_add_up_to_a_hundred(county: County) -> None:
    with pytest.raises(Invalid, match="现在是 90，还差 10"):
        a_scheme(county, lines=[schemes.Weighed("claim_rate", 90)])
    with pytest.raises(Invalid, match="不能打分"):
        a_scheme(county, lines=[schemes.Weighed("in_hand", 100)])


def test_the_schemes_of_an_installation_add_up_and_come_once(county: County) -> None:
    schemes.ensure_schemes()
    schemes.ensure_schemes()
    assert sorted(Scheme.objects.values_list("group", flat=True)) == ["departments", "towns"]


def test_a_change_of_scheme_is_a_version_and_a_try_out_keeps_nothing(
    client: Client, draft: Bulletin, sysadmin: User
) -> None:
    client.force_login(sysadmin)
    url = reverse("reports:scheme", args=["departments"])
    asked = {
        "name": "部门评分",
        "effective": "2025-04",
        "small_sample": "1",
        "bonus_cap": "5",
        "yellow": "5",
        "red": "10",
        "publicity": "own",
        "is_active": "on",
        "weight_claim_rate": "90",
        "kind_claim_rate": "share",
    }
    bad = client.post(url, asked)
    assert bad.status_code == 422
    assert "还差 10" in bad.content.decode()
    asked["weight_claim_rate"] = "100"
    tried = client.post(url, {**asked, "try": "1"})
    assert tried.status_code == 200
    page = tried.content.decode()
    assert "试算：2025年3月" in page
    assert "2÷2×100=100.00" in page  # every score with its arithmetic
    assert Scheme.objects.count() == 1
    assert client.post(url, asked).status_code == 302
    assert list(Scheme.objects.values_list("version", flat=True)) == [1, 2]
    draft.refresh_from_db()
    assert draft.scheme.version == 1


def test_the_choice_of_who_sees_the_order_has_the_policy_beside_it(
    client: Client, draft: Bulletin, triage: User, leader: User, sysadmin: User
) -> None:
    """Where it is set for all bulletins, and where one is published."""
    client.force_login(sysadmin)
    setting = client.get(reverse("reports:scheme", args=["departments"])).text
    sealed(draft, triage)
    client.force_login(leader)
    publishing = client.get(reverse("reports:publish_bulletin", args=[draft.pk])).text
    for page in (setting, publishing):
        assert "各单位只看本单位和中位数" in page
        assert "国办函〔2026〕12 号" in page
        assert "整治形式主义为基层减负若干规定" in page
