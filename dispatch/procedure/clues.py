"""移送线索: others are told what concerns them; the case goes on."""

from __future__ import annotations

from cases import policies
from cases.acts import Act, always, staying
from cases.vocabulary import Stage
from dispatch.clue_forms import ReferClueForm
from dispatch.services.clues import refer_clue

ACTS = (
    Act(
        verb="refer-clue",
        label="移送线索",
        who=policies.can_triage,
        when=always,
        arcs=staying(Stage.TRIAGE, Stage.HANDLING, Stage.SUPERVISION, Stage.FOLLOW_UP),
        service=refer_clue,
        form=ReferClueForm,
        rank=81,
    ),
)
