"""Every dispatch remembers which rule spoke, in which version, and whether it was followed."""

from __future__ import annotations

import pytest

from cases.models import Case
from cases.timeline import entries_of
from cases.vocabulary import Complexity, Risk
from dispatch.models import RuleHit, RuleSet
from dispatch.services.assigning import dispatch_case, recall_dispatch
from orgs.models import Department, User
from tests.county import County
from tests.lives import Lives
from tests.rulebook import in_force, rule


@pytest.fixture
def version(county: County) -> RuleSet:
    return in_force(county.county, rule("R-07", county.human_resources, words=("工资",)))


def send(case: Case, by: User, lead: Department) -> Case:
    return dispatch_case(
        case_id=case.pk, by=by, lead=lead, complexity=Complexity.ORDINARY, risk=Risk.LOW
    )


def told(case: Case) -> str:
    return entries_of(case.events.filter(verb="dispatch").select_related("by", "unit"))[0].text


def test_a_rule_that_was_followed_is_remembered(
    county: County, lives: Lives, triage, version: RuleSet
) -> None:
    case = send(lives.registered(), triage, county.human_resources)
    hit = RuleHit.objects.get()
    assert (hit.case, hit.rule.rules, hit.rule.code) == (case, version, "R-07")
    assert (hit.followed, hit.direct, hit.by) == (True, False, triage)
    assert told(case) == "派人社局主办"


def test_an_override_needs_no_reason_and_is_logged_with_from_and_to(
    county: County, lives: Lives, triage, version: RuleSet
) -> None:
    case = send(lives.registered(), triage, county.housing)
    hit = RuleHit.objects.get()
    assert (hit.followed, hit.suggested.name, hit.chosen.name) == (False, "人社局", "住建局")
    assert told(case) == "派住建局主办（规则 R-07 建议人社局）"


def test_where_no_rule_speaks_there_is_nothing_to_remember(
    county: County, lives: Lives, triage
) -> None:
    send(lives.registered(), triage, county.housing)
    assert not RuleHit.objects.exists()


def test_a_later_version_does_not_change_what_was_remembered(
    county: County, lives: Lives, triage, version: RuleSet
) -> None:
    send(lives.registered(), triage, county.human_resources)
    in_force(county.county, rule("R-07", county.housing, words=("工资",)))
    send(lives.registered(), triage, county.human_resources)
    first, second = RuleHit.objects.order_by("pk")
    assert (first.rule.rules.number, first.followed) == (1, True)
    assert (second.rule.rules.number, second.followed) == (2, False)


def test_sent_again_after_a_recall_it_is_remembered_again(
    county: County, lives: Lives, triage, version: RuleSet
) -> None:
    case = send(lives.registered(), triage, county.housing)
    recall_dispatch(case_id=case.pk, by=triage)
    send(case, triage, county.human_resources)
    assert [hit.followed for hit in RuleHit.objects.order_by("pk")] == [False, True]


def test_a_refused_dispatch_leaves_nothing(
    county: County, lives: Lives, handler, version: RuleSet
) -> None:
    case = lives.dispatched()
    RuleHit.objects.all().delete()
    with pytest.raises(Exception, match="派出"):
        send(case, handler, county.housing)
    assert not RuleHit.objects.exists()
