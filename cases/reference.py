"""What every installation starts with: the dispute types and how long things may take.

Types: the 18 of the 司法行政 mediation statistics as master, with the 19 categories of the 综治
monthly report beside them. Times: no national figure exists; these are the defaults of published
centres (东至: 1 / 7 / 20; 四川: 签收 1), to be changed by rule.
"""

from __future__ import annotations

from cases.clocks import SUBJECT
from cases.models import ClockRule, DisputeType, ThresholdRule, UpperField, UpperPlatform
from cases.thresholds import STANDARDS
from cases.vocabulary import Clock, Complexity
from orgs.calendars import revise
from orgs.models.places import Level

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

# The words that 登记 recognises a type by: a start, to be mended by the system administrator.
WORDS = {
    "01": "离婚 家暴 老公 老婆 抚养费 抚养权 彩礼 赡养 夫妻 丈夫 妻子 婆媳 财产分割 继承 分家",
    "02": "邻居 隔壁 占道 噪音 噪声 漏水 采光 通行 排水 过道 养狗",
    "03": "宅基地 房屋 建房 拆房 租房 房东 房租 押金 违建 房产证",
    "04": "合同 违约 定金 货款 借款 借条 欠条 欠款 借钱 还钱 民间借贷",
    "05": "生产经营 承包费 合伙 入股 加盟 养殖 种植 收购 农资 种子",
    "06": "打伤 受伤 赔偿 医药费 误工费 摔伤 咬伤 打架 殴打",
    "07": "山林 林地 林权 土地承包 承包地 地界 田埂 界线 水源",
    "08": "征地 拆迁 征收 安置 补偿款 青苗",
    "09": "污染 废水 污水 臭味 粉尘 油烟 排污 垃圾",
    "10": "农民工 拖欠工资 拖欠 工资 欠薪 工钱 包工头 工地 务工 劳务公司",
    "11": "加班 辞退 开除 社保 工伤 劳动合同 经济补偿 离职 试用期",
    "12": "旅游 旅行社 导游 景区 跟团 民宿",
    "13": "网购 网店 快递 直播 退款 电商 平台下单",
    "14": "消费 充值 会员卡 预付卡 假货 退货 保修 健身房 质量问题",
    "15": "医院 医疗 手术 误诊 药费 治疗 医生 住院 接生",
    "16": "车祸 交通事故 撞 追尾 肇事 交强险 电动车",
    "17": "物业 业主 停车位 物业费 小区 电梯 公摊 业委会",
}

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
    (Clock.PETITION_NOTICE, "", 15, "calendar"),
    (Clock.PETITION, "", 60, "calendar"),
    (Clock.MEDIATION, "", 30, "calendar"),
    (Clock.COMMISSIONED, "", 30, "calendar"),
    (Clock.ENTRUSTED, "", 15, "calendar"),
    (Clock.ENTRUSTED_SUMMARY, "", 7, "calendar"),
    (Clock.CONFIRMATION, "", 30, "calendar"),
)

# What a law gives another period for one type of matter: 医疗纠纷预防和处理条例 art. 38 (30 working
# days), 劳动争议调解仲裁法 arts. 2, 14 (15 days, then arbitration is open; wages are such a
# dispute).
TIMES_BY_TYPE: tuple[tuple[Clock, str, int, str], ...] = (
    (Clock.MEDIATION, "10", 15, "calendar"),
    (Clock.MEDIATION, "11", 15, "calendar"),
    (Clock.MEDIATION, "15", 30, "working"),
)

# How often each level may try before the way up is open: 三个三 of 达拉特 (村三次劝调, 镇三次联调,
# 县三次终调) and 331 of 江阴 (the county once, then the courts). `adopt_ladder` makes rules of one.
LADDERS: dict[str, dict[str, int]] = {
    "三个三": {Level.VILLAGE.value: 3, Level.TOWN.value: 3, Level.COUNTY.value: 3},
    "331": {Level.VILLAGE.value: 3, Level.TOWN.value: 3, Level.COUNTY.value: 1},
}


# What a provincial platform asks, in the order of the GB/T 31000 data set. Their codes differ from
# place to place: the system administrator fills them in.
UPPER_PLATFORM = "省矛盾纠纷排查化解系统"
_CODES = {UpperField.Value.SETTLED: "是=1\n否=0"}


def ensure_types() -> None:
    """Create the dispute types that are missing, and words where nobody has chosen any."""
    for code, name, monthly, petition in TYPES:
        DisputeType.objects.get_or_create(
            code=code,
            defaults={"name": name, "monthly_category": monthly, "petition_category": petition},
        )
    for code, words in WORDS.items():
        DisputeType.objects.filter(code=code, words=[]).update(words=words.split())


def ensure_clock_rules() -> None:
    """Create a general rule for every clock that has none, and what the law says of some types."""
    added = False
    for clock, complexity, days, unit in TIMES:
        known = ClockRule.objects.filter(clock=clock, complexity=complexity, level="", type=None)
        if not known.exists():
            ClockRule.objects.create(clock=clock, complexity=complexity, days=days, unit=unit)
            added = True
    for clock, code, days, unit in TIMES_BY_TYPE:
        kind = DisputeType.objects.filter(code=code).first()
        if kind and not ClockRule.objects.filter(clock=clock, type=kind).exists():
            ClockRule.objects.create(clock=clock, type=kind, days=days, unit=unit)
            added = True
    if added:
        revise(SUBJECT)


def ensure_thresholds() -> None:
    """Create a general rule for every threshold that has none."""
    known = set(ThresholdRule.objects.filter(level="").values_list("name", flat=True))
    missing = [
        ThresholdRule(name=name.value, value=standard.value)
        for name, standard in STANDARDS.items()
        if name.value not in known
    ]
    if missing:
        ThresholdRule.objects.bulk_create(missing)
        revise(SUBJECT)


def ensure_upper_platform() -> None:
    """Create the platform above with its fields, where there is none yet."""
    if UpperPlatform.objects.exists():
        return
    platform = UpperPlatform.objects.create(name=UPPER_PLATFORM)
    UpperField.objects.bulk_create(
        UpperField(
            platform=platform,
            position=position,
            label=value.label,
            value=value.value,
            codes=_CODES.get(value, ""),
        )
        for position, value in enumerate(UpperField.Value, start=1)
    )
