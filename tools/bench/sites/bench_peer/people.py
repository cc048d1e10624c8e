"""Makes the people a run needs and prints how to sign in as one of them, as JSON."""

import json

import django
from bench_session import session_for
from django.apps import apps
from django.contrib.auth import get_user_model

STAFF = 50


def main() -> None:
    """Make staff through the ORM: the peer hangs its settings on them by a signal."""
    people = get_user_model().objects
    staff = [
        people.create(username=f"staff{n}", email=f"staff{n}@example.org", is_staff=True)
        for n in range(STAFF)
    ]
    token = apps.get_model("authtoken", "Token").objects.create(user=staff[0])
    ids = [person.pk for person in staff]
    print(json.dumps({"session": session_for(staff[0]), "token": token.key, "staff": ids}))


if __name__ == "__main__":
    django.setup()
    main()
