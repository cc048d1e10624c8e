"""Makes the staff of a project through the ORM and signs the first in, without a password.

Through the ORM because the peer hangs a person's settings on a signal. Prints JSON.
"""

import json
from typing import TYPE_CHECKING, Any

import django
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

STAFF = 50
BACKEND = "django.contrib.auth.backends.ModelBackend"


def session_for(user: "AbstractBaseUser", backend: str = BACKEND) -> str:
    """Open a session in the database and return its key."""
    session = import_string("django.contrib.sessions.backends.db.SessionStore")()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = backend
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def main() -> None:
    """Print the session of the first and the numbers of all."""
    people: Any = get_user_model().objects  # the stock user of the others, not ours
    staff = [
        people.create(username=f"staff{n}", email=f"staff{n}@example.org", is_staff=True)
        for n in range(STAFF)
    ]
    ids = [person.pk for person in staff]
    print(json.dumps({"session": session_for(staff[0]), "staff": ids}))


if __name__ == "__main__":
    django.setup()
    main()
