"""立卷, 卷宗检查: the dossier is put together by one person and looked through by another."""

from __future__ import annotations

from collections.abc import Callable

from cases.acts import Act, staying
from cases.models import Case
from cases.vocabulary import Stage
from mediation import dossier_forms as forms
from mediation.models import Mediation
from mediation.policies import checks_dossiers, mediates
from mediation.proceedings import ended_mediations
from mediation.services import dossiers
from orgs.models import User

_AFTER = (Stage.HANDLING, Stage.SUPERVISION, Stage.FOLLOW_UP, Stage.CLOSED)


def _some(fits: Callable[[Mediation], bool], otherwise: str) -> Callable[[Case], str | None]:
    def some(case: Case) -> str | None:
        return None if any(fits(row) for row in ended_mediations(case)) else otherwise

    return some


def _not_of_the_filer(user: User, case: Case) -> str | None:
    """Nobody looks through what they put together themselves."""
    rows = [row for row in ended_mediations(case) if forms.to_check(row)]
    if any(row.filed_by_id != user.pk for row in rows):
        return None
    return "自己立的卷，要由别人检查"


ACTS = (
    Act(
        verb="file-dossier",
        label="立卷",
        who=mediates,
        who_asks=True,
        when=_some(forms.to_file, "没有结束了还没立卷的调解"),
        arcs=staying(*_AFTER),
        service=dossiers.file_dossier,
        form=forms.FileDossierForm,
        rank=86,
    ),
    Act(
        verb="check-dossier",
        label="检查卷宗",
        who=checks_dossiers,
        when=_some(forms.to_check, "没有等着检查的卷宗"),
        own_part=_not_of_the_filer,
        arcs=staying(*_AFTER),
        service=dossiers.check_dossier,
        form=forms.CheckDossierForm,
        rank=87,
    ),
)
