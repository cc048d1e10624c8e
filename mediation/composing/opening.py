"""What opens a mediation: 申请书, 受理登记表, 权利义务告知书."""

from __future__ import annotations

from datetime import date

from cases.composing import SIGN_AND_DATE, SIGN_HERE, Paper
from cases.models import Case
from mediation.composing import words
from mediation.models import Inquiry, Mediation
from zongzhi.lib import dates

_ROOM = 3  # 申请事项 are numbered to three on the form


def application(case: Case, mediation: Mediation, number: str, day: date) -> Paper:
    """人民调解申请书: who asks whom for what, of their own will (人民调解法 arts. 3, 17)."""
    first, other = words.applicants(case), words.respondents(case)
    demands = words.lines(mediation.demands) or words.lines(case.narrative)[:1]
    wanted = [f"{n}．{words.whole(text)}" for n, text in enumerate(demands, start=1)]
    wanted += [f"{n}．" for n in range(len(wanted) + 1, _ROOM + 1)]
    return Paper(
        title="人民调解申请书",
        number=number,
        paragraphs=[
            *[words.whole(f"申请人：{words.about(party, day)}。") for party in first],
            *[words.whole(f"被申请人：{words.about(party, day)}。") for party in other],
            "纠纷简要情况：",
            *[words.whole(line) for line in words.lines(case.narrative)],
            "申请事项：",
            *wanted,
            f"人民调解委员会已将申请人民调解的相关规定告知本人，现自愿申请{words.seal_of(mediation)}"
            "进行调解。",
        ],
        signatures=[f"申请人（{party.name}）{SIGN_HERE}：" for party in first]
        or [f"申请人{SIGN_HERE}："],
        signed_on=dates.document(mediation.started_on),
    )


def intake(case: Case, mediation: Mediation, number: str, day: date) -> Paper:
    """人民调解受理登记表."""
    origin = Mediation.Origin(mediation.origin).label
    parties = words.disputants(case)
    claimed = words.money(mediation.claimed) if mediation.claimed is not None else words.NONE
    return Paper(
        title="人民调解受理登记表",
        number=number,
        rows=[
            [("受理日期", dates.document(mediation.started_on)), ("事项编号", case.short_number)],
            *[
                [("申请人", words.about(party, day, numbers=False))]
                for party in words.applicants(case)
            ],
            *[
                [("被申请人", words.about(party, day, numbers=False))]
                for party in words.respondents(case)
            ],
            [("纠纷类型", case.type.name), ("案件来源", origin)],
            [("疑难复杂", "是" if mediation.is_hard else "否"), ("主张金额", claimed)],
            [("简要情况", case.narrative)],
            [("申请事项", mediation.demands or "见申请书")],
            [("当事人签名", "\n".join(words.everybody_signs(parties)))],
            [("登记人签名", mediation.started_by.name), ("备注", "")],
        ],
        tall=["简要情况", "当事人签名"],
        signed_by=words.seal_of(mediation),
        signed_on=dates.document(mediation.started_on),
    )


RIGHTS = (
    "选择或者接受人民调解员",
    "接受调解、拒绝调解或者要求终止调解",
    "要求调解公开进行或者不公开进行",
    "自主表达意愿、自愿达成调解协议",
)
DUTIES = (
    "如实陈述纠纷事实",
    "遵守调解现场秩序，尊重人民调解员",
    "尊重对方当事人行使权利",
)


def rights(case: Case, mediation: Mediation, number: str, day: date) -> Paper:
    """当事人权利义务告知书 (人民调解法 arts. 4, 23, 24, 26, 31, 33)."""
    told = mediation.informed_on
    host = words.host_name(mediation)
    return Paper(
        title="当事人权利义务告知书",
        number=number,
        to=words.names(words.disputants(case)),
        paragraphs=[
            f"根据《中华人民共和国人民调解法》，{words.seal_of(mediation)}调解民间纠纷不收取任何费用"
            "，调解在双方自愿、平等的基础上进行。现将有关事项告知如下：",
            "一、当事人在人民调解活动中享有下列权利：",
            *[f"（{words.ordinal(n)}）{text}；" for n, text in enumerate(RIGHTS, start=1)],
            "二、当事人在人民调解活动中履行下列义务：",
            *[f"（{words.ordinal(n)}）{text}；" for n, text in enumerate(DUTIES, start=1)],
            "三、人民调解员与当事人有近亲属关系、利害关系或者其他可能影响公正的关系的，"
            "当事人可以要求更换。" + (f"本次调解由{host}主持。" if host else ""),
            "四、经调解达成的协议具有法律约束力，当事人应当按照约定履行；双方可以自协议生效之日起"
            "三十日内共同向有管辖权的人民法院申请司法确认。",
            "五、调解不成的，可以依法通过仲裁、行政、司法等途径维护自己的权利。",
            "以上内容已经告知，当事人清楚自己的权利和义务。",
        ],
        signatures=words.everybody_signs(words.disputants(case)),
        signed_by=words.seal_of(mediation),
        signed_on=dates.document(told) if told else words.DAY,
    )


def inquiry(case: Case, row: Inquiry, number: str, day: date) -> Paper:
    """调查记录: what somebody said when asked, for them to sign."""
    return Paper(
        title="人民调解调查记录",
        number=number,
        paragraphs=[
            f"时间：{words.moment(row.at)}",
            f"地点：{row.place}",
            f"事由：{row.subject}",
            f"被调查人：{row.asked}",
            f"调查人：{row.asked_by}　　记录人：{row.recorder or words.NONE}",
            "内容：",
            *[words.whole(line) for line in words.lines(row.text)],
        ],
        signatures=[f"{who}{SIGN_AND_DATE}" for who in ("被调查人", "调查人", "记录人")],
    )
