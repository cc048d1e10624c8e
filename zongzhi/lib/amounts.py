"""Money as people write it down: 38600元, 3.8万, 3万5, 三万八, 两千五百块; and as pages say it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_ARABIC = re.compile(
    r"(?<![\d.])(\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(亿|万|千)?"
    r"(?:(?<=万)(\d)(?!\d)千?)?\s*[余多来]?\s*(元|块|圆)?"
)
_CHINESE = re.compile("([零〇一二两三四五六七八九十百千万亿]+)(余|多|来)?(元|块|圆)?")
# 三万人 is no money; without 元 behind it, a number counts what follows it.
_COUNTED = re.compile(
    r"\s*(?:多|余|来)?\s*[人户亩斤株棵头只米公里度吨平方克升字份张套间个件次天年月号栋辆]"
)
MOST = Decimal(10) ** 12


def largest_amount(text: str) -> Decimal | None:
    """The largest sum of yuan that the text names; None when it names none.

    A number is money with 元 or 块 behind it, or with 万, 千 or 亿 and nothing that it counts.
    """
    found = [amount for amount in [*_arabic(text), *_chinese(text)] if 0 < amount < MOST]
    return max(found, default=None)


def _arabic(text: str) -> Iterator[Decimal]:
    for match in _ARABIC.finditer(text):
        number, scale, thousands, yuan = match.groups()
        counted = _COUNTED.match(text, match.end())
        if yuan or (scale and not counted):
            plain = Decimal(number.replace(",", "").replace("，", ""))
            yield plain * _UNITS.get(scale or "", 1) + 1000 * int(thousands or 0)


def _chinese(text: str) -> Iterator[Decimal]:
    for match in _CHINESE.finditer(text):
        words, _, yuan = match.groups()
        large = any(unit in words for unit in "千万亿") and words[0] in _DIGITS | {"十": 10}
        before = text[match.start() - 1 : match.start()]
        if before.isdigit() or before == ".":  # 3.8万: read already
            continue
        if yuan or (large and not _COUNTED.match(text, match.end())):
            yield Decimal(read_number(words))


def read_number(words: str) -> int:
    """三万八 is 38000, 一千零五 is 1005: a last digit behind a unit counts tenths of it."""
    total = section = digit = 0
    last = 1
    for char in words:
        if char in _DIGITS:
            digit = _DIGITS[char]
            last = 10 if char in "零〇" else last
            continue
        unit = _UNITS[char]
        if unit >= 10_000:
            total = (total + section + digit or 1) * unit
            section = 0
        else:
            section += (digit or 1) * unit
        digit, last = 0, unit
    return total + section + digit * (last // 10 or 1)


def yuan(amount: Decimal | None) -> str:
    """「38,600 元」, 「38,600.50 元」; nothing for no amount."""
    return "" if amount is None else f"{amount:,.2f}".removesuffix(".00") + " 元"
