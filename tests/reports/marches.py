"""A month that is compared: who did what in March, its bulletin, and what becomes of it."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from typing import Any
from zipfile import ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from orgs.models import Department, User
from orgs.tokens import issue_token
from reports.models import Bulletin, DraftRow, Scheme
from reports.services import bulletins as services
from reports.services import drafting, schemes
from reports.tasks import draft_bulletins
from tests.county import County
from tests.files import jpeg
from tests.lib.days import moment
from tests.lives import Lives
from zongzhi.lib import clock

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


def table_on(client: Client, bulletin: Bulletin, user: User) -> str:
    client.force_login(user)
    page = client.get(reverse("reports:bulletin", args=[bulletin.pk])).content.decode()
    return page[page.index("<table") : page.index("</table>")]


def printed(client: Client, bulletin: Bulletin, user: User) -> str:
    """The paper without who prints it and when, and without what changes with every request."""
    client.force_login(user)
    page = client.get(reverse("reports:print_bulletin", args=[bulletin.pk])).content.decode()
    return page[page.index("<article") : page.index('class="print-foot"')] + annex(page)


def annex(page: str) -> str:
    found = re.search(r'<section class="listing annex">.*?</table>', page, re.DOTALL)
    assert found
    return found[0]


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
