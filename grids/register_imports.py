"""导入网格、导入网格员、导入房屋单位场所设施: the wizard of every import, three times."""

from __future__ import annotations

from grids.importing import GridImporter, WorkerImporter
from grids.site_importing import SiteImporter
from orgs.import_pages import Wizard
from orgs.permissions import Permission

GRIDS = Wizard(
    importer=GridImporter,
    permission=Permission.GRIDS,
    name="网格",
    unit="个",
    register="grids:register",
    address="grids:import",
)
WORKERS = Wizard(
    importer=WorkerImporter,
    permission=Permission.GRIDS,
    name="网格员",
    unit="位",
    register="grids:register",
    address="grids:import_workers",
)
SITES = Wizard(
    importer=SiteImporter,
    permission=Permission.GRIDS,
    name="房屋、单位、场所、设施",
    unit="处",
    register="grids:sites",
    address="grids:import_site",
    bulk="grids:bulk_sites",
)
