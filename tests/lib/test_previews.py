"""Small pictures of large ones: upright, without a trace, never instead of the picture itself."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from tests.files import jpeg, large_photo
from zongzhi.lib import previews, shrinking
from zongzhi.lib.previews import SIDE, preview_of
from zongzhi.lib.stored import keeping

Kept = Callable[[bytes], str]


@pytest.fixture
def kept() -> Kept:
    def keep(data: bytes) -> str:
        with keeping(io.BytesIO(data)) as found:
            return found.stored_as

    return keep


def test_a_photo_is_made_small_once_and_lies_beside_it(kept: Kept, monkeypatch) -> None:
    whole = large_photo()
    stored_as = kept(whole)
    small = preview_of(stored_as, "image/jpeg")
    assert small is not None
    assert len(small.read_bytes()) < len(whole) / 8
    with Image.open(small) as picture:
        assert (picture.format, max(picture.size)) == ("JPEG", SIDE)
    monkeypatch.setattr(previews, "shrunk", None)  # nothing is made a second time
    assert preview_of(stored_as, "image/jpeg") == small
    assert sorted(path.name for path in small.parent.iterdir()) == [stored_as, small.name]


def test_it_stands_upright_and_carries_nothing_of_its_maker(kept: Kept) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "made by a telephone"  # turned to the right; the maker
    small = preview_of(kept(large_photo(exif=exif)), "image/jpeg")
    assert small is not None
    with Image.open(small) as picture:
        assert picture.height > picture.width
        assert not picture.getexif()
    assert b"telephone" not in small.read_bytes()


def test_what_is_clear_in_a_drawing_is_white_in_the_small_one(kept: Kept) -> None:
    drawing = Image.effect_noise((900, 900), 90).convert("RGBA")
    drawing.putalpha(0)
    made = io.BytesIO()
    drawing.save(made, "PNG")
    small = preview_of(kept(made.getvalue()), "image/png")
    assert small is not None
    with Image.open(small) as picture:
        assert picture.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (jpeg(), "image/jpeg"),  # small already
        (jpeg(tail=b"x" * 100_000), "image/jpeg"),  # no browser could show it either
        (large_photo(900, 900, "PNG"), "image/jpeg"),  # not what it says it is
        (b"%PDF" + b"x" * 100_000, "application/pdf"),
    ],
)
def test_what_cannot_be_made_small_is_shown_as_it_is(kept: Kept, data, media_type) -> None:
    assert preview_of(kept(data), media_type) is None


def test_a_picture_too_large_to_be_held_is_not_opened(kept: Kept, monkeypatch) -> None:
    monkeypatch.setattr(shrinking, "_MOST_AT_ONCE", 100_000)
    whole = kept(large_photo(900, 900, "PNG"))
    assert preview_of(whole, "image/png") is None


def test_a_picture_that_is_gone_is_said_to_be(settings) -> None:
    with pytest.raises(FileNotFoundError):
        preview_of("0" * 48, "image/jpeg")
