"""Who keeps what stands in a grid: who manages grids there, and the grid's own worker."""

from __future__ import annotations

from grids.models import Grid
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock


def manages_area(user: User, code: str) -> bool:
    """A post of today gives 管网格 over the place with this code."""
    posts = user.posts_giving(Permission.GRIDS)
    return any(code.startswith(post.center.region.stem) for post in posts)


def keeps(user: User, grid: Grid) -> bool:
    """Add, change and remove what stands in this grid."""
    if manages_area(user, grid.code):
        return True
    if not user.can(Permission.GRID_WORK):
        return False
    return grid.roles.held_on(clock.today()).filter(user=user).exists()


def reads_phones(user: User, grid: Grid) -> bool:
    """Look behind the mask of a site's telephone, with a reason."""
    posts = user.posts_giving(Permission.REVEAL)
    return keeps(user, grid) or any(
        grid.code.startswith(post.center.region.stem) for post in posts if _sees(user, post.pk)
    )


def _sees(user: User, post_id: int) -> bool:
    return any(post.pk == post_id for post in user.posts_giving(Permission.VIEW_CENTER))
