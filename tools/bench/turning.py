"""Turns the pages of a unit's list by API, as a program does that follows `next`.

Run inside our project: `python -m bench.turning USERNAME`. Prints JSON: the address of the last
screen that was turned to, and how many were.
"""

import json
import sys

import django

SCREENS = 40
LIST = "/api/v1/cases/"


def main(username: str) -> dict[str, object]:
    """Go on to the end, or so many screens; a list that ends before its end stops the run."""
    from rest_framework.test import APIClient  # noqa: PLC0415

    from cases.models import Case  # noqa: PLC0415
    from orgs.models import User  # noqa: PLC0415

    user = User.objects.get(username=username)
    client = APIClient(SERVER_NAME="127.0.0.1")
    client.force_authenticate(user)
    url, here, turned, read = LIST, LIST, 0, 0
    while url and turned < SCREENS:
        page, here = client.get(url, secure=True).json(), url
        read, url, turned = read + len(page["results"]), page["next"], turned + 1
    if not url and read != (there := Case.objects.visible_to(user).count()):
        raise SystemExit(f"bench: the list of {username} ends after {read} of {there} cases")
    return {"path": LIST + here.partition(LIST)[2], "screens": turned}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(sys.argv[1])))
