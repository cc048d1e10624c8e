"""What keeps it: 回访记录, 卷宗封面, 卷内目录, 卷宗情况说明, 封底."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cases.composing import SIGN_AND_DATE, Paper
from cases.models import Case, FollowUp
from cases.vocabulary import Satisfaction
from mediation.composing import words
from mediation.models import Agreement, Mediation
from zongzhi.lib import clock, dates

CONTENTS_HEAD = ["序号", "文书名称", "要不要", "页次", "页数"]


def visit(case: Case, mediation: Mediation, calls: Sequence[FollowUp], number: str) -> Paper:
    """回访记录: what was performed, how satisfied they are, what threatens (art. 31)."""
    held = holding(mediation)
    said = [_call(call) for call in calls] or ["　"]
    last = clock.local(calls[-1].at) if calls else None
    who = calls[-1].by.name if calls and calls[-1].by else ""
    return Paper(
        title="人民调解回访记录",
        number=number,
        rows=[
            [("当事人", words.names(words.disputants(case)))],
            [("协议编号", mediation.number if held else words.NONE)],
            [("回访事由", words.dispute(case))],
            [("履行情况", _performed(held))],
            [("回访情况", "\n".join(said))],
            [("有没有起诉", "　"), ("有没有激化隐患", "　")],
            [("采取的措施", "　")],
        ],
        tall=["回访情况", "履行情况", "采取的措施"],
        signatures=[f"回访人{f'（{who}）' if who else ''}{SIGN_AND_DATE}"],
        signed_by=words.seal_of(mediation),
        signed_on=dates.document(last) if last else words.DAY,
    )


def _call(call: FollowUp) -> str:
    level = Satisfaction(call.satisfaction).label if call.satisfaction else "没有评"
    reached = level if call.reached else "没联系上"
    said = f"{words.moment(call.at)} {call.get_channel_display()}回访：{reached}"
    return f"{said}。{call.text}".rstrip("。") + "。"


def _performed(held: Agreement | None) -> str:
    if held is None:
        return "没有协议"
    return "\n".join(
        f"第{words.ordinal(term.n)}条："
        + (f"{dates.document(term.done_on)}履行完" if term.done_on else "没有履行完")
        for term in held.terms.all()
    )


def holding(mediation: Mediation) -> Agreement | None:
    """The agreement that holds; its rows are loaded."""
    return next((row for row in mediation.agreements.all() if row.voided_at is None), None)


def cover(case: Case, mediation: Mediation, number: str, day: date) -> Paper:
    """卷宗封面."""
    ended = dates.document(mediation.ended_on) if mediation.ended_on else "没有结束"
    helpers = [helper.name for helper in mediation.helpers.all()]
    mediators = "、".join([name for name in [words.host_name(mediation), *helpers] if name])
    filed_by = mediation.filed_by.name if mediation.filed_by else ""
    return Paper(
        title="人 民 调 解 卷 宗",
        number=number,
        rows=[
            [("卷名", words.dispute(case))],
            [("卷号", mediation.number)],
            [("调解组织", words.seal_of(mediation))],
            [("人民调解员", mediators or words.NONE)],
            [("调解日期", f"{dates.document(mediation.started_on)}起，{ended}止")],
            [
                ("立卷人", filed_by or "　"),
                (
                    "立卷日期",
                    dates.document(mediation.filed_on) if mediation.filed_on else words.DAY,
                ),
            ],
            [("保管期限", mediation.kept_for or "　"), ("事项编号", case.short_number)],
            [("备注", "　")],
        ],
        tall=["卷名", "备注"],
    )


def contents(
    mediation: Mediation, parts: Sequence[tuple[str, str, int]], number: str, day: date
) -> Paper:
    """卷内目录: (name, 必须 or 按需, pages) of each part, with the pages it stands on."""
    table, page = [CONTENTS_HEAD], 1
    for n, (name, needed, pages) in enumerate(parts, start=1):
        on = "" if not pages else str(page) if pages == 1 else f"{page}–{page + pages - 1}"
        table.append([str(n), name, needed, on, str(pages) if pages else ""])
        page += pages
    return Paper(
        title="卷 内 目 录",
        number=number,
        table=table,
        signed_on=dates.document(mediation.filed_on) if mediation.filed_on else "",
    )


def note(case: Case, mediation: Mediation, missing: Sequence[str], number: str, day: date) -> Paper:
    """卷宗情况说明: what is particular, and what is missing and why."""
    texts = words.lines(mediation.dossier_note)
    lacking = [f"缺{text}。" for text in missing]
    return Paper(
        title="卷宗情况说明",
        number=number,
        paragraphs=[words.whole(line) for line in [*texts, *lacking]] or ["没有需要说明的情况。"],
        signatures=[f"立卷人{SIGN_AND_DATE}", f"检查人{SIGN_AND_DATE}"],
    )


def back(mediation: Mediation, pages: int, number: str, day: date) -> Paper:
    """封底: how many pages the dossier has, who filed and who checked it."""
    filed = mediation.filed_by.name if mediation.filed_by else "　"
    checked = mediation.checked_by.name if mediation.checked_by else "　"
    return Paper(
        title="封 底",
        number=number,
        rows=[
            [("本卷页数", f"共 {pages} 页")],
            [("立卷人", filed), ("立卷日期", _day(mediation.filed_on))],
            [("检查人", checked), ("检查合格", _day(mediation.checked_on))],
            [("备注", "　")],
        ],
        tall=["备注"],
        signed_by=words.seal_of(mediation),
        signed_on=_day(mediation.filed_on),
    )


def _day(value: date | None) -> str:
    return dates.document(value) if value else words.DAY
