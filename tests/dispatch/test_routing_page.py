"""分流规则 in the settings: what is changed waits as a draft, every number has its list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case
from cases.vocabulary import Complexity, Risk, Special
from dispatch.models import RuleDraft, RuleHit, RuleSet
from dispatch.routing_stats import Period, hits_of, tallies_of
from dispatch.services.assigning import dispatch_case, recall_dispatch
from orgs.models import Department, User
from orgs.permissions import RoleCode
from tests.county import County, person
from tests.lives import Lives
from tests.rulebook import WAGES, in_force, rule
from zongzhi.lib import clock

COUNTY = "990101000000"


@pytest.fixture(autouse=True)
def _signed_in(client: Client, county: County, sysadmin: User, settings: Any) -> None:
    """The county has two rules, and its administrator is at the page."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    in_force(
        county.county,
        rule("R-07", county.human_resources, words=("工资",), reason="欠薪归劳动监察"),
        rule("R-13", county.housing, types=("17",)),
    )
    client.force_login(sysadmin)


def page(client: Client, name: str = "rules_of", *more: Any, place: str = COUNTY, **params: str):
    return client.get(reverse(f"routing:{name}", args=[place, *more]), params)


def send(client: Client, name: str, *more: Any, place: str = COUNTY, **data: Any):
    return client.post(reverse(f"routing:{name}", args=[place, *more]), data, follow=True)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


TYPED = {"code": "R-20", "words": "殴打，打架", "lead": "GA", "complexity": "", "risk": ""}


def test_the_rules_are_read_in_their_order_and_in_words(client: Client) -> None:
    shown = text(page(client))
    assert shown.index("R-07") < shown.index("R-13")
    for words in ("出现“工资”", "人社局主办", "欠薪归劳动监察", "类型：物业", "现在用第 1 版"):
        assert words in shown


def test_a_change_waits_until_it_is_saved_with_a_note(client: Client, county: County) -> None:
    shown = text(send(client, "add", **TYPED))
    assert "没保存的改动" in shown
    assert "R-20</b> 新加" in shown
    assert RuleSet.objects.get().number == 1
    saved = text(send(client, "save", note="打人的归公安"))
    assert "已保存为第 2 版" in saved
    assert RuleSet.objects.get(is_current=True).rows.count() == 3
    assert not RuleDraft.objects.exists()


def test_without_a_note_nothing_is_saved_and_the_draft_stays(client: Client) -> None:
    send(client, "change", "R-13", "up")
    refused = client.post(reverse("routing:save", args=[COUNTY]), {"note": ""})
    assert refused.status_code == 422
    assert "还没写改了什么" in text(refused)
    assert RuleDraft.objects.exists()


def test_up_down_stop_and_start_change_the_draft(client: Client) -> None:
    for what in ("up", "stop"):
        shown = text(send(client, "change", "R-13", what))
    assert shown.index(">R-13<") < shown.index(">R-07<")
    assert "停用</span>" in shown
    assert "启用 R-13" in shown
    assert send(client, "change", "R-13", "sideways").status_code == 404


def test_a_draft_is_somebodys_own(client: Client, county: County) -> None:
    send(client, "change", "R-13", "up")
    other = person("sysadmin2", "钱二", county.county, RoleCode.SYSTEM_ADMIN)
    client.force_login(other)
    assert "没保存的改动" not in text(page(client))


