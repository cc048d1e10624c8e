"""通报: drafted when a month is over, issued by a leader, never edited."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dispatch.circulars import facts_of, month_before
from dispatch.models import Circular
from dispatch.services.circulating import (
    correct_circular,
    draft_what_is_due,
    issue_circular,
    write_circular,
)
from dispatch.services.handling import report_result
from dispatch.services.marking import revoke_mark
from dispatch.tasks import sweep_clocks
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound

APRIL = date(2025, 4, 1)
FIRST_MORNING = moment(5, 6, 8, 45)  # after the holidays of May
TEXT = "四月有单位超期没有说明，请限期整改。"


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def late_in_april(lives: Lives):
    """A case of 人社局 that runs out in April and is swept until May."""
    case = lives.claimed()
    for at in (moment(4, 15, 18), moment(4, 25, 18)):
        clock.freeze(at)
        sweep_clocks()
    return case


def drafted(at: datetime = FIRST_MORNING) -> Circular:
    clock.freeze(at)
    draft_what_is_due(now=at)
    return Circular.objects.latest("pk")


def issued(leader, triage) -> Circular:
    circular = drafted()
    write_circular(circular_id=circular.pk, by=triage, text=TEXT)
    return issue_circular(circular_id=circular.pk, by=leader)


def test_the_month_before_the_first_is_last_years() -> None:
    assert month_before(date(2026, 1, 5)) == date(2025, 12, 1)
    assert month_before(date(2025, 5, 31)) == APRIL


def test_the_draft_comes_on_the_first_working_morning_once(lives: Lives, triage) -> None:
    late_in_april(lives)
    for at in (moment(5, 1, 9), moment(5, 6, 8)):
        clock.freeze(at)
        assert draft_what_is_due(now=at) == []
    clock.freeze(FIRST_MORNING)
    assert len(draft_what_is_due(now=FIRST_MORNING)) == 1
    assert draft_what_is_due(now=FIRST_MORNING) == []
    assert triage.notices.filter(text__contains="4 月通报已起草，点名 1 个单位").count() == 1


def test_nobody_to_name_makes_no_draft(lives: Lives) -> None:
    lives.claimed()
    assert draft_what_is_due(now=FIRST_MORNING) != []  # the one that ran out in April
    Circular.objects.all().delete()
    lives_before = moment(4, 1, 9)
    assert draft_what_is_due(now=lives_before) == []


def test_the_facts_are_those_of_the_months_end(lives: Lives, handler) -> None:
    case = late_in_april(lives)
    clock.freeze(moment(5, 5, 9))
    report_result(
        case_id=case.pk,
        by=handler,
        result="resolved",
        how="约谈负责人，当场付清工资",
        not_found="不肯留电话",
    )
    (facts,) = facts_of(lives.county.county, APRIL)
    assert (facts.unit.code, facts.overdue, facts.unanswered) == ("RS", [case.pk], [case.pk])
    assert facts.red == [case.pk]


def test_what_was_settled_within_the_month_is_not_held_against_the_unit(
    lives: Lives, handler
) -> None:
    case = lives.claimed()
    clock.freeze(moment(4, 14, 9))
    report_result(
        case_id=case.pk,
        by=handler,
        result="resolved",
        how="约谈负责人，当场付清工资",
        not_found="不肯留电话",
    )
    assert facts_of(lives.county.county, APRIL) == []


def test_a_mark_taken_back_is_not_counted(lives: Lives, triage) -> None:
    case = late_in_april(lives)
    red = case.marks.get(color="red")
    revoke_mark(case_id=case.pk, by=triage, mark=red.pk, text="中心漏转了补充材料")
    (facts,) = facts_of(lives.county.county, APRIL)
    assert facts.red == []


def test_a_leader_issues_what_somebody_has_written(lives: Lives, triage, leader, handler) -> None:
    late_in_april(lives)
    circular = drafted()
    with pytest.raises(Invalid):
        issue_circular(circular_id=circular.pk, by=leader)
    write_circular(circular_id=circular.pk, by=triage, text=TEXT)
    with pytest.raises(NotAllowed):
        issue_circular(circular_id=circular.pk, by=triage)
    with pytest.raises(NotFound):  # a draft is the centre's own
        write_circular(circular_id=circular.pk, by=handler, text=TEXT)
    done = issue_circular(circular_id=circular.pk, by=leader)
    assert done.number == "示范县综通〔2025〕1号"
    assert handler.notices.filter(text__contains=done.number).count() == 1
    with pytest.raises(AlreadyDone):
        issue_circular(circular_id=circular.pk, by=leader)
    with pytest.raises(AlreadyDone):
        write_circular(circular_id=circular.pk, by=triage, text="改一改已经印发的")


def test_issued_numbers_never_move(lives: Lives, triage, leader) -> None:
    case = late_in_april(lives)
    circular = issued(leader, triage)
    red = case.marks.get(color="red")
    revoke_mark(case_id=case.pk, by=triage, mark=red.pk, text="中心漏转了补充材料")
    assert circular.rows.get().red == [case.pk]


def test_a_mistake_is_corrected_by_another_circular(lives: Lives, triage, leader) -> None:
    case = late_in_april(lives)
    first = issued(leader, triage)
    red = case.marks.get(color="red")
    revoke_mark(case_id=case.pk, by=triage, mark=red.pk, text="中心漏转了补充材料")
    second = correct_circular(circular_id=first.pk, by=triage)
    with pytest.raises(AlreadyDone):
        correct_circular(circular_id=first.pk, by=triage)
    write_circular(circular_id=second.pk, by=triage, text="更正：人社局红牌有误，予以取消。")
    second = issue_circular(circular_id=second.pk, by=leader)
    assert (second.number, second.corrects) == ("示范县综通〔2025〕2号", first)
    assert (first.rows.get().red, second.rows.get().red) == ([case.pk], [])


def test_the_named_unit_reads_it_and_others_do_not(
    client: Client, lives: Lives, triage, leader, handler, outsider
) -> None:
    late_in_april(lives)
    circular = drafted()
    page = reverse("dispatch:circular", args=[circular.pk])
    client.force_login(handler)
    assert client.get(page).status_code == 404
    write_circular(circular_id=circular.pk, by=triage, text=TEXT)
    issue_circular(circular_id=circular.pk, by=leader)
    assert client.get(page).status_code == 200
    client.force_login(outsider)
    assert client.get(page).status_code == 404


def test_a_unit_that_a_correction_no_longer_names_reads_it(
    client: Client, lives: Lives, triage, leader, handler, outsider
) -> None:
    case = late_in_april(lives)
    first = issued(leader, triage)
    second = correct_circular(circular_id=first.pk, by=triage)
    write_circular(circular_id=second.pk, by=triage, text="更正：人社局点名有误，予以撤销。")
    issue_circular(circular_id=second.pk, by=leader)
    second.rows.all().delete()
    assert case.unit is not None
    url = reverse("dispatch:circular", args=[second.pk])
    client.force_login(handler)
    assert client.get(url).status_code == 200
    client.force_login(outsider)
    assert client.get(url).status_code == 404


def test_it_is_written_looked_at_issued_and_printed(
    client: Client, lives: Lives, triage, leader
) -> None:
    case = late_in_april(lives)
    circular = drafted()
    url = reverse("dispatch:circular", args=[circular.pk])
    client.force_login(triage)
    assert client.post(url, {"text": "短"}).status_code == 422
    client.post(url, {"text": TEXT})
    client.force_login(leader)
    look = client.get(reverse("dispatch:issue_circular", args=[circular.pk])).content.decode()
    assert TEXT in look
    assert case.short_number in look
    client.post(reverse("dispatch:issue_circular", args=[circular.pk]))
    printed = client.get(reverse("dispatch:print_circular", args=[circular.pk])).content.decode()
    said = f"人社局：月底超期 1 件（{case.short_number}），督办单没答复 1 份"
    for words in ("2025年4月矛盾纠纷办理情况通报", "示范县综通〔2025〕1号", TEXT, said):
        assert words in printed, words


def test_more_circulars_cost_no_more_queries(client: Client, lives: Lives, triage, leader) -> None:
    late_in_april(lives)
    first = issued(leader, triage)
    client.force_login(triage)
    url = reverse("dispatch:circulars")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    queries()
    few = queries()
    correct_circular(circular_id=first.pk, by=triage)
    assert queries() == few
