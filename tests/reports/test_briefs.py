"""研判: drafted once, its numbers keep their lists, people's words beside them, sealed by 审定."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.services.closing import reopen_case
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole, Risk
from orgs.models import User
from reports.brief_pages import paragraphs_of
from reports.briefing import Crowds
from reports.models import Brief, BriefEdit, BriefMatter, BriefRows
from reports.services.briefs import Step, draft_brief, edit_paragraph, name_matter, review_brief
from reports.tasks import draft_briefs
from tests.county import County
from tests.lib.days import moment
from tests.lives import Lives
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, WrongState

WEDNESDAY, MONDAY = moment(5, 14, 10), moment(5, 19, 8)


@pytest.fixture
def brief(lives: Lives, county: County) -> Brief:
    """Of the week from 12 to 18 May: one closed, three against the same company, one of them."""
    clock.freeze(WEDNESDAY)
    lives.closed()
    for n, name in enumerate(("李一", "王二", "赵三")):
        parties = [
            PartyInput(PartyRole.APPLICANT, name, phone=f"1990000000{n}"),
            PartyInput(PartyRole.RESPONDENT, "宏达建筑公司", is_organization=True),
        ]
        lives.dispatched(parties=parties)
    clock.freeze(MONDAY)
    made = draft_brief(center_id=county.county.pk, kind=Brief.Kind.WEEK, now=MONDAY)
    assert made is not None
    return made


def text_of(brief: Brief, heading: str) -> str:
    return next(one.text for one in paragraphs_of(brief) if one.heading == heading)


def drafted() -> set[tuple[str, str]]:
    return set(Brief.objects.values_list("center__level", "kind"))


def test_each_level_drafts_what_it_looks_back_over_once(county: County) -> None:
    clock.freeze(MONDAY)
    draft_briefs()
    assert drafted() == {
        *(("city", kind) for kind in ("month", "quarter")),
        *(("county", kind) for kind in ("week", "month", "quarter")),
        *(("town", kind) for kind in ("week", "month")),
        ("village", "week"),
    }
    assert Brief.objects.count() == 8
    draft_briefs()
    assert Brief.objects.count() == 8
    clock.freeze(moment(5, 26, 8))
    draft_briefs()
    assert Brief.objects.count() == 11  # another week of three levels, no other month or quarter


def test_what_was_missed_is_made_up_for_since_the_first(county: County) -> None:
    clock.freeze(MONDAY)
    draft_briefs()
    clock.freeze(moment(6, 9, 8))  # the worker stood still for two weeks
    draft_briefs()
    weeks = Brief.objects.filter(kind="week", center=county.village).order_by("first")
    assert [f"{week.first:%m-%d}" for week in weeks] == ["05-12", "05-19", "05-26", "06-02"]


def test_an_administrator_says_which_level_drafts_what(
    county: County, sysadmin: User, client: Client
) -> None:
    clock.freeze(MONDAY)
    client.force_login(sysadmin)
    url = reverse("reports:brief_rhythm")
    assert client.get(url).text.count(" checked") == 8
    given = {"county": ["quarter"], "town": ["month"], "village": ["week", "month"]}
    assert client.post(url, given).status_code == 302
    draft_briefs()
    assert drafted() == {
        ("county", "quarter"),
        ("town", "month"),
        ("village", "week"),
        ("village", "month"),
    }
    assert client.get(url).text.count(" checked") == 4


def test_a_past_period_is_drafted_by_hand_once(
    county: County, leader: User, town_officer: User, client: Client
) -> None:
    clock.freeze(MONDAY)
    client.force_login(leader)
    url = reverse("reports:draft_brief")
    given = {"center": county.town.pk, "period": "quarter:2025-01-01"}
    given["center"] = county.county.pk
    made = client.post(url, given)
    brief = Brief.objects.get()
    assert made["Location"] == reverse("reports:brief", args=[brief.pk])
    assert (brief.kind, f"{brief.last:%m-%d}") == ("quarter", "03-31")
    again = client.post(url, given)
    assert again.status_code == 409
    assert "起草" in again.text
    running = client.post(url, {**given, "period": "week:2025-05-19"})
    assert running.status_code == 422
    client.force_login(town_officer)
    assert client.post(url, given).status_code == 422


def test_groups_of_complaints_are_looked_for_once_for_all_centres(county: County) -> None:
    clock.freeze(MONDAY)
    crowds = Crowds()
    asked = []
    for center in (county.county, county.town, county.village):
        with CaptureQueriesContext(connection) as captured:
            draft_brief(center_id=center.pk, kind=Brief.Kind.WEEK, now=MONDAY, crowds=crowds)
        asked.append(sum("HAVING" in query["sql"] for query in captured))
    assert asked == [1, 0, 0]


def test_what_is_late_is_said_of_the_moment_of_drafting(brief: Brief) -> None:
    assert text_of(brief, "超期").startswith("起草时（5月19日 08:00）")


def test_a_refused_review_keeps_what_was_typed(
    brief: Brief, triage: User, leader: User, client: Client
) -> None:
    review_brief(brief_id=brief.pk, step=Step.PROPOSED, level=Risk.LOW, text="", by=leader)
    client.force_login(triage)
    typed = {"step": "proposed", "level": "high", "text": "写好的意见"}
    page = client.post(reverse("reports:review_brief", args=[brief.pk]), typed)
    assert page.status_code == 409
    assert "张志远已经初定过了" in page.text
    assert "写好的意见" in page.text
    decided(brief, triage, leader, Step.DISCUSSED)
    for name, args, typed in (
        ("edit_brief", [brief.pk, 1], {"text": "写好的一段"}),
        ("brief_matter", [brief.pk], {"number": "1", "move": "up", "reason": "写好的理由"}),
    ):
        page = client.post(reverse(f"reports:{name}", args=args), typed)
        assert page.status_code == 409
        assert "已经审定封存" in page.text
        assert typed.get("text", typed.get("reason")) in page.text


def test_the_sentences_say_what_happened(brief: Brief) -> None:
    assert text_of(brief, "总量").startswith("本期登记 4 件（上期 0 件），来访 4 批次 4 人次；")
    assert "拖欠农民工工资 4 件（上期 0 件）" in text_of(brief, "类型变化")
    assert text_of(brief, "重点地区") == "登记较多的：青石镇 4 件。"
    assert text_of(brief, "群体苗头").endswith("有 3 件。")
    assert "不满意的 0 件（评过的 1 件" in text_of(brief, "不满意")
    assert text_of(brief, "预警") == "本期发出预警函 0 份。"
    assert text_of(brief, "建议") == ""


def test_every_number_leads_to_the_list_it_counted_whatever_came_later(
    brief: Brief, leader: User, client: Client
) -> None:
    client.force_login(leader)
    for heading in ("总量", "群体苗头"):
        one = next(one for one in paragraphs_of(brief) if one.heading == heading)
        for part in one.parts:
            if part.url:
                assert f'data-total="{part.text}"' in client.get(part.url).text
    closed = next(p for p in paragraphs_of(brief)[0].parts if p.url and p.text == "1")
    case = brief.center.cases.get(closure="substantive")
    reopen_case(case_id=case.pk, by=leader, text="又欠了")
    assert 'data-total="1"' in client.get(closed.url).text


def test_what_was_computed_stays_beside_what_was_written(
    brief: Brief, triage: User, client: Client
) -> None:
    edit_paragraph(brief_id=brief.pk, place=1, text="总体平稳。", by=triage)
    edit_paragraph(brief_id=brief.pk, place=1, text="总体平稳，欠薪增多。", by=triage)
    first = paragraphs_of(brief)[0]
    assert first.text == "总体平稳，欠薪增多。"
    assert first.computed.startswith("本期登记 4 件")
    assert len(first.edits) == 2
    client.force_login(triage)
    page = client.get(reverse("reports:brief", args=[brief.pk])).text
    assert "算出来的：本期登记" in page.replace("\n", "")
    assert (
        "总体平稳，欠薪增多。" in client.get(reverse("reports:print_brief", args=[brief.pk])).text
    )
    word = client.get(reverse("reports:brief_word", args=[brief.pk]))
    assert word.content[:2] == b"PK"


def decided(brief: Brief, triage: User, leader: User, first: Step = Step.PROPOSED) -> None:
    said = ((Step.PROPOSED, triage), (Step.DISCUSSED, triage), (Step.DECIDED, leader))
    for step, by in said[list(Step).index(first) :]:
        review_brief(brief_id=brief.pk, step=step, level=Risk.MEDIUM, text="", by=by)


def test_the_risk_is_said_three_times_in_order_and_the_last_by_a_leader(
    brief: Brief, triage: User, leader: User
) -> None:
    def say(step: Step, by: User) -> None:
        review_brief(brief_id=brief.pk, step=step, level=Risk.HIGH, text="", by=by)

    with pytest.raises(WrongState, match="先初定"):
        say(Step.DISCUSSED, triage)
    say(Step.PROPOSED, triage)
    with pytest.raises(AlreadyDone, match="周敏已经初定"):
        say(Step.PROPOSED, leader)
    say(Step.DISCUSSED, triage)
    with pytest.raises(NotAllowed):
        say(Step.DECIDED, triage)
    say(Step.DECIDED, leader)
    assert Brief.objects.get().sealed_at is not None


def test_a_decided_brief_does_not_change(brief: Brief, triage: User, leader: User) -> None:
    decided(brief, triage, leader)
    with pytest.raises(AlreadyDone, match="封存"):
        edit_paragraph(brief_id=brief.pk, place=1, text="别的", by=leader)
    with pytest.raises(DatabaseError), transaction.atomic():
        Brief.objects.update(as_of=clock.now())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        BriefRows.objects.update(ids=[])
    with pytest.raises(DatabaseError, match="sealed brief"), transaction.atomic():
        BriefRows.objects.create(brief=brief, cell="n99", counted="registered")
    paragraph = brief.paragraphs.get(place=1)
    with pytest.raises(DatabaseError, match="sealed brief"), transaction.atomic():
        BriefEdit.objects.create(
            brief=brief, paragraph=paragraph, text="x", by=leader, at=clock.now()
        )


def test_a_named_matter_says_why_and_only_a_closed_one_is_struck_off(
    brief: Brief, triage: User
) -> None:
    case = brief.center.cases.filter(closed_at=None).first()
    for move, reason in ((BriefMatter.Move.OFF, "办完了"), (BriefMatter.Move.UP, " ")):
        with pytest.raises(Invalid):
            name_matter(brief_id=brief.pk, number=case.number, move=move, reason=reason, by=triage)
    name_matter(
        brief_id=brief.pk, number=case.number, move=BriefMatter.Move.UP, reason="人多了", by=triage
    )
    assert brief.matters.get().reason == "人多了"


def test_another_towns_brief_is_not_there(brief: Brief, town_officer: User, client: Client) -> None:
    client.force_login(town_officer)
    for name in ("brief", "print_brief", "brief_word"):
        assert client.get(reverse(f"reports:{name}", args=[brief.pk])).status_code == 404


def test_a_review_without_a_risk_keeps_the_page(brief: Brief, triage: User, client: Client) -> None:
    client.force_login(triage)
    url = reverse("reports:review_brief", args=[brief.pk])
    page = client.post(url, {"step": "proposed", "text": "写好的意见"})
    assert page.status_code == 422
    assert "还没选“风险”" in page.text
    assert "写好的意见" in page.text


def test_a_step_that_there_is_not_is_refused_in_words(
    brief: Brief, triage: User, client: Client
) -> None:
    client.force_login(triage)
    address = reverse("reports:review_brief", args=[brief.pk])
    answer = client.post(address, {"step": "x", "level": "high", "text": "先这样"})
    assert answer.status_code == 409
    assert "现在该初定，再点一次" in answer.text
    assert "先这样" in answer.text


def test_who_has_not_seen_what_another_wrote_does_not_write_over_it(
    brief: Brief, triage: User, leader: User, client: Client
) -> None:
    """What was typed stays in the box, beside what the other has written; sent again it is kept."""
    address = reverse("reports:edit_brief", args=[brief.pk, 1])
    client.force_login(triage)
    page = client.get(reverse("reports:brief", args=[brief.pk])).text
    assert 'name="seen" value="0"' in page
    other = edit_paragraph(brief_id=brief.pk, place=1, text="领导写的。", by=leader)
    refused = client.post(address, {"text": "我写的。", "seen": "0"})
    assert refused.status_code == 409
    assert "改过这一段，核对后再保存" in refused.text
    assert "我写的。" in refused.text
    assert "领导写的。" in refused.text
    assert f'name="seen" value="{other.pk}"' in refused.text
    assert paragraphs_of(brief)[0].text == "领导写的。"
    client.post(address, {"text": "我写的。", "seen": str(other.pk)})
    assert paragraphs_of(brief)[0].text == "我写的。"
