"""What the papers of a case say. Pure: facts in, words out; print page and Word draw the same."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date

from cases.models import Case, CaseEvent, Party
from cases.presenting import place_of
from cases.vocabulary import Closure, DeclineReason, LegalRoute, PartyRole, Willing
from zongzhi.lib import clock, dates, identity

Pair = tuple[str, str]  # a label and what stands beside it
SIGN_HERE = "（签名按指印）"
SEAL_HERE = "（印章）"
UNBROKEN = "\u2011"  # a hyphen at which no number is torn in two
SIGN_AND_DATE = "（签名）　　　　　年　　月　　日"
_DAY = "　　　　年　　月　　日"


_ADDED_LATER = ("table", "signatures")


@dataclass(frozen=True)
class Paper:
    """One paper, word for word. A form has rows, a notice has an addressee and paragraphs.

    A list has a `table`, its head first. `signatures` are the lines on which people sign, above
    the seal; nothing tears them from one another.
    """

    title: str
    number: str
    to: str = ""
    paragraphs: list[str] = field(default_factory=list)
    rows: list[list[Pair]] = field(default_factory=list)
    tall: list[str] = field(default_factory=list)  # the labels of rows with room to write
    signed_by: str = ""
    signed_on: str = ""
    receipt: str = ""
    table: list[list[str]] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)

    def frozen(self) -> str:
        """The words as they are kept; what a paper has not got is left out, as it was before."""
        said = asdict(self)
        for name in _ADDED_LATER:
            if not said[name]:
                del said[name]
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def thawed(cls, text: str) -> Paper:
        said = json.loads(text)
        said["rows"] = [[(pair[0], pair[1]) for pair in row] for row in said["rows"]]
        return cls(**said)


@dataclass(frozen=True)
class Annex:
    """附表: a wide list on sheets of its own, turned sideways; its head first."""

    title: str
    lines: list[list[str]]


# Each composer takes (case, what it is about, number, day); these speak of the case itself.


def why_no_acceptance(case: Case) -> str:
    """Why there is no 受理告知书 for the case now; "" when there can be."""
    if case.accepted_at is None or case.closure == Closure.DECLINED:
        return f"{case.short_number} 还没有受理，受理后才有告知书"
    return ""


def why_no_refusal(case: Case) -> str:
    """The same for the 不予受理告知书."""
    if case.closure != Closure.DECLINED:
        return f"{case.short_number} 没有不予受理，不用告知书"
    return ""


# --- 登记表 ---------------------------------------------------------------------------------------


def registration(case: Case, about: object, number: str, day: date) -> Paper:
    """登记表: what was registered, for the visitor to sign."""
    people = _people(case)
    first, others = people[0], people[1:]
    return Paper(
        title="矛盾纠纷受理登记表",
        number=number,
        rows=[
            [("编号", case.short_number), ("登记时间", _moment(case))],
            [("来访人", first.name), ("人数", f"{case.visitors_count} 人")],
            *_from_the_card(first),
            [("联系电话", first.phone or "没有"), ("来源", str(case.get_source_display()))],
            [("住址", first.address)],
            *[[("同来的人", "；".join(_line(p) for p in others))] for _ in others[:1]],
            [("对方", "；".join(_line(p) for p in _of(case, PartyRole.RESPONDENT)) or "没有填")],
            [("发生地", place_of(case)), ("类型", case.type.name)],
            [("事情和要求", case.narrative)],
            [("愿意调解", Willing(case.willing_to_mediate).label), ("去向", _lead(case))],
            [("来访人签名", f"以上登记属实。{SIGN_HERE}{_DAY}")],
            [("登记人签名", f"{case.registered_by.name}　　年　月　日"), ("备注", "")],
        ],
        tall=["事情和要求", "来访人签名"],
        signed_by=case.center.name,
        signed_on=dates.document(day),
    )


def _from_the_card(party: Party) -> list[list[Pair]]:
    """What the identity number says by itself."""
    if not party.id_number:
        return [[("身份证号", "没有带证件或不愿提供")]]
    paper = (identity.IdKind(party.id_kind).number_label, party.id_number)
    if not party.resident_number:
        return [[paper]]
    born = dates.document(identity.birth_date(party.id_number))
    return [[("性别", identity.sex(party.id_number)), ("出生日期", born)], [paper]]


def _line(party: Party) -> str:
    return "，".join(part for part in (party.name, party.phone, party.address) if part)


def _moment(case: Case) -> str:
    return f"{dates.document(case.registered_at)} {clock.local(case.registered_at):%H:%M}"


def _lead(case: Case) -> str:
    unit = case.unit or case.suggested_unit
    return unit.name if unit else "交分流员研判"


# --- 受理告知书, 不予受理告知书 -------------------------------------------------------------------


def accepted(case: Case, about: object, number: str, day: date) -> Paper:
    """受理告知书: who handles it, until when, and what else is open."""
    said = (
        f"您于{dates.document(case.registered_at)}到本中心反映的{_matter(case)}"
        f"（编号 {case.short_number}），经审查，本中心决定受理。现将有关事项告知如下："
    )
    points = [
        _handled_by(case),
        _until(case),
        f"凭编号 {case.short_number} 打 {case.center.phone}，或者到任何窗口，都能问办到哪一步。",
        "请如实说明情况、提供材料。您可以委托代理人；是否调解由您自愿决定，随时可以终止。",
        "对办理结果有不同意见的，可以依法申请仲裁、行政复议，或者向人民法院提起诉讼。",
    ]
    numbered = [f"{'一二三四五'[index]}、{text}" for index, text in enumerate(points)]
    return _notice(case, "受 理 告 知 书", number, day, [said, *numbered, "特此告知。"])


def _handled_by(case: Case) -> str:
    if case.is_silent or case.unit is None:
        return f"承办：{case.center.name}，电话 {case.center.phone}。"
    phone = f"，电话 {case.unit.phone}" if case.unit.phone else ""
    return f"承办单位：{case.unit.name}{phone}。"


def _until(case: Case) -> str:
    if case.promised_at is not None:
        day = dates.document(clock.local(case.promised_at))
        return f"办理期限：最晚 {day} 给您答复。需要延长的，会提前告诉您。"
    if case.due_at is not None:
        return f"办理期限：最晚 {dates.document(clock.local(case.due_at))} 交给承办单位。"
    return "办理期限：以承办单位告诉您的为准。"


_WHERE_TO = {
    LegalRoute.LAWSUIT: "向有管辖权的人民法院提起诉讼",
    LegalRoute.ARBITRATION: "向有管辖权的仲裁机构申请仲裁",
    LegalRoute.REVIEW: "向行政复议机关申请行政复议",
    LegalRoute.PETITION: "向信访工作机构提出，由其依法办理",
    LegalRoute.INSPECTION: "向纪检监察机关反映",
    LegalRoute.ELSEWHERE: "向有权处理的机关提出",
}


def declined(case: Case, about: object, number: str, day: date) -> Paper:
    """不予受理告知书: why not, and the legal route."""
    given = _declining(case)
    reason = DeclineReason(given.get("reason", DeclineReason.OTHER))
    route = LegalRoute(given.get("route", LegalRoute.ELSEWHERE))
    because = "" if reason == DeclineReason.OTHER else f"该事项{reason.label}，"
    said = (
        f"您于{dates.document(case.registered_at)}到本中心反映的{_matter(case)}"
        f"（编号 {case.short_number}），经审查，{because}本中心不予受理。"
    )
    paragraphs = [
        said,
        f"具体情况：{case.closure_text.rstrip('。')}。",
        f"您可以{_WHERE_TO[route]}。",
        f"对本告知有疑问的，可以打 {case.center.phone}，或者到窗口询问。",
        "特此告知。",
    ]
    return _notice(case, "不 予 受 理 告 知 书", number, day, paragraphs)


def _declining(case: Case) -> dict[str, str]:
    event = CaseEvent.objects.filter(case=case, verb="decline").order_by("-seq").first()
    return dict(event.data) if event else {}


def _notice(case: Case, title: str, number: str, day: date, paragraphs: list[str]) -> Paper:
    return Paper(
        title=title,
        number=number,
        to="、".join(party.name for party in _people(case)),
        paragraphs=[text.replace("-", UNBROKEN) for text in paragraphs],
        signed_by=case.center.name,
        signed_on=dates.document(day),
        receipt=f"收到人{SIGN_HERE}：　　　　　　　{_DAY}",
    )


def _matter(case: Case) -> str:
    """Nothing about what it is on the paper of a case that somebody at home may find."""
    return "事项" if case.is_silent else f"{case.type.name}一事"


def _people(case: Case) -> list[Party]:
    return _of(case, PartyRole.APPLICANT) or list(case.parties.all())[:1]


def _of(case: Case, role: PartyRole) -> list[Party]:
    return [party for party in case.parties.all() if party.role == role]
