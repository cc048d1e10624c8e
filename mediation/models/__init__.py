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
from mediation.models.dossiers import DossierFile, Inquiry, SubsidyRule
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
    "DossierFile",
    "Guest",
    "Honour",
    "Inquiry",
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
    "SubsidyRule",
    "SubsidyStep",
    "Training",
    "WeeklyHours",
]
