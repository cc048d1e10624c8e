"""The demo county has mediations to look after on the day somebody opens it."""

from __future__ import annotations

import pytest

from cases.models import StatutoryTerm
from cases.vocabulary import Clock
from mediation.agreement_pages import lists_of
from mediation.models import Choice, Confirmation, Mediation, Referral, Session, Subsidy
from orgs.models import User
from zongzhi.demo import agreements
from zongzhi.demo.loading import load
from zongzhi.lib import clock


@pytest.mark.django_db
def test_every_part_of_mediation_has_something_to_show() -> None:
    load(cases=90)
    today = clock.today()
    assert Mediation.objects.filter(ended_on=None).exists()
    assert Mediation.objects.filter(ending="agreed").exists()
    assert Choice.objects.filter(consent="agrees").exists()
    assert Session.objects.filter(state="planned", starts_at__gt=clock.now()).exists()
    assert {"failed", "absent", "written", "oral"} <= set(
        Session.objects.values_list("outcome", flat=True)
    )
    lists = lists_of(User.objects.get(username="triage"), today)
    assert lists["overdue"].exists()
    assert lists["due"].filter(due_on__gt=today).exists()
    assert Confirmation.objects.exists()
    assert StatutoryTerm.objects.filter(clock=Clock.CONFIRMATION, met_on=None).exists()
    assert Referral.objects.count() == len(agreements.HANDED)
    assert Mediation.objects.exclude(checked_on=None).exists()
    assert Subsidy.objects.exists()
