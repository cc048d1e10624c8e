"""What settles it: 调解记录, 协议书, 口头协议登记表, 终止告知书, 司法确认申请书, 复函."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cases.composing import SIGN_AND_DATE, SIGN_HERE, Paper
from cases.models import Case, Party
from cases.vocabulary import LegalRoute
from mediation.agreed import copies, signers
from mediation.composing import words
from mediation.models import Agreement, Guest, Mediation, Presence, Referral, Session
from zongzhi.lib import clock, dates

_ROUTES = {
    LegalRoute.LAWSUIT: "向有管辖权的人民法院提起诉讼",
    LegalRoute.ARBITRATION: "向有管辖权的仲裁机构申请仲裁",
    LegalRoute.REVIEW: "向行政复议机关申请行政复议",
    LegalRoute.PETITION: "向信访工作机构提出",
    LegalRoute.INSPECTION: "向纪检监察机关反映",
    LegalRoute.ELSEWHERE: "向有权处理的机关提出",
}
ANY_WAY = "依法通过仲裁、行政、司法等途径维护自己的权利"


# --- 调解记录 -------------------------------------------------------------------------------------


def record(case: Case, session: Session, number: str, day: date) -> Paper:
    """调解记录 of one session: who was there, what was said, what came of it (arts. 22, 27)."""
    presences = list(session.presences.all())
    came = [row for row in presences if row.came]
    guests = [guest for guest in session.guests.all() if guest.came]
    starts, ends = clock.local(session.starts_at), clock.local(session.ends_at)
    post = f"（{session.host_post}）" if session.host_post else ""
    helpers = "、".join(helper.name for helper in session.helpers.all())
    return Paper(
        title="人民调解记录",
        number=number,
        paragraphs=[
            f"时间：{dates.document(starts)} {starts:%H:%M}–{ends:%H:%M}{_nth(session)}",
            f"地点：{_place(session)}",
            f"事由：{words.dispute(case)}",
            f"主持：{session.host.name}{post}"
            + (f"　　一起调解：{helpers}" if helpers else "")
            + (f"　　记录：{session.recorder}" if session.recorder else ""),
            f"当事人：{_who_came(presences)}",
            f"参加人：{_who_helped(guests)}",
            f"{_told(session)}调解{_openness(session)}进行。",
            "经过：",
            *[words.whole(line) for line in words.lines(session.record) or [words.NONE]],
            f"结果：{_outcome(session)}",
        ],
        signatures=[
            *words.everybody_signs([row.party for row in came]),
            *[f"参加人（{guest.name}）（签名）：" for guest in guests],
            f"人民调解员（{session.host.name}）{SIGN_AND_DATE}",
            f"记录人{SIGN_AND_DATE}",
        ],
        signed_by=words.seal_of(session.mediation),
        signed_on=dates.document(starts),
    )


def _told(session: Session) -> str:
    """Said only when it was done, by the day of the session."""
    told = session.mediation.informed_on
    if told is None or told > clock.local(session.starts_at).date():
        return ""
    return "人民调解员已告知当事人调解员身份和当事人的权利义务，"


def _nth(session: Session) -> str:
    if session.attempt is None:
        return ""
    return f"（{session.get_level_display()}第 {session.attempt.n} 次）"


def _place(session: Session) -> str:
    if session.room is not None:
        return f"{session.mediation.center.name}{session.room.name}"
    return session.place or "网上视频"


def _who_came(presences: Sequence[Presence]) -> str:
    said = []
    for row in presences:
        there = "到场" if row.came else "没到场"
        agent = f"，代理人{row.agent}" if row.agent else ""
        said.append(f"{row.party.name}（{there}{agent}）")
    return "、".join(said) or words.NONE


def _who_helped(guests: Sequence[Guest]) -> str:
    return "、".join(f"{g.name}（{g.get_kind_display()}）" for g in guests) or words.NONE


def _openness(session: Session) -> str:
    return "应当事人要求不公开" if session.is_private else "公开"


def _outcome(session: Session) -> str:
    said = {
        Session.Outcome.WRITTEN: "双方自愿达成协议，内容见人民调解协议书。",
        Session.Outcome.ORAL: "双方自愿达成口头协议，内容见口头协议登记表。",
        Session.Outcome.FAILED: f"没有达成协议。已告知当事人可以{ANY_WAY}。",
        Session.Outcome.PUT_OFF: "改期再调。",
        Session.Outcome.ABSENT: "一方没有到场，没有调解成。",
    }
    outcome = session.outcome
    return said[Session.Outcome(outcome)] if outcome else "还没有记录。"


# --- 协议 -----------------------------------------------------------------------------------------


def agreement(case: Case, row: Agreement, number: str, day: date) -> Paper:
    """人民调解协议书, with what art. 29 lists; a copy for each party and one for the body."""
    mediation = row.mediation
    parties = signers(case)
    return Paper(
        title="人民调解协议书",
        number=number,
        paragraphs=[
            *[words.whole(f"当事人：{words.about(party, row.reached_on)}。") for party in parties],
            *[f"代理人：{one.name}。" for one in words.agents(case) if one not in parties],
            "纠纷主要事实、争议事项：",
            *[words.whole(line) for line in words.lines(row.facts)],
            *(["各方当事人的责任：", *words.lines(row.duties)] if row.duties else []),
            f"经{words.seal_of(mediation)}调解，双方自愿达成如下协议：",
            *[
                words.whole(f"{words.ordinal(term.n)}、{words.term_text(term)}")
                for term in row.terms.all()
            ],
            f"履行方式：{row.manner or '见协议内容'}。",
            f"履行地点：{row.place or '见协议内容'}。",
            f"履行期限：{words.last_day(row)}。",
            f"本协议一式 {copies(case)} 份，当事人各执一份，{words.seal_of(mediation)}留存一份。",
        ],
        signatures=_signatures(parties, mediation),
        signed_by=words.seal_of(mediation),
        signed_on=dates.document(row.reached_on),
    )


def _signatures(parties: Sequence[Party], mediation: Mediation) -> list[str]:
    host = words.host_name(mediation)
    return [
        *words.everybody_signs(parties),
        f"人民调解员{f'（{host}）' if host else ''}（签名）：",
        "记录人（签名）：",
    ]


def oral(case: Case, row: Agreement, number: str, day: date) -> Paper:
    """口头协议登记表: what was agreed by word of mouth, written down (art. 28)."""
    mediation = row.mediation
    return Paper(
        title="人民调解口头协议登记表",
        number=number,
        rows=[
            [("达成日期", dates.document(row.reached_on)), ("纠纷类型", case.type.name)],
            *[[("当事人", words.about(party, row.reached_on))] for party in signers(case)],
            [("主要事实", row.facts)],
            *([[("各方责任", row.duties)]] if row.duties else []),
            [
                (
                    "协议内容",
                    "\n".join(
                        f"{words.ordinal(term.n)}、{words.term_text(term)}"
                        for term in row.terms.all()
                    ),
                )
            ],
            [("履行方式", row.manner or "见协议内容"), ("履行地点", row.place or "见协议内容")],
            [("履行期限", words.last_day(row)), ("生效", "自达成之日起生效")],
        ],
        tall=["主要事实", "协议内容"],
        signatures=[f"人民调解员（{words.host_name(mediation)}）{SIGN_AND_DATE}"],
        signed_by=words.seal_of(mediation),
        signed_on=dates.document(row.reached_on),
    )


def confirmation(case: Case, row: Agreement, number: str, day: date) -> Paper:
    """司法确认申请书: both parties, together, within thirty days (art. 33; 民诉法 art. 205)."""
    parties = words.disputants(case)
    asked = getattr(row, "confirmation", None)
    court = asked.court if asked else "　　　　　　人民法院"
    on = asked.applied_on if asked else None
    reached = dates.document(row.reached_on)
    return Paper(
        title="司法确认申请书",
        number=number,
        paragraphs=[
            *[words.whole(f"申请人：{words.about(party, day)}。") for party in parties],
            "请求事项：",
            f"请求确认申请人于{reached}经{words.seal_of(row.mediation)}主持调解达成的"
            f"调解协议（{row.mediation.number}）有效。",
            "事实和理由：",
            *[words.whole(line) for line in words.lines(row.facts)],
            "申请人出于解决纠纷的目的自愿达成协议，没有恶意串通、规避法律的行为；如果因为该协议"
            "内容给他人造成损害的，愿意承担相应的民事责任和其他法律责任。",
            f"此致{court}",
        ],
        signatures=[f"申请人（{party.name}）{SIGN_HERE}：" for party in parties],
        signed_on=dates.document(on) if on else words.DAY,
    )


# --- 没有调成, 回复 -------------------------------------------------------------------------------


def ended(case: Case, mediation: Mediation, number: str, day: date) -> Paper:
    """调解终止告知书: it ends without an agreement, and where to turn (art. 26)."""
    over = mediation.ended_on or day
    why = Mediation.Ending(mediation.ending).label if mediation.ending else ""
    route = _ROUTES[LegalRoute(mediation.route)] if mediation.route else ANY_WAY
    # It may be found at home: nothing of what a silent case is about.
    what = "一事" if case.is_silent else f"{words.matter(case)}一事"
    text = "" if case.is_silent else mediation.ended_why
    return Paper(
        title="调 解 终 止 告 知 书",
        number=number,
        to=words.names(words.disputants(case)),
        paragraphs=[
            f"你们的{what}，{words.seal_of(mediation)}于"
            f"{dates.document(mediation.started_on)}受理调解（{mediation.number}）。"
            f"因{why}，调解于{dates.document(over)}终止。",
            *[words.whole(f"{line.rstrip('。')}。") for line in words.lines(text)],
            f"你们可以{route}。有关期限以法律规定为准。",
            "特此告知。",
        ],
        signed_by=words.seal_of(mediation),
        signed_on=dates.document(over),
        receipt=f"收到人{SIGN_HERE}：　　　　　　　{words.DAY}",
    )


def reply(case: Case, referral: Referral, number: str, day: date) -> Paper:
    """复函 to the organ that handed the matter over (特邀调解规定 arts. 21, 26)."""
    kind = Referral.Kind(referral.kind).label
    letter = f"（{referral.number}）" if referral.number else ""
    came = Referral.Outcome(referral.outcome).label if referral.outcome else "没有接受，材料退回"
    what = "事项" if case.is_silent else f"{words.dispute(case)}"
    said = words.lines(referral.returned_text or referral.declined_why)
    conceded = "当事人在调解中为达成协议作出妥协所认可的事实，不作为对其不利的根据。"
    return Paper(
        title="委派（委托）调解复函",
        number=number,
        to=f"{referral.organ}{f'　{referral.contact}' if referral.contact else ''}",
        paragraphs=[
            f"{kind}{letter}收悉，{dates.document(referral.received_on)}签收材料。"
            f"现将{what}的调解情况回复如下：",
            f"一、结果。{came}。",
            *[
                words.whole(f"{words.ordinal(n)}、{line.rstrip('。')}。")
                for n, line in enumerate(said, start=2)
            ],
            *([conceded] if referral.outcome else []),
            "特此函复。",
        ],
        signed_by=case.center.name,
        signed_on=dates.document(referral.returned_on or referral.declined_on or day),
        receipt=f"收到人（签名）：　　　　　　　{words.DAY}",
    )
