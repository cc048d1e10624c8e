"""How the grids speak to a higher floor: inside the transaction of the change."""

from __future__ import annotations

from enum import Enum

from django.dispatch import Signal

# Sent by the door with `change` (the locked event, saved and recorded) and `before` (its stage).
event_changed = Signal()


class TaskStep(Enum):
    """What is done about a 网格任务."""

    GIVEN = "given"
    ARRIVED = "arrived"
    DONE = "done"
    DROPPED = "dropped"


# Sent with `task` (saved), `step` (TaskStep) and `by`: a higher floor whose number the task bears
# writes it down, or raises when the task cannot be given.
task_changed = Signal()

# Asked with `number` and `by`: a higher floor answers None when `by` sees no case of that number,
# else the code of the grid it lies in, or "".
case_wanted = Signal()
