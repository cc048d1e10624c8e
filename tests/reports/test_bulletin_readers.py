"""Who reads what of a bulletin, and the list behind each of its numbers."""

from __future__ import annotations

import io
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cases.services.closing import reopen_case
from orgs.models import User
from orgs.tokens import issue_token
from reports.bulletin_pages import NO_LISTS, NOT_YET, OTHERS
from reports.models import Bulletin
from reports.services import bulletins as services
from tests.county import County
from tests.lib.days import moment
from tests.lives import Lives
from tests.reports.marches import (
    a_march,
    a_paper,
    a_scheme,
    drafted,
    lengths,
    published,
    row_of,
    words_of,
)
from zongzhi.lib import clock
from zongzhi.lib.errors import NotFound

# --- who sees what --------------------------------------------------------------------------------


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


def test_a_stranger_to_the_centre_finds_nothing(draft: Bulletin, town_officer: User) -> None:
    with pytest.raises(NotFound):
        services.recount(bulletin_id=draft.pk, by=town_officer)


# --- the lists behind the numbers, kept -----------------------------------------------------------


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


def test_numbers_without_a_list_say_why(
    client: Client, draft: Bulletin, triage: User, leader: User, outsider: User
) -> None:
    """A bulletin from before lists were kept has plain numbers; nobody should wonder."""
    address = reverse("reports:bulletin", args=[draft.pk])
    client.force_login(leader)
    for said in (NO_LISTS, NOT_YET, OTHERS):
        assert said not in client.get(address).text
    draft.lists.all().delete()
    assert NOT_YET in client.get(address).text
    published(draft, triage, leader, "all")
    page = client.get(address).text
    assert NO_LISTS in page
    assert "/list/?" not in page
    assert NO_LISTS in client.get(reverse("reports:bulletin_unit", args=[draft.pk, "RS"])).text


def test_whoever_reads_the_order_of_others_is_told_whose_the_lists_are(
    client: Client, draft: Bulletin, triage: User, leader: User, head: User
) -> None:
    published(draft, triage, leader, "all")
    client.force_login(head)
    assert OTHERS in client.get(reverse("reports:bulletin", args=[draft.pk])).text
    own = reverse("reports:bulletin_unit", args=[draft.pk, "RS"])
    assert OTHERS not in client.get(own).text


def come_to(page: Any, formula: str) -> Decimal:
    """What a formula of the sheet comes to, as Excel reckons it: words add nothing."""

    def at(found: re.Match[str]) -> str:
        value = page[found[0]].value
        if isinstance(value, str):
            value = come_to(page, value) if value.startswith("=") else 0
        return f"D('{value}')"

    said = re.sub(r"(?<![A-Z\d(])\d+(?:\.\d+)?(?![\d(])", lambda n: f"D('{n[0]}')", formula[1:])
    said = re.sub(r"\b[A-Z]{1,2}\d+\b", at, said)
    known = {
        "D": Decimal,
        "SUM": lambda *some: sum(some, Decimal(0)),
        "ROUND": lambda n, to: n.quantize(Decimal(1).scaleb(-int(to)), ROUND_HALF_UP),
    }
    result: Decimal = eval(said, {"__builtins__": {}}, known)
    return result


def test_the_formulas_in_excel_come_to_the_scores_on_the_page(
    client: Client, draft: Bulletin, county: County, triage: User, leader: User
) -> None:
    draft.draft_rows.filter(unit=county.human_resources).update(yellow=2, red=1)
    services.give_bonus(
        bulletin_id=draft.pk,
        by=triage,
        unit="RS",
        points=Decimal("1.5"),
        reason="上门调解",
        file=a_paper(),
    )
    client.force_login(leader)
    answer = client.get(reverse("reports:bulletin_excel", args=[draft.pk]))
    page = load_workbook(io.BytesIO(b"".join(answer))).worksheets[0]
    heads = [cell.value for cell in page[2]]
    scores = {row.unit_name: row for row in draft.draft_rows.all()}
    seen = 0
    for line in page.iter_rows(min_row=3, max_row=2 + len(scores)):
        cells = dict(zip(heads, line, strict=True))
        row = scores[cells["单位"].value]
        assert come_to(page, cells["扣分"].value) == row.deduction
        if cells["得分"].value != "–":
            assert come_to(page, cells["得分"].value) == row.score
            seen += 1
    assert seen == 3
    assert scores["人社局"].score == Decimal("81.50")
