"""Who we are: places, people, calendar, notices, and the log of who looked at what."""

from orgs.models.access import AccessLog, ApiToken, IdempotencyKey
from orgs.models.bookings import Bookable, Booking
from orgs.models.calendar import CalendarDay, Revision
from orgs.models.counting import Counter
from orgs.models.imports import Import
from orgs.models.notices import Delivery, Notice, SendingRule, Subscription
from orgs.models.people import Post, Role, User
from orgs.models.places import Center, Department, DutyPhone, Region, Room, Window
from orgs.models.signing import KeptForm, SecondFactor, SignIn

__all__ = [
    "AccessLog",
    "ApiToken",
    "Bookable",
    "Booking",
    "CalendarDay",
    "Center",
    "Counter",
    "Delivery",
    "Department",
    "DutyPhone",
    "IdempotencyKey",
    "Import",
    "KeptForm",
    "Notice",
    "Post",
    "Region",
    "Revision",
    "Role",
    "Room",
    "SecondFactor",
    "SendingRule",
    "SignIn",
    "Subscription",
    "User",
    "Window",
]
