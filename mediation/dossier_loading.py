"""A case's proceedings with all that its papers say, loaded once for many papers."""

from __future__ import annotations

from django.db.models import Prefetch

from cases.models import Case
from mediation.models import Agreement, Mediation, Session

_LOADED = "_loaded_proceedings"


def proceedings_of(case: Case) -> list[Mediation]:
    """The proceedings of a case, the oldest first; nothing is asked where there never was one."""
    if case.mediated_at is None:
        return []
    known: list[Mediation] | None = vars(case).get(_LOADED)
    if known is None:
        known = list(_rows(case))
        for mediation in known:
            mediation.case = case
            _tie(mediation)
        vars(case)[_LOADED] = known
    return known


def _rows(case: Case) -> list[Mediation]:
    sessions = Session.objects.select_related("host", "room", "attempt").prefetch_related(
        "helpers", "guests", "presences__party"
    )
    agreements = Agreement.objects.select_related("confirmation", "scan").prefetch_related(
        "terms__performances__proof", "signatures"
    )
    rows = Mediation.objects.filter(case=case).select_related(
        "center", "body__department", "host", "started_by", "filed_by", "checked_by"
    )
    return list(
        rows.prefetch_related(
            "helpers",
            "inquiries",
            "files",
            Prefetch("sessions", queryset=sessions),
            Prefetch("agreements", queryset=agreements),
        ).order_by("pk")
    )


def _tie(mediation: Mediation) -> None:
    """Its rows know it without asking again."""
    for session in mediation.sessions.all():
        session.mediation = mediation
    for agreement in mediation.agreements.all():
        agreement.mediation = mediation


def proceeding(case: Case, pk: int) -> Mediation | None:
    return next((row for row in proceedings_of(case) if row.pk == pk), None)