def test_a_rule_is_changed_where_it_stands(client: Client) -> None:
    form = page(client, "edit", "R-07").context["form"]
    assert form.initial["words"] == "工资"
    shown = text(send(client, "edit", "R-07", **{**TYPED, "code": "R-07", "amount_to": "5000"}))
    assert "R-07</b> 改了" in shown
    assert "金额 5,000 元以内" in shown


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"words": ""}, "词、类型、特别情况、发生地、对方、金额至少填一个"),
        ({"code": "R7"}, "编号写成 R-07 这样"),
        ({"code": "R-07"}, "R-07 已经有了，换一个编号"),
        ({"lead": ""}, "还没选“主办”"),
        ({"assisting": ["GA"]}, "主办单位不用再选作协办"),
        ({"assisting": ["RS"], "direct": "on"}, "有协办的要分流员定，不能直派"),
        ({"amount_from": "9", "amount_to": "8"}, "“金额到”要不小于“金额从”"),
        ({"words": "一" * 21}, "一个词最多 20 个字"),
    ],
)
def test_a_mistake_is_named_and_what_was_typed_kept(
    client: Client, changed: dict[str, Any], sentence: str
) -> None:
    answer = client.post(reverse("routing:add", args=[COUNTY]), {**TYPED, **changed})
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not RuleDraft.objects.exists()


def test_trying_out_says_who_wins_and_why_the_others_lose(client: Client) -> None:
    shown = text(send(client, "try", narrative=WAGES, type="10"))
    assert "“工资” → 规则 R-07 → 人社局主办" in shown
    assert "R-13</b> 住建局" in shown
    assert "类型不是物业" in shown
    assert "没有规则起作用" in text(send(client, "try", narrative="问问怎么走"))


def test_trying_out_reads_the_draft(client: Client) -> None:
    send(client, "change", "R-07", "stop")
    assert "已停用" in text(send(client, "try", narrative=WAGES))


def test_what_is_tried_stands_in_no_address(client: Client) -> None:
    assert client.get(reverse("routing:try", args=[COUNTY])).status_code == 405


def test_versions_are_compared_and_gone_back_to(client: Client) -> None:
    send(client, "change", "R-13", "up")
    send(client, "save", note="物业的先问")
    shown = text(page(client, "versions"))
    assert "第 1 版 → 第 2 版" in shown
    assert "R-13</b> 换了位置" in shown
    assert "第 2 条" in text(page(client, "roll_back", 1))
    back = text(send(client, "roll_back", 1, note="还是先问欠薪"))
    assert "已回到第 1 版的规则，记为第 3 版" in back
    again = text(send(client, "roll_back", 3, note="再来"))
    assert "现在用的就是第 3 版" in again


def test_a_town_has_its_own_rules(client: Client, county: County) -> None:
    assert "还没有规则" in text(page(client, place="990101100000"))
    send(client, "add", place="990101100000", **{**TYPED, "code": "R-01", "lead": "QSZ"})
    send(client, "save", place="990101100000", note="镇里自己先办")
    assert RuleSet.objects.get(center=county.town).number == 1
    assert RuleSet.objects.filter(center=county.county).count() == 1


def test_the_rules_of_a_centre_above_or_beside_are_not_there(client: Client, county) -> None:
    assert page(client, place="990100000000").status_code == 404
    town_admin = person("town_admin", "镇管理员", county.town, RoleCode.SYSTEM_ADMIN)
    client.force_login(town_admin)
    assert page(client).status_code == 404
    assert send(client, "change", "R-07", "up").status_code == 404


# ---------------------------------------------------------------- how each rule has done


def give(lives: Lives, triage: User, *leads: Department) -> None:
    for lead in leads:
        dispatch_case(
            case_id=lives.registered().pk,
            by=triage,
            lead=lead,
            complexity=Complexity.ORDINARY,
            risk=Risk.LOW,
        )


def test_every_number_leads_to_exactly_what_it_counts(
    client: Client, county: County, lives: Lives, triage
) -> None:
    give(lives, triage, county.human_resources, county.housing, county.human_resources)
    (first, _) = page(client).context["rows"]
    tally = first[1]
    assert (tally.hits, tally.followed, tally.overridden) == (3, 2, 1)
    assert tally.rate == "1/3，33%"
    for which, number in (("", 3), ("followed", 2), ("overridden", 1)):
        listed = page(client, "hits", rule="R-07", which=which).context["page"]
        assert listed.total == number


