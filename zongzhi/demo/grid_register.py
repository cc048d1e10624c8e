"""The register of the demo grids: shapes side by side, partners, training, a month that is paid.

The shapes are invented: villages are fields of a chessboard, grids stripes of their field.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from grids.duty_lists import ensure_duties
from grids.models import AllowanceRate, Grid, GridPartner, GridRole, GridShape, Training
from grids.places import box_of
from grids.services.allowances import draw_up, fix_list
from zongzhi.demo import county
from zongzhi.demo.people import Sex, landline, name_of
from zongzhi.demo.places import Places

_WEST, _SOUTH = 103.2, 24.6
_SIDE = 0.03  # degrees of a village
_COLUMNS = 3  # of villages in a town
_TOWNS = 5  # side by side in the county
_PARTNERS = (
    (GridPartner.Kind.POLICE, "派出所"),
    (GridPartner.Kind.LAWYER, "律师事务所"),
    (GridPartner.Kind.JUDGE, "示范县人民法院"),
    (GridPartner.Kind.PROSECUTOR, "示范县人民检察院"),
)
_RATES = (("full_time", "2800"), ("part_time", "600"), ("head", "300"), ("informant", "100"))
_SUBJECTS = (("怎么写清楚一件事", 60, "4"), ("纠纷劝解和报警的界线", 25, "8"))


def build_register(places: Places, today: date) -> None:
    """Everything a county would have written down about its grids."""
    grids = sorted(places.grids.values(), key=lambda grid: grid.code)
    parents = {grid.code: grid.parent for grid in county.GRIDS if grid.parent}
    for grid in grids:
        if grid.code in parents:
            grid.parent = places.grids[parents[grid.code]]
    _describe(grids)
    _draw(grids)
    _give_partners([grid for grid in grids if grid.kind != Grid.Kind.MICRO])
    ensure_duties(since=today - timedelta(days=300))
    _train(places, today)
    _pay(places, today)


def _describe(grids: list[Grid]) -> None:
    for n, grid in enumerate(grids):
        grid.population = grid.households * 3 + n % 7
        grid.phone = landline(3000)
        grid.extent = "东到支路，南到河沟，西到公路，北到村界"
    Grid.objects.bulk_update(grids, ["parent", "population", "phone", "extent"])


def _draw(grids: list[Grid]) -> None:
    shapes: dict[str, tuple[float, float, float, float]] = {}
    towns = groupby(grids, key=lambda grid: grid.code[:9])
    for t, (_, of_town) in enumerate(towns):
        villages = groupby(of_town, key=lambda grid: grid.code[:12])
        for v, (_, of_village) in enumerate(villages):
            west = _WEST + (t % _TOWNS * (_COLUMNS + 0.15) + v % _COLUMNS) * _SIDE
            north = _SOUTH - (t // _TOWNS * (_COLUMNS + 0.15) + v // _COLUMNS) * _SIDE
            mine = list(of_village)
            main = [grid for grid in mine if grid.kind != Grid.Kind.MICRO]
            for n, grid in enumerate(main):
                width = _SIDE / len(main)
                shapes[grid.code] = (west + n * width, north - _SIDE, width, _SIDE)
            for parent, inside in groupby(
                [grid for grid in mine if grid.parent], key=lambda grid: grid.parent
            ):
                if parent is not None:
                    _split(shapes, shapes[parent.code], list(inside))
    GridShape.objects.bulk_create(_shape(grid, *shapes[grid.code]) for grid in grids)


def _split(
    shapes: dict[str, tuple[float, float, float, float]],
    whole: tuple[float, float, float, float],
    inside: list[Grid],
) -> None:
    west, south, width, height = whole
    for n, grid in enumerate(inside):
        part = height / len(inside)
        shapes[grid.code] = (west, south + n * part, width, part)


def _shape(grid: Grid, west: float, south: float, width: float, height: float) -> GridShape:
    """A field whose corners lean a little, the same way as its neighbours'."""

    def corner(x: float, y: float) -> list[float]:
        return [round(x + (y - _SOUTH) * 0.12, 6), round(y + (x - _WEST) * 0.07, 6)]

    east, north = west + width, south + height
    ring = [corner(*one) for one in ((west, south), (east, south), (east, north), (west, north))]
    geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    box = box_of(geometry)
    return GridShape(
        grid=grid, geometry=geometry, west=box[0], south=box[1], east=box[2], north=box[3]
    )


def _give_partners(grids: list[Grid]) -> None:
    """One of each kind for a town's grids; a police officer for each village."""
    rows = []
    for grid in grids:
        for n, (kind, unit) in enumerate(_PARTNERS):
            place = grid.code[6:12] if kind == GridPartner.Kind.POLICE else grid.code[6:9]
            index = 20_000 + int(place) % 9000 + n * 17
            sex: Sex = "female" if index % 3 == 0 else "male"
            rows.append(
                GridPartner(
                    grid=grid, kind=kind, name=name_of(index, sex), unit=unit, phone=landline(index)
                )
            )
    GridPartner.objects.bulk_create(rows)


def _train(places: Places, today: date) -> None:
    workers = list(
        GridRole.objects.filter(kind=GridRole.Kind.FULL_TIME).values_list("user", flat=True)
    )
    for subject, ago, hours in _SUBJECTS:
        row = Training.objects.create(
            center=places.centers[county.COUNTY],
            on=today - timedelta(days=ago),
            subject=subject,
            organiser="县综治中心",
            hours=Decimal(hours),
        )
        row.people.set(workers)


def _pay(places: Places, today: date) -> None:
    """Rates since the year began, and last month's list, fixed."""
    center, triage = places.centers[county.COUNTY], places.users["triage"]
    AllowanceRate.objects.bulk_create(
        AllowanceRate(
            center=center,
            kind=kind,
            amount=Decimal(amount),
            effective_from=date(today.year - 1, 1, 1),
        )
        for kind, amount in _RATES
    )
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    listing = draw_up(center=center, month=last_month, by=triage)
    fix_list(listing=listing, by=triage, address=None)
