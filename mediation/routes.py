"""路线图: which legal ways are open for a type of dispute when mediation has not settled it.

The ways and their periods are those of `cases.legal_terms`; here is only which of them fit.
"""

from __future__ import annotations

from dataclasses import dataclass

from cases.legal_terms import LEGAL_TERMS, LegalTerm

BY_WAY = {term.way: term for term in LEGAL_TERMS}
_LABOUR = ("劳动监察", "劳动争议调解、仲裁")
_AID = "法律援助"


@dataclass(frozen=True)
class Route:
    """What to tell the parties of that type, and the ways whose periods are known."""

    advice: str
    ways: tuple[LegalTerm, ...]


# (what to say, ways in the order they are usually tried), by the code of the type.
_ROUTES: dict[str, tuple[str, tuple[str, ...]]] = {
    "01": ("向法院起诉；有家暴的马上报警，可以申请人身安全保护令", (_AID,)),
    "02": ("向法院起诉；打骂伤人的由公安处理", ("治安调解", _AID)),
    "03": ("归谁所有的争议先由人民政府处理，不服的复议、起诉；其他的向法院起诉", ("行政复议",)),
    "04": ("向法院起诉；合同写了仲裁的，申请仲裁", (_AID,)),
    "05": ("向法院起诉；合同写了仲裁的，申请仲裁", (_AID,)),
    "06": ("向法院起诉；因民间纠纷打架、损坏财物的，公安可以治安调解", ("治安调解", _AID)),
    "07": (
        "权属争议由人民政府调处裁决；承包的申请土地承包仲裁，或者向法院起诉",
        ("林权争议", "土地承包仲裁", "行政复议"),
    ),
    "08": ("和征收部门协商；对征收、补偿决定不服的，行政复议或者行政诉讼", ("行政复议",)),
    "09": ("请生态环境部门查处；要求赔偿的向法院起诉", ("行政调解", "行政复议")),
    "10": ("向劳动监察投诉；申请劳动仲裁；有欠条的可以申请支付令", (*_LABOUR, _AID)),
    "11": ("申请劳动仲裁，不服的向法院起诉", (*_LABOUR, _AID)),
    "12": ("向文旅部门投诉，或者向法院起诉", ("行政调解",)),
    "13": ("向市场监管部门投诉，或者向法院起诉", ("行政调解",)),
    "14": ("向市场监管部门、消费者协会投诉，或者向法院起诉", ("行政调解",)),
    "15": ("申请卫生健康部门行政调解，或者向法院起诉", ("医疗纠纷人民调解、行政调解",)),
    "16": ("申请交警调解损害赔偿，或者向法院起诉", ("交警调解损害赔偿", _AID)),
    "17": ("请住建部门处理，或者向法院起诉", ("行政调解",)),
}
_OTHERWISE = ("向法院起诉；不服行政机关决定的，行政复议；其他诉求走信访程序", ("行政复议", _AID))


def route_for(code: str) -> Route:
    """The ways that fit this type of dispute."""
    advice, ways = _ROUTES.get(code, _OTHERWISE)
    return Route(advice, tuple(BY_WAY[way] for way in ways))
