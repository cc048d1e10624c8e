"""How a lower floor speaks to a higher one: once, inside the transaction of the change."""

from __future__ import annotations

from django.dispatch import Signal

# Sent by the door with `change` (the locked case, saved and recorded) and `before` (its stage).
case_changed = Signal()
