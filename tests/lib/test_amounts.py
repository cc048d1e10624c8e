from __future__ import annotations

from decimal import Decimal

import pytest

from zongzhi.lib.amounts import largest_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("欠我38600元", 38600),
        ("欠我1,200元", 1200),
        ("工资3.8万没给", 38000),
        ("一共3万5", 35000),
        ("1万5千块", 15000),
        ("三个月工资三万八没给", 38000),
        ("两千五百块", 2500),
        ("二十万零三千元", 203000),
        ("一千零五元", 1005),
        ("十万", 100000),
        ("每人每月给800元，一共9600元", 9600),
        ("3万多元", 30000),
        ("12.50元", Decimal("12.50")),
    ],
)
def test_a_sum_is_read_as_it_is_written(text: str, amount: int) -> None:
    assert largest_amount(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "2024年3月的事",
        "三万多人",
        "三千米外",
        "1万户",
        "千方百计",
        "万一不行",
        "三个月",
        "5000多人",
    ],
)
def test_what_counts_something_else_is_no_sum(text: str) -> None:
    assert largest_amount(text) is None
