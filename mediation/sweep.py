"""What the sweep of this floor does: rows found by their day, each taken and looked at again.

It may come twice, late, in two workers, or never finish.
"""

from __future__ import annotations

from cases.sweeping import Step
from mediation.services import confirming, performing, sessions

STEPS = (
    Step(
        "ask for a record",
        lambda now: sessions.sessions_unrecorded(now=now),
        lambda pk: sessions.ask_for_record(session_id=pk),
    ),
    Step(
        "remind of a clause",
        lambda now: performing.terms_due(now=now),
        lambda pk: performing.remind_of_term(term_id=pk),
    ),
    Step(
        "remind of a confirmation",
        lambda now: confirming.confirmations_near(now=now),
        lambda pk: confirming.remind_of_confirmation(term_id=pk),
    ),
    Step(
        "say that a confirmation lapsed",
        lambda now: confirming.confirmations_lapsed(now=now),
        lambda pk: confirming.say_it_lapsed(term_id=pk),
    ),
)
