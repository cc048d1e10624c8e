"""What is imported, by whom and where: said alike of the wizard's small files and of large ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from orgs.gates import needs
from orgs.models import Center, User
from orgs.permissions import Permission

# Each page: what follows the address, what follows its name, the view, its methods.
Steps = tuple[tuple[str, str, Callable[..., Any], Callable[..., Any]], ...]
BOTH = require_http_methods(["GET", "POST"])


class Brought(Protocol):
    """An import that is over."""

    created: int
    covered: int


@dataclass(frozen=True, kw_only=True)
class Way:
    """So many `unit` of `name`, listed at `register`; pages at `address` and `address_<step>`."""

    name: str
    unit: str
    register: str
    address: str
    permission: Permission

    def url(self, step: str = "", pk: int | None = None) -> str:
        """The address of a page, by the end of its name and the import's id."""
        name = f"{self.address}_{step}" if step else self.address
        return reverse(name, args=[] if pk is None else [pk])

    def home(self, user: User) -> Center:
        """Where what this person sends belongs: the centre of the first post that may."""
        return user.posts_giving(self.permission)[0].center

    def centers(self, user: User) -> set[int]:
        """The ids of the centres whose imports this person opens."""
        return {post.center_id for post in user.posts_giving(self.permission)}

    def done(self, one: Brought) -> str:
        """What an import has brought, in words."""
        return f"已导入：新加 {one.created} {self.unit}，更新 {one.covered} {self.unit}。"

    def pages(self, address: str, steps: Steps) -> list[URLPattern]:
        """The pages below an address, for those who may import this."""
        name = self.address.partition(":")[2]
        return [
            path(f"{address}{tail}", self._view(step, methods), name=f"{name}{suffix}")
            for tail, suffix, step, methods in steps
        ]

    def _view(
        self, step: Callable[..., Any], methods: Callable[..., Any]
    ) -> Callable[..., HttpResponseBase]:
        def view(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            answer: HttpResponseBase = step(request, self, *args, **kwargs)
            return answer

        return needs(self.permission)(methods(view))
