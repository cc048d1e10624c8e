"""Cases at every point of their life, brought there by the services: the history is real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cases.loading import load_assignments
from cases.models import Case, DisputeType
from cases.services.closing import follow_up_case
from cases.services.registration import PartyInput, Registration, register_case
from cases.vocabulary import (
    Channel,
    Complexity,
    PartyRole,
    Result,
    Risk,
    Satisfaction,
    Source,
    Special,
    Willing,
)
from dispatch.services.assigning import dispatch_case, return_case
from dispatch.services.handling import approve_result, claim_case, report_result
from dispatch.services.supervising import supervise_case
from orgs.models import Department, User
from tests.county import County
from zongzhi.lib import clock

ID_NUMBER = "11010519491231002X"  # the sample number of GB 11643
PHONE = "19900005621"


@dataclass(frozen=True)
class Lives:
    """Who does what in an ordinary case; each method returns the case, fresh, at that point."""

    county: County
    clerk: User
    triage: User
    handler: User

    def registration(self, **changed: Any) -> Registration:
        """An ordinary dispute over wages."""
        given: dict[str, Any] = {
            "source": Source.WINDOW,
            "narrative": "在和谐家园二期做木工，三个月工资没给，要求月底前付清",
            "type": DisputeType.objects.get(code="10"),
            "occurred_region": self.county.town.region,
            "parties": [
                PartyInput(PartyRole.APPLICANT, "张三丰", phone=PHONE, id_number=ID_NUMBER),
                PartyInput(PartyRole.RESPONDENT, "鑫源劳务公司", is_organization=True),
            ],
            "special": [Special.NONE],
            "willing_to_mediate": Willing.YES,
        }
        return Registration(**{**given, **changed})

    def registered(self, *, by: User | None = None, **changed: Any) -> Case:
        case, _ = register_case(self.registration(**changed), by=by or self.clerk)
        return case

    def dispatched(
        self,
        *,
        lead: Department | None = None,
        assisting: tuple[Department, ...] = (),
        complexity: Complexity = Complexity.ORDINARY,
        risk: Risk = Risk.LOW,
        **changed: Any,
    ) -> Case:
        return dispatch_case(
            case_id=self.registered(**changed).pk,
            by=self.triage,
            lead=lead or self.county.human_resources,
            assisting=assisting,
            complexity=complexity,
            risk=risk,
        )

    def returned(self, **changed: Any) -> Case:
        return return_case(
            case_id=self.dispatched(**changed).pk,
            by=self.handler,
            reason="not_ours",
            suggested=self.county.housing,
            basis="工程项目的工资专户由住建局监管",
        )

    def claimed(self, **changed: Any) -> Case:
        return claim_case(case_id=self.dispatched(**changed).pk, by=self.handler)

    def supervised(self, **changed: Any) -> Case:
        case = self.claimed(**changed)
        return supervise_case(case_id=case.pk, by=self.triage, reason="来访人说一直没人联系")

    def reported(self, *, result: Result = Result.RESOLVED, **changed: Any) -> Case:
        return report_result(
            case_id=self.claimed(**changed).pk,
            by=self.handler,
            result=result,
            how="约谈劳务公司负责人，当场付清三个月工资",
            not_found="对方不愿留电话",
        )

    def approved(self, **changed: Any) -> Case:
        return approve_result(case_id=self.reported(**changed).pk, by=self.triage)

    def closed(self, **changed: Any) -> Case:
        return follow_up_case(
            case_id=self.approved(**changed).pk,
            by=self.clerk,
            channel=Channel.PHONE,
            satisfaction=Satisfaction.SATISFIED,
            text="钱拿到了",
        )


def fresh(case: Case) -> Case:
    """The case as the database has it now, with its open assignments."""
    again = Case.objects.select_related("center", "unit", "type").get(pk=case.pk)
    load_assignments([again], None)
    return again


def later(moment: datetime | None) -> datetime:
    """Make it the minute after that moment, in every thread, until the test ends."""
    assert moment is not None
    clock.freeze(moment + timedelta(minutes=1))
    return clock.now()
