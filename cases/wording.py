"""A paper as a Word file: the same words as on the print page, in the layout of 公文."""

from __future__ import annotations

from cases.composing import SEAL_HERE, Paper
from zongzhi.lib import word


def word_file(paper: Paper, *, foot: str) -> bytes:
    """The .docx of a paper; the signature block stays in one piece, with the line before it."""
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
    word.add_right(document, "", keep=True)
    word.add_right(document, f"{paper.signed_by}{SEAL_HERE}", characters=4, keep=True)
    word.add_right(document, paper.signed_on, characters=4)
    if paper.receipt:
        word.add_paragraph(document, "", indent=False)
        word.add_paragraph(document, paper.receipt, indent=False)
    word.add_footer(document, foot)
    return word.as_bytes(document)
