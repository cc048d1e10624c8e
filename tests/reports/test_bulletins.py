"""月度通报: drafted, checked by the units, sealed, published, and from then on it never moves."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.services.closing import reopen_case
from orgs.models import AccessLog, Department, User
from orgs.tokens import issue_token
from reports.models import Bulletin, BulletinRow, Correction, DraftRow, Scheme
from reports.services import bulletins as services
from reports.services import drafting, schemes
from reports.tasks import draft_bulletins
from tests.concurrency import at_once, hold
from tests.county import County
from tests.files import jpeg
from tests.lib.days import moment
from tests.lives import Lives
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

IN_MARCH, FIRST_OF_APRIL = moment(3, 10, 9), moment(4, 1, 6)
WEIGHTS = [
    schemes.Weighed("claim_rate", 50),
    schemes.Weighed("on_time_rate", 30),
    schemes.Weighed("substantive_rate", 20),
]


def a_scheme(county: County, **said: Any) -> Scheme:
    given = {"name": "部门评分", "small_sample": 1, "effective": date(2025, 1, 1), **said}
    group = given.pop("group", Scheme.Group.DEPARTMENTS.value)
    lines = given.pop("lines", WEIGHTS)
    return schemes.add_version(center=county.county, group=group, by=None, lines=lines, **given)


def a_march(lives: Lives) -> list[Any]:
    """人社局 closed two in time; 住建局 and 公安局 let one lie each."""
    clock.freeze(IN_MARCH)
    cases = [lives.closed(), lives.closed()]
    for unit in (lives.county.housing, lives.county.police):
        cases.append(lives.dispatched(lead=unit))
    return cases


@pytest.fixture
def draft(lives: Lives, county: County) -> Bulletin:
    """The draft of March, made on the first of April."""
    a_march(lives)
    a_scheme(county)
    return drafted()


def drafted(at: datetime = FIRST_OF_APRIL) -> Bulletin:
    clock.freeze(at)
    draft_bulletins()
    return Bulletin.objects.get(period="month", since=drafting.month_before(at.date()))


def sealed(bulletin: Bulletin, triage: User) -> Bulletin:
    services.send_for_checking(bulletin_id=bulletin.pk, by=triage)
    bulletin.refresh_from_db()
    assert bulletin.check_until is not None
    clock.freeze(bulletin.check_until.replace(hour=20))
    return services.seal(bulletin_id=bulletin.pk, by=triage)


def published(bulletin: Bulletin, triage: User, leader: User, publicity: str = "own") -> Bulletin:
    sealed(bulletin, triage)
    return services.publish(bulletin_id=bulletin.pk, by=leader, publicity=publicity)


def a_paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("奖状.jpg", jpeg())


def row_of(bulletin: Bulletin, unit: Department) -> DraftRow:
    return bulletin.draft_rows.get(unit=unit)


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


def table_on(client: Client, bulletin: Bulletin, user: User) -> str:
    client.force_login(user)
    page = client.get(reverse("reports:bulletin", args=[bulletin.pk])).content.decode()
    return page[page.index("<table") : page.index("</table>")]


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


# --- who sees what --------------------------------------------------------------------------------


def words_of(client: Client, bulletin: Bulletin, user: User) -> str:
    """Everything this person can get out of it: pages, print, Word, Excel, API."""
    client.force_login(user)
    said = []
    for name in ("bulletin", "print_bulletin"):
        said.append(client.get(reverse(f"reports:{name}", args=[bulletin.pk])).content.decode())
    for name in ("bulletin_word", "bulletin_excel"):
        answer = client.get(reverse(f"reports:{name}", args=[bulletin.pk]))
        assert answer.status_code == 200
        content = b"".join(answer) if answer.streaming else answer.content
        with ZipFile(io.BytesIO(content)) as parts:
            said += [parts.read(n).decode() for n in parts.namelist() if n.endswith(".xml")]
    token = {"Authorization": f"Token {issue_token(user=user, address=None)}"}
    for url in ("/api/v1/bulletins/", f"/api/v1/bulletins/{bulletin.pk}/"):
        said.append(Client().get(url, headers=token).content.decode())
    return "\n".join(said)


def test_a_unit_never_sees_another_units_row_unless_it_is_for_all(
    client: Client, draft: Bulletin, triage: User, leader: User, head: User, outsider: User
) -> None:
    services.send_for_checking(bulletin_id=draft.pk, by=triage)
    checking = reverse("reports:bulletin", args=[draft.pk])
    client.force_login(head)
    page = client.get(checking).content.decode()
    assert "人社局" in page
    assert "住建局" not in page
    assert "公安局" not in page
    clock.freeze(moment(4, 20, 9))
    services.seal(bulletin_id=draft.pk, by=triage)
    services.publish(bulletin_id=draft.pk, by=leader, publicity="own")
    seen = words_of(client, draft, head)
    assert "人社局" in seen
    assert "住建局" not in seen
    assert "公安局" not in seen
    assert "中位数" in seen
    assert '"median":"0.00"' in seen
    for code in ("ZJ", "GA"):
        url = reverse("reports:bulletin_unit", args=[draft.pk, code])
        client.force_login(head)
        assert client.get(url).status_code == 404
    everything = words_of(client, draft, leader)
    assert all(name in everything for name in ("人社局", "住建局", "公安局"))


def test_released_to_all_a_unit_sees_the_order(
    client: Client, draft: Bulletin, triage: User, leader: User, head: User
) -> None:
    bulletin = published(draft, triage, leader, "all")
    seen = words_of(client, bulletin, head)
    assert all(name in seen for name in ("人社局", "住建局", "公安局"))
    assert '"place":1' in seen


def test_an_unpublished_bulletin_is_not_in_the_api(draft: Bulletin, triage: User) -> None:
    token = {"Authorization": f"Token {issue_token(user=triage, address=None)}"}
    assert Client().get("/api/v1/bulletins/", headers=token).json()["results"] == []
    assert Client().get(f"/api/v1/bulletins/{draft.pk}/", headers=token).status_code == 404


def test_every_number_leads_to_the_list_it_counts(
    client: Client, draft: Bulletin, triage: User, leader: User
) -> None:
    client.force_login(leader)
    page = client.get(reverse("reports:bulletin", args=[draft.pk])).content.decode()
    links = re.findall(r'<a href="(/reports/bulletins/\d+/list/[^"]+)" data-count="(\d+)">', page)
    assert len(links) >= 10
    for url, number in links:
        target = urlsplit(url.replace("&amp;", "&"))
        answer = client.get(target.path, {k: v[0] for k, v in parse_qs(target.query).items()})
        assert f'data-total="{number}"' in answer.content.decode()


def test_the_arithmetic_of_a_unit_is_on_its_page(
    client: Client, draft: Bulletin, county: County, triage: User, head: User
) -> None:
    services.send_for_checking(bulletin_id=draft.pk, by=triage)
    client.force_login(head)
    url = reverse("reports:bulletin_unit", args=[draft.pk, "RS"])
    page = client.get(url).content.decode()
    assert "2÷2×50=50.00" in page
    assert "50.00+30.00+20.00=100.00" in page
    bad = client.post(url, {"indicator": "", "text": ""})
    assert bad.status_code == 422
    client.post(url, {"indicator": "claim_rate", "text": "这一件不是本单位的"})
    assert draft.objections.get().text == "这一件不是本单位的"


# --- quarters -------------------------------------------------------------------------------------


def test_a_quarter_is_the_mean_of_its_sealed_months_and_says_which_are_missing(
    lives: Lives, county: County, triage: User
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
    assert sealed(quarter, triage).is_sealed


# --- schemes --------------------------------------------------------------------------------------


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
    assert "试算：2025年3月" in tried.content.decode()
    assert Scheme.objects.count() == 1
    assert client.post(url, asked).status_code == 302
    assert list(Scheme.objects.values_list("version", flat=True)) == [1, 2]
    draft.refresh_from_db()
    assert draft.scheme.version == 1


def test_a_stranger_to_the_centre_finds_nothing(draft: Bulletin, town_officer: User) -> None:
    with pytest.raises(NotFound):
        services.recount(bulletin_id=draft.pk, by=town_officer)


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


# --- the lists behind the numbers, kept -----------------------------------------------------------

NUMBER = re.compile(r'<a href="(/reports/bulletins/\d+/list/[^"]+)" data-count="(\d+)">')


def lengths(client: Client, bulletin: Bulletin, user: User) -> list[tuple[int, int]]:
    """(number, how long its list is) of every number on the page of a bulletin."""
    client.force_login(user)
    page = client.get(reverse("reports:bulletin", args=[bulletin.pk])).content.decode()
    found = []
    for url, number in NUMBER.findall(page):
        answer = client.get(url.replace("&amp;", "&"))
        total = re.search(r'data-total="(\d+)"', answer.content.decode())
        found.append((int(number), int(total[1]) if total else -1))
    return found


def test_a_list_stays_as_long_as_its_number_whatever_becomes_of_its_cases(
    client: Client, lives: Lives, county: County, triage: User, leader: User
) -> None:
    cases = a_march(lives)
    a_scheme(county)
    bulletin = published(drafted(), triage, leader)
    before = lengths(client, bulletin, leader)
    assert len(before) >= 10
    assert max(number for number, _ in before) == 2
    reopen_case(case_id=cases[0].pk, by=triage, text="来访人说没拿全")
    model = type(cases[1])
    model.objects.filter(pk=cases[1].pk).update(closure="procedural")
    model.objects.filter(pk=cases[2].pk).update(merged_into=cases[1])
    after = lengths(client, bulletin, leader)
    assert after == before
    assert all(number == length for number, length in after)


def test_a_draft_counted_again_and_an_upheld_objection_bring_new_lists(
    client: Client, lives: Lives, county: County, triage: User, leader: User, head: User
) -> None:
    cases = a_march(lives)
    a_scheme(county)
    draft = drafted()
    model = type(cases[0])
    model.objects.filter(pk=cases[0].pk).update(closure="procedural")
    assert all(number == length for number, length in lengths(client, draft, leader))
    services.recount(bulletin_id=draft.pk, by=triage)
    assert row_of(draft, county.human_resources).numbers["substantive_rate"]["part"] == 1
    assert all(number == length for number, length in lengths(client, draft, leader))
    services.send_for_checking(bulletin_id=draft.pk, by=triage)
    objection = services.object_to(bulletin_id=draft.pk, by=head, unit="RS", text="改正了")
    model.objects.filter(pk=cases[0].pk).update(closure="substantive")
    done = services.answer_objection(objection_id=objection.pk, by=triage, upheld=True, text="是")
    assert "实质化解率 1/2 → 2/2" in done.changed
    assert all(number == length for number, length in lengths(client, draft, leader))


def test_a_unit_opens_its_own_lists_and_no_other(
    client: Client, draft: Bulletin, triage: User, leader: User, head: User, outsider: User
) -> None:
    published(draft, triage, leader, "all")
    own = lengths(client, draft, head)
    assert len(own) >= 6
    assert all(number == length for number, length in own)
    address = reverse("reports:bulletin_list", args=[draft.pk])
    client.force_login(outsider)
    assert client.get(address, {"unit": "RS", "cell": "claim_rate.part"}).status_code == 404
    client.force_login(leader)
    for cell in ("claim_rate", "x", "", "bonus"):
        assert client.get(address, {"unit": "RS", "cell": cell}).status_code == 404


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


def printed(client: Client, bulletin: Bulletin, user: User) -> str:
    """The paper without who prints it and when, and without what changes with every request."""
    client.force_login(user)
    page = client.get(reverse("reports:print_bulletin", args=[bulletin.pk])).content.decode()
    return page[page.index("<article") : page.index('class="print-foot"')] + annex(page)


def annex(page: str) -> str:
    found = re.search(r'<section class="listing annex">.*?</table>', page, re.DOTALL)
    assert found
    return found[0]


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


# --- slips ----------------------------------------------------------------------------------------


def slipped(bulletin: Bulletin, triage: User) -> Correction:
    """及时签收率 of 人社局 was 1 of 2: 75 points instead of 100."""
    return services.correct(
        bulletin_id=bulletin.pk,
        by=triage,
        unit="RS",
        key="claim_rate",
        why="一件签收晚了",
        right=services.Right(1, 2),
    )


def test_slips_reach_page_paper_word_and_excel(
    client: Client, draft: Bulletin, triage: User, leader: User, head: User, outsider: User
) -> None:
    bulletin = published(draft, triage, leader)
    assert "更正：" not in printed(client, bulletin, leader)
    slipped(bulletin, triage)
    for reader in (leader, head):
        seen = words_of(client, bulletin, reader)
        said = "通报上是 2/2，应当是 1/2，得分由 100.00 更正为 75.00；原因：一件签收晚了。"
        assert seen.count(said) == 2  # on paper and in Word
        assert "<t>更正后得分</t>" in seen
        assert "更正后 75.00" in seen
        assert '"score":"75.00"' in seen
    assert "第 1 名" in printed(client, bulletin, leader)
    assert "一件签收晚了" not in words_of(client, bulletin, outsider)


def test_a_slip_is_printed_and_numbered(
    client: Client, draft: Bulletin, triage: User, leader: User, head: User, outsider: User
) -> None:
    bulletin = published(draft, triage, leader)
    slip = slipped(bulletin, triage)
    url = reverse("reports:print_correction", args=[bulletin.pk, slip.pk])
    client.force_login(head)
    page = client.get(url).content.decode()
    assert "示范县综评〔2025〕1号更正1" in page
    assert "得分由 100.00 更正为 75.00" in page
    client.force_login(outsider)
    assert client.get(url).status_code == 404


def test_a_second_slip_begins_where_the_first_one_ended(
    draft: Bulletin, triage: User, leader: User
) -> None:
    bulletin = published(draft, triage, leader)
    slipped(bulletin, triage)
    said = {"bulletin_id": bulletin.pk, "by": triage, "unit": "RS", "why": "漏了一张"}
    slip = services.correct(**said, key="yellow", right=services.Right(worth=Decimal(1)))
    assert (slip.was, slip.now) == ("0", "1")
    assert (slip.score_was, slip.score_now) == (Decimal("75.00"), Decimal("70.00"))
    with pytest.raises(Invalid, match="填整数"):
        services.correct(**said, key="red", right=services.Right(worth=Decimal("0.5")))
    with pytest.raises(Invalid, match="最多 5 分"):
        services.correct(**said, key="bonus", right=services.Right(worth=Decimal(6)))


def test_what_was_typed_on_a_slip_that_cannot_be_is_kept(
    client: Client, draft: Bulletin, triage: User, leader: User
) -> None:
    bulletin = published(draft, triage, leader)
    client.force_login(leader)
    url = reverse("reports:correct_bulletin", args=[bulletin.pk, "RS"])
    asked = {"what": "claim_rate", "part": "3", "whole": "2", "worth": "", "why": "算错了一件"}
    answer = client.post(url, asked)
    assert answer.status_code == 422
    assert "分子不能比分母大" in answer.content.decode()
    assert "算错了一件" in answer.content.decode()
    assert client.post(url, {**asked, "part": "1"}).status_code == 302
    assert Correction.objects.get().score_now == Decimal("75.00")


def test_last_month_and_the_quarter_go_by_the_corrected_score_and_say_so(
    client: Client, lives: Lives, county: County, triage: User, leader: User
) -> None:
    a_scheme(county)
    clock.freeze(moment(2, 10, 9))
    for _ in range(2):
        lives.closed()
    february = published(drafted(moment(3, 3, 9)), triage, leader)
    slipped(february, triage)
    clock.freeze(IN_MARCH)
    lives.closed()
    march = drafted(moment(4, 1, 9))
    own = row_of(march, county.human_resources)
    assert (own.previous, own.corrected) == (Decimal("75.00"), ["previous"])
    assert "75.00（更正后）" in printed(client, march, leader)
    published(march, triage, leader)
    clock.freeze(moment(4, 18, 9))
    draft_bulletins()
    quarter = Bulletin.objects.get(period="quarter")
    own = row_of(quarter, county.human_resources)
    assert (own.months, own.corrected) == ({"2025-02": "75.00", "2025-03": "100.00"}, ["2025-02"])
    assert own.score == Decimal("87.50")
    client.force_login(leader)
    page = client.get(reverse("reports:print_bulletin", args=[quarter.pk])).content.decode()
    for words in ("季度排名", "2025年2月", "75.00（更正后）", "有更正单的按更正后的得分"):
        assert words in page
    assert "月度通报</h1>" not in page
    assert "2025-02" not in page
    assert "2025-02" not in table_on(client, quarter, leader)
    published(quarter, triage, leader)
    said = {"bulletin_id": quarter.pk, "by": triage, "unit": "RS", "why": "三月错了"}
    with pytest.raises(Invalid, match="先更正那个月的通报"):
        services.correct(**said, key="2025-03")
    services.correct(
        bulletin_id=march.pk,
        by=triage,
        unit="RS",
        key="yellow",
        why="漏了一张",
        right=services.Right(worth=Decimal(1)),
    )
    slip = services.correct(**said, key="2025-03")
    assert (slip.was, slip.now, slip.score_now) == ("100.00", "95.00", Decimal("85.00"))


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


# --- small samples, annex, bonus, access log ------------------------------------------------------


def test_a_line_of_too_few_is_not_scored_and_the_paper_says_why(
    client: Client, lives: Lives, county: County, leader: User
) -> None:
    clock.freeze(IN_MARCH)
    for _ in range(2):
        lives.closed()
    clock.freeze(IN_MARCH.replace(day=27))  # 签收 is due in March, 办理 in April
    lives.dispatched(lead=county.human_resources)
    a_scheme(county, small_sample=3)
    draft = drafted()
    own = row_of(draft, county.human_resources)
    assert own.numbers["on_time_rate"] == {"part": 2, "whole": 2}
    assert own.points == {"claim_rate": "33.33"}
    assert (own.score, own.is_small) == (Decimal("66.66"), False)
    said = "一项的分母不足 3 件，按没有样本，权重按比例摊给其他项；有样本的权重合计不到 50 分"
    assert said in printed(client, draft, leader)
    page = client.get(reverse("reports:bulletin", args=[draft.pk])).content.decode()
    assert said in page


def test_the_annex_has_every_line_with_its_numbers_and_points(
    client: Client, draft: Bulletin, leader: User
) -> None:
    page = printed(client, draft, leader)
    for words in ("及时签收率（50 分）", "<td>2/2 50.00</td>", "<td>2/2 30.00</td>"):
        assert words in page
    word = client.get(reverse("reports:bulletin_word", args=[draft.pk]))
    with ZipFile(io.BytesIO(word.content)) as parts:
        text = parts.read("word/document.xml").decode()
    assert "2/2 50.00" in text
    assert 'w:orient="landscape"' in text


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
