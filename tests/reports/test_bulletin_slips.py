"""更正单, the annex and small samples: what stands beside the numbers of a bulletin."""

from __future__ import annotations

import io
from decimal import Decimal
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from orgs.models import User
from reports.models import Bulletin, Correction
from reports.services import bulletins as services
from reports.tasks import draft_bulletins
from tests.county import County
from tests.lib.days import moment
from tests.lives import Lives
from tests.reports.marches import (
    IN_MARCH,
    a_scheme,
    drafted,
    printed,
    published,
    row_of,
    table_on,
    words_of,
)
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid

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
