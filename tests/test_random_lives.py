"""Thousands of random acts by many people over several cases, while time passes and sweeps come.

Whatever happens, a case never leaves the golden arcs, always has somebody who must act, and its
history adds up to its state. And what a button offers, the service does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.acts import Act, act_of, all_acts, allowed
from cases.clocks import clocks_of
from cases.history import faults
from cases.models import Case, CaseEvent
from cases.position import position
from cases.services.closing import rate_case
from cases.services.registration import register_case
from cases.verification import misplaced
from cases.vocabulary import Actor, Result, Satisfaction, Settled, Source, Stage
from dispatch.models import JointTask, Request
from dispatch.services.asking import may_decide
from dispatch.services.instructing import may_answer
from dispatch.session_forms import open_tasks, planned_sessions
from dispatch.tasks import sweep_clocks
from dispatch.units import own_units
from dispatch.whistle_forms import live_whistles
from grids.models import GridTask
from grids.services.tasks import arrive, drop_task, finish_task, give_task
from mediation.agreed import confirmation_of, settlement_of, signers
from mediation.agreement_forms import to_perform
from mediation.dossier_forms import to_check, to_file
from mediation.meetings import planned_meetings
from mediation.models import Mediator
from mediation.proceedings import ended_mediations, open_mediation, side_of
from mediation.services.confirming import last_day_of
from mediation.tasks import sweep_mediations
from orgs.models import Room, User
from tests.county import County
from tests.files import jpeg
from tests.grids.field import build_field
from tests.lib.days import DISPATCHED
from tests.lives import Lives, fresh
from tests.refusals import traces
from tests.test_golden_arcs import ARCS, BY_ITSELF
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, NotFound

STEPS = 150
SEEDS = range(int(os.environ.get("RANDOM_LIVES", "6")))  # more of them before a release
MOST_CASES = 6

CAST = (
    "clerk",
    "triage",
    "second_triage",
    "leader",
    "city_officer",
    "town_officer",
    "village_officer",
    "handler",
    "colleague",
    "head",
    "other_handler",
    "outsider",
)

# What a button may still meet: a window of time that closed, or a matter only the past can tell.
WINDOWS = re.compile("签收以后已经有了进展|退回要在收到后 5 个工作日内")

Typed = dict[str, Any]


class Life:
    """A county at work: people, cases, and a clock that only goes forward."""

    def __init__(self, seed: int, people: list[User], county: County, lives: Lives) -> None:
        self.dice = Random(seed)
        self.people = people
        self.county = county
        self.lives = lives
        self.seen = 0  # the last event looked at
        self.sessions = 0
        self.field = build_field(county)
        self.register()

    # What may happen

    def step(self) -> None:
        clock.freeze(clock.now() + timedelta(seconds=7))  # nobody does two things at once
        happening = self.dice.choices(
            [
                self.somebody_acts,
                self.somebody_tries,
                self.time_passes,
                self.rate,
                self.register,
                self.a_grid_is_asked,
            ],
            weights=[70, 12, 10, 5, 5, 4],
        )[0]
        happening()

    def register(self) -> None:
        if Case.objects.open().count() >= MOST_CASES:
            return
        by = self.dice.choice([p for p in self.people if p.username in ("clerk", "town_clerk")])
        source = self.dice.choice([Source.WINDOW, Source.WINDOW, Source.ONLINE, Source.PETITION])
        register_case(self.lives.registration(source=source), by=by)

    def time_passes(self) -> None:
        hours = self.dice.choice([0.05, 1, 3, 20, 24, 72])
        clock.freeze(clock.now() + timedelta(hours=hours))
        if self.dice.random() < 0.6:
            sweep_clocks()
            sweep_mediations()

    def rate(self) -> None:
        case = self.any_case()
        word = {
            "settled": self.dice.choice(list(Settled)),
            "satisfaction": self.dice.choice(list(Satisfaction)),
        }
        self.refused_or_done(case, lambda: rate_case(token=case.token, **word))

    def a_grid_is_asked(self) -> None:
        """To be there first, for a case of the village; or the grid answers what it was asked."""
        task = GridTask.objects.open().order_by("pk").first()
        field = self.field
        if task is None or self.dice.random() < 0.3:
            case = self.any_case()
            given = {"due_at": clock.now() + timedelta(hours=4), "case_number": case.number}
            ask = partial(give_task, grid=field.grid, by=field.town, text="先到场稳控", **given)
            self.refused_or_done(case, ask)
            return
        case = Case.objects.get(number=task.case_number)
        answers = [
            partial(arrive, task_id=task.pk, by=field.worker),
            partial(finish_task, task_id=task.pk, by=field.worker, result="人已经劝开"),
            partial(drop_task, task_id=task.pk, by=field.town),
        ]
        self.refused_or_done(case, self.dice.choice(answers))

    def somebody_acts(self) -> None:
        """Somebody does what the page offers: that must work, whatever it is."""
        case = self.any_case()
        for user in self.dice.sample(self.people, len(self.people)):
            if offered := self.offered(user, case):
                break
        else:
            return
        act = self.dice.choices(offered, [weight(act) for act in offered])[0]
        typed = self.typed(act, case, user)
        if typed is None:
            return
        form = act.form(typed, case=case, user=user)
        assert form.is_valid(), (act.verb, form.errors)
        refusal = None
        try:
            act.service(case_id=case.pk, by=user, **form.arguments())
        except DomainError as error:
            refusal = error.message
        assert refusal is None or WINDOWS.search(refusal), f"{act.verb} was offered, but {refusal}"

    def somebody_tries(self) -> None:
        """Somebody sends an act that nobody offered: refused or not, never half done."""
        case, user = self.any_case(), self.dice.choice(self.people)
        act = self.dice.choice(all_acts())
        typed = self.typed(act, case, user)
        form = act.form(typed or {}, case=case, user=user)
        if form.is_valid():
            self.refused_or_done(
                case, lambda: act.service(case_id=case.pk, by=user, **form.arguments())
            )

    def refused_or_done(self, case: Case, call: Callable[[], object]) -> None:
        before = traces(case)
        try:
            call()
        except DomainError:
            assert traces(case) == before

    # What they type

    def any_case(self) -> Case:
        cases = list(Case.objects.select_related("center", "unit").with_assignments())
        cases.sort(key=lambda case: case.pk)
        living = [case for case in cases if case.is_open]
        return self.dice.choice(living if living and self.dice.random() < 0.9 else cases)

    def offered(self, user: User, case: Case) -> list[Act]:
        acts = allowed(user, case)
        if acts and not Case.objects.visible_to(user).filter(pk=case.pk).exists():
            return []
        return acts

    def unit(self, *not_these: int | None) -> str:
        units = [self.county.human_resources, self.county.housing, self.county.village_unit]
        return self.dice.choice([unit.code for unit in units if unit.pk not in not_these])

    def typed(self, act: Act, case: Case, user: User) -> Typed | None:
        """A form filled in as a sensible person would; None when there is nothing to choose."""
        say = getattr(self, f"_{act.verb.replace('-', '_')}", None)
        if say is not None:
            return say(case, user)
        assert set(act.form.base_fields) <= {"text"}, f"nobody knows how to fill in {act.verb}"
        return {"text": "情况是这样的，写明白"}

    def _file_dossier(self, case: Case, user: User) -> Typed:
        rows = [row.pk for row in ended_mediations(case) if to_file(row)]
        return {"mediation": rows[0] if rows else None, "kept_for": "长期", "note": "材料齐"}

    def _check_dossier(self, case: Case, user: User) -> Typed:
        rows = [row for row in ended_mediations(case) if to_check(row)]
        theirs = [row.pk for row in rows if row.filed_by_id != user.pk]
        said = {"passed": "yes"} if self.dice.random() < 0.7 else {"passed": "no"}
        return {"mediation": theirs[0] if theirs else None, "defects": "缺身份证明", **said}

    def _decline(self, case: Case, user: User) -> Typed:
        return {"reason": "other_place", "route": "elsewhere", "text": "不属本县管辖"}

    def _note(self, case: Case, user: User) -> Typed:
        return {"text": "电话联系了一次", "public": self.dice.random() < 0.5}

    def _amend(self, case: Case, user: User) -> Typed:
        return {"text": "核实了", "amount": (case.amount or 0) + 1}

    def _revisit(self, case: Case, user: User) -> Typed:
        return {"visitors": self.dice.randint(1, 6), "text": "又来问了"}

    def _follow_up(self, case: Case, user: User) -> Typed:
        said = self.dice.choice(["satisfied", "unsatisfied", "basically", "unreached"])
        redo = said == "unsatisfied" and case.round == 1
        return {"channel": "phone", "satisfaction": said, "redo": redo, "text": ""}

    def _transfer(self, case: Case, user: User) -> Typed:
        return {"to": "县法院", "text": "已经起诉"}

    def _merge(self, case: Case, user: User) -> Typed | None:
        others = Case.objects.visible_to(user).open().exclude(pk=case.pk)
        numbers = list(others.order_by("pk").values_list("number", flat=True))
        return {"into": self.dice.choice(numbers), "text": "同一件事"} if numbers else None

    def _dispatch(self, case: Case, user: User) -> Typed:
        lead = self.unit()
        return {
            "lead": lead,
            "assisting": ["GA"] if self.dice.random() < 0.3 else [],
            "complexity": self.dice.choice(["simple", "ordinary", "complex"]),
            "risk": self.dice.choice(["low", "high"]),
        }

    def _assign(self, case: Case, user: User) -> Typed | None:
        form = next(a for a in all_acts() if a.verb == "assign").form({}, case=case, user=user)
        staff = [person.username for person in form.fields["handler"].queryset]
        return {"handler": self.dice.choice(staff)} if staff else None

    def _return(self, case: Case, user: User) -> Typed:
        basis = "职责清单第三条写明不归本单位"
        return {"reason": "not_ours", "suggested": self.unit(case.unit_id), "basis": basis}

    def _rule(self, case: Case, user: User) -> Typed:
        ruling = self.dice.choice(["uphold", "reassign", "joint"])
        lead = "" if ruling == "uphold" else self.unit(case.unit_id)
        assisting = ["GA"] if ruling == "joint" else []
        return {"ruling": ruling, "lead": lead, "assisting": assisting, "text": "按职责清单"}

    def _reassign(self, case: Case, user: User) -> Typed:
        return {"lead": self.unit(case.unit_id), "text": "换个单位办"}

    def _report(self, case: Case, user: User) -> Typed:
        result = self.dice.choice(list(Result))
        return {"result": result, "how": "约谈负责人，当场说清了", "not_found": "不肯留电话"}

    def _supervise(self, case: Case, user: User) -> Typed:
        return {"reason": "来访人说没人联系", "answer_days": 2}

    def _instruct(self, case: Case, user: User) -> Typed:
        to = "unit" if case.lead else "center"
        return {"to": to, "text": "请过问，见一次来访人", "answer_days": 2}

    def _answer_instruction(self, case: Case, user: User) -> Typed | None:
        waiting = case.instructions.filter(noted_at=None, answered_at=None).order_by("pk")
        mine = [given for given in waiting if may_answer(given, user, case)]
        return {"instruction": mine[0].pk, "text": "已经见过来访人"} if mine else None

    def _accept_instruction(self, case: Case, user: User) -> Typed | None:
        given = case.instructions.filter(noted_at=None, answered_at__isnull=False).first()
        return {"instruction": given.pk} if given else None

    def _revoke_mark(self, case: Case, user: User) -> Typed | None:
        mark = case.marks.filter(revoked_at=None).first()
        return {"mark": mark.pk, "text": "中心漏转了材料"} if mark else None

    def _lift(self, case: Case, user: User) -> Typed:
        return {"promised": clock.today() + timedelta(days=5), "text": "同意"}

    def _request_reassign(self, case: Case, user: User) -> Typed:
        return {"suggested": self.unit(case.unit_id), "text": "应由别的单位办"}

    def _extend(self, case: Case, user: User) -> Typed:
        return {"days": self.dice.randint(1, 10), "text": "对方外出未归"}

    def _pause(self, case: Case, user: User) -> Typed:
        until = clock.today() + timedelta(days=self.dice.randint(1, 20))
        return {"until": until, "text": "等司法鉴定"}

    def _decide(self, case: Case, user: User) -> Typed | None:
        pending = case.requests.filter(decided_at=None).order_by("pk")
        mine = [asked for asked in pending if may_decide(asked, user)]
        if not mine:
            return None
        asked = self.dice.choice(mine)
        grant = asked.kind != Request.Kind.REASSIGNMENT and self.dice.random() < 0.7
        return {"request": asked.pk, "grant": str(grant)}

    def _push_down(self, case: Case, user: User) -> Typed | None:
        units = {self.county.county: "QSZ", self.county.town: "LWC"}
        return {"center": units[case.center], "text": "先调"} if case.center in units else None

    def _escalate(self, case: Case, user: User) -> Typed:
        return {"text": "请上一级协调"}

    def _attempt(self, case: Case, user: User) -> Typed:
        outcome = self.dice.choice(["failed", "absent", "put_off", "settled"])
        return {"outcome": outcome, "text": "双方差距还很大"}

    def _whistle(self, case: Case, user: User) -> Typed | None:
        taken = [row.unit_id for row in case.whistles.all() if row.is_open]
        codes = {unit.pk: unit.code for unit in (self.county.housing, self.county.police)}
        near = (case.center, case.center.parent)
        free = [code for pk, code in codes.items() if pk not in taken]
        if not free or self.county.county not in near:
            return None
        return {"unit": free[0], "when": "now", "place": case.center.name, "text": "现场核实"}

    def _answer_whistle(self, case: Case, user: User) -> Typed:
        return {"answer": self.dice.choice(["coming", "no"]), "text": "人在外地"}

    def _arrive(self, case: Case, user: User) -> Typed:
        form = act_of("arrive").form({}, case=case, user=user)
        fit = [row for row in live_whistles(case) if form.fits(row)]
        return {"whistle": fit[0].pk if fit else None}

    def _rate_whistle(self, case: Case, user: User) -> Typed:
        fit = [row for row in live_whistles(case) if row.may_be_rated]
        return {"whistle": fit[0].pk, "speed": "fast", "quality": "good"} if fit else {}

    def _cancel_whistle(self, case: Case, user: User) -> Typed:
        fit = [row for row in live_whistles(case) if row.is_open]
        return {"whistle": fit[0].pk if fit else None, "text": "来访人走了"}

    def _add_party(self, case: Case, user: User) -> Typed:
        role = self.dice.choice(["respondent", "agent"])
        return {"role": role, "name": f"补充{case.parties.count()}"}

    def _inform(self, case: Case, user: User) -> Typed:
        return {"on": clock.today(), "how": "邮寄"}

    def _extend_term(self, case: Case, user: User) -> Typed:
        return {"days": self.dice.choice([10, 30]), "text": "要等鉴定结果", "told": True}

    def _convene(self, case: Case, user: User) -> Typed | None:
        if self.county.county not in (case.center, case.center.parent):
            return None  # the units of this county are not in reach
        self.sessions += 1
        starts = clock.now() + timedelta(days=1 + self.sessions)
        Room.objects.get_or_create(center=case.center, name="调解室")
        return {
            "kind": self.dice.choice(["leaders", "council"]),
            "chair": user.username,
            "starts_at": starts.replace(hour=9, minute=0),
            "ends_at": starts.replace(hour=10, minute=0),
            "room": "调解室",
            "units": ["ZJ", "GA"],
            "agenda": "工资专户怎么查",
        }

    def _meeting(self, case: Case) -> Typed:
        """A time and a room nobody else has asked for."""
        self.sessions += 1
        starts = clock.now() + timedelta(days=1 + self.sessions)
        Room.objects.get_or_create(center=case.center, name="调解室")
        when = starts.replace(hour=10, minute=0, second=0, microsecond=0)
        return {"starts_at": when, "minutes": 30, "room": "调解室", "anyway": True}

    def _schedule_session(self, case: Case, user: User) -> Typed:
        host, _ = Mediator.objects.get_or_create(center=case.center, name="赵英")
        return {"host": host.pk, "invite": "phone", **self._meeting(case)}

    def _move_session(self, case: Case, user: User) -> Typed:
        planned = planned_meetings(case)[:1]
        pk = planned[0].pk if planned else None
        return {"session": pk, "text": "对方出差", **self._meeting(case)}

    def _call_off_session(self, case: Case, user: User) -> Typed:
        planned = planned_meetings(case)[:1]
        return {"session": planned[0].pk if planned else None, "text": "双方谈好了"}

    def _record_session(self, case: Case, user: User) -> Typed | None:
        planned = planned_meetings(case)[:1]
        if not planned:
            return {"outcome": "put_off", "text": "改天再谈"}
        came = list(planned[0].presences.values_list("party", flat=True))
        begun = planned[0].starts_at <= clock.now()
        outcome = self.dice.choice(["failed", "oral", "put_off"]) if begun else "put_off"
        pk = planned[0].pk
        return {"session": pk, "outcome": outcome, "came": came, "text": "各让一步，再想想"}

    def _minute(self, case: Case, user: User) -> Typed:
        session = planned_sessions(case)[:1]
        tasks = {"unit_1": "ZJ", "what_1": "查清专户余额"} if self.dice.random() < 0.6 else {}
        pk = session[0].pk if session else None
        return {"session": pk, "came": ["ZJ"], "text": "由住建局先查", **tasks}

    def _cancel_session(self, case: Case, user: User) -> Typed:
        session = planned_sessions(case)[:1]
        return {"session": session[0].pk if session else None, "text": "已经谈好"}

    def _finish_task(self, case: Case, user: User) -> Typed:
        units = own_units(user)
        mine = [row.pk for row in open_tasks(case) if row.unit_id in units]
        return {"task": mine[0] if mine else None, "result": "专户余额已查清"}

    def _refer_clue(self, case: Case, user: User) -> Typed | None:
        if case.center == self.county.city:
            return None
        return {"kind": "offence", "units": ["GA"], "text": "同一工地还有十几人被欠薪"}

    def _start_mediation(self, case: Case, user: User) -> Typed:
        return {"origin": "applied", "informed": self.dice.random() < 0.5}

    def _tell_rights(self, case: Case, user: User) -> Typed:
        return {}

    def _consent_mediator(self, case: Case, user: User) -> Typed:
        return {}

    def _extend_mediation(self, case: Case, user: User) -> Typed:
        return {"days": self.dice.randint(1, 10), "agreed": True, "text": "等账目"}

    def _party(self, case: Case) -> int:
        return self.dice.choice(list(case.parties.order_by("pk"))).pk

    def _refuse_mediation(self, case: Case, user: User) -> Typed:
        return {"party": self._party(case), "route": "lawsuit", "text": "不想谈"}

    def _end_mediation(self, case: Case, user: User) -> Typed:
        ending = self.dice.choice(["failed", "over_time", "withdrawn"])
        return {"ending": ending, "route": "lawsuit", "text": "差距太大，谈不拢"}

    def _free_mediator(self, case: Case) -> int:
        """Somebody new each time: nobody has objected to them."""
        return Mediator.objects.create(center=case.center, name="调解员").pk

    def _choose_mediator(self, case: Case, user: User) -> Typed:
        return {
            "mediator": self._free_mediator(case),
            "party": self._party(case),
            "consent": self.dice.choice(["agrees", "not_asked"]),
        }

    def _object_mediator(self, case: Case, user: User) -> Typed | None:
        mediation = open_mediation(case)
        taken = mediation.objected if mediation else []
        free = [one for one in case.parties.order_by("pk") if side_of(one) not in taken]
        return {"party": free[0].pk, "text": "认识"} if free else None

    def _appoint_mediator(self, case: Case, user: User) -> Typed:
        return {"mediator": self._free_mediator(case)}

    def _tell_conflict(self, case: Case, user: User) -> Typed:
        return {"mediator": self._free_mediator(case), "kind": "kin", "text": "表亲"}

    def _agreement(self, case: Case) -> Typed:
        other = case.parties.filter(role="respondent").earliest("pk")
        due = clock.today() + timedelta(days=self.dice.randint(0, 5))
        term = {"text": "付清工资", "by": str(other.pk), "amount": "300", "due_on": due}
        form = self.dice.choice(["written", "oral"])
        facts = {"facts": "欠三个月工资", "terms": [term]}
        return {"form": form, "reached_on": clock.today(), **facts}

    def _agree(self, case: Case, user: User) -> Typed | None:
        return self._agreement(case)

    def _amend_agreement(self, case: Case, user: User) -> Typed | None:
        return self._agreement(case)

    def _sign(self, case: Case, user: User) -> Typed | None:
        draft = settlement_of(fresh(case)).draft
        if draft is None:
            return None
        signed = set(draft.signatures.values_list("party", flat=True))
        today = clock.today()
        left = [
            {"party": p.pk, "how": "name", "on": today} for p in signers(case) if p.pk not in signed
        ]
        days = {} if draft.sealed_on else {"mediator_on": today, "sealed_on": today}
        return {"signatures": left, **days}

    def _scan_agreement(self, case: Case, user: User) -> Typed | None:
        return None  # a file

    def _void_agreement(self, case: Case, user: User) -> Typed | None:
        found = settlement_of(fresh(case)).current
        row = confirmation_of(found) if found else None
        if row is not None and row.outcome in ("", "confirmed"):
            return None
        return {"text": "重新约定", "both": True}

    def _perform(self, case: Case, user: User) -> Typed | None:
        found = to_perform(fresh(case))
        if not found:
            return None
        return {"term": found[0].pk, "on": clock.today(), "complete": True, "text": "给了"}

    def _apply_confirmation(self, case: Case, user: User) -> Typed | None:
        found = settlement_of(fresh(case)).in_force
        if found is None or last_day_of(found) < clock.today():
            return None
        materials = ["application", "agreement", "identity", "addresses"]
        how = {"jointly": True, "exclusions": ["none"], "materials": materials}
        return {"court": "示范县人民法院", "applied_on": clock.today(), **how}

    def _court_takes(self, case: Case, user: User) -> Typed:
        return {"on": clock.today()}

    def _court_decides(self, case: Case, user: User) -> Typed:
        return {"outcome": self.dice.choice(["not_taken", "withdrawn"]), "on": clock.today()}

    def _receive_referral(self, case: Case, user: User) -> Typed:
        kind = self.dice.choice(["commissioned", "police"])
        return {"kind": kind, "organ": "示范县人民法院", "received_on": clock.today()}

    def _extend_referral(self, case: Case, user: User) -> Typed:
        return {"days": 5, "both": True, "text": "等鉴定"}

    def _return_referral(self, case: Case, user: User) -> Typed:
        how = {"returned_on": clock.today(), "text": "双方差距太大"}
        return {"outcome": "failed", **how}

    # What must always be true

    def check(self) -> None:
        """What the last step has done, and the cases it did it to."""
        touched = set()
        for event in CaseEvent.objects.filter(pk__gt=self.seen).order_by("pk"):
            arcs = ARCS.get(event.verb, set()) | BY_ITSELF.get(event.verb, set())
            assert (event.from_stage, event.to_stage) in arcs, (event, event.from_stage)
            self.seen = event.pk
            touched.add(event.case_id)
        for case in Case.objects.filter(pk__in=touched):
            check_case(fresh(case))

    def check_at_rest(self) -> None:
        """Everything, whoever touched it last."""
        assert list(misplaced()) == []
        assert list(faults()) == []
        for case in Case.objects.open():
            self.check_that_somebody_can_act(fresh(case))

    def check_that_somebody_can_act(self, case: Case) -> None:
        next_steps = {a.verb for user in self.people for a in self.offered(user, case) if a.main}
        assert next_steps, f"nobody can move {case.label} in {case.stage}"


def weight(act: Act) -> float:
    """The next step more often, an end or a mere line less often: a case should live."""
    ends = {target for _, target in act.arcs} == {Stage.CLOSED}
    dull = act.verb in {"note", "amend", "revisit", "answer"}
    return 0.2 if ends or dull else 4 if act.main else 1


def check_case(case: Case) -> None:
    for act in all_acts():
        if act.concerns is not None and not act.concerns(case):
            assert act.when(case), f"{act.verb} is skipped where it would be open"
    if case.is_open:
        assert case.actor != Actor.NOBODY
        assert case.actor != Actor.UNIT or case.unit_id
        assert case.closure == ""
    else:
        assert (case.actor, case.open_assignments) == (Actor.NOBODY, [])
        assert case.closure
        assert case.closed_at
        assert not case.requests.filter(decided_at=None).exists()
    assert sum(part.is_lead for part in case.open_assignments) <= 1
    if case.stage in (Stage.FOLLOW_UP, Stage.CLOSED):
        assert not any(row.is_open for row in case.whistles.all())
    assert case.is_open or not JointTask.objects.open().filter(case=case).exists()
    for sheet in case.supervisions.filter(closed_at=None):
        assert case.stage == Stage.SUPERVISION
        assert case.lead is not None
        assert sheet.unit_id == case.lead.unit_id
    for asked in case.requests.filter(decided_at=None).exclude(kind=Request.Kind.ESCALATION):
        assert case.lead is not None
        assert asked.assignment_id == case.lead.pk
    where = position(case, clocks_of(case.center), now=case.label_since)
    assert {name: getattr(case, name) for name in asdict(where)} == asdict(where)
    check_history(case)


def check_history(case: Case) -> None:
    rows = case.events.order_by("seq").values_list("from_stage", "to_stage", "round")
    stages = [(before, after) for before, after, _ in rows]
    ends = [after for _, after in stages]
    assert [before for before, _ in stages] == ["", *ends[:-1]]
    assert ends[-1] == case.stage
    rounds = [number for *_, number in rows]
    assert rounds == sorted(rounds)
    assert rounds[-1] == case.round


@pytest.fixture
def people(request: pytest.FixtureRequest) -> list[User]:
    return [request.getfixturevalue(name) for name in CAST]


@pytest.fixture(autouse=True)
def _a_morning_in_april() -> Iterator[None]:
    clock.freeze(DISPATCHED)
    yield
    clock.unfreeze()


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_people_do_cases_stay_whole(
    seed: int, people: list[User], county: County, lives: Lives
) -> None:
    life = Life(seed, people, county, lives)
    for n in range(STEPS):
        life.step()
        life.check()
        if n % 50 == 49:
            life.check_at_rest()


def test_a_hidden_case_is_not_there_whatever_the_act(lives: Lives, outsider: User) -> None:
    case = lives.claimed()
    for act in all_acts():
        with pytest.raises(NotFound):
            act.service(case_id=case.pk, by=outsider, **needed(act))


def needed(act: Act) -> dict[str, Any]:
    """Any value at all for what the service insists on: it must not get as far as to read it."""
    names = act.form.base_fields
    rename = {"amend": ["text", "fields"], "minute": ["came", "text", "tasks"]}
    rename |= {"schedule-session": ["plan"], "record-session": ["record"]}
    rename |= {"add-party": ["party"]}
    rename |= {"file-dossier": ["kept_for"], "check-dossier": ["passed"]}
    if act.verb == "scan-agreement":  # the file is looked at before the case is locked
        return {"file": SimpleUploadedFile("签字件.jpg", jpeg())}
    return dict.fromkeys(rename.get(act.verb, names), None)
