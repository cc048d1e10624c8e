"""The rows of the access table for the register of the grids; columns as in `access_table.CAST`."""

from __future__ import annotations

from typing import Any

# fmt: off
READ = (302, 200, 200, 403, 403, 403, 200, 200, 200, 200, 403, 403)
ONE = (302, 404, 404, 403, 403, 403, 404, 404, 404, 404, 403, 403)
SEEN = (302, 200, 200, 403, 403, 403, 200, 200, 403, 200, 403, 403)
KEPT = (302, 403, 200, 403, 403, 403, 403, 200, 403, 200, 403, 403)
TYPED = (302, 403, 422, 403, 403, 403, 403, 422, 403, 422, 403, 403)
KEPT_ONE = (302, 403, 404, 403, 403, 403, 403, 404, 403, 404, 403, 403)
DUTIES = (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 403, 403)
DUTY = (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 403, 403)
DRAWN = (302, 403, 302, 403, 403, 403, 403, 302, 403, 302, 403, 403)
ROWS = {
    "GET grids:register": READ,
    "GET grids:map": SEEN,
    "GET grids:create": KEPT,
    "POST grids:create": TYPED,
    "GET grids:shapes": KEPT,
    "POST grids:shapes": TYPED,
    "GET grids:cards": READ,
    "GET grids:person": ONE,
    "GET grids:grid": ONE,
    "POST grids:grid": ONE,
    "POST grids:begin_role": KEPT_ONE,
    "POST grids:end_role": KEPT_ONE,
    "POST grids:move_role": KEPT_ONE,
    "POST grids:partners": KEPT_ONE,
    "POST grids:activate": KEPT_ONE,
    "POST grids:shape": KEPT_ONE,
    "GET grids:notice": ONE,
    "GET grids:duties": DUTIES,
    "GET grids:duty_list": DUTY,
    "GET grids:new_duties": KEPT,
    "POST grids:new_duties": TYPED,
    "GET grids:trainings": SEEN,
    "GET grids:record_training": KEPT,
    "POST grids:record_training": TYPED,
    "POST grids:remove_training": KEPT_ONE,
    "GET grids:allowances": KEPT,
    "POST grids:allowances": TYPED,
    "POST grids:draw_up_allowances": DRAWN,
    "GET grids:allowance_list": KEPT_ONE,
    "POST grids:allowance_list": KEPT_ONE,
    "GET grids:export_allowances": KEPT_ONE,
    **{
        f"{method} grids:{way}{step}": row
        for way in ("bulk_residents", "bulk_sites")
        for method, step, row in (
            ("GET", "", KEPT),
            ("POST", "", TYPED),
            ("GET", "_template", KEPT),
            ("GET", "_check", KEPT_ONE),
            ("GET", "_faults", KEPT_ONE),
            ("POST", "_carry_out", KEPT_ONE),
            ("POST", "_drop", KEPT_ONE),
            ("POST", "_again", KEPT_ONE),
        )
    },
    **{
        f"{method} grids:{wizard}{step}": row
        for wizard in ("import", "import_workers")
        for method, step, row in (
            ("GET", "", KEPT),
            ("POST", "", TYPED),
            ("GET", "_template", KEPT),
            ("GET", "_check", KEPT_ONE),
            ("POST", "_check", KEPT_ONE),
            ("GET", "_bad_rows", KEPT_ONE),
            ("POST", "_carry_out", KEPT_ONE),
            ("POST", "_undo", KEPT_ONE),
        )
    },
}
# fmt: on

NOWHERE = "990101999999001"  # no grid has it
ARGUMENTS: dict[str, list[Any]] = {
    **{
        f"grids:{name}": [NOWHERE]
        for name in ("grid", "begin_role", "partners", "activate", "shape", "notice")
    },
    "grids:end_role": [NOWHERE, 0],
    "grids:move_role": [NOWHERE, 0],
    **{
        f"grids:{name}": [0]
        for name in (
            "person",
            "duty_list",
            "remove_training",
            "allowance_list",
            "export_allowances",
            *(
                f"{wizard}{step}"
                for wizard in ("import", "import_workers")
                for step in ("_check", "_bad_rows", "_carry_out", "_undo")
            ),
            *(
                f"{way}{step}"
                for way in ("bulk_residents", "bulk_sites")
                for step in ("_check", "_faults", "_carry_out", "_drop", "_again")
            ),
        )
    },
}
