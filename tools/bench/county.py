"""Builds the county of ours in an empty database: its places and people, and who will come.

Run inside our project as the owner of the tables (`python -m bench.county CASES`). Prints JSON:
how each role signs in, and people to look for or to register. The cases are `seed.sql`'s.
"""

import io
import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import django

from bench.sites.people import session_for
from bench.story import MATTERS, REST

if TYPE_CHECKING:
    from zongzhi.demo.people import Citizen

SIGNED_IN = ("triage", "clerk", "renshe", "gonghui", "town_clerk", "village", "leader")
HERE = "127.0.0.1"
BACKEND = "orgs.signin.AccountBackend"
CASES_OF_ONE = 4  # so many cases come from one person on average
MOST_PEOPLE = 50_000
FRESH = 12_000  # people for the registrations of a run
SOUGHT = 7

TABLES = """
CREATE TABLE bench_person (n int PRIMARY KEY, name text, phone text, phone_key text,
    id_number text, id_number_key text, words text);
CREATE TABLE bench_matter (n int PRIMARY KEY, words text);
CREATE TABLE bench_type (n int PRIMARY KEY, id bigint, name text, words text);
"""


def main(cases: int) -> dict[str, Any]:
    """Build it and say what the bench has to know."""
    from zongzhi.demo.people import citizen  # noqa: PLC0415
    from zongzhi.demo.places import build_places  # noqa: PLC0415
    from zongzhi.lib import clock  # noqa: PLC0415

    places = build_places(since=(clock.now() - timedelta(days=800)).date(), at=clock.now())
    build_tables(cases)
    fresh = [citizen(n) for n in range(1_000_000, 1_000_000 + FRESH)]
    sought = citizen(SOUGHT)
    return {
        "sessions": {name: session_for(places.users[name], BACKEND) for name in SIGNED_IN},
        "tokens": {name: token_for(places.users[name]) for name in SIGNED_IN},
        "sought": {"name": sought.name, "phone": sought.phone, "identity": sought.id_number},
        "fresh": [(one.name, one.phone, one.id_number) for one in fresh],
        "villages": [code for code in places.regions if code[9:] != "000"],
    }


def build_tables(cases: int) -> None:
    """Leave what `seed.sql` makes cases of: people, what they come for, the types."""
    from cases.models import DisputeType  # noqa: PLC0415
    from zongzhi.demo.people import citizen  # noqa: PLC0415
    from zongzhi.lib.words import search_document  # noqa: PLC0415

    known = min(max(cases // CASES_OF_ONE, 1), MOST_PEOPLE)
    write(TABLES)
    copy("bench_person", [sealed(n, citizen(n)) for n in range(known)])
    copy("bench_matter", [(n, search_document(text + REST)) for n, text in enumerate(MATTERS)])
    types = DisputeType.objects.order_by("code")
    copy("bench_type", [(n, t.pk, t.name, search_document(t.name)) for n, t in enumerate(types)])


def token_for(user: Any) -> str:
    """Give out a key that is bound to this machine: a person's own would die in a long run."""
    from orgs.tokens import issue_channel_token  # noqa: PLC0415

    return issue_channel_token(user=user, address=HERE)


def sealed(n: int, one: "Citizen") -> tuple[object, ...]:
    """Encrypt a person's numbers once; all their cases share the ciphertext."""
    from zongzhi.lib.crypto import blind_index, encrypt  # noqa: PLC0415
    from zongzhi.lib.words import search_document  # noqa: PLC0415

    numbers = []
    for text, purpose in ((one.phone, "party.phone"), (one.id_number, "party.id_number")):
        numbers += [encrypt(text, purpose), blind_index(text, purpose)]
    return (n, one.name, *numbers, search_document(one.name))


def write(sql: str) -> None:
    """Send SQL."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(sql)


def copy(table: str, rows: list[tuple[object, ...]]) -> None:
    """Fill a table; no value of ours holds a tab or a backslash."""
    from django.db import connection  # noqa: PLC0415

    lines = io.StringIO("".join("\t".join(map(str, row)) + "\n" for row in rows))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} FROM STDIN", lines)


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(int(sys.argv[1]))))
