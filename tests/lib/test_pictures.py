from __future__ import annotations

import struct

import pytest

from tests.files import GPS, chunk, jpeg, png, webp
from zongzhi.lib.pictures import MOST_PIXELS, BadPictureError, without_traces

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"


def test_a_photo_no_longer_says_where_it_was_taken() -> None:
    kept = without_traces(jpeg(), JPEG)
    assert (kept.width, kept.height) == (4, 3)
    for trace in (GPS, b"Exif", b"adobe", b"telephone"):
        assert trace not in kept.data
    assert b"pixels\xff\x00more pixels\xff\xd0and more" in kept.data


def test_what_hangs_behind_a_photo_is_cut_off() -> None:
    kept = without_traces(jpeg(tail=b"<script>a film with a place</script>"), JPEG)
    assert kept.data.endswith(b"\xff\xd9")
    assert b"script" not in kept.data


@pytest.mark.parametrize("up", [3, 6, 8])
def test_a_photo_still_knows_which_way_is_up(up: int) -> None:
    kept = without_traces(jpeg(up=up), JPEG).data
    assert kept.count(b"Exif\0\0") == 1
    assert GPS not in kept
    again = without_traces(kept, JPEG).data
    assert again == kept
    assert struct.pack(">HHIH", 0x0112, 3, 1, up) in kept


def test_a_photo_cut_off_on_the_way_is_none() -> None:
    whole = jpeg()
    for length in (3, 20, 60, len(whole) - 2):
        with pytest.raises(BadPictureError):
            without_traces(whole[:length], JPEG)


def test_a_png_keeps_pixels_and_orientation_only() -> None:
    kept = without_traces(png(text=GPS, up=6), PNG).data
    assert GPS not in kept
    assert b"tEXt" not in kept
    assert kept.count(b"eXIf") == 1
    assert b"IDAT" in kept
    assert without_traces(png(), PNG).data == png()


def test_a_picture_that_would_fill_the_memory_is_refused() -> None:
    side = int(MOST_PIXELS**0.5) + 1
    for picture, kind in (
        (png(width=side, height=side), PNG),
        (jpeg(width=65000, height=65000), JPEG),
    ):
        with pytest.raises(BadPictureError):
            without_traces(picture, kind)


def test_a_png_with_a_wrong_checksum_is_refused() -> None:
    with pytest.raises(BadPictureError):
        without_traces(png().replace(chunk(b"IEND", b""), b"\0\0\0\0IEND\0\0\0\0"), PNG)


def test_a_webp_loses_its_traces_and_says_so_in_its_header() -> None:
    kept = without_traces(webp(), WEBP)
    assert (kept.width, kept.height) == (10, 5)
    assert GPS not in kept.data
    assert struct.unpack_from("<I", kept.data, 4)[0] == len(kept.data) - 8
    plain = without_traces(webp(with_exif=False), WEBP)
    assert b"EXIF" not in plain.data


def test_nonsense_is_refused_and_never_breaks_anything() -> None:
    for kind, start in ((JPEG, b"\xff\xd8"), (PNG, b"\x89PNG\r\n\x1a\n"), (WEBP, b"RIFF0000WEBP")):
        for rest in (b"", b"\xff", b"\xff\xe1\0\0", b"\0" * 40, b"\xff" * 40, bytes(range(256))):
            with pytest.raises(BadPictureError):
                without_traces(start + rest, kind)
