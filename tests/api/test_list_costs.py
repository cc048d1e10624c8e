"""What one page of the API's list costs and says, whatever the cases on it have been through."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from mediation.models import Body, Referral
from mediation.services.dossiers import file_dossier
from mediation.services.proceedings import start_mediation, stop_mediation
from mediation.services.referrals import receive_referral
from orgs.models import User
from tests.lives import Lives
from tests.mediation_rows import a_body
from tests.settlements import in_force, mediated, written
from zongzhi.lib import clock

MOST = 8  # statements: the person, the cases, and what all of them together have


def _everything(lives: Lives, n: int, body: Body) -> None:
    """Referred and mediated; agreed and in force; ended, filed and mediated again; bare."""
    handler = lives.handler
    referred = mediated(lives)
    written(referred, handler)
    receive_referral(
        case_id=referred.pk,
        by=handler,
        kind=Referral.Kind.COMMISSIONED,
        organ="示范县人民法院",
        received_on=clock.today(),
        number=f"（2025）诉前调{n}号",
    )
    in_force(lives)
    again = lives.claimed()
    start_mediation(case_id=again.pk, by=handler, origin="applied", body=body)
    stop_mediation(case_id=again.pk, by=handler, ending="failed", route="lawsuit", text="谈不拢")
    file_dossier(case_id=again.pk, by=handler, kept_for="长期")
    start_mediation(case_id=again.pk, by=handler, origin="offered", body=body)
    lives.dispatched()


def test_a_list_of_mediated_cases_costs_no_more_than_any_other(
    lives: Lives, speaks, handler: User
) -> None:
    api = speaks(handler)

    def statements() -> list[str]:
        api.get("cases/")
        with CaptureQueriesContext(connection) as captured:
            assert api.get("cases/").status_code == 200
        return [query["sql"] for query in captured]

    body = a_body(lives.county.county)
    _everything(lives, 1, body)
    few = statements()
    assert len(few) <= MOST, "\n".join(few)
    for n in range(2, 5):
        _everything(lives, n, body)
    assert len(statements()) == len(few)


def test_a_list_offers_what_the_page_of_the_case_does(lives: Lives, speaks, handler: User) -> None:
    """Referred and mediated, mediated only, neither: what is loaded for many leaves nothing out."""
    _everything(lives, 1, a_body(lives.county.county))
    api = speaks(handler)
    rows = api.get("cases/").json()["results"]
    for row in rows:
        alone = api.get(f"cases/{row['number']}/").json()
        assert row["allowed_acts"] == alone["allowed_acts"], row["label"]
    assert sum("take-referral" in row["allowed_acts"] for row in rows) == 1
    assert sum("schedule-session" in row["allowed_acts"] for row in rows) > 1
