"""Phrases that several papers of a mediation share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from cases.composing import SIGN_HERE, UNBROKEN
from cases.models import Case, Party
from cases.vocabulary import PartyRole
from mediation.models import Agreement, AgreementTerm, Mediation
from zongzhi.lib import clock, dates
from zongzhi.lib.identity import age, sex

NUMERALS = "一二三四五六七八九十"
# Room to write: a line, since a break after spaces would begin the next line with a comma.
BLANK, SHORT = "＿＿＿＿＿", "＿＿"
DAY = "　　年　　月　　日"
NONE = "无"


def whole(text: str) -> str:
    """The text with hyphens at which no number is torn in two."""
    return text.replace("-", UNBROKEN)


def ordinal(n: int) -> str:
    """一, 二, … 十一: the n-th clause of a paper; from the hundredth on in digits."""
    if n <= 10:
        return NUMERALS[n - 1]
    if n >= 100:
        return str(n)
    tens, ones = divmod(n, 10)
    head = "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return f"{head}{NUMERALS[ones - 1] if ones else ''}"


def side(case: Case, role: PartyRole) -> list[Party]:
    return [party for party in case.parties.all() if party.role == role]


def applicants(case: Case) -> list[Party]:
    return side(case, PartyRole.APPLICANT)


def respondents(case: Case) -> list[Party]:
    return side(case, PartyRole.RESPONDENT)


def agents(case: Case) -> list[Party]:
    return [p for p in case.parties.all() if p.role in (PartyRole.AGENT, PartyRole.DELEGATE)]


def disputants(case: Case) -> list[Party]:
    """The parties themselves, whose copies are made and who sign."""
    return [*applicants(case), *respondents(case)]


def names(parties: Iterable[Party]) -> str:
    return "、".join(party.name for party in parties) or NONE


def about(party: Party, day: date, *, numbers: bool = True) -> str:
    """What the forms want to know of a party; what nobody asked has room to be written."""
    if party.is_organization:
        parts = [party.name, f"住所：{party.address or BLANK}"]
    else:
        known = party.resident_number
        parts = [
            party.name,
            f"性别：{sex(known) if known else SHORT}",
            f"民族：{SHORT}",
            f"年龄：{age(known, day) if known else SHORT}",
            f"职业或职务：{BLANK}",
            f"单位或住址：{party.address or BLANK}",
        ]
    if numbers:
        parts.append(f"证件号：{party.id_number or BLANK}")
        parts.append(f"联系方式：{party.phone or BLANK}")
    return "，".join(parts)


def matter(case: Case) -> str:
    """「拖欠农民工工资」: the kind of dispute, as papers call it; nothing of a silent case."""
    return "" if case.is_silent else case.type.name


def dispute(case: Case) -> str:
    """「张三丰与鑫源劳务公司拖欠农民工工资纠纷」: what the dossier is called."""
    kind = matter(case).removesuffix("纠纷")
    return f"{names(applicants(case))}与{names(respondents(case))}{kind}纠纷"


def seal_of(mediation: Mediation) -> str:
    """Whose seal stands under it."""
    return mediation.body.name if mediation.body else mediation.center.name


def host_name(mediation: Mediation) -> str:
    return mediation.host.name if mediation.host else ""


def everybody_signs(parties: Sequence[Party], day: bool = False) -> list[str]:
    """A line for each party to sign on."""
    tail = f"　{DAY}" if day else ""
    return [f"当事人（{party.name}）{SIGN_HERE}：{tail}" for party in parties]


def term_text(term: AgreementTerm) -> str:
    """A clause with its sum, its day and its manner, as far as the text does not say them."""
    text = term.text.rstrip("。")
    added = []
    if term.amount is not None and not says_amount(text, term.amount):
        added.append(f"金额 {money(term.amount)}")
    if term.due_on is not None and dates.document(term.due_on) not in text:
        added.append(f"{dates.document(term.due_on)}前履行")
    if term.manner and term.manner not in text:
        added.append(f"以{term.manner}的方式")
    tail = f"（{'，'.join(added)}）" if added else ""
    return f"{text}{tail}。"


def says_amount(text: str, amount: Decimal) -> bool:
    plain = text.replace(",", "").replace("，", "")
    return f"{amount.normalize():f}" in plain


def money(amount: Decimal) -> str:
    """「38,600 元」, with 分 only where there are some."""
    shown = f"{amount:,.2f}".removesuffix(".00")
    return f"{shown} 元"


def last_day(agreement: Agreement) -> str:
    """By when everything is to be performed."""
    days = [term.due_on for term in agreement.terms.all() if term.due_on is not None]
    return dates.document(max(days)) + "前" if days else "见协议内容"


def moment(at: datetime) -> str:
    when = clock.local(at)
    return f"{dates.document(when)} {when:%H:%M}"


def lines(text: str) -> list[str]:
    """The paragraphs of what was typed; none for nothing."""
    return [line.strip() for line in text.splitlines() if line.strip()]
