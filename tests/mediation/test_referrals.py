"""委派、委托、移送: the period that runs, the answer that is owed, two rates of a month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from cases.models import Case, StatutoryTerm
from mediation.composing import settling
from mediation.models import Referral
from mediation.papers import PAPERS
from mediation.periods import period_of
from mediation.referral_pages import Rate, rates_of
from mediation.routes import route_for
from mediation.services.referrals import (
    decline_referral,
    extend_referral,
    receive_referral,
    return_referral,
    take_referral,
)
from orgs.models import User
from tests.dispatch.together import costs_the_same
from tests.lib.days import DISPATCHED
from tests.lives import Lives
from tests.refusals import refused
from tests.settlements import in_force
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, WrongState

TODAY = DISPATCHED.date()


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def receive(case: Case, by: User, **more: Any) -> Referral:
    given = {"kind": "commissioned", "organ": "示范县人民法院", "received_on": TODAY}
    receive_referral(case_id=case.pk, by=by, **{**given, **more})
    return Referral.objects.filter(case=case).latest("pk")


def answer(case: Case, by: User, outcome: str = "failed", **more: Any) -> None:
    take_referral(case_id=case.pk, by=by)
    given = {"returned_on": clock.today(), "text": "双方差距太大，调解不成"}
    return_referral(case_id=case.pk, by=by, outcome=outcome, **{**given, **more})


@pytest.mark.parametrize(
    ("kind", "last_day"),
    [
        ("commissioned", date(2025, 5, 6)),  # 30 days: 3 May, a holiday until the 5th
        ("entrusted", date(2025, 4, 18)),
        ("entrusted_sum", date(2025, 4, 10)),
    ],
)
def test_the_period_of_its_kind_runs_from_the_day_the_materials_were_signed_for(
    lives: Lives, triage: User, kind: str, last_day: date
) -> None:
    row = receive(lives.claimed(), triage, kind=kind)
    assert StatutoryTerm.objects.get(about=row.pk).last_day == last_day


@pytest.mark.parametrize("kind", ["police", "petition", "procurator"])
def test_the_law_gives_the_others_no_period(lives: Lives, triage: User, kind: str) -> None:
    receive(lives.claimed(), triage, kind=kind)
    assert not StatutoryTerm.objects.exists()


def test_materials_are_not_signed_for_tomorrow(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    with refused(case, Invalid, "不能晚于今天"):
        receive(case, triage, received_on=TODAY + timedelta(days=1))


def test_a_number_of_that_court_is_taken_once(lives: Lives, triage: User) -> None:
    receive(lives.claimed(), triage, number="（2025）诉前调12号")
    case = lives.claimed()
    with refused(case, Invalid, "已经登记过，核对号码"):
        receive(case, triage, number="（2025）诉前调12号")


def test_one_at_a_time_for_a_case(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    receive(case, triage)
    with refused(case, WrongState, "已经有一件委派、委托在办"):
        receive(case, triage)


def test_declined_with_a_reason_its_period_is_not_counted(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    row = receive(case, triage)
    decline_referral(case_id=case.pk, by=triage, text="对方不在本县")
    row.refresh_from_db()
    assert (row.declined_on, row.declined_why) == (TODAY, "对方不在本县")
    assert not StatutoryTerm.objects.get().is_running


def test_both_parties_may_prolong_it(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    receive(case, triage, kind="entrusted")
    take_referral(case_id=case.pk, by=triage)
    with refused(case, Invalid, "延长要双方都同意"):
        extend_referral(case_id=case.pk, by=triage, days=10, text="等鉴定")
    extend_referral(case_id=case.pk, by=triage, days=10, text="等鉴定", both=True)
    assert StatutoryTerm.objects.get().last_day == date(2025, 4, 28)


def test_it_is_answered_only_after_it_was_taken_on(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    receive(case, triage)
    with refused(case, WrongState, "还没接受，先接受"):
        return_referral(
            case_id=case.pk, by=triage, outcome="failed", returned_on=TODAY, text="谈不成"
        )


def test_the_answer_meets_the_period_and_says_who_signed_for_it(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    row = receive(case, triage)
    answer(case, triage, receipt="立案庭 李文")
    row.refresh_from_db()
    assert (row.outcome, row.receipt) == ("failed", "立案庭 李文")
    assert StatutoryTerm.objects.get(about=row.pk).met_on == TODAY


def test_agreed_is_answered_only_with_an_agreement_in_force(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    receive(case, triage)
    take_referral(case_id=case.pk, by=triage)
    with refused(case, Invalid, "还没有生效的协议"):
        return_referral(
            case_id=case.pk, by=triage, outcome="agreed", returned_on=TODAY, text="谈成了"
        )


def test_agreed_is_answered_by_an_agreement_that_came_of_it(lives: Lives, triage: User) -> None:
    case = in_force(lives).mediation.case
    clock.freeze(DISPATCHED + timedelta(days=1))
    receive(case, triage, received_on=TODAY + timedelta(days=1))
    take_referral(case_id=case.pk, by=triage)
    with refused(case, Invalid, "签收材料以后还没有生效的协议"):
        return_referral(
            case_id=case.pk, by=triage, outcome="agreed", returned_on=clock.today(), text="谈成了"
        )


def test_with_an_agreement_in_force_since_it_is_answered_so(lives: Lives, triage: User) -> None:
    case = in_force(lives).mediation.case
    receive(case, triage)
    answer(case, triage, "agreed")
    assert Referral.objects.get().outcome == "agreed"


@pytest.mark.parametrize("year", [2001, 2024])
def test_materials_signed_for_years_ago_are_a_slip_of_the_hand(
    lives: Lives, triage: User, year: int
) -> None:
    case = lives.claimed()
    with refused(case, Invalid, "最早是 2024年4月3日"):
        receive(case, triage, received_on=date(year, 4, 2))


def test_the_days_of_an_appraisal_do_not_count_and_need_nobodys_consent(
    lives: Lives, triage: User
) -> None:
    case = lives.claimed()
    receive(case, triage, kind="entrusted")
    take_referral(case_id=case.pk, by=triage)
    extend_referral(case_id=case.pk, by=triage, days=10, text="伤残鉴定", kind="appraisal")
    term = StatutoryTerm.objects.get()
    assert (term.excluded_days, term.extended_days, term.extended_by) == (10, 0, triage)
    assert term.last_day == date(2025, 4, 28)


@pytest.mark.parametrize("taken", [True, False])
def test_what_nobody_answered_before_the_case_was_closed_can_be_answered_still(
    lives: Lives, triage: User, taken: bool
) -> None:
    case = lives.closed()
    Referral.objects.create(
        case=case, kind="police", organ="派出所", received_on=clock.today(), received_by=triage
    )
    Case.objects.filter(pk=case.pk).update(statutory_since=clock.now())
    if taken:
        take_referral(case_id=case.pk, by=triage)
    else:
        decline_referral(case_id=case.pk, by=triage, text="已经办结")
    row = Referral.objects.get()
    assert (row.taken_on or row.declined_on) == clock.today()


@pytest.mark.parametrize("outcome", ["refused", ""])
def test_an_answer_without_a_mediation_has_its_letter_too(
    lives: Lives, triage: User, outcome: str
) -> None:
    case = lives.claimed()
    row = receive(case, triage, contact="李文 0000-1234")
    if outcome:
        answer(case, triage, outcome)
    else:
        decline_referral(case_id=case.pk, by=triage, text="对方不在本县")
    case.refresh_from_db()
    reply = next(kind for kind in PAPERS if kind.kind == "med_reply")
    assert [about.pk for about in reply.abouts(case)] == [row.pk]
    row.refresh_from_db()
    said = settling.reply(case, row, "1", TODAY)
    assert "李文 0000-1234" in said.to
    text = "".join(said.paragraphs)
    assert ("当事人不愿调解" in text) == bool(outcome)
    assert ("没有接受" in text) == (not outcome)


def test_the_case_says_what_came_with_it_and_who_signed_for_it(
    client: Client, lives: Lives, triage: User
) -> None:
    case = lives.claimed()
    receive(case, triage, contact="李文 0000-1234", materials="起诉状一份")
    client.force_login(triage)
    page = client.get(f"/cases/{case.number}/?tab=mediation").content.decode()
    for words in ("李文 0000-1234", "起诉状一份", f"{triage.name}签收"):
        assert words in page


# Two rates of a month


def test_a_rate_is_cut_off_not_rounded() -> None:
    """91 of 105 is 86.67 %, which the reports write as 86.6 %."""
    assert Rate("", 91, 105, "", "", "").words == "86.6%"


def test_a_rate_of_nothing_is_a_dash() -> None:
    assert Rate("", 0, 0, "", "", "").words == "—"


def test_the_two_rates_of_a_month(lives: Lives, triage: User) -> None:
    won, lost, filed = in_force(lives).mediation.case, lives.claimed(), lives.claimed()
    for case in (won, lost):
        receive(case, triage)
    receive(filed, triage, kind="entrusted")
    receive(lives.claimed(), triage, kind="police")
    answer(won, triage, "agreed")
    answer(lost, triage)
    rates = [(r.name, r.part, r.whole, r.words) for r in rates_of(triage, period_of("2025-04"))]
    assert rates == [("诉前分流率", 2, 3, "66.6%"), ("调解成功率", 1, 2, "50.0%")]
    empty = [rate.words for rate in rates_of(triage, period_of("2025-03"))]
    assert empty == ["—", "—"]


def test_every_number_of_a_rate_links_to_the_list_it_counts(
    client: Client, lives: Lives, triage: User
) -> None:
    case = lives.claimed()
    receive(case, triage)
    client.force_login(triage)
    text = client.get("/mediation/referrals/?month=2025-04").content.decode()
    assert "分子：本月签收的法院诉前委派" in text
    for rate in rates_of(triage, period_of("2025-04")):
        for view, number in ((rate.of, rate.part), (rate.out_of, rate.whole)):
            page = client.get(f"/mediation/referrals/?view={view}&month=2025-04")
            assert page.content.decode().count("4月3日签收材料") == number, view


def test_the_light_turns_with_the_days(client: Client, lives: Lives, triage: User) -> None:
    case = lives.claimed()
    receive(case, triage, kind="entrusted_sum")
    client.force_login(triage)
    assert "4月9日前答复" in client.get("/mediation/referrals/?view=to_take").content.decode()
    take_referral(case_id=case.pk, by=triage)
    clock.freeze(DISPATCHED + timedelta(days=8))
    text = client.get("/mediation/referrals/").content.decode()
    assert "超 1 日" in text
    assert "4月10日前调完" in text


def test_the_list_costs_the_same_however_long(client: Client, lives: Lives, triage: User) -> None:
    def more() -> None:
        case = lives.claimed()
        receive(case, triage)
        take_referral(case_id=case.pk, by=triage)

    costs_the_same(client, triage, "/mediation/referrals/", more)


@pytest.mark.parametrize("month", ["0000-00", "%00", "9999-12", "2025-13", "1999-01"])
def test_nonsense_in_the_address_is_no_error(client: Client, triage: User, month: str) -> None:
    client.force_login(triage)
    assert client.get(f"/mediation/referrals/?month={month}&view=x").status_code == 200


# 路线图


@pytest.mark.parametrize(
    ("code", "way"),
    [("10", "劳动监察"), ("15", "医疗纠纷人民调解、行政调解"), ("16", "交警调解损害赔偿")],
)
def test_each_type_has_its_own_ways(code: str, way: str) -> None:
    assert way in [term.way for term in route_for(code).ways]


def test_a_type_nobody_has_thought_of_has_ways_too() -> None:
    assert route_for("77").ways
