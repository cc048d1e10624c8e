"""督办和层级规则: figures with a day they hold from; what runs keeps its own."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases.clocks import clocks_of
from cases.models import ThresholdRule
from cases.services.closing import reopen_case
from cases.services.thresholds import set_threshold
from cases.thresholds import STANDARDS, Threshold
from dispatch.services import asking
from dispatch.services.assigning import recall_dispatch, return_case
from dispatch.services.handling import undo_claim
from dispatch.supervision import moments_for
from orgs.models import AccessLog
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, WrongState

PAGE = reverse("settings:thresholds")
TOMORROW = date(2025, 4, 4)


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def set_to(sysadmin, name: Threshold, value: int, day: date = TOMORROW, level: str = "") -> None:
    set_threshold(
        name=name, value=value, effective_from=day, by=sysadmin, address=None, level=level
    )


def test_every_figure_stands_on_the_page_with_its_value(client: Client, sysadmin) -> None:
    client.force_login(sysadmin)
    page = client.get(PAGE)
    assert [line.standard for line in page.context["lines"]] == list(STANDARDS.values())
    for line in page.context["lines"]:
        assert [figure.value for figure in line.figures] == [line.standard.value]
    assert "只管从那天起新开始的，已经在走的不变" in page.content.decode()


def test_a_new_figure_is_logged_and_shown_as_coming(client: Client, sysadmin) -> None:
    client.force_login(sysadmin)
    typed = {"name": "pause_days", "value": "20", "effective_from": "2025-04-04", "level": ""}
    client.post(PAGE, typed)
    logged = AccessLog.objects.filter(action=AccessLog.Action.RULE).latest("pk")
    assert (logged.subject, logged.purpose) == ("最长暂停计时 20 天", "从 2025-04-04 起")
    (line,) = [
        line
        for line in client.get(PAGE).context["lines"]
        if line.standard is STANDARDS[Threshold.PAUSE_DAYS]
    ]
    assert [(figure.value, figure.coming) for figure in line.figures] == [(30, False), (20, True)]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"effective_from": "2025-04-03"}, "生效日期要从明天起"),
        ({"value": "0"}, "要在 1 到 180 天之间"),
        ({"level": "town"}, "不分层级"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_as_typed(
    client: Client, sysadmin, changed: dict[str, str], says: str
) -> None:
    client.force_login(sysadmin)
    typed = {"name": "pause_days", "value": "20", "effective_from": "2025-04-04", "level": ""}
    before = ThresholdRule.objects.count()
    answer = client.post(PAGE, {**typed, **changed})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert ThresholdRule.objects.count() == before


def test_levels_may_differ_where_the_standard_says_so(county, sysadmin) -> None:
    set_to(sysadmin, Threshold.ATTEMPTS, 5, level="town")
    clocks = clocks_of(county.county)
    assert clocks.threshold(Threshold.ATTEMPTS, moment(4, 7)) == 3
    assert clocks.threshold(Threshold.ATTEMPTS, moment(4, 7), level="town") == 5


def test_the_trial_shows_every_step_and_the_days_skipped(client: Client, sysadmin) -> None:
    client.force_login(sysadmin)
    url = reverse("settings:try_ladder")
    asked = {"start": "2025-04-03T10:44", "days": "7", "unit": "working"}
    steps = dict(client.get(url, asked).context["tried"])
    assert steps["▲ 临期提醒"] == "4月14日 00:00"
    assert steps["■ 到期：发督办单，记黄牌"].startswith("4月15日 17:30（派出 4月3日 10:44")
    assert "4月4日—4月6日 清明节" in steps["■ 到期：发督办单，记黄牌"]
    assert steps["督办单最晚答复"] == steps["一直没答复：建议约谈"] == "4月17日 17:30"
    statutory = {"start": "2025-04-03T10:44", "days": "30", "unit": "calendar"}
    steps = dict(client.get(url, statutory).context["tried"])
    assert steps["■ 到期：发督办单，记黄牌"].startswith("5月6日 17:30")  # 5月3日 is a holiday


def test_a_running_clock_keeps_the_figure_it_began_with(lives: Lives, sysadmin) -> None:
    early = lives.dispatched()
    set_to(sysadmin, Threshold.RECALL_MINUTES, 1)
    set_to(sysadmin, Threshold.NEAR_PERCENT, 50)
    clock.freeze(moment(4, 7, 9))
    late = lives.dispatched()
    clock.freeze(moment(4, 7, 9, 2))
    with refused(late, WrongState, "派出超过 1 分钟，不能撤回"):
        recall_dispatch(case_id=late.pk, by=lives.triage)
    clock.freeze(DISPATCHED + timedelta(minutes=6))
    with refused(early, WrongState, "派出超过 5 分钟，不能撤回"):
        recall_dispatch(case_id=early.pk, by=lives.triage)
    assert fresh(early).lead.handling_near_at == moment(4, 14)
    assert fresh(late).lead.handling_near_at == moment(4, 11)  # 3 of 7 days left


def test_sentences_name_the_figure_that_holds(lives: Lives, sysadmin, handler, leader) -> None:
    for name, value in (
        (Threshold.UNDO_CLAIM_MINUTES, 3),
        (Threshold.RETURN_DAYS, 2),
        (Threshold.PAUSE_DAYS, 9),
        (Threshold.REOPEN_DAYS, 20),
    ):
        set_to(sysadmin, name, value)
    clock.freeze(moment(4, 7, 9))
    claimed, sent, closed = lives.claimed(), lives.dispatched(), lives.closed()
    clock.freeze(moment(4, 7, 9, 5))
    with refused(claimed, WrongState, "签收超过 3 分钟，不能撤销"):
        undo_claim(case_id=claimed.pk, by=handler)
    with refused(claimed, Invalid, "最长 9 天"):
        asking.request_pause(
            case_id=claimed.pk, by=handler, until=date(2025, 4, 20), text="等司法鉴定结论"
        )
    clock.freeze(moment(4, 10, 9))
    with refused(sent, WrongState, "退回要在收到后 2 个工作日内"):
        return_case(case_id=sent.pk, by=handler, reason="not_ours", basis="不归我们管这件事情啊")
    clock.freeze(moment(5, 7, 9))
    with refused(closed, WrongState, "结案超过 20 天，不能重新办理"):
        reopen_case(case_id=closed.pk, by=leader, text="来访人说钱没给全")


def test_a_standstill_is_judged_by_the_rule_of_the_day_it_began(county, sysadmin) -> None:
    set_to(sysadmin, Threshold.STILL_DAYS, 2, date(2025, 4, 10))
    moments = moments_for(county.county, moment(4, 16, 9))
    assert [(era.since.date(), era.until) for era in moments.still] == [
        (date(2020, 1, 1), moment(4, 9, 9)),
        (date(2025, 4, 10), moment(4, 14, 9)),
    ]


# 成套改层级次数

ADOPT = reverse("settings:adopt_ladder")


def test_a_ladder_says_what_it_sets_before_it_is_chosen(client: Client, sysadmin) -> None:
    client.force_login(sysadmin)
    page = client.get(PAGE).content.decode()
    assert "三个三：村社区 3 次，镇街 3 次，县 3 次" in page
    assert "331：村社区 3 次，镇街 3 次，县 1 次" in page
    assert "那天以前到这一级的事项，次数不变" in page


def test_a_ladder_holds_for_every_level_from_its_day_and_is_logged(
    client: Client, county, sysadmin
) -> None:
    client.force_login(sysadmin)
    answer = client.post(ADOPT, {"name": "331", "effective_from": "2025-04-04"}, follow=True)
    assert "2025-04-04 起用“331”，已经在走的不变" in answer.content.decode()
    (line,) = [
        line for line in answer.context["lines"] if line.standard is STANDARDS[Threshold.ATTEMPTS]
    ]
    assert [figure.value for figure in line.figures if figure.coming] == [1, 3, 3]
    clocks = clocks_of(county.county)
    assert clocks.threshold(Threshold.ATTEMPTS, moment(4, 3)) == 3
    assert clocks.threshold(Threshold.ATTEMPTS, moment(4, 4)) == 1
    logged = AccessLog.objects.filter(action=AccessLog.Action.RULE).latest("pk")
    assert (logged.subject, logged.purpose, logged.user) == (
        "层级次数 331",
        "从 2025-04-04 起",
        sysadmin,
    )


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": "331", "effective_from": "2025-04-03"}, "生效日期要从明天起"),
        ({"name": "331", "effective_from": ""}, "还没填“从哪天起”"),
        ({"effective_from": "2025-04-04"}, "还没选“用哪一套”"),
        ({"name": "四个四", "effective_from": "2025-04-04"}, "四个四"),
    ],
)
def test_a_ladder_that_cannot_be_is_refused(
    client: Client, sysadmin, typed: dict[str, str], says: str
) -> None:
    client.force_login(sysadmin)
    before = ThresholdRule.objects.count()
    answer = client.post(ADOPT, typed)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert ThresholdRule.objects.count() == before
