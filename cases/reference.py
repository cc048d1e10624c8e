"""What every installation starts with: the dispute types and how long things may take.

Types: the 18 of the 司法行政 mediation statistics as master, with the 19 categories of the 综治
monthly report beside them. Times: no national figure exists; these are the defaults of published
centres (东至: 1 / 7 / 20; 四川: 签收 1), to be changed by rule.
"""

from __future__ import annotations

from cases.clocks import SUBJECT
from cases.models import ClockRule, DisputeType
from cases.vocabulary import Clock, Complexity
from orgs.calendars import revise

_CIVIL, _ECONOMY, _LAND = "婚姻家庭邻里等各类民间", "经济活动", "土地矿产山林水利界线权属"
TYPES = (
    ("01", "婚姻家庭", _CIVIL, "民政"),
    ("02", "邻里", _CIVIL, "社会治理"),
    ("03", "房屋宅基地", _LAND, "自然资源"),
    ("04", "合同", _ECONOMY, "经济管理"),
    ("05", "生产经营", _ECONOMY, "经济管理"),
    ("06", "损害赔偿", _CIVIL, "社会治理"),
    ("07", "山林土地", _LAND, "自然资源"),
    ("08", "征地拆迁", "征地拆迁安置", "城乡建设"),
    ("09", "环境污染", "环境污染、生态破坏", "生态环境"),
    ("10", "拖欠农民工工资", "劳资", "劳动和社会保障"),
    ("11", "其他劳动争议", "劳资", "劳动和社会保障"),
    ("12", "旅游", _ECONOMY, "文体旅游"),
    ("13", "电子商务", _ECONOMY, "市场监督"),
    ("14", "其他消费", _ECONOMY, "市场监督"),
    ("15", "医疗", "医患", "卫生健康"),
    ("16", "道路交通事故", "其他", "交通运输"),
    ("17", "物业", "建筑工程质量、物业管理等", "房产物业"),
    ("99", "其他", "其他", "其他"),
)

TIMES: tuple[tuple[Clock, str, int, str], ...] = (
    (Clock.ACCEPTANCE, "", 0, "working"),
    (Clock.DISPATCH, "", 1, "working"),
    (Clock.CLAIM, "", 1, "working"),
    (Clock.HANDLING, "", 7, "working"),
    (Clock.HANDLING, Complexity.SIMPLE, 1, "working"),
    (Clock.HANDLING, Complexity.ORDINARY, 7, "working"),
    (Clock.HANDLING, Complexity.COMPLEX, 20, "working"),
    (Clock.APPROVAL, "", 1, "working"),
    (Clock.RULING, "", 1, "working"),
    (Clock.FOLLOW_UP, "", 7, "calendar"),
    (Clock.CALL_BACK, "", 1, "working"),
    (Clock.REDO, "", 15, "working"),
)


def ensure_types() -> None:
    """Create the dispute types that are missing; edited ones stay as they are."""
    for code, name, monthly, petition in TYPES:
        DisputeType.objects.get_or_create(
            code=code,
            defaults={"name": name, "monthly_category": monthly, "petition_category": petition},
        )


def ensure_clock_rules() -> None:
    """Create a general rule for every clock that has none."""
    added = False
    for clock, complexity, days, unit in TIMES:
        known = ClockRule.objects.filter(clock=clock, complexity=complexity, level="", type=None)
        if not known.exists():
            ClockRule.objects.create(clock=clock, complexity=complexity, days=days, unit=unit)
            added = True
    if added:
        revise(SUBJECT)
