"""Codes for paper as inline SVG: attributes only, because the CSP forbids inline styles."""

from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby, pairwise

import segno
from django.utils.html import escape

QR_QUIET = 4  # modules, ISO/IEC 18004
BAR_QUIET = 10  # modules, ISO/IEC 15417
BAR_HEIGHT = 40  # modules

CODE_B, START_B, START_C, STOP = 100, 104, 105, 106

# Widths of bar, space, bar, space, bar, space for each value (ISO/IEC 15417, table 1).
_WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232 2331112"
)
PATTERNS = _WIDTHS.split()


def qr_svg(text: str, size_mm: float, label: str = "二维码") -> str:
    """Return a QR code, error level M or better; the code is size_mm wide, the margin outside."""
    code = segno.make_qr(text, error="m")
    rows = [list(row) for row in code.matrix_iter(border=QR_QUIET)]
    side = len(rows)
    edge = size_mm * side / (side - 2 * QR_QUIET)
    path = "".join(
        f"M{x} {y}h{width}v1h-{width}z" for y, row in enumerate(rows) for x, width in _dark(row)
    )
    return _svg(label, side, side, path, edge, edge)


def code128_svg(digits: str, module_mm: float = 0.33) -> str:
    """Return digits as Code 128, bars of module_mm; ValueError for anything but digits."""
    widths = map(int, "".join(PATTERNS[value] for value in code128_values(digits)))
    edges = list(accumulate(widths, initial=BAR_QUIET))
    bars = list(pairwise(edges))[::2]
    path = "".join(f"M{a} 0h{b - a}v{BAR_HEIGHT}h-{b - a}z" for a, b in bars)
    width = edges[-1] + BAR_QUIET
    label = f"条码 {digits}"
    return _svg(label, width, BAR_HEIGHT, path, width * module_mm, BAR_HEIGHT * module_mm)


def code128_values(digits: str) -> list[int]:
    """Return the symbol values with checksum and stop; pairs in set C, an odd last one in B."""
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("Code 128 here carries digits only")
    even, odd = digits[: len(digits) // 2 * 2], digits[len(digits) // 2 * 2 :]
    values = [START_C, *(int(even[i : i + 2]) for i in range(0, len(even), 2))]
    if odd:
        values = [*values, CODE_B] if even else [START_B]
        values.append(int(odd) + 16)  # set B puts the digits after 16 signs
    checksum = (values[0] + sum(i * value for i, value in enumerate(values))) % 103
    return [*values, checksum, STOP]


def _dark(row: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the start and length of every dark run of a row."""
    for dark, run in groupby(enumerate(row), key=lambda cell: bool(cell[1])):
        cells = list(run)
        if dark:
            yield cells[0][0], len(cells)


def _svg(label: str, width: int, height: int, path: str, width_mm: float, height_mm: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label)}"'
        f' width="{width_mm:.2f}mm" height="{height_mm:.2f}mm" viewBox="0 0 {width} {height}"'
        f' shape-rendering="crispEdges"><rect width="{width}" height="{height}" fill="#fff"/>'
        f'<path d="{path}" fill="#000"/></svg>'
    )
