"""What the law asks of a body's make-up, said in words (人民调解法 arts. 8–10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from mediation.models import Body, Mediator, Service

LEAST, MOST = 3, 9
TERM = timedelta(days=3 * 366)
SOON = timedelta(days=60)
_COMMITTEE = (Service.Post.CHAIR, Service.Post.VICE, Service.Post.MEMBER)


def faults_of(body: Body, members: Iterable[Mediator], today: date) -> list[str]:
    """What is amiss; the services of the members are loaded. A room of one has no committee."""
    found = []
    if body.kind in (Body.Kind.COMMITTEE, Body.Kind.PROFESSIONAL):
        found += _of_committee(list(members), today)
    if body.reported_to_court_on is None:
        found.append("设立和人员还没有通报法院（人民调解法第十条）")
    return found


def _of_committee(members: list[Mediator], today: date) -> list[str]:
    serving = [
        (one, row)
        for one in members
        for row in one.services.all()
        if row.post in _COMMITTEE and row.since <= today <= row.until
    ]
    people = {one.pk for one, _ in serving}
    chairs = {one.pk for one, row in serving if row.post == Service.Post.CHAIR}
    found = []
    if not LEAST <= len(people) <= MOST:
        found.append(f"委员应为 {LEAST} 到 {MOST} 人，现在任期内有 {len(people)} 人")
    if len(chairs) != 1:
        found.append(f"主任应为 1 人，现在有 {len(chairs)} 人")
    if people and not any(one.gender == "f" for one, _ in serving):
        found.append("委员中应当有妇女")
    for one, row in serving:
        if row.until - row.since > TERM:
            found.append(f"{one.name}的任期超过三年（{row.since} 到 {row.until}）")
        elif row.until - today <= SOON:
            found.append(f"{one.name}的任期 {row.until} 到期，要准备换届")
    return found
