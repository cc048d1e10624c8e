"""The floor: the least that the same answer can cost on this machine.

Bare Django with one indexed query and no sign-in; the same with a sign-in like ours; for writes
the plain SQL of the act, without Django and without HTTP.
"""

from collections.abc import Mapping

from bench.database import Database
from bench.story import STORY
from bench.web import Project
from bench.work import Work

TOKEN = "0" * 40
SEED = """
INSERT INTO floor_row (number, short_number, stage, label, light, type, narrative, source,
    occurred_region, applicant, lead, complexity, risk, round, visits, registered_at,
    dispatched_at, claim_due_at, handling_due_at, version)
SELECT '990101' || lpad(n::text, 10, '0'), '0102-' || n % 1000, 'handling', '办理中', 'green',
    lpad((1 + n % 18)::text, 2, '0'),
    {story},
    'window', '990101001' || lpad((n % 100)::text, 3, '0'), '张*', '人社局', 'ordinary', 'low',
    1, 1,
    at, at + interval '1 hour', at + interval '1 day', at + interval '7 days', 1
FROM (SELECT n, now() - (365 * (1 - n::float / {cases})) * interval '1 day' AS at
      FROM generate_series(1, {cases}) n) year;
INSERT INTO floor_event (row_id, kind, at, data)
SELECT id, 'registered', registered_at, '{{}}' FROM floor_row;
"""

# A registration's rows in one transaction: the case, its party, its visit, its history, its notice.
REGISTER = """
BEGIN;
INSERT INTO floor_row (number, short_number, stage, label, light, type, narrative, source,
    occurred_region, applicant, lead, complexity, risk, round, visits, registered_at, version)
VALUES (md5(random()::text)::varchar(16), '0102-1', 'acceptance', '待受理', 'green', '10',
    '来访人反映某工地拖欠工资，多次催要未果，请求协调解决。', 'window', '990101001001', '张*', '',
    '', 'low', 1, 1, now(), 1) RETURNING id \\gset
INSERT INTO floor_event (row_id, kind, at, data) VALUES (:id, 'party', now(), '{}');
INSERT INTO floor_event (row_id, kind, at, data) VALUES (:id, 'visit', now(), '{}');
INSERT INTO floor_event (row_id, kind, at, data) VALUES (:id, 'registered', now(), '{}');
INSERT INTO floor_event (row_id, kind, at, data) VALUES (:id, 'notice', now(), '{}');
COMMIT;
"""

# A change of state: lock, change, history, notice.
CLAIM = """
\\set id random(1, 1000)
BEGIN;
SELECT * FROM floor_row WHERE id = :id FOR UPDATE;
UPDATE floor_row SET label = '办理中', version = version + 1 WHERE id = :id;
INSERT INTO floor_event (row_id, kind, at, data) VALUES (:id, 'claimed', now(), '{}');
INSERT INTO floor_event (row_id, kind, at, data) VALUES (:id, 'notice', now(), '{}');
COMMIT;
"""

PLAIN_SQL = {"sql_register": REGISTER, "sql_claim": CLAIM}


class Floor:
    """Bare Django and plain SQL."""

    name = "floor"

    def __init__(self, database: Database) -> None:
        """Take the database it may fill."""
        self.database = database
        self.session = ""

    def prepare(self, cases: int) -> None:
        """Make the table and fill it in bulk."""
        self.database.create()
        self.project().manage("migrate")
        self.project().manage("migrate", "--run-syncdb")  # only now is there a user to point at
        people = self.project().ask("bench.sites.people")
        self.session = people["session"]
        self.database.run(f"INSERT INTO floor_token VALUES ('{TOKEN}', {people['staff'][0]})")
        self.database.run(SEED.format(cases=cases, story=STORY))
        self.database.settle()

    def project(self) -> Project:
        """Serve it with our Python."""
        return Project("bench.sites.floor.settings", self.database)

    def works(self) -> Mapping[str, Work]:
        """Offer the same 25 rows with no sign-in, with a token, and with a session.

        Always as JSON, so that a page of ours has its own drawing to pay for.
        """
        token = {"Authorization": f"Token {TOKEN}"}
        session = {"Cookie": f"sessionid={self.session}"}
        return {
            "bare": Work([("GET", "/bare/", None)]),
            "token": Work([("GET", "/token/", None)], token),
            "session": Work([("GET", "/session/", None)], session),
        }
