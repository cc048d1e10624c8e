"""The procedure, written out. A change here is a change of procedure: ask for the rule first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cases.acts import Act, act_of, all_acts
from cases.models import Case
from cases.services import course, registration
from cases.vocabulary import Complexity, Result, Risk, Stage
from dispatch.services import asking, assigning, handling, moving, supervising
from orgs.models import User
from tests.county import County
from tests.lives import Lives, fresh
from zongzhi.lib import clock

STATES = Path(__file__).parent.parent / "docs" / "states.md"

A, T, H, S, F, C = Stage  # 受理 分流 调处 督办 回访 结案
Arcs = set[tuple[Stage | str, Stage]]


def stays(*stages: Stage) -> Arcs:
    return {(stage, stage) for stage in stages}


ARCS: dict[str, Arcs] = {
    "accept": {(A, T)},
    "decline": {(A, C), (T, C), (S, C)},
    "dispatch": stays(T, S),
    "recall": stays(T, S),
    "claim": {(T, H), (T, T), (H, H), (S, S)},  # T→T and H→H: an assisting unit takes its part
    "undo-claim": {(H, T), (H, H), (T, T), (S, S)},
    "assign": stays(T, H, S),
    "return": stays(T, S),
    "rule": stays(T, S),
    "request-reassign": stays(H, S),
    "reassign": {(T, T), (H, T), (S, S)},
    "note": stays(A, T, H, S, F),
    "amend": stays(A, T, H, S, F),
    "add-party": stays(A, T, H, S, F),
    "revisit": stays(A, T, H, S, F),
    "report": stays(T, H, S),  # T→T: an assisting unit answers before the lead has claimed
    "send-back": stays(H, S),
    "approve": {(H, F), (S, F)},
    "supervise": {(T, S), (H, S), (S, S)},  # S→S: a sheet for the unit that has taken over
    "answer": stays(S),
    "lift": {(S, T), (S, H)},
    "follow-up": {(F, C), (F, H), (F, F)},
    "withdraw": {(A, C), (T, C), (H, C), (S, C), (F, C)},
    "transfer": {(A, C), (T, C), (H, C), (S, C), (F, C)},
    "merge": {(A, C), (T, C), (H, C), (S, C), (F, C)},
    "unmerge": {(C, T)},
    "escalate": stays(H, S) | {(H, T)},  # H→T: this level has used up what it may try
    "push-down": stays(T, S),
    "extend": stays(H),  # not in 督办: 红牌后不可延
    "pause": stays(H, S),
    "decide": {(T, T), (H, H), (S, S), (H, T)},  # H→T: an escalation is granted
    "resume": stays(H, S),
    "attempt": stays(H, S),
    "whistle": stays(T, H, S),
    "answer-whistle": stays(T, H, S),
    "arrive": stays(T, H, S),
    "rate-whistle": stays(T, H, S, F),
    "cancel-whistle": stays(T, H, S),
    "inform": stays(A, T, H, S, F),
    "extend-term": stays(A, T, H, S, F),
    "convene": stays(T, H, S),
    "minute": stays(T, H, S),
    "cancel-session": stays(T, H, S),
    "finish-task": stays(T, H, S, F),  # also when the case has been approved meanwhile
    "refer-clue": stays(T, H, S, F),
    "start-mediation": stays(H, S),
    "tell-rights": stays(H, S),
    "extend-mediation": stays(H, S),
    "refuse-mediation": stays(H, S),
    "end-mediation": stays(H, S),
    "choose-mediator": stays(H, S),
    "consent-mediator": stays(H, S),
    "object-mediator": stays(H, S),
    "appoint-mediator": stays(H, S),
    "tell-conflict": stays(H, S),
    "schedule-session": stays(H, S),
    "move-session": stays(H, S),
    "call-off-session": stays(H, S),
    "record-session": stays(T, H, S, F, C),  # what has begun is written down whatever happens
    "agree": stays(T, H, S),
    "amend-agreement": stays(T, H, S),
    "sign": stays(T, H, S),
    "scan-agreement": stays(T, H, S, F, C),
    "void-agreement": stays(T, H, S),
    "perform": stays(T, H, S, F, C),  # what was agreed is often due when the case is closed
    "apply-confirmation": stays(T, H, S, F, C),
    "court-takes": stays(T, H, S, F, C),
    "court-decides": stays(T, H, S, F, C),
    "receive-referral": stays(T, H, S),
    "take-referral": stays(T, H, S, F, C),
    "decline-referral": stays(T, H, S, F, C),
    "extend-referral": stays(T, H, S),
    "return-referral": stays(T, H, S, F, C),
    "reopen": {(C, T)},
    "instruct": stays(A, T, H, S, F),
    "answer-instruction": stays(A, T, H, S, F),
    "accept-instruction": stays(A, T, H, S, F),
    "revoke-mark": stays(A, T, H, S, F),
    "file-dossier": stays(H, S, F, C),  # what is kept is mostly put together after the case
    "check-dossier": stays(H, S, F, C),
}

# What is written down without being anybody's act on a case that is there.
BY_ITSELF: dict[str, Arcs] = {
    "register": {("", A), ("", T)},
    "rate": {(F, C), (F, F), (C, C)},
    "recalculate": stays(A, T, H, S, F),
    "mark": stays(T, H, S),
    "give-grid-task": stays(A, T, H, S, F),
    "grid-arrives": stays(A, T, H, S, F, C),
    "grid-answers": stays(A, T, H, S, F, C),
    "drop-grid-task": stays(A, T, H, S, F, C),
}

TRANSITIONS: dict[str, Arcs] = {
    "accept": {(A, T)},
    "decline": {(A, C), (T, C), (S, C)},
    "stay_in_triage": stays(T, S) | {(T, S), (S, T)},
    "claim": {(T, H), (T, S), (S, H), (S, S)},
    "undo_claim": {(H, T), (H, S), (S, T), (S, S)},
    "back_to_triage": {(T, T), (T, S), (H, T), (H, S), (S, T), (S, S)},
    "stay_in_handling": stays(H, S) | {(H, S), (S, H)},
    "supervise": {(T, S), (H, S), (S, S)},
    "lift": {(S, T), (S, H)},
    "approve": {(H, F), (S, F)},
    "close": {(F, C)},
    "stay_in_follow_up": stays(F),
    "redo": {(F, H)},
    "end": {(A, C), (T, C), (H, C), (S, C), (F, C)},
    "reopen": {(C, T)},
}


def test_the_table_of_acts() -> None:
    assert {act.verb: set(act.arcs) for act in all_acts()} == ARCS


def test_the_transitions_of_a_case() -> None:
    """What the field allows at most; where a target follows from the case, every one it may be."""
    found: dict[str, set[Any]] = defaultdict(set)
    for arc in Case._meta.get_field("stage").get_all_transitions(Case):
        targets = getattr(arc.target, "allowed_states", None) or [arc.target]
        found[arc.name] |= {(arc.source, target) for target in targets}
    assert found == TRANSITIONS


def test_no_act_leads_where_no_transition_does() -> None:
    possible = {arc for arcs in TRANSITIONS.values() for arc in arcs}
    moving = {(a, b) for arcs in ARCS.values() for a, b in arcs if a != b}
    assert moving <= possible


# docs/states.md says the same.

NAMES = {stage.label: stage for stage in Stage}


def rows_of_the_document() -> dict[str, list[str]]:
    """The cells of every row of the table of acts, by verb."""
    lines = STATES.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return {row[0].strip("`"): row[1:] for row in cells if row[0].startswith("`")}


def parse(words: str) -> Iterator[tuple[Stage, Stage]]:
    """`受理、分流 → 结案；督办 不变`: what a cell of the document says."""
    for part in words.split("；"):
        sources, _, targets = part.removesuffix(" 不变").partition(" → ")
        for source in sources.split("、"):
            for target in targets.split("、") if targets else [source]:
                yield NAMES[source], NAMES[target]


def test_the_document_lists_every_act_with_its_arcs() -> None:
    assert {verb: set(parse(row[1])) for verb, row in rows_of_the_document().items()} == ARCS


def test_the_document_calls_the_acts_by_their_names() -> None:
    named = {verb: row[0] for verb, row in rows_of_the_document().items()}
    assert named == {act.verb: act.label for act in all_acts()}


def test_the_diagram_draws_every_move_with_the_acts_that_make_it() -> None:
    drawn = {
        (Stage(source), Stage(target)): set(labels.split("、"))
        for source, target, labels in re.findall(
            r"^ +(\w+) --> (\w+): (\S+)$", STATES.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    moves: dict[tuple[Stage | str, Stage], set[str]] = defaultdict(set)
    for act in all_acts():
        for source, target in act.arcs:
            if source != target:
                moves[source, target].add(act.label)
    moves[F, C].add("评价")
    assert drawn == moves


# 督办 is a stage with open doors.

BASE = [act for act in all_acts() if {T, H} & act.sources and act.verb != "extend"]


@pytest.mark.parametrize("act", BASE, ids=lambda act: act.verb)
def test_what_is_open_in_the_base_position_is_open_in_supervision(act: Act) -> None:
    assert S in act.sources


@pytest.mark.parametrize("act", BASE, ids=lambda act: act.verb)
def test_only_these_acts_end_supervision(act: Act) -> None:
    ends = (S, S) not in act.arcs
    assert ends == (act.verb in {"approve", "withdraw", "decline", "merge", "transfer"})


def test_lifting_goes_back_to_the_base_position() -> None:
    assert set(act_of("lift").arcs) == {(S, T), (S, H)}


@pytest.fixture
def unclaimed(lives: Lives, triage: User) -> Case:
    """待签收, in 督办."""
    case = lives.dispatched()
    return supervising.supervise_case(case_id=case.pk, by=triage, reason="一直没人签收")


@pytest.fixture
def claimed(lives: Lives) -> Case:
    """办理中, in 督办."""
    return lives.supervised()


def stages_of(case: Case) -> set[str]:
    """Every stage since the case was last supervised."""
    events: Iterable[tuple[str, str]] = case.events.order_by("seq").values_list("verb", "to_stage")
    verbs = list(events)
    since = max(n for n, (verb, _) in enumerate(verbs) if verb == "supervise")
    return {stage for _, stage in verbs[since:]}


def test_a_supervised_case_is_returned_ruled_on_and_claimed_in_supervision(
    unclaimed: Case, county: County, triage: User, handler: User, other_handler: User
) -> None:
    pk = unclaimed.pk
    assigning.return_case(case_id=pk, by=handler, reason="not_ours", basis="这是住建局的职责范围")
    assigning.rule_on_return(
        case_id=pk, by=triage, ruling="reassign", text="住建局监管", lead=county.housing
    )
    handling.claim_case(case_id=pk, by=other_handler)
    handling.undo_claim(case_id=pk, by=other_handler)
    assert stages_of(unclaimed) == {S}


def test_a_supervised_case_is_recalled_pushed_down_and_dispatched_in_supervision(
    unclaimed: Case, county: County, triage: User, town_officer: User
) -> None:
    assigning.recall_dispatch(case_id=unclaimed.pk, by=triage)
    moving.push_down(case_id=unclaimed.pk, by=triage, center=county.town_unit, text="镇里先调")
    assigning.dispatch_case(
        case_id=unclaimed.pk,
        by=town_officer,
        lead=county.village_unit,
        complexity=Complexity.SIMPLE,
        risk=Risk.LOW,
    )
    assert stages_of(unclaimed) == {S}


def test_a_supervised_case_is_reported_sent_back_and_reported_again_in_supervision(
    claimed: Case, triage: User, handler: User
) -> None:
    report = {"result": Result.RESOLVED, "how": "约谈负责人，当场付清工资", "not_found": "不肯留"}
    handling.report_result(case_id=claimed.pk, by=handler, **report)
    handling.send_back(case_id=claimed.pk, by=triage, text="缺付款凭证")
    handling.report_result(case_id=claimed.pk, by=handler, **report)
    assert stages_of(claimed) == {S}


def test_a_supervised_case_is_paused_and_resumed_in_supervision(
    claimed: Case, triage: User, handler: User
) -> None:
    until = clock.today() + timedelta(days=5)
    asking.request_pause(case_id=claimed.pk, by=handler, until=until, text="等司法鉴定")
    asked = claimed.requests.get()
    asking.decide_request(case_id=claimed.pk, by=triage, request=asked.pk, grant=True)
    asking.resume_case(case_id=claimed.pk, by=handler)
    assert stages_of(claimed) == {S}


def test_a_supervised_case_is_reassigned_in_supervision(
    claimed: Case, county: County, triage: User, handler: User
) -> None:
    assigning.request_reassignment(case_id=claimed.pk, by=handler, text="应由住建局办")
    assigning.reassign_case(case_id=claimed.pk, by=triage, lead=county.housing, text="住建局监管")
    assert stages_of(claimed) == {S}


def test_a_supervised_case_moves_up_in_supervision(
    claimed: Case, county: County, triage: User, city_officer: User
) -> None:
    moving.request_escalation(case_id=claimed.pk, by=triage, text="跨县，县里协调不动")
    asked = claimed.requests.get()
    asking.decide_request(case_id=claimed.pk, by=city_officer, request=asked.pk, grant=True)
    assert stages_of(claimed) == {S}
    assert fresh(claimed).center == county.city


def test_a_supervised_case_is_noted_amended_assigned_and_revisited_in_supervision(
    claimed: Case, clerk: User, handler: User, head: User, colleague: User
) -> None:
    pk = claimed.pk
    course.note_case(case_id=pk, by=handler, text="约了周三")
    course.amend_case(case_id=pk, by=handler, text="核实了", fields={"amount": 38_600})
    registration.revisit_case(case_id=pk, by=clerk, visitors=2, text="又来问了")
    handling.assign_handler(case_id=pk, by=head, handler=colleague)
    assert stages_of(claimed) == {S}


def test_reassigning_in_supervision_closes_the_former_units_sheet(
    claimed: Case, county: County, triage: User
) -> None:
    assigning.reassign_case(case_id=claimed.pk, by=triage, lead=county.housing, text="住建局监管")
    assert [sheet.ending for sheet in claimed.supervisions.all()] == ["reassigned"]


def test_a_unit_that_takes_over_in_supervision_is_asked_with_a_sheet_of_its_own(
    claimed: Case, county: County, triage: User
) -> None:
    assigning.reassign_case(case_id=claimed.pk, by=triage, lead=county.housing, text="住建局监管")
    supervising.supervise_case(case_id=claimed.pk, by=triage, reason="换了单位，照样督办")
    assert claimed.supervisions.get(closed_at=None).unit == county.housing
