"""Makes one person and prints how to sign in as them, as JSON."""

import json

import django
from bench_session import session_for
from django.apps import apps
from django.contrib.auth import get_user_model


def main() -> None:
    """A session for the page, a token for the API."""
    user = get_user_model().objects.create(username="floor")
    token = apps.get_model("bench_floor", "Token").objects.create(key="0" * 40, user=user)
    print(json.dumps({"session": session_for(user), "token": token.key}))


if __name__ == "__main__":
    django.setup()
    main()
