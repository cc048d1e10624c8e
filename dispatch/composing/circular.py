"""通报 in the form of an official document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cases.composing import Paper
from dispatch.circulars import Facts
from dispatch.models import Circular
from zongzhi.lib import dates

_NUMBERS = "一二三四五六七八九十"


def compose_circular(
    circular: Circular, facts: Sequence[Facts], numbers: Mapping[int, str]
) -> Paper:
    """The circular; `numbers` are the short numbers of the cases that the reader may see."""
    month = f"{circular.month.year}年{circular.month.month}月"
    what = "更正通报" if circular.corrects_id else "通报"
    head = [f"关于{circular.corrects.number}的更正"] if circular.corrects else []
    paragraphs = [
        *[f"{text}：" for text in head],
        *[line for line in circular.text.splitlines() if line.strip()],
        f"截至{month}底，有关单位情况如下：" if facts else "更正后没有点名的单位。",
        *[f"{_ordinal(n)}、{_about(row, numbers)}" for n, row in enumerate(facts)],
    ]
    return Paper(
        title=f"{month}矛盾纠纷办理情况{what}",
        number=circular.number or "（草稿，未印发）",
        paragraphs=paragraphs,
        signed_by=circular.center.name,
        signed_on=dates.document(circular.issued_at or circular.drafted_at),
    )


def _ordinal(n: int) -> str:
    return _NUMBERS[n] if n < len(_NUMBERS) else str(n + 1)


def _about(row: Facts, numbers: Mapping[int, str]) -> str:
    said = [
        f"{label} {len(pks)} {measure}{_named(pks, numbers)}"
        for label, pks, measure in (
            ("月底超期", row.overdue, "件"),
            ("督办单没答复", row.unanswered, "份"),
            ("红牌", row.red, "件"),
        )
        if pks
    ]
    said += [f"被约谈 {row.talks} 次"] if row.talks else []
    return f"{row.unit.name}：{'，'.join(said)}。"


def _named(pks: Sequence[int], numbers: Mapping[int, str]) -> str:
    known = [numbers[pk] for pk in pks if pk in numbers]
    return f"（{'、'.join(known)}）" if known else ""
