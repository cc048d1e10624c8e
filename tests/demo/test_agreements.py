"""The demo county has agreements to look after on the day somebody opens it."""

from __future__ import annotations

import pytest

from cases.models import Case, StatutoryTerm
from cases.vocabulary import Clock
from mediation.agreement_pages import lists_of
from mediation.models import AgreementTerm, Confirmation, Referral
from orgs.models import User
from zongzhi.demo import agreements
from zongzhi.demo.loading import load
from zongzhi.lib import clock


@pytest.mark.django_db
def test_something_is_overdue_due_today_and_ahead() -> None:
    agreements.settle(load(cases=40))
    today = clock.today()
    lists = lists_of(User.objects.get(username="triage"), today)
    assert lists["overdue"].exists()
    assert AgreementTerm.objects.filter(due_on=today).exists()
    assert lists["due"].filter(due_on__gt=today).exists()
    assert Confirmation.objects.count() == 2
    running = StatutoryTerm.objects.filter(clock=Clock.CONFIRMATION, met_on=None)
    assert running.count() >= 2
    assert Referral.objects.count() == len(agreements.HANDED)
    assert Case.objects.filter(mediated_at__isnull=False).count() == len(agreements.AGREED)
