"""A paper as a Word file: the same words as on the print page, in the layout of 公文."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cases.composing import SEAL_HERE, SIGN_AND_DATE, Annex, Pair, Paper
from cases.models import Receipt
from zongzhi.lib import dates, word


def word_file(
    paper: Paper, *, foot: str, stubs: Sequence[Receipt] = (), annex: Annex | None = None
) -> bytes:
    """The .docx of a paper; the signature block stays in one piece, with the line before it.

    `stubs` are who has signed for it by now: below the words, which they do not change. An `annex`
    follows on sheets of its own.
    """
    document = word.new_document()
    word.add_title(document, paper.title)
    word.add_right(document, paper.number)
    if paper.to:
        word.add_paragraph(document, f"{paper.to}：", indent=False)
    last = None
    for text in paper.paragraphs:
        last = word.add_paragraph(document, text)
    if last is not None:
        word.keep_with_next(last)
    if paper.rows:
        word.add_rows(document, paper.rows, paper.tall)
    if paper.table:
        word.add_table(document, paper.table)
    _sign(document, paper)
    if paper.receipt:
        word.add_paragraph(document, "", indent=False)
        word.add_paragraph(document, paper.receipt, indent=False)
    if stubs:
        word.add_right(document, "", keep=True)
        word.add_rows(document, [_stub(receipt) for receipt in stubs], [])
    word.add_footer(document, foot)
    _annex(document, annex)
    return word.as_bytes(document)


def _sign(document: Any, paper: Paper) -> None:
    """Who signs, the seal and the day: one block, which no page tears."""
    lines = [*paper.signatures]
    if paper.signed_by:
        lines.append(f"{paper.signed_by}{SEAL_HERE}")
    if paper.signed_on:
        lines.append(paper.signed_on)
    if not lines:
        return
    word.add_right(document, "", keep=True)
    for n, line in enumerate(lines, start=1):
        if n <= len(paper.signatures):
            word.add_signature(document, line, keep=n < len(lines))
        else:
            word.add_right(document, line, characters=4, keep=n < len(lines))


def _annex(document: Any, annex: Annex | None) -> None:
    if annex is not None and annex.lines:
        word.add_annex(document, annex.title, annex.lines)


def _stub(receipt: Receipt) -> list[Pair]:
    """回执联: the unit, and who signed when, or room to."""
    if receipt.signed_by is None or receipt.signed_at is None:
        return [("签收单位", receipt.unit.name), ("签收", SIGN_AND_DATE)]
    said = f"{receipt.signed_by.name} {dates.document(receipt.signed_at)}"
    return [("签收单位", receipt.unit.name), ("签收", said)]
