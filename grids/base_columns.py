"""People and sites in a file: the words of the columns that a page and the command line share."""

from __future__ import annotations

from grids.models import Site

SITE_KINDS = {str(label): value for value, label in Site.Kind.choices}
LONGEST = {"姓名": 40, "名称": 60, "地址": 100, "联系人": 30, "外部系统编号": 40, "备注": 200}
# The same for everybody and for ever: a template may be sent back later, and by another centre.
EXAMPLE_GRIDS = ("000000000000001", "000000000000001", "000000000000001")
