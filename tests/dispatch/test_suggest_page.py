from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from cases.models import DisputeType
from dispatch.models import Residency, RoutingRule
from dispatch.routing import suggest_unit
from orgs.models import User, Window
from tests.county import County
from tests.rosters import MONDAY, moment, seat
from zongzhi.lib import clock

SUGGEST = reverse("dispatch:suggest")
STORY = "在工地做木工，老板拖欠工资三个月"


@pytest.fixture(autouse=True)
def _no_copies(settings) -> None:
    """What pages keep for a minute would outlive the test."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture
def wages(county: County) -> RoutingRule:
    return RoutingRule.objects.create(
        code="R-07",
        words=["工资", "拖欠"],
        type=DisputeType.objects.get(code="10"),
        unit=county.human_resources,
    )


def shown(client: Client, user: User, **typed: str) -> str:
    client.force_login(user)
    return " ".join(client.post(SUGGEST, typed).content.decode().split())


def test_the_suggestion_names_words_rule_and_unit(
    client: Client, clerk: User, wages: RoutingRule
) -> None:
    page = shown(client, clerk, narrative=STORY)
    assert "为什么建议人社局" in page
    assert "出现“工资”“拖欠” → 规则 R-07 拖欠农民工工资 → 人社局" in page
    assert "办理期限 7 个工作日。" in page
    assert "%" not in page


def test_how_the_unit_is_present_is_said_where_it_is_known(
    client: Client, clerk: User, county: County, wages: RoutingRule
) -> None:
    assert "人社局（" not in shown(client, clerk, narrative=STORY)
    window = Window.objects.create(center=county.county, number=5)
    Residency.objects.create(
        department=wages.unit, center=county.county, kind="resident", window=window
    )
    assert "人社局（常驻 5号窗口）" in shown(client, clerk, narrative=STORY)


def test_without_any_word_the_clerk_is_told_to_choose(client: Client, clerk: User) -> None:
    page = shown(client, clerk, narrative="想找个人说说话")
    assert "没看出类型，请选" in page
    assert "checked" not in page


def test_a_chosen_type_is_left_alone_and_leads_to_its_unit(
    client: Client, clerk: User, county: County, wages: RoutingRule
) -> None:
    other = DisputeType.objects.get(code="17")
    RoutingRule.objects.create(code="R-13", type=other, unit=county.housing)
    page = shown(client, clerk, narrative=STORY, type="17")
    assert "为什么建议住建局" in page
    assert "type-chips" not in page


def test_the_chips_begin_with_what_the_text_reads_like(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    form = client.post(SUGGEST, {"narrative": "楼上漏水，邻居不肯修"}).context["form"]
    assert form.fields["type"].choices[0][0] == "02"


def test_a_rule_with_type_comes_before_one_by_words_alone(
    county: County, wages: RoutingRule
) -> None:
    RoutingRule.objects.create(
        code="R-99", words=["工资", "拖欠", "工地", "木工"], unit=county.housing
    )
    found = suggest_unit(STORY, type_code="10", center=county.county)
    assert found is not None
    assert found.rule == "R-07"


@pytest.mark.parametrize("change", [{"is_active": False}, {"words": ["房屋"]}])
def test_what_does_not_apply_is_not_suggested(
    county: County, wages: RoutingRule, change: dict[str, object]
) -> None:
    RoutingRule.objects.filter(pk=wages.pk).update(**change)
    assert suggest_unit(STORY, type_code="10", center=county.county) is None


def test_a_centre_has_its_own_rules(county: County, wages: RoutingRule) -> None:
    assert suggest_unit(STORY, type_code="10", center=county.town) is None


def test_a_rule_goes_by_something(county: County) -> None:
    empty = RoutingRule(code="R-50", unit=county.housing)
    with pytest.raises(ValidationError, match="词和类型至少填一个"):
        empty.full_clean()


def test_more_rules_cost_no_more_queries(
    county: County, wages: RoutingRule, django_assert_num_queries
) -> None:
    for number in range(10, 16):
        RoutingRule.objects.create(code=f"R-{number}", words=["工地"], unit=county.housing)
    with django_assert_num_queries(2):
        suggest_unit(STORY, type_code="10", center=county.county)


def test_the_window_reads_whether_the_suggested_unit_is_on_duty(
    client: Client, clerk: User, county: County, wages: RoutingRule
) -> None:
    clock.freeze(moment(MONDAY, 10))
    seat(county.human_resources, county.county, contact_name="孙立", contact_phone="15400000009")
    page = shown(client, clerk, narrative=STORY)
    assert "今天不在岗；可吹哨或派给值班联系人 孙立 15400000009" in page
