"""How a lower floor speaks to a higher one: inside the transaction of the change."""

from __future__ import annotations

from django.dispatch import Signal

# Sent by the door with `change` (the locked case, saved and recorded) and `before` (its stage).
case_changed = Signal()

# Sent when a case has just been registered, in that transaction, with `case` (not yet locked by
# anybody), `registration` and `by`. A receiver that has moved it on answers with the case.
case_registered = Signal()
