"""Sessions of a case and what they need: who is booked, when they are free, what speaks against."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from cases.loading import IDS
from cases.models import Case, Party
from mediation.models import Mediator, Session
from mediation.proceedings import open_mediation
from orgs.booking import Resource, Span, of_room
from orgs.models import Room
from zongzhi.lib import clock, dates
from zongzhi.lib.prepared import Given, IsAny, Prepared
from zongzhi.lib.worktime import Calendar

PLANNED = "loaded_meetings"  # what `planned_meetings` leaves on a case

_PLANNED = Prepared(
    lambda: (
        Session.objects.planned()
        .annotate(case_id=F("mediation__case"))
        .filter(IsAny(F("case_id"), Given("cases", IDS)))
        .select_related("host", "room")
    )
)


def planned_meetings(case: Case) -> list[Session]:
    """What is arranged about this case and not yet written down, the first first.

    Asked of one case; whether there is any, lists know by `Mediation.has_planned`.
    """
    found: list[Session] | None = vars(case).get(PLANNED)
    if found is None:
        found = _PLANNED(cases=[case.pk]) if case.mediated_at is not None else []
        vars(case)[PLANNED] = found
    return found


def running_meetings(case: Case) -> list[Session]:
    """Those of the proceeding that runs: what can still be moved or called off."""
    mediation = open_mediation(case)
    return [row for row in planned_meetings(case) if mediation and row.mediation_id == mediation.pk]


# --- What is booked -------------------------------------------------------------------------------


def of_mediator(mediator: Mediator) -> Resource:
    """The same person in two centres, or as the chair of a 会商, is one."""
    if mediator.user_id is not None:
        key = f"person {mediator.user_id}"
    elif mediator.id_number_key:
        key = f"mediator id {mediator.id_number_key}"
    else:
        key = f"mediator {mediator.pk}"
    return Resource(key, mediator.name)


def of_party(party: Party) -> Resource:
    """The same human in two cases is one: by identity number, else by telephone."""
    if party.id_number_key:
        key = f"party {party.id_number_key}"
    elif party.phone_key:
        key = f"phone {party.phone_key}"
    else:
        key = f"party {party.pk}"
    return Resource(key, party.name)


def needed(
    room: Room | None, mediators: Iterable[Mediator], parties: Iterable[Party]
) -> list[Resource]:
    """What a meeting holds. A company can be in two places at once: others speak for it."""
    rooms = [of_room(room)] if room is not None else []
    people = [of_party(party) for party in parties if not party.is_organization]
    return [*rooms, *map(of_mediator, mediators), *people]


# --- When mediators are there ---------------------------------------------------------------------


class Diaries:
    """When mediators say they can be booked; somebody who has said nothing can be, always."""

    def __init__(self, mediators: Iterable[Mediator]) -> None:
        self.mediators = list(mediators)
        self._hours = {m.pk: list(m.hours.all()) for m in self.mediators}
        self._absences = {m.pk: list(m.absences.all()) for m in self.mediators}

    def fits(self, span: Span) -> bool:
        return not self.against(span)

    def against(self, span: Span) -> list[str]:
        """Sentences: who is away that day, or usually not there at that time."""
        start, end = (clock.local(moment) for moment in span)
        said = []
        for mediator in self.mediators:
            away = [a for a in self._absences[mediator.pk] if a.since <= start.date() <= a.until]
            hours = self._hours[mediator.pk]
            if away:
                why = f"（{away[0].why}）" if away[0].why else ""
                said.append(f"{mediator.name} {dates.day(start.date())}没空{why}")
            elif hours and not any(
                h.weekday == start.weekday() and h.opens <= start.time() and end.time() <= h.closes
                for h in hours
            ):
                said.append(f"{mediator.name}平常这个时间不在")
        return said


def outside_hours(calendar: Calendar, span: Span) -> str:
    """「4月12日不上班」, 「18:00–19:00 不在上班时间」, or nothing."""
    start, end = (clock.local(moment) for moment in span)
    if not calendar.is_workday(start.date()):
        return f"{dates.day(start.date())}不上班"
    for opening, closing in calendar.hours:
        if opening <= start.time() and end.time() <= closing:
            return ""
    return f"{start:%H:%M}–{end:%H:%M} 不全在上班时间"
