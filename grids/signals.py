"""How the grids speak to a higher floor: inside the transaction of the change."""

from __future__ import annotations

from django.dispatch import Signal

# Sent by the door with `change` (the locked event, saved and recorded) and `before` (its stage).
event_changed = Signal()

# Asked with `number` and `by`: a higher floor answers None when `by` sees no case of that number,
# else the code of the grid it lies in, or "".
case_wanted = Signal()
