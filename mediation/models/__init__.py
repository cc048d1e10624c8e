"""How it is settled: bodies, mediators, proceedings, sessions, agreements, referrals, subsidies."""

from mediation.models.agreements import (
    Agreement,
    AgreementTerm,
    Confirmation,
    Performance,
    Signature,
)
from mediation.models.bodies import Body
from mediation.models.choosing import Choice, Conflict, Objection
from mediation.models.mediators import (
    Absence,
    Honour,
    Mediator,
    MediatorLevel,
    Service,
    Training,
    WeeklyHours,
)
from mediation.models.proceedings import Mediation
from mediation.models.referrals import Referral
from mediation.models.sessions import Guest, Presence, Session
from mediation.models.subsidies import Subsidy, SubsidyGrade, SubsidyStep

__all__ = [
    "Absence",
    "Agreement",
    "AgreementTerm",
    "Body",
    "Choice",
    "Confirmation",
    "Conflict",
    "Guest",
    "Honour",
    "Mediation",
    "Mediator",
    "MediatorLevel",
    "Objection",
    "Performance",
    "Presence",
    "Referral",
    "Service",
    "Session",
    "Signature",
    "Subsidy",
    "SubsidyGrade",
    "SubsidyStep",
    "Training",
    "WeeklyHours",
]
