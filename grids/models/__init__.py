"""Where it is: grids, who serves them, what they see and do, and what stands there."""

from grids.models.bulk import BulkImport, BulkPart
from grids.models.duties import Allowance, AllowanceList, AllowanceRate, Duty, DutyList, Training
from grids.models.events import EventLine, EventPeriod, EventPhoto, EventReminder, GridEvent
from grids.models.grids import Grid, GridPartner, GridRole, GridShape
from grids.models.work import GridTask, InspectionReport, PatrolNote, Resident, Site

__all__ = [
    "Allowance",
    "AllowanceList",
    "AllowanceRate",
    "BulkImport",
    "BulkPart",
    "Duty",
    "DutyList",
    "EventLine",
    "EventPeriod",
    "EventPhoto",
    "EventReminder",
    "Grid",
    "GridEvent",
    "GridPartner",
    "GridRole",
    "GridShape",
    "GridTask",
    "InspectionReport",
    "PatrolNote",
    "Resident",
    "Site",
    "Training",
]
