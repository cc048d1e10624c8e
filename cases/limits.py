"""How often a stranger may try something in an hour, counted in the database for all workers.

Rows of `Counter` named by hour: one statement counts and reads, two workers cannot both be first.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from django.conf import settings

from orgs.models import Counter
from orgs.numbering import next_in
from zongzhi.lib import clock

WRONG_TOKENS = 30
WRONG_LAST_4 = 3
_NAME = "try"


def tried(what: str) -> int:
    """How often this has been tried in this hour."""
    series = _series(what)
    return Counter.objects.filter(series=series).values_list("last", flat=True).first() or 0


def count_try(what: str) -> int:
    """Count one more try of it; how many there are now. Sweeps out those of other hours."""
    count = next_in(_series(what))
    if count == 1:
        yesterday = f"{_NAME} {clock.now() - timedelta(days=1):%Y%m%d%H}"
        Counter.objects.filter(series__gte=f"{_NAME} 2", series__lt=yesterday).delete()
    return count


def _series(what: str) -> str:
    """Named by a keyed hash: the table must not become a list of who looked when."""
    key = settings.SECRET_KEY.encode()
    name = hmac.new(key, what.encode(), hashlib.sha256).hexdigest()[:20]
    return f"{_NAME} {clock.now():%Y%m%d%H} {name}"
