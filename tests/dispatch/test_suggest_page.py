from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dispatch.models import Residency, RuleSet
from orgs.models import Department, User, Window
from tests.county import County
from tests.rosters import MONDAY, moment, seat
from tests.rulebook import WAGES, in_force, rule
from zongzhi.lib import clock
from zongzhi.lib.clock import SHANGHAI

SUGGEST = reverse("dispatch:suggest")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _no_copies(settings) -> None:
    """What pages keep for a minute would outlive the test."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture
def wages(county: County) -> RuleSet:
    return in_force(
        county.county,
        rule("R-07", county.human_resources, words=("工资", "拖欠"), types=("10",), direct=True),
        rule("R-13", county.housing, types=("17",)),
    )


def shown(client: Client, user: User, **typed: str) -> str:
    client.force_login(user)
    return " ".join(client.post(SUGGEST, typed).content.decode().split())


def at_window(unit: Department, county: County, kind: str = "resident") -> None:
    window = Window.objects.create(center=county.county, number=5)
    Residency.objects.create(department=unit, center=county.county, kind=kind, window=window)


def test_the_suggestion_names_words_rule_and_unit(
    client: Client, clerk: User, wages: RuleSet
) -> None:
    page = shown(client, clerk, narrative=WAGES)
    assert "为什么建议人社局" in page
    assert "“工资”“拖欠” → 规则 R-07 → 人社局" in page
    assert "办理期限 7 个工作日。" in page
    assert "%" not in page


def test_how_the_unit_is_present_is_said_where_it_is_known(
    client: Client, clerk: User, county: County, handler: User, wages: RuleSet
) -> None:
    assert "今天在岗" not in shown(client, clerk, narrative=WAGES)
    at_window(county.human_resources, county)
    clock.freeze(TUESDAY)
    assert "常驻，今天在岗，5号窗口" in shown(client, clerk, narrative=WAGES)


def test_a_rule_that_allows_it_offers_to_send_directly(
    client: Client, clerk: User, county: County, wages: RuleSet
) -> None:
    at_window(county.human_resources, county)
    clock.freeze(TUESDAY)
    page = shown(client, clerk, narrative=WAGES)
    assert 'name="direct" value="R-07"' in page
    assert "登记，直派人社局" in page


@pytest.mark.parametrize(
    ("kind", "hour", "special", "why"),
    [
        ("rotating", 10, "none", "人社局不是常驻单位"),
        ("resident", 13, "none", "人社局现在不在岗"),
        ("resident", 10, "in_court", "有特别情况"),
    ],
)
def test_where_it_cannot_be_sent_directly_the_page_says_why(
    client: Client, clerk: User, county: County, wages: RuleSet, kind, hour, special, why
) -> None:
    at_window(county.human_resources, county, kind)
    clock.freeze(TUESDAY.replace(hour=hour))
    page = shown(client, clerk, narrative=WAGES, special=special)
    assert f"可直派，但{why}，先交分流台" in page
    assert 'name="direct"' not in page


def test_of_violence_at_home_the_words_lead_nowhere(
    client: Client, clerk: User, wages: RuleSet
) -> None:
    page = shown(client, clerk, narrative=WAGES, special="violence")
    assert "R-07" not in page


def test_without_any_word_the_clerk_is_told_to_choose(client: Client, clerk: User) -> None:
    page = shown(client, clerk, narrative="想找个人说说话")
    assert "没看出类型，请选" in page
    assert "checked" not in page


def test_a_chosen_type_is_left_alone_and_leads_to_its_unit(
    client: Client, clerk: User, wages: RuleSet
) -> None:
    page = shown(client, clerk, narrative=WAGES, type="17")
    assert "为什么建议住建局" in page
    assert "type-chips" not in page


def test_the_chips_begin_with_what_the_text_reads_like(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    form = client.post(SUGGEST, {"narrative": "楼上漏水，邻居不肯修"}).context["form"]
    assert form.fields["type"].choices[0][0] == "02"


def test_more_rules_cost_no_more_queries(
    client: Client, clerk: User, county: County, wages: RuleSet
) -> None:
    def queries() -> int:
        shown(client, clerk, narrative=WAGES)
        with CaptureQueriesContext(connection) as captured:
            shown(client, clerk, narrative=WAGES)
        return len(captured)

    few = queries()
    more = [rule(f"R-{n}", county.housing, words=("工地",)) for n in range(10, 16)]
    wage = rule("R-07", county.human_resources, words=("工资",), direct=True)
    in_force(county.county, wage, *more)
    assert queries() == few


def test_the_window_reads_whether_the_suggested_unit_is_on_duty(
    client: Client, clerk: User, county: County, wages: RuleSet
) -> None:
    clock.freeze(moment(MONDAY, 10))
    seat(county.human_resources, county.county, contact_name="孙立", contact_phone="15400000009")
    page = shown(client, clerk, narrative=WAGES)
    assert "今天不在岗；可吹哨或派给值班联系人 孙立 15400000009" in page


def test_of_a_unit_the_window_chooses_itself_it_reads_the_same(
    client: Client, clerk: User, county: County, wages: RuleSet
) -> None:
    clock.freeze(moment(MONDAY, 10))
    seat(county.housing, county.county, "on_call", contact_name="周凯", contact_phone="15400000008")
    page = shown(client, clerk, narrative="", destination=county.housing.code)
    assert "去向 住建局" in page
    assert "随驻，电话：周凯 15400000008（30 分钟内回应）" in page
