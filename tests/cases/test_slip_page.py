from __future__ import annotations

from django.test import Client
from django.urls import reverse

from cases.vocabulary import Special
from orgs.models import AccessLog
from tests.lives import ID_NUMBER, PHONE, Lives


def slip(case, size: str = "") -> str:
    return reverse("cases:slip", args=[case.number]) + (f"?size={size}" if size else "")


def test_the_slip_says_where_and_until_when_and_nothing_else(
    client: Client, clerk, lives: Lives
) -> None:
    case = lives.dispatched()
    client.force_login(clerk)
    for size in ("", "80"):
        page = client.get(slip(case, size)).content.decode()
        paper = page[page.index('<article class="slip paper">') : page.index("</article>")]
        assert case.short_number in paper
        assert "给您答复" in paper
        assert paper.count("<svg") == 2
        for private in ("鑫源", PHONE, ID_NUMBER, "张三丰", "工资"):
            assert private not in paper


def test_a_silent_case_has_no_code_to_scan(client: Client, clerk, lives: Lives) -> None:
    case = lives.registered(special=[Special.VIOLENCE])
    client.force_login(clerk)
    page = client.get(slip(case)).content.decode()
    assert page.count("<svg") == 1
    assert case.token not in page


def test_a_unit_prints_no_slip(client: Client, handler, lives: Lives) -> None:
    client.force_login(handler)
    assert client.get(slip(lives.dispatched())).status_code == 403


def test_a_slip_printed_again_says_so(client: Client, clerk, lives: Lives) -> None:
    case = lives.registered()
    client.force_login(clerk)
    assert "is-preview" in client.get(slip(case)).content.decode()
    first = client.post(slip(case)).content.decode()
    assert "data-print-now" in first
    assert "补打 第" not in first
    second = client.post(slip(case), {"size": "80"}).content.decode()
    assert "补打 第2次" in second
    assert "print-80" in second
    assert case.printings.count() == 2
    logged = AccessLog.objects.filter(action=AccessLog.Action.PRINT).order_by("-pk")
    assert [row.purpose for row in logged] == ["打印回执，第2次", "打印回执，第1次"]


def test_looking_at_a_slip_is_no_printing(client: Client, clerk, lives: Lives) -> None:
    case = lives.registered()
    client.force_login(clerk)
    client.get(slip(case))
    client.get(slip(case, "80"))
    assert not case.printings.exists()
