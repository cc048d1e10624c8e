"""The peer: django-helpdesk from the package index, on the same machine in the same run.

Measured at its best: where it has several ways to do a thing, the quickest of its own.
Installed into its own environment below var/bench/, with the versions of Django, gunicorn and
psycopg2 that ours runs on.
"""

import base64
import itertools
import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from bench.database import Database
from bench.load import Request
from bench.story import MATTERS, RARE, STORY
from bench.web import VAR, Project
from bench.work import Absent, Work

RELEASE = "django-helpdesk==2.6.1"
SHARED = ("django", "djangorestframework", "gunicorn", "psycopg2-binary")

TOKEN = "0" * 40
QUEUES = 20
OPEN, REOPENED, RESOLVED = 1, 2, 3
PAGE = 25
DEEP = 999 * PAGE  # where the 1,000th screen begins

# One year of tickets: 20 % open, 1¼ % reopened, 10 % resolved, the rest closed. Two lines of
# history each, fewer than ours has.
SEED = """
INSERT INTO helpdesk_queue (title, slug, allow_public_submission, allow_email_submission,
    email_box_ssl, enable_notifications_on_email_events, permission_name)
SELECT '科室' || n, 'q' || n, false, false, false, false, 'helpdesk.queue_access_q' || n
FROM generate_series(1, {queues}) n;

INSERT INTO helpdesk_ticket (title, queue_id, created, modified, submitter_email, status, on_hold,
    description, priority, due_date, assigned_to_id, secret_key)
SELECT '来访登记 ' || n, 1 + n % {queues}, at, at + interval '3 days',
    'person' || n % 50000 || '@example.org',
    CASE WHEN n % 80 < 16 THEN 1 WHEN n % 80 = 16 THEN 2 WHEN n % 80 < 25 THEN 3 ELSE 4 END,
    false,
    {story},
    1 + n % 5, at + interval '7 days', CASE WHEN n % 10 = 0 THEN NULL ELSE 1 + n % {staff} END,
    md5(n::text)
FROM (SELECT n, now() - (365 * (1 - n::float / {cases})) * interval '1 day' AS at
      FROM generate_series(1, {cases}) n) year;

INSERT INTO helpdesk_followup (ticket_id, date, title, comment, public, user_id)
SELECT id, created, 'Ticket Opened', description, true, 1 + id % {staff} FROM helpdesk_ticket;

INSERT INTO helpdesk_followup (ticket_id, date, title, comment, public, new_status, user_id)
SELECT id, modified, 'Updated', '已联系双方，约定时间到场核实。', false,
    NULLIF(status, 1), 1 + id % {staff} FROM helpdesk_ticket;
"""


class Peer:
    """django-helpdesk and its tickets."""

    name = "django-helpdesk"

    def __init__(self, database: Database) -> None:
        """Take the database it may fill."""
        self.database = database
        self.session = ""
        self.deep = DEEP

    def prepare(self, cases: int) -> None:
        """Install it, make its tables by its own migrations, fill them in bulk."""
        self.deep = min(DEEP, cases * 17 // 80 - PAGE)  # its last screen, if there are fewer
        install()
        self.database.create()
        self.project().manage("migrate")
        people = self.project().ask("bench.sites.people")
        self.session = people["session"]
        first = people["staff"][0]
        self.database.run(f"INSERT INTO authtoken_token VALUES ('{TOKEN}', now(), {first})")
        self.database.run(
            SEED.format(cases=cases, queues=QUEUES, staff=len(people["staff"]), story=STORY)
        )
        self.database.settle()

    def project(self) -> Project:
        """Serve it with its own Python."""
        return Project("bench.sites.peer.settings", self.database, python=python())

    def works(self) -> Mapping[str, Work]:
        """Offer its quickest ways.

        Its page of tickets is a shell that fetches the data which `list_api` measures, so that
        number stands for both. Its REST list asks the database once for every ticket it selects.
        """
        page = {"Cookie": f"sessionid={self.session}"}
        api = {
            "Authorization": f"Token {TOKEN}",
            "Content-Type": "application/json",
        }
        listed = {"status__in": [OPEN, REOPENED]}
        narrow = {"status__in": [OPEN], "queue__id__in": [3, 4], "priority__in": [3]}
        return {
            "list_api": Work([tickets(listed)], page),
            "filtered_api": Work([tickets(narrow)], page),
            "deep_api": Work([tickets(listed, start=self.deep)], page),
            "search_words": Work([tickets(listed, search=RARE)], page),
            "register": Work(new_tickets(), api, frozenset({"201"})),
            "claim": Work(self.changes_of_state(), api, frozenset({"201"})),
            "dashboard": Work([("GET", "/dashboard/", None)], page),
            "rest_list": Work([("GET", f"/api/tickets/?status={OPEN},{REOPENED}", None)], api),
        }

    def changes_of_state(self) -> Iterator[Request]:
        """Resolve open tickets one by one, by a follow-up: the only way by API that does not
        read every ticket first. Not public, so that no mail is written."""
        found = self.database.run(f"SELECT id FROM helpdesk_ticket WHERE status = {OPEN}")
        for ticket in found.split():
            body = {
                "ticket": int(ticket),
                "title": "",
                "comment": "已受理",
                "public": False,
                "new_status": RESOLVED,
            }
            yield "POST", "/api/followups/", json.dumps(body)


def tickets(filtering: dict[str, list[int]], start: int = 0, search: str = "") -> Request:
    """Ask for one page of its list the way its own table does."""
    query = {
        "filtering": filtering,
        "sorting": "created",
        "search_string": search,
        "sortreverse": False,
    }
    packed = quote(base64.b64encode(json.dumps(query).encode()).decode(), safe="=")
    order = "order%5B0%5D%5Bcolumn%5D=5&order%5B0%5D%5Bdir%5D=desc"
    path = f"/datatables_ticket_list/{packed}?draw=1&start={start}&length={PAGE}&{order}"
    return "GET", path, None


def new_tickets() -> Iterator[Request]:
    """Open tickets by its API."""
    for number in itertools.count():
        body = {
            "queue": 1 + number % QUEUES,
            "title": f"新来访 {number}",
            "description": MATTERS[number % len(MATTERS)],
            "submitter_email": f"new{number}@example.org",
            "priority": 3,
        }
        yield "POST", "/api/tickets/", json.dumps(body)


def python() -> Path:
    """Say where the peer's Python is."""
    return VAR / "peer" / "bin" / "python"


def install() -> None:
    """Install the peer once; a stamp tells what is installed."""
    wanted = [RELEASE, *(f"{name}=={version(name)}" for name in SHARED)]
    stamp = VAR / "peer" / "installed"
    if stamp.exists() and stamp.read_text() == "\n".join(wanted):
        return
    print(f"installing {RELEASE} below var/bench/ …", flush=True)
    shutil.rmtree(VAR / "peer", ignore_errors=True)
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    venv.create(VAR / "peer", with_pip=uv is None)
    pip = [uv, "pip", "install", "--quiet", "--python"] if uv else []
    command = [*pip, str(python())] if uv else [str(python()), "-m", "pip", "install", "--quiet"]
    if subprocess.run([*command, *wanted], check=False).returncode:
        raise Absent(f"{RELEASE} could not be installed")
    stamp.write_text("\n".join(wanted))
