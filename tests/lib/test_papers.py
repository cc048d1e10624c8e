from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from tests.files import office, pdf
from zongzhi.lib.papers import MEGABYTE, SHEET, WORD, BadPaperError, look_into_office, look_into_pdf

BOMB, MACRO = "解开太大", "里有宏或程序"


def look(data: bytes):
    return look_into_office(io.BytesIO(data))


def test_word_and_excel_are_known_by_what_is_inside() -> None:
    pages = b"<Properties><Pages>3</Pages></Properties>"
    assert look(office(docProps__app_dot_xml=pages)) == (WORD, 3)
    assert look(office(main="xl/workbook.xml")) == (SHEET, None)


def test_a_bare_archive_is_neither() -> None:
    with pytest.raises(BadPaperError, match="打不开"):
        look(office(main="anything.txt"))


def test_what_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(BadPaperError, match=BOMB):
        look(office(content=b"0" * 5 * MEGABYTE))


def test_too_many_entries_are_refused_without_reading_them() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in range(2001):
            archive.writestr(f"{name}", "")
    with pytest.raises(BadPaperError, match=BOMB):
        look(out.getvalue())


def test_a_size_that_lies_is_found_here() -> None:
    honest = office(content=b"0123456789" * 1000)
    for size in (struct.pack("<I", 10000),):
        with pytest.raises(BadPaperError, match="打不开"):
            look(honest.replace(size, struct.pack("<I", 10)))


@pytest.mark.parametrize(
    "entry", ["word__vbaProject_dot_bin", "word__activeX__activeX1_dot_xml", "word__a_dot_exe"]
)
def test_what_can_run_is_refused(entry: str) -> None:
    with pytest.raises(BadPaperError, match=MACRO):
        look(office(**{entry: b"x"}))


def test_a_macro_type_under_another_name_is_refused() -> None:
    types = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    with pytest.raises(BadPaperError, match=MACRO):
        look(office(types=types))


def test_a_template_from_elsewhere_is_refused() -> None:
    rels = b'<Relationship Type="x/attachedTemplate" Target="http://e/a" TargetMode="External"/>'
    with pytest.raises(BadPaperError, match="模板"):
        look(office(word___rels__settings_dot_xml_dot_rels=rels))


def test_nonsense_behind_the_signature_is_refused() -> None:
    whole = office()
    for data in (b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 100, whole[:-5], whole[:40] + whole[60:]):
        with pytest.raises(BadPaperError):
            look(data)


def test_the_pages_of_a_pdf_are_counted() -> None:
    assert look_into_pdf(pdf(pages=3)) == (3, True)


def test_pages_packed_into_a_stream_are_counted_too() -> None:
    packed = zlib.compress(b"<</Type /Page>> <</Type/Page>>")
    stream = b"9 0 obj <</Type /ObjStm /N 2>>stream\r\n" + packed + b"\nendstream endobj\n"
    assert look_into_pdf(pdf(stream, pages=0)) == (2, True)


@pytest.mark.parametrize("action", [b"/JavaScript", b"/J#61vaScript", b"/JS", b"/EmbeddedFile"])
def test_a_pdf_in_which_something_wants_to_run_is_not_quiet(action: bytes) -> None:
    assert look_into_pdf(pdf(b"7 0 obj <<" + action + b" (x)>> endobj\n"))[1] is False


def test_a_script_packed_into_a_stream_is_found() -> None:
    packed = zlib.compress(b"<</S /JavaScript /JS (app.alert(1))>>")
    stream = b"9 0 obj <</Type /ObjStm /N 1>>stream\n" + packed + b"\nendstream endobj\n"
    assert look_into_pdf(pdf(stream))[1] is False


def test_a_pdf_that_unpacks_without_end_is_read_within_bounds() -> None:
    bomb = zlib.compress(b"0" * 200 * MEGABYTE)
    stream = b"9 0 obj <</Type /ObjStm>>stream\n" + bomb + b"\nendstream endobj\n"
    assert look_into_pdf(pdf(stream, stream, stream)) == (2, True)
