"""What the sweep does every ten minutes: each step finds rows by their time and takes them one by
one, in a small transaction of its own that looks again. It may come twice, late, or never finish.
"""

from __future__ import annotations

from cases.services import statutory
from cases.sweeping import Step
from dispatch.services import (
    asking,
    clues,
    convening,
    marking,
    swapping,
    sweeping,
    talking,
    whistling,
)

STEPS = (
    Step(
        "resume",
        lambda now: sweeping.pauses_that_are_over(now=now),
        lambda pk: asking.resume_when_due(case_id=pk),
    ),
    Step(
        "climb",
        lambda now: sweeping.cases_on_the_ladder(now=now),
        lambda pk: sweeping.climb(case_id=pk),
    ),
    Step(
        "propose a talk",
        lambda now: sweeping.unanswered_supervisions(now=now),
        lambda pk: sweeping.propose_talk(supervision_id=pk),
    ),
    Step(
        "give a red mark",
        lambda now: marking.yellow_turning_red(now=now),
        lambda pk: marking.give_red(case_id=pk),
    ),
    Step(
        "chase a talk",
        lambda now: talking.talks_unrecorded(now=now),
        lambda pk: talking.chase_talk(talk_id=pk),
    ),
    Step(
        "tell of a promise",
        lambda now: talking.promises_past(now=now),
        lambda pk: talking.tell_of_promise(commitment_id=pk),
    ),
    Step(
        "raise a whistle",
        lambda now: whistling.whistles_unanswered(now=now),
        lambda pk: whistling.raise_whistle(whistle_id=pk),
    ),
    Step(
        "remind of a task",
        lambda now: convening.tasks_near(now=now),
        lambda pk: convening.remind_of_task(task_id=pk),
    ),
    Step(
        "raise a task",
        lambda now: convening.tasks_overdue(now=now),
        lambda pk: convening.raise_task(task_id=pk),
    ),
    Step(
        "raise a clue",
        lambda now: clues.clues_unsigned(now=now),
        lambda pk: clues.raise_clue(target_id=pk),
    ),
    Step(
        "tell of a statutory period",
        lambda now: statutory.terms_to_tell_of(now=now),
        lambda pk: statutory.tell_of_term(term_id=pk),
    ),
    Step(
        "expire a swap",
        lambda now: swapping.expired_swaps(now=now),
        lambda pk: swapping.expire_swap(swap_id=pk),
    ),
)
