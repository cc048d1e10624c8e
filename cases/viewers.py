"""谁也在看: who else has a case open, kept for a minute in Redis and nowhere else.

A convenience: when Redis is away nobody is shown, and nobody waits for it.
"""

from __future__ import annotations

import time
from functools import lru_cache

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from cases.models import Case
from orgs.models import Post, User
from zongzhi.lib import clock

LOOKS_FOR = 75  # seconds; the page says it is still open every 30
_AWAY = 60  # seconds without asking, once Redis has not answered
_gone: dict[str, float] = {}


@lru_cache(maxsize=1)
def _redis(url: str) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=0.2, socket_timeout=0.2)


def look(case: Case, user: User) -> list[str]:
    """Say that this person has the case open; who else has, as 「周敏（分流员）」."""
    url = settings.REDIS_URL
    if _gone.get(url, 0) > time.monotonic():
        return []
    try:
        others = _look(_redis(url), f"viewers:{case.pk}", user.pk)
    except RedisError:
        _gone[url] = time.monotonic() + _AWAY
        return []
    return _names(others)


def _look(redis: Redis, key: str, pk: int) -> list[int]:
    now = int(time.time())
    pipe = redis.pipeline()
    pipe.zadd(key, {str(pk): now})
    pipe.zremrangebyscore(key, 0, now - LOOKS_FOR)
    pipe.expire(key, LOOKS_FOR)
    pipe.zrange(key, 0, 9)
    found: list[bytes] = pipe.execute()[-1]
    return [int(member) for member in found if int(member) != pk]


def _names(people: list[int]) -> list[str]:
    if not people:
        return []
    posts = Post.objects.held_on(clock.today()).filter(user__in=people)
    roles = dict(posts.order_by("-pk").values_list("user", "role__name"))
    rows = User.objects.filter(pk__in=people).order_by("name")
    return [f"{user.name}（{roles[user.pk]}）" if user.pk in roles else user.name for user in rows]