def test_an_override_is_listed_with_from_and_to_but_not_what_it_is_about(
    client: Client, county: County, lives: Lives, triage
) -> None:
    give(lives, triage, county.housing)
    case = RuleHit.objects.get().case
    shown = text(page(client, "hits", rule="R-07", which="overridden"))
    for words in (case.short_number, "人社局", "住建局", "周敏", "R-07（第 1 版）"):
        assert words in shown
    assert case.get_absolute_url() not in shown
    assert case.title not in shown


def test_a_silent_matter_is_counted_without_its_number(
    client: Client, county: County, lives: Lives, triage
) -> None:
    give(lives, triage, county.housing)
    case = RuleHit.objects.get().case
    Case.objects.filter(pk=case.pk).update(special=[Special.VIOLENCE.value])
    shown = text(page(client, "hits"))
    assert case.short_number not in shown
    assert "不便写明" in shown


def test_who_may_read_the_case_is_led_to_it(
    client: Client, county: County, lives: Lives, triage
) -> None:
    give(lives, triage, county.housing)
    both = person("both", "两岗", county.county, RoleCode.SYSTEM_ADMIN, RoleCode.TRIAGE)
    client.force_login(both)
    assert RuleHit.objects.get().case.get_absolute_url() in text(page(client, "hits"))


def test_what_was_recalled_counts_for_nothing(
    client: Client, county: County, lives: Lives, triage
) -> None:
    give(lives, triage, county.housing)
    recall_dispatch(case_id=RuleHit.objects.get().case_id, by=triage)
    assert not hits_of(county.county, Period.recent()).exists()


def test_only_the_period_counts(county: County, lives: Lives, triage) -> None:
    give(lives, triage, county.housing)
    today = clock.today()
    past = Period(today - timedelta(days=9), today - timedelta(days=1))
    assert not hits_of(county.county, past).exists()
    assert hits_of(county.county, Period(today, today)).count() == 1


@pytest.mark.parametrize(("overridden", "often"), [(3, False), (4, True)])
def test_a_rule_overridden_too_often_is_marked(
    county: County, lives: Lives, triage, overridden: int, often: bool
) -> None:
    leads = [county.housing] * overridden + [county.human_resources] * (10 - overridden)
    give(lives, triage, *leads)
    assert tallies_of(county.county, Period.recent(), ["R-07"])[0].often is often


def test_few_hits_are_no_reason_to_mark(county: County, lives: Lives, triage) -> None:
    give(lives, triage, *[county.housing] * 9)
    assert not tallies_of(county.county, Period.recent(), ["R-07"])[0].often


def test_a_rule_that_is_gone_keeps_its_numbers(
    client: Client, county: County, lives: Lives, triage
) -> None:
    give(lives, triage, county.housing)
    in_force(county.county, rule("R-13", county.housing, types=("17",)))
    (gone,) = page(client).context["gone"]
    assert (gone.code, gone.hits) == ("R-07", 1)


def test_bad_days_are_named_and_the_usual_period_is_shown(client: Client) -> None:
    shown = page(client, since="2026-13-01", until="2026-01-01")
    assert "日期写成 2026-11-30 这样" in text(shown)
    assert shown.context["period"] == Period.recent()


@pytest.mark.parametrize("name", ["rules_of", "hits"])
def test_more_rows_cost_no_more_queries(
    client: Client, county: County, lives: Lives, triage, name: str
) -> None:
    def queries() -> int:
        page(client, name)
        with CaptureQueriesContext(connection) as captured:
            page(client, name)
        return len(captured)

    give(lives, triage, county.housing)
    few = queries()
    give(lives, triage, *[county.housing] * 4)
    more = [rule(f"R-{n}", county.housing, words=("工地",)) for n in range(30, 36)]
    in_force(county.county, rule("R-07", county.human_resources, words=("工资",)), *more)
    assert queries() == few
