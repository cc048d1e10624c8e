"""月度通报: drafted, checked by the units, sealed, published, and from then on it never moves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.services.closing import reopen_case
from cases.services.course import amend_case, merge_case, unmerge_case, withdraw_case
from orgs.models import AccessLog, Department, User
from reports.models import Bulletin, BulletinRow, Correction, Scheme
from reports.services import bulletins as services
from reports.services import drafting, schemes
from reports.tasks import draft_bulletins
from tests.concurrency import at_once, hold
from tests.county import County
from tests.lib.days import moment
from tests.lives import Lives
from tests.reports.marches import (
    FIRST_OF_APRIL,
    IN_MARCH,
    WEIGHTS,
    a_march,
    a_paper,
    a_scheme,
    drafted,
    lengths,
    printed,
    published,
    row_of,
    sealed,
    table_on,
)
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, WrongState

# --- drafting -------------------------------------------------------------------------------------


def test_last_month_is_drafted_on_the_first_once(draft: Bulletin, triage: User) -> None:
    draft_bulletins()
    assert Bulletin.objects.count() == 1
    assert triage.notices.filter(text__contains="2025年3月部门通报已起草").count() == 1


def test_a_unit_gets_what_its_own_rows_come_to(draft: Bulletin, county: County) -> None:
    own = row_of(draft, county.human_resources)
    assert own.numbers["claim_rate"] == {"part": 2, "whole": 2}
    assert (own.score, own.is_small) == (Decimal("100.00"), False)
    late = row_of(draft, county.housing)
    assert late.numbers["claim_rate"] == {"part": 0, "whole": 1}
    assert late.numbers["substantive_rate"] == {"part": 0, "whole": 0}
    assert late.score == Decimal("0.00")


def test_a_month_in_which_nothing_happened_makes_no_draft(county: County) -> None:
    a_scheme(county)
    clock.freeze(FIRST_OF_APRIL)
    draft_bulletins()
    assert not Bulletin.objects.exists()


def test_a_worker_killed_half_way_leaves_nothing_and_the_next_makes_it_whole(
    lives: Lives, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_march(lives)
    a_scheme(county)
    with monkeypatch.context() as patch:
        patch.setattr(drafting, "notify", lambda *a, **k: 1 / 0)
        clock.freeze(FIRST_OF_APRIL)
        draft_bulletins()
    assert not Bulletin.objects.exists()
    assert drafted().draft_rows.count() == 3


def test_a_unit_more_costs_no_query_more(lives: Lives, county: County) -> None:
    a_march(lives)
    scheme = a_scheme(county)

    def asked() -> int:
        Bulletin.objects.all().delete()
        with CaptureQueriesContext(
            connection,
        ) as found:
            drafting.draft_month(scheme_id=scheme.pk, now=FIRST_OF_APRIL)
        return len(found)

    few = asked()
    for n in range(20):
        Department.objects.create(code=f"X{n}", name=f"第{n}局", center=county.county)
    assert asked() == few <= 16


def test_towns_are_compared_with_towns(lives: Lives, county: County) -> None:
    clock.freeze(IN_MARCH)
    lives.dispatched(lead=county.town_unit)
    a_scheme(county, group="towns")
    assert [row.unit for row in drafted().draft_rows.all()] == [county.town_unit]


@pytest.mark.parametrize("group", [Scheme.Group.VILLAGES, Scheme.Group.BODIES])
def test_villages_and_bodies_are_compared_with_their_like(
    lives: Lives, county: County, group: Scheme.Group
) -> None:
    body = Department.objects.create(
        code="YTW", name="医调委", kind=Department.Kind.BODY, center=county.county
    )
    a_scheme(county, group=group.value, lines=[schemes.Weighed("claim_rate", 100)])
    clock.freeze(IN_MARCH)
    for unit in (county.village_unit, county.town_unit, county.human_resources, body):
        lives.dispatched(lead=unit)
    (row,) = drafted().draft_rows.all()
    assert row.unit == {"villages": county.village_unit, "bodies": body}[group.value]
    assert row.numbers["claim_rate"] == {"part": 0, "whole": 1}


def test_a_month_that_is_drafted_is_not_scored_otherwise_any_more(
    draft: Bulletin, county: County, triage: User
) -> None:
    other = [schemes.Weighed("claim_rate", 100)]
    with pytest.raises(Invalid, match="2025年3月的通报已经起草，新的一版最早从2025年4月起"):
        a_scheme(county, lines=other, effective=date(2025, 3, 1))
    assert schemes.first_month(county.county, "departments") == date(2025, 4, 1)
    a_scheme(county, lines=other, effective=date(2025, 4, 1))
    services.recount(bulletin_id=draft.pk, by=triage)
    draft.refresh_from_db()
    assert [line["key"] for line in draft.rules["lines"]] == [one.indicator for one in WEIGHTS]


def test_before_a_draft_last_month_may_still_be_scored_otherwise(county: County) -> None:
    a_scheme(county)
    clock.freeze(FIRST_OF_APRIL)
    assert schemes.first_month(county.county, "departments") == date(2025, 3, 1)
    assert a_scheme(county, effective=date(2025, 3, 1)).version == 2


# --- checking -------------------------------------------------------------------------------------


def test_units_have_two_working_days_and_see_nothing_before(
    client: Client, draft: Bulletin, triage: User, head: User
) -> None:
    url = reverse("reports:bulletin", args=[draft.pk])
    client.force_login(head)
    assert client.get(url).status_code == 404
    clock.freeze(moment(4, 2, 9))
    services.send_for_checking(bulletin_id=draft.pk, by=triage)
    draft.refresh_from_db()
    assert draft.check_until == moment(4, 7, 17, 30)  # 清明 and a weekend lie between
    assert head.notices.filter(text__contains="发来核对").count() == 1
    assert client.get(url).status_code == 200


def test_an_objection_is_the_heads_and_upheld_it_counts_again(
    lives: Lives, draft: Bulletin, county: County, triage: User, handler: User, head: User
) -> None:
    services.send_for_checking(bulletin_id=draft.pk, by=triage)
    said = {
        "bulletin_id": draft.pk,
        "unit": "RS",
        "text": "有一件算错了",
        "indicator": "claim_rate",
    }
    with pytest.raises(NotAllowed):
        services.object_to(by=handler, **said)
    objection = services.object_to(by=head, **said)
    with pytest.raises(AlreadyDone):
        services.object_to(by=head, **said)
    with pytest.raises(WrongState, match="还有 1 条意见没答复"):
        services.seal(bulletin_id=draft.pk, by=triage)
    row = row_of(draft, county.human_resources)
    row.numbers["claim_rate"] = {"part": 1, "whole": 2}  # as if a case had been put right since
    row.save()
    answered = services.answer_objection(
        objection_id=objection.pk, by=triage, upheld=True, text="是算错了"
    )
    assert "及时签收率 1/2 → 2/2" in answered.changed
    assert head.notices.filter(text__contains="意见已答复").count() == 1
    with pytest.raises(AlreadyDone):
        services.answer_objection(objection_id=objection.pk, by=triage, upheld=False, text="再答")


def test_it_is_sealed_after_the_deadline_or_when_all_have_spoken(
    draft: Bulletin, county: County, triage: User, head: User
) -> None:
    services.send_for_checking(bulletin_id=draft.pk, by=triage)
    services.agree(bulletin_id=draft.pk, by=head, unit="RS")
    with pytest.raises(WrongState, match="还有 2 个单位可以提意见"):
        services.seal(bulletin_id=draft.pk, by=triage)
    draft.draft_rows.update(agreed_at=clock.now())
    assert services.seal(bulletin_id=draft.pk, by=triage).is_sealed


def test_after_the_deadline_no_more_objections(draft: Bulletin, triage: User, head: User) -> None:
    services.send_for_checking(bulletin_id=draft.pk, by=triage)
    clock.freeze(moment(4, 20, 9))
    with pytest.raises(WrongState, match="起不能再提意见"):
        services.object_to(bulletin_id=draft.pk, by=head, unit="RS", text="晚了")


def test_a_unit_is_offered_only_what_it_may_still_do(
    client: Client, draft: Bulletin, triage: User, head: User
) -> None:
    """No 核对无误 while its own objection waits, no form for objections after the deadline."""
    services.send_for_checking(bulletin_id=draft.pk, by=triage)
    client.force_login(head)
    address = reverse("reports:bulletin_unit", args=[draft.pk, "RS"])
    page = client.get(address).text
    assert "核对无误</button>" in page
    assert "提意见</button>" in page
    services.object_to(bulletin_id=draft.pk, by=head, unit="RS", text="少了一件")
    page = client.get(address).text
    assert "核对无误</button>" not in page
    assert "答复后再核对" in page
    clock.freeze(moment(4, 20, 9))
    page = client.get(address).text
    assert "提意见</button>" not in page
    assert "起不能再提意见" in page
    late = client.post(address, {"indicator": "", "text": "写了半天的意见"})
    assert late.status_code == 409
    assert "写了半天的意见" in late.text


# --- sealed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE reports_bulletinrow SET score = 100",
        "DELETE FROM reports_bulletinrow",
        "TRUNCATE reports_bulletinrow CASCADE",
        "UPDATE reports_bulletin SET rules = '{}'",
        "UPDATE reports_bulletin SET sealed_at = NULL, state = 'draft'",
        "DELETE FROM reports_bulletin",
    ],
)
def test_the_database_refuses_to_touch_what_is_sealed(
    draft: Bulletin, triage: User, sql: str
) -> None:
    sealed(draft, triage)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def as_kept(bulletin: Bulletin) -> tuple[Any, ...]:
    bulletin = Bulletin.objects.get(pk=bulletin.pk)
    rows = list(BulletinRow.objects.filter(bulletin=bulletin).order_by("pk").values())
    return bulletin.rules, bulletin.number, rows


def test_a_published_bulletin_does_not_move_whatever_becomes_of_its_cases(
    client: Client, lives: Lives, county: County, triage: User, leader: User
) -> None:
    cases = a_march(lives)
    a_scheme(county)
    bulletin = published(drafted(), triage, leader)
    kept, page = as_kept(bulletin), table_on(client, bulletin, leader)
    reopen_case(case_id=cases[0].pk, by=triage, text="来访人说没拿全")
    assert (as_kept(bulletin), table_on(client, bulletin, leader)) == (kept, page)
    model = type(cases[1])
    model.objects.filter(pk=cases[1].pk).update(closure="procedural", satisfaction="unsatisfied")
    assert (as_kept(bulletin), table_on(client, bulletin, leader)) == (kept, page)
    model.objects.filter(pk=cases[2].pk).update(merged_into=cases[1])
    cases[2].parties.all().delete()
    county.housing.name = "住房和城乡建设局"
    county.housing.save()
    schemes.add_version(
        center=county.county,
        group="departments",
        by=None,
        lines=[schemes.Weighed("claim_rate", 100)],
        effective=date(2025, 4, 1),
        name="新方案",
    )
    draft_bulletins()
    assert (as_kept(bulletin), table_on(client, bulletin, leader)) == (kept, page)
    for act in (services.recount, services.send_for_checking):
        with pytest.raises(AlreadyDone):
            act(bulletin_id=bulletin.pk, by=triage)


def test_a_published_bulletin_stands_while_its_cases_are_reopened_corrected_and_merged(
    client: Client, lives: Lives, county: County, clerk: User, triage: User, leader: User
) -> None:
    """By the acts themselves; rows, page, paper and every list stay as they were."""
    done, _, housing, police = a_march(lives)
    a_scheme(county)
    bulletin = published(drafted(), triage, leader)

    def said() -> tuple[Any, ...]:
        paper = printed(client, bulletin, leader)
        lists = lengths(client, bulletin, leader)
        assert all(number == length for number, length in lists)
        return as_kept(bulletin), table_on(client, bulletin, leader), paper, lists

    before = said()
    for act in (
        lambda: reopen_case(case_id=done.pk, by=triage, text="来访人说没拿全"),
        lambda: amend_case(
            case_id=police.pk,
            by=clerk,
            text="登记时听错了",
            fields={"narrative": "其实是两个月的工资，班组长已经承认，要求月底前付清"},
        ),
        lambda: merge_case(case_id=housing.pk, by=triage, into=police.number, text="同一件事"),
        lambda: unmerge_case(case_id=housing.pk, by=triage),
        lambda: withdraw_case(case_id=police.pk, by=clerk, text="本人说不用办了"),
    ):
        act()
        assert said() == before
    housing.refresh_from_db()
    assert (housing.merged_into, housing.stage) == (None, "triage")


def test_a_correction_stands_beside_it_and_changes_nothing(
    draft: Bulletin, county: County, triage: User, leader: User, head: User
) -> None:
    bulletin = published(draft, triage, leader)
    kept = as_kept(bulletin)
    said = {"bulletin_id": bulletin.pk, "by": triage, "unit": "RS", "why": "多算一件"}
    with pytest.raises(Invalid, match="及时签收率就是 2/2"):
        services.correct(**said, key="claim_rate", right=services.Right(2, 2))
    with pytest.raises(Invalid, match="分子不能比分母大"):
        services.correct(**said, key="claim_rate", right=services.Right(3, 2))
    slip = services.correct(**said, key="claim_rate", right=services.Right(1, 2))
    assert (slip.was, slip.now, as_kept(bulletin)) == ("2/2", "1/2", kept)
    assert (slip.score_was, slip.score_now) == (Decimal("100.00"), Decimal("75.00"))
    assert head.notices.filter(text__contains="有更正").count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Correction.objects.update(now="1")


def test_only_a_leader_publishes_and_only_what_is_sealed(
    draft: Bulletin, triage: User, leader: User
) -> None:
    with pytest.raises(WrongState):
        services.publish(bulletin_id=draft.pk, by=leader, publicity="own")
    sealed(draft, triage)
    with pytest.raises(NotAllowed):
        services.publish(bulletin_id=draft.pk, by=triage, publicity="own")
    done = services.publish(bulletin_id=draft.pk, by=leader, publicity="own")
    assert done.number == "示范县综评〔2025〕1号"
    with pytest.raises(AlreadyDone):
        services.publish(bulletin_id=draft.pk, by=leader, publicity="all")


# --- nothing is added to what is sealed -----------------------------------------------------------

_COPIES = {
    "reports_bulletinrow": "bulletin_id, unit_id, unit_name, numbers, months, corrected, points,"
    " yellow, red, deduction, bonus, sample, is_small",
    "reports_countedlist": "bulletin_id, unit_id, cell, rows, ids",
    "reports_bonus": "bulletin_id, unit_id, points, reason, file_name, stored_as, by_id, at,"
    " revoked_why",
    "reports_objection": "bulletin_id, unit_id, indicator, text, by_id, at, answer, is_upheld,"
    " changed",
}


@pytest.mark.parametrize("table", _COPIES)
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} LIMIT 1",
        "UPDATE {table} SET unit_id = unit_id",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
    ],
)
def test_nothing_is_added_to_a_sealed_bulletin_or_taken_from_it(
    draft: Bulletin, triage: User, head: User, table: str, sql: str
) -> None:
    given = {"points": Decimal(1), "reason": "做法被推广", "file": a_paper()}
    services.give_bonus(bulletin_id=draft.pk, by=triage, unit="RS", **given)
    services.send_for_checking(bulletin_id=draft.pk, by=triage)
    objection = services.object_to(bulletin_id=draft.pk, by=head, unit="RS", text="再看看")
    services.answer_objection(objection_id=objection.pk, by=triage, upheld=False, text="没有错")
    clock.freeze(moment(4, 20, 9))
    services.seal(bulletin_id=draft.pk, by=triage)
    connection.check_constraints()
    said = sql.format(table=table, columns=_COPIES[table])
    with (
        pytest.raises(DatabaseError, match=r"of a sealed bulletin|is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(said)


@pytest.mark.parametrize(
    "change", ["center_name = 'X'", "median = 1", "check_until = now()", "taken_back_why = 'x'"]
)
def test_what_a_sealed_bulletin_says_of_itself_stays(
    draft: Bulletin, triage: User, change: str
) -> None:
    sealed(draft, triage)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE reports_bulletin SET {change}")


def test_paper_keeps_every_name_when_units_and_centre_are_renamed(
    client: Client, draft: Bulletin, county: County, triage: User, leader: User
) -> None:
    given = {"points": Decimal(2), "reason": "做法被推广", "file": a_paper()}
    services.give_bonus(bulletin_id=draft.pk, by=triage, unit="ZJ", **given)
    bulletin = published(draft, triage, leader)
    before = printed(client, bulletin, leader)
    assert "人工加分：住建局加 2 分" in before
    for thing in (county.housing, county.county):
        thing.name = "改过的名字"
        thing.save()
    assert printed(client, bulletin, leader) == before
    client.force_login(leader)
    page = client.get(reverse("reports:bulletin", args=[bulletin.pk])).content.decode()
    assert "改过的名字" not in page[page.index("<main") :]


def test_places_and_the_middle_are_kept_at_the_sealing(draft: Bulletin, triage: User) -> None:
    done = sealed(draft, triage)
    places = dict(done.rows.values_list("unit__code", "place"))
    assert places == {"RS": 1, "ZJ": 2, "GA": 2}
    assert (done.median, done.center_name) == (Decimal("0.00"), done.center.name)


# --- taken back -----------------------------------------------------------------------------------


def test_what_is_being_checked_can_be_taken_back_with_a_reason(
    client: Client, draft: Bulletin, county: County, triage: User, head: User
) -> None:
    services.send_for_checking(bulletin_id=draft.pk, by=triage)
    services.agree(bulletin_id=draft.pk, by=head, unit="RS")
    url = reverse("reports:take_back_bulletin", args=[draft.pk])
    client.force_login(head)
    assert client.post(url, {"why": "不想核对"}).status_code == 404
    client.force_login(triage)
    assert client.post(url, {"why": ""}).status_code == 422
    assert client.post(url, {"why": "住建局的督办牌记错了"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.check_until, draft.sent_at) == ("draft", None, None)
    assert row_of(draft, county.human_resources).agreed_at is None
    told = head.notices.get(text__contains="已收回")
    assert "住建局的督办牌记错了" in told.text
    client.force_login(head)
    assert client.get(told.url).status_code == 200
    client.force_login(triage)
    page = client.get(reverse("reports:bulletin", args=[draft.pk])).content.decode()
    assert "从核对中收回：住建局的督办牌记错了" in page
    with pytest.raises(WrongState):
        services.take_back(bulletin_id=draft.pk, by=triage, why="再收一次")
    sealed(draft, triage)
    with pytest.raises(AlreadyDone):
        services.take_back(bulletin_id=draft.pk, by=triage, why="定稿了")


# --- quarters -------------------------------------------------------------------------------------


def test_a_quarter_is_the_mean_of_its_sealed_months_and_says_which_are_missing(
    client: Client, lives: Lives, county: County, triage: User, leader: User, head: User
) -> None:
    a_scheme(county)
    clock.freeze(moment(2, 10, 9))
    lives.closed()
    lives.dispatched(lead=county.housing)
    sealed(drafted(moment(3, 3, 9)), triage)
    clock.freeze(IN_MARCH)
    lives.closed()
    march = drafted(moment(4, 1, 9))
    draft_bulletins()
    assert not Bulletin.objects.filter(period="quarter").exists()  # March may still move
    sealed(march, triage)
    clock.freeze(moment(4, 18, 9))
    draft_bulletins()
    quarter = Bulletin.objects.get(period="quarter")
    assert (quarter.title, quarter.rules["missing"]) == ("2025年第1季度部门排名", ["2025-01"])
    own = row_of(quarter, county.human_resources)
    assert own.months == {"2025-02": "100.00", "2025-03": "100.00"}
    assert own.score == Decimal("100.00")
    months = [reverse("reports:bulletin_unit", args=[pk, "RS"]) for pk in _months_of(quarter)]
    others = [reverse("reports:bulletin_unit", args=[_months_of(quarter)[0], "ZJ"])]  # February
    assert len(months) == 2
    published(quarter, triage, leader, "all")
    for reader, opened in ((leader, [*months, *others]), (head, months)):
        page = table_on(client, quarter, reader)
        assert [url for url in (*months, *others) if f'href="{url}"' in page] == opened
        assert all(client.get(url).status_code == 200 for url in opened)


def _months_of(quarter: Bulletin) -> list[int]:
    months = Bulletin.objects.filter(period="month", since__lte=quarter.last_day)
    return list(months.order_by("since").values_list("pk", flat=True))


# --- at once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_drafts_and_of_two_people_one_seals_and_one_publishes(
    lives: Lives, county: County, triage: User, leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_march(lives)
    scheme = a_scheme(county)
    clock.freeze(FIRST_OF_APRIL)
    with monkeypatch.context() as patch:
        hold(patch, drafting, "_keep")
        both = at_once(
            lambda: drafting.draft_month(scheme_id=scheme.pk, now=FIRST_OF_APRIL), times=2
        )
    bulletin = Bulletin.objects.get()
    assert (both, bulletin.draft_rows.count()) == (["ok", "ok"], 3)
    services.send_for_checking(bulletin_id=bulletin.pk, by=triage)
    clock.freeze(moment(4, 20, 9))
    with monkeypatch.context() as patch:
        hold(patch, services, "why_not_seal")
        outcome = at_once(lambda: services.seal(bulletin_id=bulletin.pk, by=triage), times=2)
    assert (outcome, bulletin.rows.count()) == (["AlreadyDone", "ok"], 3)
    with monkeypatch.context() as patch:
        hold(patch, services, "can_decide")
        outcome = at_once(
            lambda: services.publish(bulletin_id=bulletin.pk, by=leader, publicity="own"), times=2
        )
    assert outcome == ["AlreadyDone", "ok"]


def test_what_is_done_with_a_bulletin_is_in_the_access_log(
    client: Client, draft: Bulletin, triage: User, leader: User
) -> None:
    client.force_login(triage)
    for name in ("recount_bulletin", "send_bulletin"):
        client.post(reverse(f"reports:{name}", args=[draft.pk]))
    draft.draft_rows.update(agreed_at=clock.now())
    client.post(reverse("reports:seal_bulletin", args=[draft.pk]))
    client.force_login(leader)
    client.post(reverse("reports:publish_bulletin", args=[draft.pk]), {"publicity": "own"})
    logged = AccessLog.objects.filter(action=AccessLog.Action.BULLETIN).order_by("pk")
    said = [(one.user, one.subject.split(" ")[1], one.address) for one in logged]
    assert said == [
        (triage, "重新数", "127.0.0.1"),
        (triage, "发给各单位核对", "127.0.0.1"),
        (triage, "定稿", "127.0.0.1"),
        (leader, "发布", "127.0.0.1"),
    ]
