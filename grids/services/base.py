"""What stands in a grid: added, changed and removed by who keeps it."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import transaction

from grids.base_policies import keeps, reads_phones
from grids.base_searching import number_key
from grids.models import Grid, Resident, Site
from orgs.models import AccessLog, User
from orgs.services import log_access
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound

Placed = TypeVar("Placed", Resident, Site)


def find_by_number(*, text: str, by: User, address: str | None) -> str:
    """The hash of a number somebody looks for. That they looked is written down, found or not.

    The log holds neither the number nor its hash: who may read the log need not know whom.
    """
    try:
        key = number_key(text)
    except ValueError as error:
        raise Invalid(errors={"number": [str(error)]}) from None
    found = Resident.objects.visible_to(by).numbered(key).count()
    log_access(
        AccessLog.Action.REVEAL,
        user=by,
        address=address,
        subject="按身份证号查人口",
        purpose="找人在哪个网格",
        data={"found": found},
    )
    return key


def save_resident(
    *,
    pk: int | None,
    grid: Grid,
    name: str,
    number: str,
    external_ref: str,
    by: User,
    address: str | None,
) -> Resident:
    """Add or change one; an empty number leaves the one that is kept as hash."""
    with transaction.atomic():
        one = _start(Resident, pk, grid, by)
        one.name, one.grid, one.external_ref = name, grid, external_ref
        if number:
            one.id_number_key = _free_key(number, one, by)
        one.save()
        _log(one, "改人口" if pk else "加人口", by, address)
    return one


def _free_key(number: str, one: Resident, by: User) -> str:
    """The hash of the number, which nobody else among those this person sees may bear."""
    try:
        key = number_key(number)
    except ValueError as error:
        raise Invalid(errors={"number": [str(error)]}) from None
    seen = Resident.objects.visible_to(by).numbered(key).exclude(pk=one.pk)
    if other := seen.select_related("grid").first():
        raise Invalid(
            errors={"number": [f"这个身份证号已经在{other.grid.name}，人搬了就去改那一条的网格"]}
        )
    return key


def remove_resident(*, pk: int, by: User, address: str | None) -> Resident:
    """Off the list: moved away, died, entered twice. Nothing else points to the row."""
    with transaction.atomic():
        one = _kept(Resident, pk, by)
        _log(one, "删人口", by, address)
        Resident.objects.filter(pk=one.pk).delete()
    return one


def save_site(*, pk: int | None, values: dict[str, Any], by: User, address: str | None) -> Site:
    """Add or change one by its columns; an empty telephone leaves the one that is kept."""
    with transaction.atomic():
        one = _start(Site, pk, values["grid"], by)
        for name, value in values.items():
            if name != "phone" or value:
                setattr(one, name, value)
        one.save()
        _log(one, "改场所" if pk else "加场所", by, address)
    return one


def read_phone(*, pk: int, reason: str, by: User, address: str | None) -> Site:
    """The site whose telephone may be read this once; who, which and why is in the access log."""
    one = Site.objects.visible_to(by).select_related("grid").filter(pk=pk).first()
    if one is None:
        raise NotFound("没有这一处")
    if not reads_phones(by, one.grid):
        raise NotAllowed("这个账号不能显示联系电话")
    if not reason.strip():
        raise Invalid(errors={"reason": ["还没选“为什么看”"]})
    log_access(
        AccessLog.Action.REVEAL,
        user=by,
        address=address,
        subject=f"site {one.pk} 联系电话",
        purpose=reason.strip()[:200],
        data={"site": one.pk},
    )
    return one


def _start(model: type[Placed], pk: int | None, grid: Grid, by: User) -> Placed:
    """The row to be written: a new one, or the locked one; both grids must be this person's."""
    if not keeps(by, grid):
        raise NotAllowed(f"{grid.name}由管网格的岗位和这个网格的网格员维护，这个账号只能看")
    if pk is None:
        return model()
    return _kept(model, pk, by)


def _kept(model: type[Placed], pk: int, by: User) -> Placed:
    rows: Any = model._default_manager
    seen = rows.visible_to(by).select_for_update(of=("self",)).select_related("grid")
    one: Placed | None = seen.filter(pk=pk).first()
    if one is None:
        raise NotFound("没有这一条，可能已经删了")
    if not keeps(by, one.grid):
        raise NotAllowed(f"{one.grid.name}由管网格的岗位和这个网格的网格员维护，这个账号只能看")
    return one


def _log(one: Resident | Site, what: str, by: User, address: str | None) -> None:
    log_access(
        AccessLog.Action.REFERENCE,
        user=by,
        address=address,
        subject=f"{what} {one.pk}",
        data={"grid": one.grid.code},
    )
