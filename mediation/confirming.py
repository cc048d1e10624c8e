"""司法确认: what the law keeps out of it, what has to be brought, and until when.

人民调解法 art. 33; 民事诉讼法 arts. 205, 206; 民诉解释 arts. 355 (不予受理), 358 (驳回).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from mediation.models import AgreementTerm
from zongzhi.lib import dates


@dataclass(frozen=True)
class Exclusion:
    """A case in which the court does not take the application, or turns it down."""

    code: str
    label: str
    law: str

    @property
    def sentence(self) -> str:
        """Which one and why, for whoever wanted to apply."""
        return f"“{self.label}”的，法院{self.law}，不能申请司法确认"


_NOT_TAKEN = "不予受理（民诉解释第三百五十五条）"
_REJECTED = "裁定驳回（民诉解释第三百五十八条）"
EXCLUSIONS: tuple[Exclusion, ...] = (
    Exclusion("status", "确认婚姻、亲子、收养等身份关系", _NOT_TAKEN),
    Exclusion("title", "物权、知识产权确权", _NOT_TAKEN),
    Exclusion("scope", "不属于法院受理范围", _NOT_TAKEN),
    Exclusion("special", "要用其他特别程序、公示催告、破产程序", _NOT_TAKEN),
    Exclusion("mandatory", "违反法律强制性规定", _REJECTED),
    Exclusion("others", "损害国家利益、社会公共利益或他人合法权益", _REJECTED),
    Exclusion("morals", "违背公序良俗", _REJECTED),
    Exclusion("unwilling", "违背当事人自愿", _REJECTED),
    Exclusion("vague", "内容不明确", _REJECTED),
)
BY_CODE = {exclusion.code: exclusion for exclusion in EXCLUSIONS}
NONE = "none"

# What to look at twice, by the type of the dispute.
HINTS = {
    "01": "离婚、抚养关系归谁这些身份关系不能确认；抚养费、赡养费、财产分割的给付可以",
    "03": "房屋、宅基地归谁所有属于确权，不能确认；搬离、补偿、修缮的约定可以",
    "07": "山林、土地归谁属于确权，由人民政府处理；补偿、停止侵害的约定可以",
}

MATERIALS = {
    "application": "司法确认申请书",
    "agreement": "调解协议",
    "identity": "身份或资格证明",
    "property": "财产权利证明",
    "addresses": "双方送达地址和电话",
}
IF_ANY = ("property",)  # only where the agreement is about a thing that has such a paper


def refusals(codes: Iterable[str]) -> list[str]:
    """A sentence for each exclusion that applies."""
    return [BY_CODE[code].sentence for code in codes if code in BY_CODE]


def missing_materials(given: Sequence[str]) -> list[str]:
    """The names of what has still to be brought."""
    return [name for code, name in MATERIALS.items() if code not in (*given, *IF_ANY)]


def unclear(terms: Iterable[AgreementTerm]) -> list[str]:
    """What a court might call 内容不明确, clause by clause."""
    found = []
    for term in terms:
        lacking = [] if term.by_party_id else ["由谁履行"]
        lacking += [] if term.due_on else ["什么时候以前"]
        if lacking:
            found.append(f"第 {term.n} 条没有写{'、'.join(lacking)}")
    return found


def lapsed(in_force_on: date, last_day: date) -> str:
    """The sentence for whoever comes too late, with what is still open."""
    return (
        f"协议 {dates.day(in_force_on)}生效，30 日内申请司法确认，最后一天是{dates.day(last_day)}，"
        "已经过了。协议仍有约束力，对方不履行可以向法院起诉"
    )
