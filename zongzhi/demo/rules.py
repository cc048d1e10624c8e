"""分流规则 of the demo county and of its town, as a few years would have left them.

The first that holds wins, so what is particular stands before what is general.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zongzhi.demo.county import COUNTY, QINGSHI


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by codes; without words or a type it goes by what else it names."""

    code: str
    lead: str
    reason: str
    types: tuple[str, ...] = ()
    words: str = ""
    without: str = ""
    place: str = ""
    party: str = ""
    amount: tuple[int | None, int | None] = (None, None)
    special: tuple[str, ...] = ()
    assisting: tuple[str, ...] = ()
    complexity: str = ""
    risk: str = ""
    direct: bool = False
    is_active: bool = True

    def as_row(self) -> dict[str, Any]:
        """As a draft of the rules keeps it."""
        least, most = (None if one is None else str(one) for one in self.amount)
        return {
            "code": self.code,
            "lead": self.lead,
            "reason": self.reason,
            "types": list(self.types),
            "words": self.words.split(),
            "without": self.without.split(),
            "place": self.place,
            "party": self.party,
            "amount_from": least,
            "amount_to": most,
            "special": list(self.special),
            "assisting": list(self.assisting),
            "complexity": self.complexity,
            "risk": self.risk,
            "direct": self.direct,
            "is_active": self.is_active,
        }


_COUNTY = (
    Rule(
        "R-12",
        "GA",
        "家庭暴力先由公安处置，妇联陪同并联系庇护",
        special=("violence",),
        assisting=("FL",),
        complexity="complex",
        risk="high",
    ),
    Rule(
        "R-13",
        "GA",
        "未成年人受侵害由公安牵头，民政、教育同时到场",
        special=("minor",),
        assisting=("MZ", "JY"),
        complexity="complex",
        risk="high",
    ),
    Rule(
        "R-14",
        "RS",
        "讨薪人数多的人社牵头，住建查工程款，按复杂事项办",
        special=("group",),
        types=("10",),
        assisting=("ZJ",),
        complexity="complex",
        risk="medium",
    ),
    Rule(
        "R-21",
        "RS",
        "一笔五十万元以上的欠薪，公安提前介入",
        types=("10",),
        amount=(500_000, None),
        assisting=("GA",),
        complexity="complex",
        risk="medium",
    ),
    Rule(
        "R-07",
        "RS",
        "欠薪归劳动保障监察",
        types=("10",),
        words="拖欠 工资 欠薪 工钱 包工头 劳务公司 工地",
        without="工伤",
        direct=True,
    ),
    Rule("R-08", "RS", "工伤、社保、辞退归劳动仲裁", types=("10", "11"), assisting=("GH",)),
    Rule(
        "R-02",
        "GA",
        "话里说到动手的，先问公安",
        types=("01",),
        words="家暴 打我 动手 威胁",
        assisting=("FL",),
        risk="high",
    ),
    Rule("R-01", "JHTJ", "婚姻家庭先调解，妇联一起", types=("01",), assisting=("FL",)),
    Rule(
        "R-04",
        "RMTJ",
        "借钱、租房、买卖这类小额合同，调解中心当场就能谈",
        types=("04",),
        amount=(None, 300_000),
        direct=True,
    ),
    Rule("R-22", "RMTJ", "金额大的合同，先调解，法院指导", types=("04",), assisting=("FY",)),
    Rule(
        "R-05",
        "RMTJ",
        "打伤人的先看公安怎么定，再谈赔多少",
        types=("06",),
        words="打伤 打架 殴打",
        assisting=("GA",),
    ),
    Rule("R-06", "RMTJ", "赔偿数目谈得拢的多", types=("06",)),
    Rule(
        "R-23",
        "YJ",
        "龙潭镇矿区放炮、塌陷先排险",
        place="990101106000",
        words="放炮 爆破 采空 塌陷",
        assisting=("ZR",),
        complexity="complex",
    ),
    Rule("R-09", "ZS", "征地补偿账在征收中心", types=("08",), assisting=("ZR",)),
    Rule("R-10", "LC", "山林权属先查林权证", types=("07",)),
    Rule("R-11", "ST", "污水、废气、粉尘归生态环境", types=("09",), without="油烟 占道"),
    Rule("R-24", "CG", "油烟、占道归城管", types=("09", "17"), words="油烟 占道"),
    Rule("R-15", "SJ", "网购、消费归市场监管", types=("13", "14")),
    Rule("R-16", "WL", "旅游投诉归文旅", types=("12",), assisting=("SJ",)),
    Rule("R-17", "YTW", "医患先到医调委", types=("15",), assisting=("WJ",)),
    Rule(
        "R-18",
        "JTW",
        "事故赔偿先到交调委，公安出认定书",
        types=("16",),
        assisting=("GA",),
    ),
    Rule(
        "R-19",
        "ZJ",
        "对方是物业公司的，住建约谈，物调委一起",
        types=("17",),
        party="物业",
        assisting=("WTW",),
    ),
    Rule("R-20", "ZJ", "商品房、物业归住建", types=("17",)),
    Rule("R-25", "NY", "种子、农药、收购归农业农村", types=("05",), assisting=("SJ",)),
    Rule("R-26", "MZ", "低保、救助归民政", words="低保 救助"),
    Rule("R-27", "TY", "退役军人的事专门有人管", words="退役 退伍 优抚"),
    Rule("R-28", "XF", "2024 年以前转信访，现在不用了", words="上访 越级", is_active=False),
)
_TOWN = (
    Rule("R-01", "QSZ", "镇里自己先劝", types=("01", "02", "03", "07")),
    Rule("R-02", "QSZ", "人多的按复杂办，政法委员到场", special=("group",), complexity="complex"),
)
RULES = {COUNTY: _COUNTY, QINGSHI: _TOWN}
