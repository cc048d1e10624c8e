"""Word files laid out as GB/T 9704-2012 wants: 22 lines of 28 characters, 仿宋, black."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FANGSONG, TITLE_FONT, LATIN = "仿宋_GB2312", "方正小标宋简体", "Times New Roman"
SIZE, TITLE_SIZE, CELL_SIZE, FOOT_SIZE = Pt(16), Pt(22), Pt(12), Pt(8)
SMALL_SIZE, SMALL_LINE = Pt(9), Pt(13)
LINE, CELL_LINE = Pt(28.95), Pt(18)
# In twentieths of a point: a line, and how much closer than 16 pt characters stand, so that 156 mm
# hold 28 of them. A grid of characters would say the same, but only Word lays it out so.
LINE_PITCH, CLOSER = "579", "-5"

_AFTER_SPACING = ("w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u")

Pair = tuple[str, str]


def new_document() -> Any:
    """An A4 page with the margins and the grid of an official paper, and nothing on it."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(15)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), LINE_PITCH)
    section._sectPr.append(grid)
    style = document.styles["Normal"]
    style.font.size, style.font.name = SIZE, LATIN
    _fonts(style.element.get_or_add_rPr(), FANGSONG)
    return document


def add_title(document: Any, text: str) -> None:
    paragraph = _paragraph(document, text, font=TITLE_FONT, size=TITLE_SIZE)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = LINE


def add_paragraph(document: Any, text: str, *, indent: bool = True) -> Any:
    """A paragraph of the body, two characters in."""
    paragraph = _paragraph(document, text)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    if indent:
        _first_line_in(paragraph)
    return paragraph


def add_right(document: Any, text: str, *, characters: int = 0, keep: bool = False) -> None:
    """A line at the right, so many characters in; kept with the one after it if wanted."""
    paragraph = _paragraph(document, text)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.right_indent = Pt(16 * characters)
    paragraph.paragraph_format.keep_with_next = keep
    paragraph.paragraph_format.keep_together = True


def add_signature(document: Any, text: str, *, keep: bool) -> None:
    """A line on which somebody signs, from the left; kept with the one after it if wanted."""
    paragraph = _paragraph(document, text)
    paragraph.paragraph_format.keep_with_next = keep
    paragraph.paragraph_format.keep_together = True


def add_table(document: Any, lines: Sequence[Sequence[str]]) -> None:
    """A list: its first line is the head and stands again on every page.

    The second column, which says what it is, has the room that the others leave.
    """
    count = len(lines[0])
    narrow = 22 if count > 2 else 30
    widths = [narrow] * count
    widths[0], widths[min(1, count - 1)] = 14, 156 - 14 - narrow * (count - 2)
    table = document.add_table(rows=0, cols=count)
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for n, line in enumerate(lines):
        row = table.add_row()
        for cell, text, width in zip(row.cells, line, widths, strict=True):
            cell.width = Mm(width)
            _cell(cell, text)
        _row_rules(row, high=False)
        if n == 0:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def add_annex(document: Any, title: str, lines: Sequence[Sequence[str]]) -> None:
    """A wide list in small type, on sheets of its own that lie on their side.

    The first column is narrow, the second names what the line is about, the others share the rest.
    """
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin = section.bottom_margin = Mm(18)
    section.left_margin = section.right_margin = Mm(14)
    heading = add_paragraph(document, title, indent=False)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    heading.paragraph_format.keep_with_next = True
    count = len(lines[0])
    rest = (269 - 12 - 34) / max(count - 2, 1)
    widths = [12.0, 34.0, *[rest] * (count - 2)]
    table = document.add_table(rows=0, cols=count)
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for n, line in enumerate(lines):
        row = table.add_row()
        for cell, text, width in zip(row.cells, line, widths, strict=True):
            cell.width = Mm(width)
            _cell(cell, text, size=SMALL_SIZE, line=SMALL_LINE)
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if n == 0:
            properties.append(OxmlElement("w:tblHeader"))


def add_rows(document: Any, rows: Sequence[Sequence[Pair]], tall: Sequence[str]) -> None:
    """A form: each row one label with what stands beside it, or two of them."""
    table = document.add_table(rows=0, cols=4)
    table.style = "Table Grid"
    table.autofit = False
    widths = (Mm(27), Mm(51), Mm(27), Mm(51))
    for row in rows:
        cells = table.add_row().cells
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width
        if len(row) == 1:
            cells[1].merge(cells[3])
        for index, (label, text) in enumerate(row):
            _cell(cells[2 * index], label)
            _cell(cells[2 * index + 1], text)
        _row_rules(table.rows[-1], high=row[0][0] in tall)


def add_footer(document: Any, text: str) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    run = paragraph.add_run(text)
    run.font.size = FOOT_SIZE
    _fonts(run._element.get_or_add_rPr(), FANGSONG)


def as_bytes(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def keep_with_next(paragraph: Any) -> None:
    paragraph.paragraph_format.keep_with_next = True


def _paragraph(document: Any, text: str, *, font: str = FANGSONG, size: Any = SIZE) -> Any:
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    run = paragraph.add_run(text)
    run.font.size = size
    properties = run._element.get_or_add_rPr()
    _fonts(properties, font)
    if size == SIZE:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), CLOSER)
        properties.insert_element_before(spacing, *_AFTER_SPACING)
    return paragraph


def _first_line_in(paragraph: Any) -> None:
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), "630")


def _cell(cell: Any, text: str, *, size: Any = CELL_SIZE, line: Any = CELL_LINE) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    form = paragraph.paragraph_format
    form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, line
    run = paragraph.add_run(text)
    run.font.size = size
    _fonts(run._element.get_or_add_rPr(), FANGSONG)


def _row_rules(row: Any, *, high: bool) -> None:
    row.height = Mm(24) if high else Mm(10)
    properties = row._tr.get_or_add_trPr()
    if not high:  # a long story may run on to the next page, a short line may not be torn
        properties.append(OxmlElement("w:cantSplit"))


def _fonts(properties: Any, east_asia: str) -> None:
    """Word keeps a font for Chinese apart from the one for letters and digits."""
    fonts = properties.get_or_add_rFonts()
    fonts.set(qn("w:ascii"), LATIN)
    fonts.set(qn("w:hAnsi"), LATIN)
    fonts.set(qn("w:eastAsia"), east_asia)
