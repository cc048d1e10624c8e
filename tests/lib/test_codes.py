import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zongzhi.lib import codes


@pytest.mark.parametrize(
    ("digits", "values"),
    [
        ("1234", [105, 12, 34, 82, 106]),
        ("123", [105, 12, 100, 19, 65, 106]),
        ("7", [104, 23, 24, 106]),
    ],
)
def test_pairs_are_set_c_and_an_odd_digit_is_set_b(digits: str, values: list[int]) -> None:
    assert codes.code128_values(digits) == values


@pytest.mark.parametrize("typed", ["", "12a4", "１２", "1 2"])
def test_a_bar_code_carries_digits_only(typed: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        codes.code128_svg(typed)


def test_every_pattern_is_unique_and_eleven_modules_wide() -> None:
    *patterns, stop = codes.PATTERNS
    assert len(set(codes.PATTERNS)) == 107
    assert {sum(map(int, pattern)) for pattern in patterns} == {11}
    assert {sum(map(int, pattern[::2])) % 2 for pattern in patterns} == {0}
    assert sum(map(int, stop)) == 13


@given(st.text("0123456789", min_size=1, max_size=24))
def test_the_bars_drawn_spell_the_digits(digits: str) -> None:
    bars = [(int(x), int(w)) for x, w in re.findall(r"M(\d+) 0h(\d+)", codes.code128_svg(digits))]
    widths = "".join(f"{width}{after[0] - x - width}" for (x, width), after in pairwise(bars))
    drawn = re.findall("......", widths)[:-1]
    assert [codes.PATTERNS.index(pattern) for pattern in drawn] == codes.code128_values(digits)[:-1]


@pytest.mark.parametrize(
    "svg",
    [codes.qr_svg("https://zongzhi.example/q/a?b&c", 25), codes.code128_svg("9901012504030012")],
)
def test_a_code_is_an_image_with_a_name_and_no_inline_style(svg: str) -> None:
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert "style" not in svg
    assert svg.startswith("<svg")


def test_a_label_cannot_break_out_of_its_attribute() -> None:
    assert (
        ET.fromstring(codes.qr_svg("x", 25, label='"><script>')).get("aria-label") == '"><script>'
    )


def test_a_qr_code_is_as_wide_as_asked_with_its_quiet_zone_outside() -> None:
    root = ET.fromstring(codes.qr_svg("1", 25))  # version 1: 21 modules, 4 on either side
    assert (root.get("viewBox"), root.get("width")) == ("0 0 29 29", f"{25 * 29 / 21:.2f}mm")
